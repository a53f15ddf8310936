/** What rows were understood to be, and what is to be known of their parts, as it is told. @module */

import {
  type FeatureReport,
  printFeatureReport,
  printTableReport,
  splitNotes,
  type SplitReport,
  type TableReport,
} from "../lib/datasets/mod.ts";
import type { Steps } from "./progress.ts";

/** Prints what a command is told of rows. */
export interface RowPrinters {
  /** What a table was understood to be. */
  onReport(report: TableReport): void;
  /** Likewise a feature file. */
  onFeatureReport(report: FeatureReport): void;
  /** What has to be known of its parts. */
  onSplit(report: SplitReport): void;
}

/** Reports go to standard output, with an empty line `below` where a page follows; notes to standard error. */
export function rowReports(
  { end }: Pick<Steps, "end">,
  { below = "" }: { readonly below?: "" | "\n" } = {},
): RowPrinters {
  return {
    onReport(report) {
      end();
      console.log(printTableReport(report) + below);
    },
    onFeatureReport(report) {
      end();
      console.log(printFeatureReport(report) + below);
    },
    onSplit(report) {
      end();
      for (const note of splitNotes(report)) console.error(`Warning: ${note}`);
    },
  };
}

/** For standard error, where a table gives parts and others are drawn. */
export const partsUnused = "Warning: the parts that the table gives are not used.";
