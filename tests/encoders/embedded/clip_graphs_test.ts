import { deepEqual, ok } from "node:assert/strict";
import type { Graph } from "../../../lib/compile/mod.ts";
import { onnxruntime } from "../../../lib/deps/onnxruntime.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { imageTowerGraph, textTowerGraph } from "../../../lib/encoders/embedded/clip_graphs.ts";
import {
  type ClipParams,
  imageTower,
  initClip,
  textTower,
} from "../../../lib/encoders/embedded/clip_towers.ts";
import { flatten, type Init, tensors, unflatten } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import { uniform, uniformTensor } from "../../tensor_values.ts";

const size = { channels: [4, 6], words: 5, hidden: 7, width: 3 };

/** Towers whose every number is random, biases and gains too. */
function randomTowers(): { init: Init<ClipParams>; params: ClipParams } {
  const like = initClip(key(1), size);
  const { values } = uniform("towers", flatten(like as never).length);
  const init = unflatten(like as never, values) as Init<ClipParams>;
  return { init, params: tensors(init as never) as unknown as ClipParams };
}

async function run(graph: Graph, name: string, type: "float32" | "int64", data: object) {
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(graph.toBytes());
  const { values, dims } = data as { values: Float32Array | BigInt64Array; dims: number[] };
  const output = await session.run({ [name]: new ort.Tensor(type, values as never, dims) });
  const { data: found, dims: shape } = output[session.outputNames[0]!]!;
  await session.release();
  return { found: found as Float32Array, shape };
}

function close(found: Float32Array, expected: tf.Tensor): void {
  const values = expected.dataSync();
  deepEqual(found.length, values.length);
  found.forEach((x, i) => ok(Math.abs(x - values[i]!) < 1e-4, `${i}: ${x}, not ${values[i]}`));
}

Deno.test("the image tower's file gives what the tower gives, for any number of pictures", async () => {
  const { init, params } = randomTowers();
  const graph = imageTowerGraph(init.image);
  for (const batch of [1, 3]) {
    const pixels = uniformTensor("pixels", batch, 32, 32, 3);
    const nchw = tf.transpose(pixels, [0, 3, 1, 2]).dataSync() as Float32Array;
    const dims = [batch, 3, 32, 32];
    const { found, shape } = await run(graph, "pixel_values", "float32", { values: nchw, dims });
    deepEqual([...shape], [batch, 3]);
    close(found, imageTower(params.image, { pixels }));
  }
});

Deno.test("the text tower's file gives what the tower gives for the words of a text", async () => {
  const { init, params } = randomTowers();
  // Ids 0 and 1 are no words; the rows of their vectors must not matter.
  const table = uniform("table", 6, 5).values;
  const graph = textTowerGraph(init.text, { table, special: 2 });
  const ids = [[2, 5, 4, 0], [3, 1, 0, 0]];
  const values = BigInt64Array.from(ids.flat(), BigInt);
  const { found, shape } = await run(graph, "input_ids", "int64", { values, dims: [2, 4] });
  deepEqual([...shape], [2, 3]);
  const vectors = tf.gather(tf.tensor2d(table, [6, 5]), tf.tensor2d(ids, [2, 4], "int32"));
  const mask = tf.tensor2d([[1, 1, 1, 0], [1, 0, 0, 0]]);
  close(found, textTower(params.text, { vectors, mask }));
  const one = await run(graph, "input_ids", "int64", {
    values: BigInt64Array.of(3n),
    dims: [1, 1],
  });
  close(one.found, tf.tensor1d(found.slice(3)));
});
