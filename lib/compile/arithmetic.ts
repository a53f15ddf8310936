/** By what arithmetic numbers come about: bytes of one kind are not those of another. @module */

import * as tf from "../deps/tf.ts";
import { sha256 } from "../files.ts";
import { compile, type CompileOptions, float32, type Tensors } from "./compile.ts";
import type { Executor } from "./executable.ts";

/** What executes graphs, and which numbers that gives. */
export interface Arithmetic {
  /** What executes them. */
  readonly executor: Executor;
  /** In words: `c, x86-64-v3` or `onnxruntime, cpu`. */
  readonly kind: string;
  /**
   * Of what one fixed graph gives. C has one on every processor of a kind. ONNX Runtime chooses its
   * kernels by the processor, and rounds with AVX2 otherwise than with AVX-512: equal digests say that
   * products, sums, exponentials and convolutions were rounded alike.
   */
  readonly digest: string;
}

const processors: Readonly<Record<string, string>> = { x86_64: "x86-64-v3", aarch64: "arm64" };

const specs = { x: float32(37, 67), w: float32(67, 45), image: float32(1, 9, 13, 5) };

// Each in sizes that no vector divides.
function probe({ x, w, image }: Tensors<typeof specs>): Record<string, tf.Tensor> {
  const filter = tf.reshape(tf.slice(w, [0, 0], [45, 7]), [3, 3, 5, 7]) as tf.Tensor4D;
  const products = tf.matMul(x, w);
  return {
    products,
    shares: tf.softmax(products),
    curves: tf.tanh(tf.log(tf.add(tf.exp(x), 1))),
    sums: tf.mean(x, 1),
    convolution: tf.conv2d(image as tf.Tensor4D, filter, 2, "same"),
  };
}

/** Values on ±2 without a period that the graph's sizes share. */
function values(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (i * 7919 % 10007) / 2501.75 - 2);
}

/**
 * The arithmetic of what `compile()` makes with these options.
 *
 * @throws {Error} C is asked for and can't be had; the message says why.
 */
export async function arithmeticOf(options: CompileOptions = {}): Promise<Arithmetic> {
  const { executor, outputs, run, dispose } = await compile(probe, specs, options);
  const given = { x: values(37 * 67), w: values(67 * 45), image: values(9 * 13 * 5) };
  const found = await run(given);
  await dispose();
  const digests = Object.keys(outputs).sort().map((name) => {
    const { buffer, byteOffset, byteLength } = found[name]!;
    return sha256(new Uint8Array(buffer, byteOffset, byteLength));
  });
  const where = executor === "c"
    ? processors[Deno.build.arch] ?? Deno.build.arch
    : (options.executionProviders ?? ["cpu"]).join(" ");
  return { executor, kind: `${executor}, ${where}`, digest: sha256(digests.join()).slice(0, 16) };
}
