/** A set of the experiment. @module */

import type { ReadRows } from "../../lib/study/read_rows.ts";

/** Rows that belong together, as they are learnt at the finest: three classes rather than two, scores rather than either. */
export interface NaturalSet {
  /** Of its sections, and as published results are looked up: `mvsa`. */
  readonly name: string;
  readonly rows:
    & Pick<ReadRows, "corpora" | "pairs" | "target">
    & Partial<Pick<ReadRows, "given" | "order" | "features" | "numbersFrom" | "groupedBy">>;
  /** Of a set that is made up: how. */
  readonly madeUp?: string;
  /** What else a reader has to know. */
  readonly note?: string;
}
