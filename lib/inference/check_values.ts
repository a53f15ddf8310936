/** Made-up features and a model's verdicts on them, by which another runtime can be checked. @module */

import { modalities, type Modality } from "../modality.ts";
import { fold, key, normals } from "../tensor/random.ts";
import type { Standardisation } from "../systems/features.ts";
import type { ExportedModel, ModelVerdict, SampleFeatures } from "./exported_model.ts";

/** What `check.json` holds. */
export interface CheckValues {
  /** By the names of the ONNX file's inputs, without `presence`. */
  readonly inputs: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
  >;
  /** Every output when all modalities are shown, the logits for every other subset. */
  readonly cases: readonly {
    readonly presence: readonly number[];
    readonly outputs: Readonly<Record<string, readonly number[]>>;
  }[];
}

/** Verdicts on features drawn from the training samples' means and deviations, all masks 1. */
export async function checkValues(
  model: ExportedModel,
  { standardisation, seed = 1 }: {
    readonly standardisation: Standardisation;
    readonly seed?: number;
  },
): Promise<CheckValues> {
  const features = madeUp(model, standardisation, seed);
  const cases = [];
  for (const shown of subsets) {
    const all = shown.length === modalities.length;
    const outputs = modalities.map((m) => `logits/${m}`);
    const verdict = await model.run(features, { shown, ...!all && { outputs } });
    cases.push({
      presence: modalities.map((m) => shown.includes(m) ? 1 : 0),
      outputs: prefixed("out", verdict),
    });
  }
  const inputs = Object.fromEntries(
    Object.entries(model.inputs).flatMap(([path, shape]) => {
      const [m, name] = path.split("/") as [Modality, string?];
      return name === undefined
        ? []
        : [[`in/${path}`, { shape, data: decimals(features[m]![name]!, 5) }]];
    }),
  );
  return { inputs, cases };
}

/** Every subset of the modalities, the whole first and the empty one last. */
const subsets = Array.from({ length: 8 }, (_, s) => modalities.filter((_, i) => !(s & 1 << i)));

function madeUp(
  { inputs }: ExportedModel,
  standardisation: Standardisation,
  seed: number,
): SampleFeatures {
  const features: Record<string, Record<string, Float32Array>> = {};
  for (const [path, shape] of Object.entries(inputs)) {
    const [m, name] = path.split("/") as [Modality, string?];
    if (name === undefined) continue;
    const size = shape.reduce((a, b) => a * b, 1);
    const moments = standardisation[m]?.[name];
    const data = new Float32Array(size);
    if (moments === undefined) data.fill(name === "frames" ? inputs["audio/logMel"]![1]! : 1);
    else {
      const next = normals(fold(key(seed), "check", path));
      const { mean, scale } = moments;
      data.forEach((_, i) => {
        const column = i % mean.length, z = next();
        // Five digits keep the file small, and lose nothing on the way.
        data[i] = Number((mean[column]! + (scale[column] ? z / scale[column]! : 0)).toPrecision(5));
      });
    }
    (features[m] ??= {})[name] = data;
  }
  return features;
}

function prefixed(prefix: string, verdict: ModelVerdict): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(verdict).map(([name, values]) => [`${prefix}/${name}`, decimals(values, 8)]),
  );
}

function decimals(values: Float32Array, digits: number): number[] {
  return Array.from(values, (x) => Number(x.toPrecision(digits)));
}
