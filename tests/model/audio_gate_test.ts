import { deepEqual, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { audioGate, type AudioGateParams, initAudioGate } from "../../lib/model/audio_gate.ts";
import type { GateKind } from "../../lib/model/config.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const ln3 = Math.log(3);
/** One segment of width 2. The joined vector is [1, 3, 5, -1]. */
const spectral = tf.tensor3d([[[1, 3]]]), contextual = tf.tensor3d([[[5, -1]]]);

const byHand: Record<GateKind, { params: AudioGateParams; g: number[]; y: number[] }> = {
  // Scores [ln 3 · 1, ln 3 · -1], g = [3/4, 1/4]:
  // y = [3/4 · 1 + 1/4 · 5, 1/4 · 3 + 3/4 · -1].
  "per feature": {
    params: {
      weight: tf.tensor2d([[ln3, 0], [0, 0], [0, 0], [0, ln3]]),
      bias: tf.tensor1d([0, 0]),
    },
    g: [0.75, 0.25],
    y: [2, 0],
  },
  // Score 3 · ln 3 / 3 - ln 9 = -ln 3, g = 1/4: y = [1/4 + 15/4, 3/4 - 3/4].
  "scalar": {
    params: {
      weight: tf.tensor2d([[0], [ln3 / 3], [0], [0]]),
      bias: tf.tensor1d([-2 * ln3]),
    },
    g: [0.25, 0.25],
    y: [4, 0],
  },
  // Scores [ln 3 · 1, 0], softmax [3/4, 1/4]: y = [3/4 + 5/4, 9/4 - 1/4].
  "softmax": {
    params: {
      weight: tf.tensor2d([[ln3, 0], [0, 0], [0, 0], [0, 0]]),
      bias: tf.tensor1d([0, 0]),
    },
    g: [0.75, 0.75],
    y: [2, 2],
  },
  "sum": { params: {}, g: [0.5, 0.5], y: [3, 1] },
  // [1 + 2 · 3 + 4 · 5 + 8 · -1 + 0.5, -1], and ReLU.
  "concatenation": {
    params: {
      weight: tf.tensor2d([[1, 0], [2, 0], [4, 0], [8, 1]]),
      bias: tf.tensor1d([0.5, 0]),
    },
    g: [0.5, 0.5],
    y: [19.5, 0],
  },
  "spectral only": { params: {}, g: [1, 1], y: [1, 3] },
  "contextual only": { params: {}, g: [0, 0], y: [5, -1] },
};
const kinds = Object.keys(byHand) as GateKind[];
const learned = ["per feature", "scalar", "softmax", "concatenation"] as const;

for (const kind of kinds) {
  Deno.test(`audioGate(), ${kind}, agrees with its equations worked by hand`, () => {
    const { params, ...wanted } = byHand[kind];
    const { y, g } = audioGate(params, { spectral, contextual }, kind);
    near(y, [[wanted.y]], 1e-6, "y");
    near(g, [[wanted.g]], 1e-6, "g");
  });
}

Deno.test("audioGate() gates each feature by default", () => {
  const { params } = byHand["per feature"];
  same(audioGate(params, { spectral, contextual }).y, tf.tensor3d([[[2, 0]]]));
});

/** Paths `[2, 3, 4]` and parameters of a width of 4 that are far from an even blend. */
const paths = { spectral: uniformTensor("s", 2, 3, 4), contextual: uniformTensor("c", 2, 3, 4) };
const outputs = { "per feature": 4, "scalar": 1, "softmax": 2, "concatenation": 4 };
const drawn = (kind: keyof typeof outputs) => ({
  weight: uniform("W", 8, outputs[kind]),
  bias: uniform("b", outputs[kind]),
});
const tensorsOf = (kind: GateKind): AudioGateParams =>
  kind in outputs
    ? {
      weight: uniformTensor("W", 8, outputs[kind as keyof typeof outputs]),
      bias: uniformTensor("b", outputs[kind as keyof typeof outputs]),
    }
    : {};

Deno.test("a blend lies between its two paths", () => {
  for (const kind of kinds.filter((kind) => kind !== "concatenation")) {
    const { y, g } = audioGate(tensorsOf(kind), paths, kind);
    const { spectral, contextual } = paths;
    const outside = tf.any(tf.logicalOr(
      tf.less(y, tf.sub(tf.minimum(spectral, contextual), 1e-6)),
      tf.greater(y, tf.add(tf.maximum(spectral, contextual), 1e-6)),
    ));
    ok(!outside.dataSync()[0], kind);
    near(y, tf.add(tf.mul(g, spectral), tf.mul(tf.sub(1, g), contextual)), 1e-6, kind);
  }
});

Deno.test("audioGate() treats every segment alone", () => {
  for (const kind of kinds) {
    const turned = {
      spectral: tf.reverse(paths.spectral, [0, 1]),
      contextual: tf.reverse(paths.contextual, [0, 1]),
    };
    const [there, back] = [paths, turned].map((each) => audioGate(tensorsOf(kind), each, kind));
    same(back!.y, tf.reverse(there!.y, [0, 1]), kind);
    same(back!.g, tf.reverse(there!.g, [0, 1]), kind);
  }
});

for (const kind of learned) {
  Deno.test(`the gradients of audioGate(), ${kind}, are central differences`, () => {
    const at = {
      ...drawn(kind),
      spectral: uniform("s", 1, 2, 4),
      contextual: uniform("c", 1, 2, 4),
    };
    gradientsAgree(
      at,
      ({ weight, bias, ...paths }) => probe(audioGate({ weight, bias }, paths, kind).y),
    );
  });
}

Deno.test("initAudioGate() has the columns that its kind needs, and starts close to even", () => {
  const shapes = kinds.map((kind) => [kind, initAudioGate(key(1), 4, kind).weight?.shape]);
  deepEqual(Object.fromEntries(shapes), {
    "per feature": [8, 4],
    "scalar": [8, 1],
    "softmax": [8, 2],
    "sum": undefined,
    "concatenation": [8, 4],
    "spectral only": undefined,
    "contextual only": undefined,
  });
  // √(3 · 0.1 / 8) = 0.19.
  const { values } = initAudioGate(key(1), 4, "per feature").weight!;
  ok(values.every((w) => Math.abs(w) <= Math.sqrt(0.3 / 8)));
});

Deno.test("audioGate() refuses paths of different shapes, whatever its kind", () => {
  for (const kind of kinds) {
    throws(
      () => audioGate({}, { spectral, contextual: tf.zeros([1, 2, 2]) }, kind),
      /RangeError: Cannot use contextual: expected shape \[1, 1, 2\], got \[1, 2, 2\]/,
    );
  }
});
