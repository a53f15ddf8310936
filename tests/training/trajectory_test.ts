/** Compiled training against PyTorch, loss by loss; `fixtures/trajectory.py` is the other side. @module */

import { deepEqual, ok } from "node:assert/strict";
import { type Executor, isSpec, type Spec, type Values, whyNoC } from "../../lib/compile/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { initModel, type ModelConfig, type ModelParams } from "../../lib/model/mod.ts";
import {
  flatten,
  type Init,
  isParameter,
  type Parameter,
  unflatten,
} from "../../lib/tensor/parameter.ts";
import { fold, keepMask, key, uniforms } from "../../lib/tensor/random.ts";
import { leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";
import {
  type BatchSpecs,
  batchSpecs,
  type GroupShape,
  objective,
} from "../../lib/systems/network.ts";
import { proposedNetwork } from "../../lib/systems/proposed_network.ts";
import { type Batch, compileStep, type StepState } from "../../lib/training/step.ts";
import { learningRateAt } from "../../lib/training/train.ts";

interface Fixture {
  config: ModelConfig;
  training: {
    steps: number;
    batches: number;
    learningRate: number;
    warmup: number;
    weightDecay: number;
    clipNorm: number;
    headWeight: number;
  };
  groups: Record<string, Record<string, GroupShape>>;
  /** Per step the loss and the gradient's norm before clipping; at the end the norm of each array. */
  results: Record<string, { losses: number[]; norms: number[]; final: Record<string, number> }>;
}

const fixture: Fixture = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/trajectory.json", import.meta.url)),
);
const { config, training } = fixture;
const seed = key(8);

/** Matrices on ±√(3 / fan-in), vectors on ±0.1, the scales of normalisations 1 more. */
function initial(): Init<ModelParams> {
  return mapTree<Parameter, Parameter, Tree<Parameter>>(
    initModel(key(0), config) as Tree<Parameter>,
    isParameter,
    ({ shape }, path) => {
      const bound = shape.length > 1 ? Math.sqrt(3 / product(shape.slice(0, -1))) : 0.1;
      const middle = path.endsWith("/scale") ? 1 : 0;
      const next = uniforms(fold(seed, "parameters", path));
      const values = Float32Array.from(
        { length: product(shape) },
        () => middle + bound * (2 * next() - 1),
      );
      return { shape, values };
    },
  ) as unknown as Init<ModelParams>;
}

/** Inputs and labels repeat after a few steps; dropout masks never do. */
function batchAt(
  specs: BatchSpecs,
  groups: Readonly<Record<string, GroupShape>>,
  step: number,
): Batch<BatchSpecs> {
  return mapTree<Spec, Values, Tree<Spec>>(
    specs as unknown as Tree<Spec>,
    isSpec,
    ({ shape, dtype }, path) => {
      const [group, ...rest] = path.split("/");
      if (rest[0] === "keep") {
        return keepMask(fold(seed, "keep", step, path), product(shape), config.dropout);
      }
      const next = uniforms(fold(seed, "batch", step % training.batches, path));
      const values = Array.from({ length: product(shape) }, next);
      const made = drawn(rest.join("/"), values, groups[group!]!);
      return dtype === "int32" ? Int32Array.from(made) : Float32Array.from(made);
    },
  ) as unknown as Batch<BatchSpecs>;
}

/** The values at `path` from uniform numbers `u`. */
function drawn(path: string, u: number[], { present, batch }: GroupShape): number[] {
  if (path === "presence") return presence(u, present, batch);
  if (path.includes("labels")) return u.map((x) => Math.floor(2 * x));
  if (path.endsWith("/weights")) return u.map((x) => x < 0.8 ? 1 : 0);
  if (path.endsWith("/mask")) {
    const segments = u.length / batch;
    return u.map((x, i) => x < 0.7 || i % segments === 0 ? 1 : 0);
  }
  if (path.endsWith("/frames")) {
    return u.map((x) => 1 + Math.floor(config.inputs.audio.frames! * x));
  }
  return u.map((x) => 2 * x - 1);
}

/** The first view of a sample shows all that the group has, a second view some of it. */
function presence(u: number[], present: readonly Modality[], batch: number): number[] {
  return Array.from({ length: u.length / modalities.length }, (_, row) => {
    const own = u.slice(row * modalities.length, (row + 1) * modalities.length);
    const whole = row < batch || own.every((x) => x < 0.3);
    return modalities.map((m, i) => present.includes(m) && (whole || own[i]! >= 0.3) ? 1 : 0);
  }).flat();
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Losses, norms and the last parameters of compiled training. */
async function trajectory(groups: Readonly<Record<string, GroupShape>>, executor: Executor) {
  const network = proposedNetwork(config, training);
  const batch = batchSpecs(network, groups);
  const start = initial();
  const step = await compileStep<ModelParams, BatchSpecs>(
    objective(network),
    { initial: start, batch },
    { ...training, threads: 1, executor },
  );
  const parameters = flatten(start as Tree<Parameter>);
  let state: StepState = {
    parameters,
    first: new Float32Array(parameters.length),
    second: new Float32Array(parameters.length),
  };
  const losses: number[] = [], norms: number[] = [];
  for (let i = 0; i < training.steps; i++) {
    const result = await step.run({
      state,
      step: i + 1,
      learningRate: learningRateAt(i, training.steps, training),
      batch: batchAt(batch, groups, i),
    });
    state = result.state;
    losses.push(result.loss);
    norms.push(result.norm);
  }
  await step.dispose();
  return { losses, norms, final: unflatten(start as Tree<Parameter>, state.parameters) };
}

/** Each number is as wanted, to a relative error. */
function near(got: readonly number[], wanted: readonly number[], error: number, what: string) {
  deepEqual(got.length, wanted.length);
  got.forEach((x, i) => {
    const off = Math.abs(x - wanted[i]!) / Math.abs(wanted[i]!);
    ok(off <= error, `${what} ${i}: ${x}, not ${wanted[i]} (off by ${off.toExponential(1)})`);
  });
}

const withoutC = await whyNoC() !== undefined;
const runs = Object.entries(fixture.groups).flatMap(([protocol, groups]) =>
  (["onnxruntime", "c"] as const).map((executor) => ({ protocol, groups, executor }))
);
for (const { protocol, groups, executor } of runs) {
  Deno.test(
    `100 steps of training on ${protocol} give PyTorch's losses, compiled for ${executor}`,
    {
      ignore: executor === "c" && withoutC,
    },
    async () => {
      const wanted = fixture.results[protocol]!;
      const { losses, norms, final } = await trajectory(groups, executor);
      // PyTorch in float32 is up to 1e-6 from itself in float64 here; the rest is headroom for the
      // order of sums on other processors.
      near(losses, wanted.losses, 2e-5, "loss");
      near(norms, wanted.norms, 2e-4, "norm");
      const tree = final as Tree<Parameter>;
      const paths = leaves<Parameter>(tree, isParameter).map(({ path }) => path);
      deepEqual(paths.toSorted(), Object.keys(wanted.final).toSorted());
      const lengths = leaves<Parameter>(tree, isParameter).map(({ leaf }) =>
        Math.hypot(...leaf.values)
      );
      near(lengths, paths.map((path) => wanted.final[path]!), 1e-4, "array");
    },
  );
}

Deno.test("the reference run clips some steps and not others, and its losses fall", () => {
  for (const { losses, norms } of Object.values(fixture.results)) {
    const clipped = norms.filter((norm) => norm > training.clipNorm).length;
    ok(clipped >= 10 && clipped <= 90, `${clipped} of ${norms.length} steps`);
    const mean = (part: number[]) => part.reduce((a, b) => a + b) / part.length;
    ok(mean(losses.slice(-20)) < mean(losses.slice(0, 20)) - 0.1);
  }
});
