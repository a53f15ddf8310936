/** What the sides of the encoders' benchmark are asked, line by line, and what they answer. @module */

import type { GraphPrecision } from "../../lib/encoders/model_layout.ts";

/** Which encoder is timed. */
export type EncoderName = "text" | "image" | "speech";

/** A request to get ready; the next ones say `{ run: iterations }`. */
export interface Preparation {
  /** Who is asked. */
  readonly side: "ours" | "transformers" | "onnxruntime";
  readonly encoder: EncoderName;
  /** A folder below `root`. */
  readonly model: string;
  /** Of the graph; Transformers has the weights in single precision always. */
  readonly precision: GraphPrecision;
  /** Of the other sides: whether messages run in our batches, or sorted by length in batches of 32. */
  readonly ourBatches: boolean;
  /** What `export.py` wrote. */
  readonly root: string;
  readonly threads: number;
  /** By kind of input, the file that the features go to, as float32. */
  readonly features: Readonly<Record<string, string>>;
  /** The kind of input that is timed. */
  readonly timed: string;
}

/** A line to a side. */
export type Request = { readonly prepare: Preparation } | { readonly run: number };

/** A line from a side. */
export interface Answer {
  /** Of the inputs that are timed. */
  readonly count?: number;
  /** Of one iteration: all inputs once. */
  readonly milliseconds?: number;
  readonly error?: string;
}

/** The lines of a stream of bytes. */
export async function* lines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}
