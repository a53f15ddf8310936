import { deepEqual, notDeepEqual, ok } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import type { LatePrior } from "../../lib/fusion/late_evidence.ts";
import { residualNetwork, type ResidualParams } from "../../lib/fusion/residual_network.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { ModelConfig } from "../../lib/model/mod.ts";
import type { Group, NamedTensors } from "../../lib/systems/network.ts";
import { polarities, type Target, verdictWidth } from "../../lib/target.ts";
import {
  asTree,
  flatten,
  type Init,
  layoutOf,
  type Parameter,
  split,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { moods, score } from "../baselines/natural_problem.ts";
import { gradientsAgree } from "../gradient_check.ts";
import { tinySettings } from "../systems/tiny_corpus.ts";
import { uniform, uniformTensor } from "../tensor_values.ts";

const rows = 3, segments = 2;
const sizes = { segments, width: 3 };
const configOf = (target: Target): ModelConfig => ({
  ...{ ...tinySettings, width: 4, target },
  inputs: byModality(() => sizes),
});
const priorOf = (target: Target): LatePrior => {
  const width = verdictWidth(target);
  if (target.kind === "classes") {
    return { prior: Float64Array.from({ length: width }, (_, k) => 0.5 - k), scores: {} };
  }
  const scores = byModality((m) => ({ mean: 0.2, prior: 0.5, told: m.length / 4 }));
  return { prior: Float64Array.of(0.4), precision: 0.6, scores };
};

function inputsOf(shown: readonly Modality[], width: number, target?: tf.Tensor): NamedTensors {
  return Object.fromEntries(shown.map((m) => [m, {
    states: uniformTensor(m, rows, segments, 3),
    mask: tf.ones([rows, segments]),
    evidence: uniformTensor(`evidence ${m}`, rows, width),
    ...target && { target },
  }]));
}

function tensorsOf(init: Init<ResidualParams>): ResidualParams {
  const tree = init as Tree<Parameter>;
  const parts = split(layoutOf(tree), tf.tensor1d(flatten(tree)));
  return asTree(tree, parts) as unknown as ResidualParams;
}

/** Initial parameters, but for a readout that is not 0. */
function openParams(
  network: Pick<ReturnType<typeof residualNetwork>, "init">,
): Init<ResidualParams> {
  const init = network.init(key(1));
  const { shape } = init.residual.weight;
  return {
    ...init,
    residual: { ...init.residual, weight: { shape, values: uniform("readout", ...shape).values } },
  } as Init<ResidualParams>;
}

// Precisions: the prior of rows 0.6, of each modality 0.5, told a quarter of its name's length; in halves
// of −3 to 3.
function lateScore(told: (readonly [Modality, number])[]): number {
  const sum = told.reduce((total, [m, e]) => total + m.length / 4 * e, 0);
  const known = told.reduce((total, [m]) => total + m.length / 4 - 0.5, 0.6);
  return (0.4 + sum / known) / 3;
}

Deno.test("the joint model begins as late fusion, of any modalities that are shown", () => {
  for (const target of [polarities, moods, score]) {
    const width = verdictWidth(target), prior = priorOf(target), config = configOf(target);
    const { logits, init } = residualNetwork(config, prior, { width, targets: [] });
    const params = tensorsOf(init(key(1)));
    for (const shown of [modalities, ["text", "audio"], ["image"]] as Modality[][]) {
      const inputs = inputsOf(shown, width);
      const evidence = Object.fromEntries(
        shown.map((m) => [m, Float64Array.from(inputs[m]!.evidence!.dataSync())]),
      );
      const wanted = Array.from({ length: rows }, (_, i) => {
        if (target === score) return [lateScore(shown.map((m) => [m, evidence[m]![i]!]))];
        const sums = Array.from(
          prior.prior,
          (z, k) => shown.reduce((sum, m) => sum + evidence[m]![i * width + k]!, z),
        );
        return width === 1 ? [0, ...sums] : sums;
      }).flat();
      const got = logits(params, inputs).unified!.dataSync();
      wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) < 1e-5, `${shown} ${i}: ${got[i]}, ${w}`));
    }
  }
});

Deno.test("the joint model reads out the target's segments; without a table all are", () => {
  const config = configOf(polarities), prior = priorOf(polarities);
  const plain = residualNetwork(config, prior, { width: 1, targets: [] });
  const params = tensorsOf(openParams(plain));
  const said = (target?: tf.Tensor) => {
    const targets = target ? modalities : [];
    const { logits } = residualNetwork(config, prior, { width: 1, targets });
    return [...logits(params, inputsOf(modalities, 1, target)).unified!.dataSync()];
  };
  const first = tf.tensor2d(Array<number[]>(rows).fill([1, 0]));
  deepEqual(said(tf.ones([rows, segments])), said());
  notDeepEqual(said(first), said());
});

Deno.test("what a view does not show changes nothing of its loss", () => {
  const network = residualNetwork(configOf(score), priorOf(score), { width: 1, targets: [] });
  const params = tensorsOf(openParams(network));
  const lossOf = (image: NamedTensors[string], shown: number) => {
    const group = {
      inputs: { ...inputsOf(modalities, 1), image },
      ...{ presence: tf.tensor2d(Array<number[]>(rows).fill([1, shown, 1])), keep: {} },
      labels: byModality(() => tf.tensor1d([-2, 0.4, 3])),
      unified: { labels: tf.tensor1d([-2, 0.4, 3]), weights: tf.ones([rows]) },
    } as unknown as Group;
    return network.loss(params, group).dataSync()[0]!;
  };
  const { image } = inputsOf(["image"], 1), { audio: other } = inputsOf(["audio"], 1);
  ok(Math.abs(lossOf(image!, 0) - lossOf(other!, 0)) < 1e-6);
  ok(Math.abs(lossOf(image!, 1) - lossOf(other!, 1)) > 1e-3);
});

Deno.test("the joint model's gradient is the central difference, and no part is without", () => {
  // Attention has a test of its own, and gradients too small for float32 here.
  const levels = { within: false, across: false, summaries: false };
  const config = { ...configOf(moods), levels }, prior = priorOf(moods);
  const network = residualNetwork(config, prior, { width: 3, targets: [] });
  const shown = [[1, 1, 1], [1, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]];
  const group = {
    ...{ inputs: inputsOf(modalities, 3), presence: tf.tensor2d(shown), keep: {} },
    labels: byModality(() => tf.tensor1d([0, 1, 2], "int32")),
    unified: { labels: tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"), weights: tf.ones([6]) },
  } as unknown as Group;
  gradientsAgree(
    openParams(network) as Tree<Parameter>,
    (at) => network.loss(at as unknown as ResidualParams, group),
    { h: 1e-3, tolerance: 3e-2 },
  );
});
