/** What our side is given and gives. @module */

import type { CompileOptions } from "../lib/compile/mod.ts";

/** A case's work, ready to be repeated. */
export interface Work {
  /** Once; gives the loss, score or number by which all sides are seen to compute the same. */
  run(): Promise<number>;
  close(): Promise<void>;
}

/** What executes our graphs, on how many threads. */
export interface Session extends Pick<CompileOptions, "executor" | "c"> {
  readonly threads: number;
  /** Whether a sweep compiles C into a folder that is empty at first. */
  readonly fresh?: boolean;
}
