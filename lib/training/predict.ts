/** The compiled forward pass over many samples. @module */

import * as tf from "../deps/tf.ts";
import { compile, type CompileOptions, float32 } from "../compile/mod.ts";
import type { Modality } from "../modality.ts";
import { asTree, type Init, layoutOf, type Parameter, split } from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { type CorpusFeatures, gatherInputs } from "./features.ts";
import type { Network } from "./network.ts";
import type { Head, Rows } from "./system.ts";

/** Probabilities of the positive class by head, `[rows]`. */
export type Probabilities = { [H in Head]?: Float32Array };

/** A compiled forward pass for one set of modalities. */
export interface Predictor {
  run(parameters: Float32Array, features: CorpusFeatures, rows: Rows): Promise<Probabilities>;
  dispose(): Promise<void>;
}

/** Compiles a network's verdict without dropout, showing it only the modalities `present`. */
export async function compilePredictor(
  { initial, network, present, batch = 64, ...session }: CompileOptions & {
    initial: Init<unknown>;
    network: Pick<Network, "inputs" | "logits">;
    present: readonly Modality[];
    batch?: number;
  },
): Promise<Predictor> {
  const tree = initial as Tree<Parameter>;
  const layout = layoutOf(tree);
  const named = network.inputs(present, batch);
  let heads: string[] = [];
  const compiled = await compile(
    // deno-lint-ignore no-explicit-any -- the shape of the inputs depends on `present`.
    ({ parameters, inputs }: any) => {
      const logits = network.logits(asTree(tree, split(layout, parameters)), inputs);
      heads = Object.keys(logits);
      const positive = (z: tf.Tensor) => tf.reshape(tf.slice(tf.softmax(z), [0, 1], [-1, 1]), [-1]);
      return Object.fromEntries(Object.entries(logits).map(([head, z]) => [head, positive(z)]));
    },
    { parameters: float32(layout.size), inputs: named },
    session,
  );
  return {
    async run(parameters, features, rows) {
      const count = rows[present[0]!]!.length;
      const result = Object.fromEntries(heads.map((head) => [head, new Float32Array(count)]));
      for (let start = 0; start < count; start += batch) {
        const size = Math.min(batch, count - start);
        // The last batch is filled with its first row again; what comes of that is cut off.
        const filled = (m: Modality) =>
          Array.from({ length: batch }, (_, i) => rows[m]![start + (i < size ? i : 0)]!);
        const at = Object.fromEntries(present.map((m) => [m, filled(m)])) as Rows;
        const inputs = gatherInputs(features, named, at);
        const outputs = await compiled.run({ parameters, inputs } as never);
        for (const [head, values] of Object.entries(outputs as Record<string, Float32Array>)) {
          result[head]!.set(values.subarray(0, size), start);
        }
      }
      return result;
    },
    dispose: () => compiled.dispose(),
  };
}
