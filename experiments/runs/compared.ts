/** What a comparison of several folders has found. @module */

import type { RunsTable } from "./rows.ts";
import type { DifferentSetting } from "./settings.ts";

/** Folders that have been compared. */
export interface ComparedRuns {
  /** As they were given; the first is the one that others are compared with. */
  readonly folders: readonly string[];
  /** Letters that stand for them, in their order. */
  readonly letters: readonly string[];
  /** By result, those settings that are not the same everywhere. */
  readonly settings: readonly { readonly name: string; readonly settings: DifferentSetting[] }[];
  readonly tables: readonly RunsTable[];
  /** What cannot be compared, in sentences. */
  readonly notes: readonly string[];
}
