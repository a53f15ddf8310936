/** What a side of the benchmark is asked, and answers: a line of JSON each. @module */

import type { ModelConfig } from "../lib/model/mod.ts";
import type { TrainConfig } from "../lib/training/train.ts";
import type { Case } from "./cases.ts";

/** Every side by name; of ours, what executes the graph. */
export const sideNames = ["c", "c_cached", "onnxruntime", "eager", "compiled"] as const;

/** One of {@linkcode sideNames}. */
export type SideName = (typeof sideNames)[number];

/** What a side gets ready. */
export interface Preparation {
  readonly kind: "prepare";
  readonly side: SideName;
  readonly threads: number;
  readonly what: Case;
  /** Of PyTorch: the proposed model. */
  readonly config?: ModelConfig | undefined;
  readonly training?: TrainConfig;
  /** Of PyTorch: a safetensors file with the arrays that both sides read. */
  readonly file?: string;
  /** Of PyTorch in a sweep: those of its trainings. */
  readonly seeds?: readonly number[];
}

/** What a side is asked. */
export type Request =
  | { readonly kind: "versions" }
  | Preparation
  | { readonly kind: "run"; readonly iterations: number };

/** The answer to `prepare`: why it can't be done, if it can't. */
export interface Prepared {
  readonly skipped?: string;
}

/** The answer to `run`: an iteration. */
export interface Timing {
  /** Wall-clock time. */
  readonly milliseconds: number;
  /** Processor time of all threads. */
  readonly cpuMilliseconds: number;
  /** A loss, a score or a number, by which sides are seen to compute the same. */
  readonly value: number;
}
