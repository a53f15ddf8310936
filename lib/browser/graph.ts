/** A network's graph in a browser, whatever runs it. @module */

import type { GraphSession } from "../inference/run_exported.ts";

/** What goes into a graph: numbers, of tokens 64 bits each, and their shape. */
export interface GraphInput {
  /** In row-major order. */
  readonly data: Float32Array | BigInt64Array;
  /** The shape. */
  readonly dims: readonly number[];
}

/** What comes out of it. */
export interface GraphOutput {
  /** In row-major order. */
  readonly data: unknown;
  /** The shape. */
  readonly dims: readonly number[];
}

/** A graph that is ready to run. */
export interface Graph extends Pick<GraphSession, "inputMetadata" | "release"> {
  /** Runs it; the outputs that are named, or all. */
  run(
    feeds: Readonly<Record<string, GraphInput>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, GraphOutput>>>;
}

/** Makes a graph of the bytes of an ONNX file: what a runtime such as onnxruntime-web does. */
export type OpenGraph = (onnx: Uint8Array) => Promise<Graph>;

/** The bytes of a file of the page, by its name. */
export type ReadFile = (name: string) => Promise<Uint8Array>;
