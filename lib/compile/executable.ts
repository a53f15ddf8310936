/** What executes a traced graph. @module */

/** The values of one tensor: int32 in an Int32Array, bool in a Uint8Array, float32 in a Float32Array. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** An executor's names. */
export const executors = ["onnxruntime", "c"] as const;

/** One of {@linkcode executors}. */
export type Executor = (typeof executors)[number];

/** What may be asked for: an executor, or C where it can be had and else ONNX Runtime. */
export const executorChoices = ["auto", "c", "onnxruntime"] as const;

/** One of {@linkcode executorChoices}. */
export type ExecutorChoice = (typeof executorChoices)[number];

/** A graph that can be run. */
export interface Executable {
  /** What runs it. */
  readonly executor: Executor;
  /**
   * The values of the outputs, for those of the inputs, both in the graph's order.
   *
   * @param into Arrays that the outputs may be written to, in place of new ones.
   */
  run(inputs: readonly Values[], into?: readonly (Values | undefined)[]): Promise<Values[]>;
  /** Frees it. */
  dispose(): Promise<void>;
}
