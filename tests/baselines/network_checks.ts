/** What the tests of every network in this folder need: batches, gradients, both ways of execution. @module */

import { ok } from "node:assert/strict";
import {
  compile,
  isSpec,
  isValues,
  type Spec,
  type Tensors,
  type Values,
} from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { asTree, flatten, layoutOf, type Parameter, split } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";
import { batches, type BatchValues } from "../../lib/systems/batches.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import {
  type BatchSpecs,
  batchSpecs,
  type NamedTensors,
  type Network,
  objective,
} from "../../lib/systems/network.ts";
import type { System } from "../../lib/systems/system.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";

/** A batch as a network's loss takes it. */
export type Batch = Tensors<BatchSpecs>;

/** Sixteen samples a modality. */
export const features: CorpusFeatures = tinyFeatures({ text: 16, image: 16, audio: 16 });

/** The same with vectors named `clip`. */
export const clipFeatures: CorpusFeatures = withClip(features);

/** Each sample with a vector made of its first state. */
function withClip(of: CorpusFeatures): CorpusFeatures {
  return byModality((m) => {
    const { shape, data } = of[m].tables.states!;
    const [count, segments, width] = shape as [number, number, number];
    const own = Float32Array.from(
      { length: count * 2 },
      (_, i) => data[Math.floor(i / 2) * segments * width + i % 2]! / 2,
    );
    return { ...of[m], tables: { ...of[m].tables, clip: { shape: [count, 1, 2], data: own } } };
  });
}

/** The first batch of a protocol: its specs, its values, and those as eager tensors. */
export function firstBatch(
  network: Network,
  of: CorpusFeatures,
  protocol: "single" | "label",
  present: readonly Modality[] = modalities,
): { specs: BatchSpecs; values: BatchValues; batch: Batch } {
  const { groups, epoch } = batches({
    features: of,
    indices: range(0, 8),
    protocol,
    present,
    batch: 4,
    modalityDropout: 0.5,
    network,
    key: key(2),
  });
  const specs = batchSpecs(network, groups), values = epoch(0).next().value!;
  const byPath = new Map(
    leaves<Values>(values as unknown as Tree<Values>, isValues)
      .map(({ path, leaf }) => [path, leaf]),
  );
  const batch = mapTree<Spec, tf.Tensor, Tree<Spec>>(
    specs as unknown as Tree<Spec>,
    isSpec,
    ({ shape, dtype }, path) => tf.tensor(byPath.get(path)!, [...shape], dtype),
  ) as unknown as Batch;
  return { specs, values, batch };
}

/** The loss of a batch and its gradient by every leaf of `initial`, by path. */
export function lossAndGradients<P>(
  network: Pick<Network<P>, "loss">,
  initial: Tree<Parameter>,
  batch: Batch,
): { loss: number; gradients: Record<string, tf.Tensor> } {
  const parts = split(layoutOf(initial), tf.tensor1d(flatten(initial)));
  const { value, gradients } = differentiate(network, initial, parts, batch);
  return { loss: value.dataSync()[0]!, gradients };
}

// Parameters that the batch does not touch have no gradient; it is 0.
function differentiate<P>(
  network: Pick<Network<P>, "loss">,
  initial: Tree<Parameter>,
  parts: tf.Tensor[],
  batch: Batch,
): { value: tf.Tensor; gradients: Record<string, tf.Tensor> } {
  const loss = objective(network);
  const { value, grads } = tf.engine().gradients(
    () => loss(asTree(initial, parts) as P, batch) as tf.Scalar,
    parts,
    undefined,
    true,
  );
  const paths = layoutOf(initial).entries.map(({ path }) => path);
  const entries = paths.map((path, i) => [path, grads[i] ?? tf.zeros(parts[i]!.shape)]);
  return { value, gradients: Object.fromEntries(entries) };
}

/** The paths of the parameters that a batch does not move. */
export function unmoved<P>(
  network: Pick<Network<P>, "loss">,
  initial: Tree<Parameter>,
  batch: Batch,
): string[] {
  const { gradients } = lossAndGradients(network, initial, batch);
  const still = (g: tf.Tensor) => tf.max(tf.abs(g)).dataSync()[0]! === 0;
  return Object.keys(gradients).filter((path) => still(gradients[path]!));
}

/** Asserts that loss and gradients come out alike when compiled, under both protocols. */
export async function compiledAgrees(network: Network, of: CorpusFeatures): Promise<void> {
  const initial = network.init(key(3)) as Tree<Parameter>;
  const layout = layoutOf(initial);
  for (const protocol of ["single", "label"] as const) {
    await tf.setBackend("cpu");
    const { specs, values, batch } = firstBatch(network, of, protocol);
    const eager = lossAndGradients(network, initial, batch);
    const compiled = await compile(
      // deno-lint-ignore no-explicit-any -- the shape of a batch depends on the network.
      ({ parameters, batch }: any) => {
        const { value, gradients } = differentiate(
          network,
          initial,
          split(layout, parameters),
          batch,
        );
        return { loss: value, gradients };
      },
      { parameters: { shape: [layout.size], dtype: "float32" as const }, batch: specs },
      { threads: 1 },
    );
    const result = await compiled.run(
      { parameters: flatten(initial), batch: values } as never,
    ) as unknown as { loss: Float32Array; gradients: Record<string, Float32Array> };
    await compiled.dispose();
    ok(Math.abs(result.loss[0]! - eager.loss) < 1e-6, `loss ${result.loss[0]}, not ${eager.loss}`);
    for (const [path, gradient] of Object.entries(eager.gradients)) {
      const wanted = gradient.dataSync();
      const largest = Math.max(1e-3, ...wanted.map(Math.abs));
      result.gradients[path]!.forEach((x, i) => {
        const close = Math.abs(x - wanted[i]!) <= 2e-5 * largest;
        ok(close, `${protocol}, ${path}, number ${i}: ${x}, not ${wanted[i]}`);
      });
    }
  }
}

/** Logits of a network that is shown all of `inputs`. */
export function verdict(network: Network, params: unknown, inputs: NamedTensors): tf.Tensor {
  return network.logits(params, inputs).unified!;
}

/** The inputs, with `change` done to every table of the modalities in `only`. */
export function withInputs(
  inputs: NamedTensors,
  change: (x: tf.Tensor) => tf.Tensor,
  only: readonly string[] = Object.keys(inputs),
): NamedTensors {
  return Object.fromEntries(
    Object.entries(inputs).map(([m, tables]) => [
      m,
      Object.fromEntries(
        Object.entries(tables).map(([name, x]) => [name, only.includes(m) ? change(x) : x]),
      ),
    ]),
  );
}

/** Mean negative log-likelihood of sixteen samples with labels that nothing explains, after training on them. */
export async function memorised(
  system: System,
  of: CorpusFeatures,
  protocol: "single" | "label",
): Promise<number> {
  const all = range(0, 16);
  const fitted = await system.fit({
    features: of,
    train: all,
    validation: all,
    protocol,
    present: modalities,
    key: key(4),
  });
  const shown = protocol === "label" ? [[...modalities]] : modalities.map((m) => [m]);
  let loss = 0;
  for (const subset of shown) {
    const rows = Object.fromEntries(subset.map((m) => [m, all[m]]));
    const head = subset.length === 1 ? subset[0]! : "unified";
    const scores = (await fitted.predict(rows))[head]!;
    for (let i = 0; i < 16; i++) loss -= Math.log(i % 2 ? scores[i]! : 1 - scores[i]!);
  }
  await fitted.dispose();
  return loss / (16 * shown.length);
}
