import * as tf from "../../lib/deps/tf.ts";
import { extremes, type Fn, type Input, inputs, parity } from "./parity.ts";

type X = Record<string, tf.Tensor>;

// tfjs itself has no gradient of unstack() where there is one step.
const steps = (x: tf.Tensor): tf.Tensor[] =>
  Array.from({ length: x.shape[1]! }, (_, t) => tf.squeeze(tf.slice(x, [0, t], [-1, 1]), [1]));

/** Long short-term memory over `[B, T, d]`: the last hidden state `[B, h]`. */
function lstm({ x, w, u, b }: X): tf.Tensor {
  const [batch] = x!.shape as [number], width = u!.shape[0]!;
  let hidden: tf.Tensor = tf.zeros([batch, width]), cell: tf.Tensor = tf.zeros([batch, width]);
  for (const input of steps(x!)) {
    const gates = tf.add(tf.add(tf.matMul(input, w!), tf.matMul(hidden, u!)), b!);
    const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
  }
  return hidden;
}

/** Gated recurrent unit over `[B, T, d]`: all hidden states `[B, T, h]`. */
function gru({ x, w, u, b }: X): tf.Tensor {
  const [batch] = x!.shape as [number], width = u!.shape[0]!;
  let hidden: tf.Tensor = tf.zeros([batch, width]);
  const states = steps(x!).map((input) => {
    const [rx, zx, nx] = tf.split(tf.add(tf.matMul(input, w!), b!), 3, 1);
    const [rh, zh, nh] = tf.split(tf.matMul(hidden, u!), 3, 1);
    const reset = tf.sigmoid(tf.add(rx!, rh!)), update = tf.sigmoid(tf.add(zx!, zh!));
    const next = tf.tanh(tf.add(nx!, tf.mul(reset, nh!)));
    hidden = tf.add(tf.mul(update, hidden), tf.mul(tf.sub(1, update), next));
    return hidden;
  });
  return tf.stack(states, 1);
}

function layerNorm(x: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
}

/** Attention of two heads over `[B, T, d]`; keys where `mask` `[B, T]` is negative are left out. */
function attention({ x, q, k, v, mask }: X): tf.Tensor {
  const [batch, length, width] = x!.shape as [number, number, number];
  const heads = (weight: tf.Tensor) =>
    tf.transpose(
      tf.reshape(tf.matMul(tf.reshape(x!, [-1, width]), weight), [batch, length, 2, width / 2]),
      [0, 2, 1, 3],
    );
  const scores = tf.div(tf.matMul(heads(q!), heads(k!), false, true), Math.sqrt(width / 2));
  const kept = tf.reshape(tf.greaterEqual(mask!, 0), [batch, 1, 1, length]);
  const weights = tf.softmax(tf.where(kept, scores, tf.fill(scores.shape, -1e9)));
  return tf.reshape(tf.transpose(tf.matMul(weights, heads(v!)), [0, 2, 1, 3]), x!.shape);
}

function transformerLayer(x: X): tf.Tensor {
  const attended = layerNorm(tf.add(x.x!, attention(x)));
  const rows = tf.reshape(attended, [-1, attended.shape.at(-1)!]);
  const gelu = (h: tf.Tensor) => tf.mul(tf.mul(h, 0.5), tf.add(tf.erf(tf.div(h, Math.SQRT2)), 1));
  const inner = tf.matMul(gelu(tf.matMul(rows, x.w!)), x.w!, false, true);
  return layerNorm(tf.add(attended, tf.reshape(inner, attended.shape)));
}

/** Central moment discrepancy of two samples `[B, d]`, up to the fifth moment. */
function centralMomentDiscrepancy({ a, b }: X): tf.Tensor {
  const [p, q] = [tf.sigmoid(a!), tf.sigmoid(b!)];
  const distance = (m: tf.Tensor, n: tf.Tensor) =>
    tf.sqrt(tf.add(tf.sum(tf.square(tf.sub(m, n))), 1e-6));
  const centred = [p, q].map((x) => tf.sub(x, tf.mean(x, 0, true)));
  const moments = [2, 3, 4, 5].map((k) => {
    const [m, n] = centred.map((x) => tf.mean(tf.pow(x, tf.scalar(k, "int32")), 0));
    return distance(m!, n!);
  });
  return tf.addN([distance(tf.mean(p, 0), tf.mean(q, 0)), ...moments]);
}

const unit = (x: tf.Tensor): tf.Tensor =>
  tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-6)));

function orthogonality({ a, b }: X): tf.Tensor {
  const centred = [a!, b!].map((x) => unit(tf.sub(x, tf.mean(x, 0, true))));
  return tf.mean(tf.square(tf.matMul(centred[0]!, centred[1]!, true)));
}

function cosineSimilarity({ a, b }: X): tf.Tensor {
  return tf.sum(tf.mul(unit(a!), unit(b!)), -1);
}

/** Every pair of rows scored, and the diagonal as the right answer: the loss of contrastive training. */
function contrast({ a, b }: X): tf.Tensor {
  const scores = tf.matMul(unit(a!), unit(b!), false, true);
  const right = tf.mul(tf.eye(a!.shape[0]!), tf.logSoftmax(scores));
  return tf.add(tf.neg(tf.sum(right)), tf.sum(tf.logSumExp(scores, 0)));
}

interface Composite {
  readonly f: Fn;
  readonly given: (draw?: (normal: number, place: number) => number) => Record<string, Input>;
}

const losses: Record<string, Composite> = Object.fromEntries(
  Object.entries({ centralMomentDiscrepancy, orthogonality, cosineSimilarity, contrast }).map((
    [name, f],
  ) => [name, { f, given: (draw) => inputs({ a: [6, 4], b: [6, 4] }, draw) }]),
);
const composites: Record<string, Composite> = {
  "an LSTM": {
    f: lstm,
    given: (draw) => inputs({ x: [2, 4, 3], w: [3, 8], u: [2, 8], b: [8] }, draw),
  },
  "a GRU": {
    f: gru,
    given: (draw) => inputs({ x: [2, 4, 3], w: [3, 6], u: [2, 6], b: [6] }, draw),
  },
  "a transformer layer": {
    f: (x) => transformerLayer({ ...x, mask: tf.tensor2d([[1, 1, -1], [1, -1, -1]]) }),
    given: (draw) => inputs({ x: [2, 3, 4], q: [4, 4], k: [4, 4], v: [4, 4], w: [4, 8] }, draw),
  },
  ...losses,
};

for (const [name, { f, given }] of Object.entries(composites)) {
  Deno.test(`${name}: compiled equals eager, forward and backward`, async () => {
    // Rounding grows with depth; the reference holds float32 between kernels too.
    await parity({ f }, given(), { tolerance: 2e-5 });
  });
}

// A normalisation divides by what is left of equal numbers after their mean is gone: rounding alone.
// And at 1e4 the steepest of softmax and sigmoid are 0 or 1, so only ties could go either way.
for (const [kind, draw] of Object.entries(extremes)) {
  Deno.test(`recurrent cells, attention and losses: compiled equals eager on values: ${kind}`, async () => {
    for (const [name, { f, given }] of Object.entries(composites)) {
      const degenerate = kind === "all equal" && /transformer|orthogonality/.test(name);
      await parity({ [name]: f }, given(draw), { tolerance: 2e-5, gradients: !degenerate });
    }
  });
}

Deno.test("a batch of one and a sequence of one step: compiled equals eager", async () => {
  await parity({ lstm }, inputs({ x: [1, 1, 3], w: [3, 4], u: [1, 4], b: [4] }), {
    tolerance: 2e-5,
  });
  await parity({ cosineSimilarity, centralMomentDiscrepancy }, inputs({ a: [1, 1], b: [1, 1] }), {
    tolerance: 2e-5,
  });
});
