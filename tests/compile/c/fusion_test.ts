/** Loops of C that are joined, and those that must not be. @module */

import { equal, ok } from "node:assert/strict";
import { whyNoC } from "../../../lib/compile/c/mod.ts";
import { compile, float32 } from "../../../lib/compile/mod.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { type Fn, inputs, parity } from "../parity.ts";

const ignore = await whyNoC() !== undefined;

/** The stores of each loop of the source. */
async function storesOf(fn: Fn): Promise<number[]> {
  const compiled = await compile((x) => ({ y: fn(x) }), { x: float32(80, 80) }, { executor: "c" });
  await compiled.dispose();
  const loops = compiled.source!.match(/^APART void loop_(.|\n)*?^}/gm)!;
  return loops.map((loop) => loop.match(/^ *y\d+\[.*\] = /gm)?.length ?? 0);
}

// Each has a value that is read twice, and is computed once.
const joined: Fn = ({ x }) => {
  const a = tf.tanh(x!), b = tf.exp(a);
  return tf.add(tf.mul(a, b), tf.div(tf.square(b), 3));
};
const turned: Fn = ({ x }) => {
  const a = tf.tanh(x!);
  return tf.add(tf.square(a), tf.transpose(a));
};
const summed: Fn = ({ x }) => {
  const a = tf.tanh(x!);
  return tf.mul(tf.square(a), tf.sum(a, 1, true));
};
const shifted: Fn = ({ x }) => {
  const a = tf.tanh(x!);
  return tf.concat([tf.slice(tf.mul(a, a), [1, 0], [79, 80]), tf.slice(a, [0, 0], [1, 80])]);
};
// One piece is there from the beginning, the other one is not.
const pieces: Fn = ({ x }) => {
  const late = tf.reshape(tf.sum(tf.tanh(x!)), [1, 1]);
  return tf.exp(tf.mul(tf.concat([tf.square(tf.slice(x!, [0, 0], [1, 2])), late], 1), 0.01));
};

Deno.test("what only one loop reads is not written", { ignore }, async () => {
  const stores = await storesOf(joined);
  equal(stores.length, 1);
  equal(stores[0], 1);
});

Deno.test("what is read in another order, or by others, is written", { ignore }, async () => {
  for (const fn of [turned, summed]) {
    const stores = await storesOf(fn);
    ok(stores.length >= 2 && stores.every((n) => n === 1), stores.join());
  }
});

Deno.test("joined loops compute what eager tfjs does", { ignore }, async () => {
  await parity({ joined, turned, summed, shifted, pieces }, inputs({ x: [80, 80] }), {
    tolerance: 4e-6,
  });
});
