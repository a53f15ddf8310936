import { deepEqual, equal, match, ok } from "node:assert/strict";
import { sharp } from "../../../lib/deps/sharp.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { loadClip } from "../../../lib/encoders/clip.ts";
import { plainPicture } from "../../../lib/encoders/embedded/clip_pictures.ts";
import {
  type ClipParams,
  imageTower,
  initClip,
  textTower,
} from "../../../lib/encoders/embedded/clip_towers.ts";
import { smallClip, type SmallClipInfo } from "../../../lib/encoders/embedded/small_clip.ts";
import { wordTable } from "../../../lib/encoders/embedded/train_clip.ts";
import { layoutOf } from "../../../lib/tensor/parameter.ts";
import { readSafetensors } from "../../../lib/tensor/safetensors.ts";
import { withModels } from "../tiny_models.ts";
import { tinyGlyphs, tinyTraining, tinyWords } from "./tiny_glyphs.ts";

const options = { glyphs: tinyGlyphs, training: { ...tinyTraining, epochs: 2 } };
const files = await smallClip(tinyWords, options);
const info = files["small_clip.json"] as SmallClipInfo;

/** The parameters in `model.safetensors`, as tensors. */
function savedParams(): ClipParams {
  const bytes = files["model.safetensors"] as Uint8Array<ArrayBuffer>;
  const { arrays } = readSafetensors(bytes, { path: "model.safetensors" });
  const tree: Record<string, unknown> = {};
  for (const [path, { shape, data }] of Object.entries(arrays)) {
    const names = path.split("/");
    let node = tree;
    for (const name of names.slice(0, -1)) node = (node[name] ??= {}) as Record<string, unknown>;
    node[names.at(-1)!] = tf.tensor(data as Float32Array, [...shape]);
  }
  return tree as unknown as ClipParams;
}

const close = (found: Float32Array, wanted: tf.Tensor, tolerance: number) =>
  wanted.dataSync().forEach((x, i) =>
    ok(Math.abs(found[i]! - x) < tolerance, `${i}: ${found[i]}, not ${x}`)
  );

Deno.test("small_clip.json says what the model is, how large and how good", () => {
  equal(info.name, "small CLIP (glyphs)");
  match(info.digest, /^[0-9a-f]{64}$/);
  equal(info.weights, layoutOf(initClip([1, 2], tinyTraining.size) as never).size);
  deepEqual(info.emoji, { train: 21, validation: 3, test: 3 });
  equal(info.retrieval.pairs, 3);
  ok(info.scale > 1 && info.scale <= 100);
  ok(info.credits.some((line) => line.includes("CC-BY-4.0")));
});

Deno.test("smallClip() gives equal files for equal seeds", async () => {
  deepEqual(await smallClip(tinyWords, options), files);
});

Deno.test("the folder loads as a CLIP, whose towers are those of model.safetensors", () =>
  withModels({ "small/clip": files }, async (root) => {
    const clip = await loadClip({ model: "small/clip", root, width: 6 });
    ok(Math.abs(clip.scale - info.scale) < 1e-6);
    const params = savedParams();
    // An unknown word and a comma count for nothing; padding neither.
    const [, features] = await clip.text.encode(["photo", "A Photo, good unheardof"]);
    const { rows, rowOf, width } = wordTable(tinyWords);
    const vectors = ["photo", "good"].map((word) => {
      const row = rowOf.get(word)!;
      return [...rows.subarray(row * width, (row + 1) * width)];
    });
    const mask = tf.ones([1, 2]);
    const text = textTower(params.text, { vectors: tf.tensor3d([vectors]), mask });
    close(features!.clip!, text, 1e-4);
    // A PNG of the tower's own size, so that nothing is resized.
    const plain = plainPicture(tinyGlyphs[7]!.drawings[0]!);
    const bytes = Uint8Array.from(plain, (x) => Math.round((x + 1) * 127.5));
    const raw = { width: 32, height: 32, channels: 3 } as const;
    const png = new Uint8Array(await (await sharp())(bytes, { raw }).png().toBuffer());
    const [seen] = await clip.image.encode([{ path: "a.png", bytes: png }]);
    const pixels = tf.tensor4d(Float32Array.from(bytes, (x) => x / 127.5 - 1), [1, 32, 32, 3]);
    close(seen!.clip!, imageTower(params.image, { pixels }), 1e-3);
    await clip.dispose();
  }));
