/** Which modalities an experiment learns, and how their corpora are divided. @module */

import type { SplitReport } from "../datasets/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { DataConfig } from "./settings.ts";
import { divide, type Samples, type Splits } from "./splits.ts";

/** What a command asks of its corpora. */
export interface Protocol {
  /** The modalities that are read, learnt and judged. */
  readonly present: readonly Modality[];
}

/** The protocol unless another is asked for: all modalities, each divided with the seed. */
export const usualProtocol: Protocol = { present: modalities };

/** One division of the corpora. */
export interface Divided {
  /** A modality that is not present has no sample in any part. */
  readonly split: Splits;
  /** What the audits of the modalities that are present found. */
  readonly reports: Readonly<Record<string, SplitReport>>;
}

/**
 * The corpora of a protocol divided with a seed.
 *
 * @throws {Error} A split that leaks.
 */
export function divideBy(
  samples: Samples,
  { seed, data, protocol = usualProtocol }: {
    readonly seed: number;
    readonly data: DataConfig;
    readonly protocol?: Protocol | undefined;
  },
): Divided {
  const { present } = protocol;
  const divided = present.map((m) => [m, divide(samples, m, { seed, data })] as const);
  const own = new Map(divided);
  const none = { train: [], validation: [], test: [] };
  return {
    split: byModality((m) => own.get(m)?.split ?? none),
    reports: Object.fromEntries(divided.map(([m, { report }]) => [m, report])),
  };
}
