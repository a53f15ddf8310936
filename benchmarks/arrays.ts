/** What a peer reads of a case, as arrays of a safetensors file. @module */

import { isSpec, isValues, type Spec, type Values } from "../lib/compile/mod.ts";
import { modalities } from "../lib/modality.ts";
import type { BatchValues } from "../lib/systems/batches.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import type { BatchSpecs } from "../lib/systems/network.ts";
import { type Init, isParameter, type Parameter } from "../lib/tensor/parameter.ts";
import { type NamedArray, writeSafetensors } from "../lib/tensor/safetensors.ts";
import { leaves, type Tree } from "../lib/tensor/tree.ts";
import type { Case } from "./cases.ts";
import { firstBatch, initialOf, specsOf } from "./ours.ts";
import { designs, makeFeatures, productInputs, sourceOf } from "./problem.ts";

type Arrays = Record<string, NamedArray>;

/** The file of a case: the weights at first, and a batch, the features or the matrices. */
export function arraysOf(what: Case): Uint8Array<ArrayBuffer> {
  if (what.kind === "product") {
    const entries = Object.entries(productInputs(what.size))
      .map(([name, data]) => [name, { shape: [what.size, what.size], data }]);
    return writeSafetensors(Object.fromEntries(entries));
  }
  const features = makeFeatures();
  const weights = parameterArrays(initialOf(designs[what.design]));
  if (what.kind !== "step") return writeSafetensors({ ...weights, ...tableArrays(features) });
  const source = sourceOf(features, { ...what, seed: 1 });
  const batch = batchArrays({ specs: specsOf(source), values: firstBatch(source) });
  return writeSafetensors({ ...weights, ...batch });
}

/** Parameters by path, as a safetensors file has them. */
function parameterArrays(initial: Init<unknown>): Arrays {
  const entries = leaves<Parameter>(initial as Tree<Parameter>, isParameter)
    .map(({ path, leaf }) => [`parameters/${path}`, { shape: leaf.shape, data: leaf.values }]);
  return Object.fromEntries(entries);
}

/** The values of one batch by path. */
function batchArrays(
  { specs, values }: { specs: BatchSpecs; values: BatchValues },
): Arrays {
  const shapes = new Map(
    leaves<Spec>(specs as unknown as Tree<Spec>, isSpec).map(({ path, leaf }) => [path, leaf]),
  );
  const entries = leaves<Values>(values as unknown as Tree<Values>, isValues)
    .map(({ path, leaf }) => [`batch/${path}`, { shape: shapes.get(path)!.shape, data: leaf }]);
  return Object.fromEntries(entries);
}

/** The tables and labels of all samples by modality. */
function tableArrays(features: CorpusFeatures): Arrays {
  const arrays: Arrays = {};
  for (const m of modalities) {
    const { tables, labels } = features[m];
    for (const [name, table] of Object.entries(tables)) arrays[`tables/${m}/${name}`] = table;
    arrays[`labels/${m}`] = { shape: [labels.length], data: Int32Array.from(labels) };
  }
  return arrays;
}
