import { deepEqual, ok } from "node:assert/strict";
import { expressionModelFiles } from "../../../lib/deps/human.ts";
import { sharp } from "../../../lib/deps/sharp.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { miniXception } from "../../../lib/encoders/embedded/mini_xception.ts";
import { loadImageEncoder } from "../../../lib/encoders/image_encoder.ts";
import { loadGraphModel } from "../../deps/tfjs_converter.ts";
import { withModels } from "../tiny_models.ts";

const size = 64;

/** The last block's map for an RGB image, `[8, 8, 256]`, by TensorFlow.js from the published files. */
async function reference(rgb: Uint8Array): Promise<Float32Array> {
  const { graph, weights } = await expressionModelFiles();
  const { modelTopology, weightsManifest } = JSON.parse(await Deno.readTextFile(graph));
  await tf.setBackend("cpu");
  const model = await loadGraphModel(tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: (await Deno.readFile(weights)).buffer,
  }));
  const grey = Float32Array.from({ length: size * size }, (_, i) => {
    const [r, g, b] = rgb.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    return ((0.2989 * r + 0.587 * g + 0.114 * b) / 255 - 0.5) * 2;
  });
  const data = tf.tidy(() => {
    const input = tf.tensor4d(grey, [1, size, size, 1]);
    return (model.execute(input, "StatefulPartitionedCall/model_1/add_2/add") as tf.Tensor)
      .dataSync();
  });
  model.dispose();
  return data as Float32Array;
}

Deno.test("mini-xception gives the maps that TensorFlow.js gives, from pixels to cells", async () => {
  const rgb = Uint8Array.from(
    { length: 3 * size * size },
    (_, i) => 128 + 100 * Math.sin(i / 90) + 27 * Math.cos(i / 7),
  );
  const expected = await reference(rgb);
  const raw = { width: size, height: size, channels: 3 } as const;
  const bytes = new Uint8Array(await (await sharp())(rgb, { raw }).png().toBuffer());
  await withModels({ face: await miniXception() }, async (root) => {
    // Each cell of the 8 by 8 map is a segment, in reading order as in channels-last.
    const encoder = await loadImageEncoder({ model: "face", root, segments: 64, width: 256 });
    deepEqual(encoder.shapes.states, [64, 256]);
    const [features] = await encoder.encode([{ path: "face.png", bytes }]);
    const worst = Math.max(...expected.map((x, i) => Math.abs(x - features!.states![i]!)));
    ok(worst < 1e-4, `differs by ${worst}`);
    await encoder.dispose();
  });
});
