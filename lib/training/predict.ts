/** The compiled forward pass over many samples. @module */

import * as tf from "../deps/tf.ts";
import { compile, type CompileOptions, float32, type Values } from "../compile/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import { model, type ModelConfig, type ModelInputs, type ModelParams } from "../model/mod.ts";
import { asTree, type Init, layoutOf, type Parameter, split } from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { type CorpusFeatures, gather } from "./features.ts";
import { inputSpecs } from "./objective.ts";
import type { Rows } from "./system.ts";

/** Probabilities of the positive class by head, `[rows]`. */
export type Probabilities = Record<Modality | "unified", Float32Array>;

/** A compiled forward pass for one set of modalities. */
export interface Predictor {
  run(parameters: Float32Array, features: CorpusFeatures, rows: Rows): Promise<Probabilities>;
  dispose(): Promise<void>;
}

/** Compiles the model without dropout, showing it only the modalities `present`. */
export async function compilePredictor(
  { initial, config, present, batch = 64, ...session }: CompileOptions & {
    initial: Init<ModelParams>;
    config: ModelConfig;
    present: readonly Modality[];
    batch?: number;
  },
): Promise<Predictor> {
  const tree = initial as Tree<Parameter>;
  const layout = layoutOf(tree);
  const specs = { parameters: float32(layout.size), inputs: inputSpecs(config, present, batch) };
  const compiled = await compile(
    // deno-lint-ignore no-explicit-any -- the shape of the inputs depends on `present`.
    ({ parameters, inputs }: any) => {
      const params = asTree(tree, split(layout, parameters)) as unknown as ModelParams;
      const { logits } = model(params, { inputs: inputs as ModelInputs }, config);
      const positive = (z: tf.Tensor) => tf.reshape(tf.slice(tf.softmax(z), [0, 1], [-1, 1]), [-1]);
      return Object.fromEntries(Object.entries(logits).map(([head, z]) => [head, positive(z)]));
    },
    specs,
    session,
  );
  return {
    async run(parameters, features, rows) {
      const count = rows[present[0]!]!.length;
      const result = Object.fromEntries(
        [...modalities, "unified"].map((head) => [head, new Float32Array(count)]),
      ) as Probabilities;
      for (let start = 0; start < count; start += batch) {
        const size = Math.min(batch, count - start);
        const inputs: Record<string, Record<string, Values>> = {};
        for (const m of present) {
          // The last batch is filled with its first row again; what comes of that is cut off.
          const at = Array.from({ length: batch }, (_, i) => rows[m]![start + (i < size ? i : 0)]!);
          inputs[m] = gather(features[m].tables, at);
        }
        const outputs = await compiled.run({ parameters, inputs } as never) as Record<
          string,
          Float32Array
        >;
        for (const [head, values] of Object.entries(result)) {
          values.set(outputs[head]!.subarray(0, size), start);
        }
      }
      return result;
    },
    dispose: () => compiled.dispose(),
  };
}
