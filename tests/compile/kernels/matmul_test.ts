import * as tf from "../../../lib/deps/tf.ts";
import { extremes, type Fn, inputs, parity } from "../parity.ts";

Deno.test("compiled matMul equals eager tfjs for every transposition, with and without batch", async () => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const f: Fn = ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB);
      const a = transposeA ? [4, 2] : [2, 4], b = transposeB ? [3, 4] : [4, 3];
      for (const batch of [[], [1], [5], [2, 3]]) {
        await parity({ f }, inputs({ a: [...batch, ...a], b: [...batch, ...b] }));
      }
    }
  }
});

Deno.test("compiled matMul repeats one matrix for a whole batch", async () => {
  const f: Fn = ({ a, b }) => tf.matMul(a!, b!);
  await parity({ f }, inputs({ a: [3, 2, 4], b: [1, 4, 5] }), { gradients: false });
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`compiled products equal eager tfjs on values: ${name}`, async () => {
    await parity(
      {
        matMul: ({ a, b }) => tf.matMul(a!, b!),
        dot: ({ a, b }) =>
          tf.dot(tf.slice(tf.reshape(a!, [-1]), 0, 4), tf.slice(b!, [0, 1], [4, 1])),
        outer: ({ a, b }) => tf.outerProduct(tf.reshape(a!, [8]), tf.reshape(b!, [12])),
      },
      inputs({ a: [2, 4], b: [4, 3] }, draw),
      { tolerance: 4e-6 },
    );
  });
}
