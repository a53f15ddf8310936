import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { Graph } from "../../lib/compile/mod.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { loadClip, loadClipEncoders } from "../../lib/encoders/mod.ts";
import { spectrogramPicture } from "../../lib/encoders/spectrogram_picture.ts";
import reference from "../fixtures/tiny_clip.json" with { type: "json" };
import { withModels } from "./tiny_models.ts";

const fixtures = new URL("../fixtures/", import.meta.url).pathname;
const tiny = { model: "tiny_clip", root: fixtures };
const { size, texts, textEmbeddings, imageEmbedding } = reference;

const close = (found: Float32Array, wanted: ArrayLike<number>, tolerance = 1e-4) => {
  equal(found.length, wanted.length);
  found.forEach((x, i) => ok(Math.abs(x - wanted[i]!) < tolerance, `${i}: ${x}, not ${wanted[i]}`));
};

async function png(data: Uint8Array, side: number): Promise<Uint8Array> {
  const raw = { width: side, height: side, channels: 3 } as const;
  return new Uint8Array(await (await sharp())(data, { raw }).png().toBuffer());
}

/** The picture that the reference was computed on. */
const gradient = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
  return [x * 8, y * 8, x * y % 256][i % 3]!;
});

Deno.test("texts are embedded as by transformers, long ones cut but for the last token", async () => {
  const clip = await loadClip({ ...tiny, width: 8 });
  deepEqual(clip.text.shapes, { clip: [1, 8] });
  const features = await clip.text.encode(texts);
  features.forEach(({ clip }, i) => close(clip!, textEmbeddings[i]!));
  // Alone, and so without padding, they are the same.
  for (const [i, text] of texts.entries()) {
    close((await clip.text.encode([text]))[0]!.clip!, textEmbeddings[i]!);
  }
  deepEqual(await clip.text.encode([]), []);
  await clip.dispose();
});

Deno.test("a text is embedded as the same bytes, whatever is embedded beside it", async () => {
  const clip = await loadClip(tiny);
  const own = [
    "a cat",
    "a very long text of cats and of dogs and of what they say",
    "cats",
    "a dog",
  ];
  const together = await clip.text.encode(own);
  for (const [i, text] of own.entries()) {
    deepEqual((await clip.text.encode([text]))[0], together[i], text);
  }
  await clip.dispose();
});

Deno.test("images are embedded as by transformers, in their order over several batches", async () => {
  const clip = await loadClip(tiny);
  const other = { path: "b.png", bytes: await png(gradient.map((x) => 255 - x), size) };
  const bytes = await png(gradient, size);
  const images = Array.from({ length: 35 }, (_, i) => i === 33 ? { path: "a.png", bytes } : other);
  const features = await clip.image.encode(images);
  close(features[33]!.clip!, imageEmbedding);
  // An image that is its negative is elsewhere by far more than the tolerance.
  const differences = imageEmbedding.map((x, i) => Math.abs(x - features[32]!.clip![i]!));
  ok(Math.max(...differences) > 1e-2, `${differences}`);
  await rejects(
    clip.image.encode([{ path: "c.jpg", bytes: new Uint8Array(9) }]),
    /Cannot read "c.jpg": expected an image/,
  );
  await clip.dispose();
});

Deno.test("a clip is embedded as the picture of its spectrogram is", async () => {
  const clip = await loadClip(tiny);
  const samples = Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i * i / 3e5));
  const sound = { path: "a.wav", samples };
  const { data } = spectrogramPicture(sound, size);
  const [heard] = await clip.audio.encode([sound]);
  const bytes = await png(Uint8Array.from(data), size);
  const [seen] = await clip.image.encode([{ path: "a.png", bytes }]);
  close(heard!.clip!, seen!.clip!, 1e-5);
  deepEqual([clip.audio.modality, clip.image.modality], ["audio", "image"]);
  await clip.dispose();
});

Deno.test("the three encoders differ in digest and id, and disposing of both of a tower is fine", async () => {
  const clip = await loadClip(tiny);
  const encoders = [clip.text, clip.image, clip.audio];
  equal(new Set(encoders.map(({ digest }) => digest)).size, 3);
  deepEqual(encoders.map(({ id }) => id), [
    "tiny_clip (text)",
    "tiny_clip (image)",
    "tiny_clip (audio)",
  ]);
  // Without a temperature of its own a model has that of the published ones.
  ok(Math.abs(clip.scale - 100) < 1e-9);
  for (const encoder of encoders) await encoder.dispose();
  await clip.dispose();
});

Deno.test("embeddings of another width than wanted are refused", () =>
  rejects(
    loadClip({ ...tiny, width: 512 }),
    /^RangeError: Cannot use tiny_clip: expected embeddings 512 wide, got 8 for text and 8 for images$/,
  ));

/** The files of tiny_clip, with another image tower. */
async function withVision(graph: Graph) {
  const read = (name: string) => Deno.readFile(`${fixtures}tiny_clip/${name}`);
  const names = [
    "config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "onnx/text_model.onnx",
  ];
  const files = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return { ...Object.fromEntries(files), "onnx/vision_model.onnx": graph.toBytes() };
}

function meanColours(output: string, axes: readonly number[]): Graph {
  const g = new Graph();
  const pixels = g.input("pixel_values", "float32", ["batch", 3, size, size]);
  const mean = g.node("ReduceMean", [pixels, g.integers(axes)], { keepdims: 0 });
  const dims = ["batch", 3, size, size].filter((_, axis) => !axes.includes(axis));
  g.output(output, mean, "float32", dims);
  return g;
}

Deno.test("towers of different widths, and outputs that are no embedding, are refused", async () => {
  const models = {
    "tiny/narrow": await withVision(meanColours("image_embeds", [2, 3])),
    "tiny/states": await withVision(meanColours("last_hidden_state", [2])),
  };
  await withModels(models, async (root) => {
    await rejects(
      loadClip({ model: "tiny/narrow", root }),
      /expected embeddings 8 wide, got 8 for text and 3 for images/,
    );
    await rejects(
      loadClip({ model: "tiny/states", root }),
      /expected an output image_embeds of 2 axes, got last_hidden_state \[1,3,32\]/,
    );
  });
});

Deno.test("a changed tower changes the digest", async () => {
  const models = { "tiny_clip": await withVision(meanColours("image_embeds", [2, 3])) };
  await withModels(models, async (root) => {
    await Deno.copyFile(
      `${fixtures}tiny_clip/onnx/vision_model.onnx`,
      `${root}/tiny_clip/onnx/vision_model.onnx`,
    );
    const [same, first] = [await loadClip({ model: "tiny_clip", root }), await loadClip(tiny)];
    equal(same.text.digest, first.text.digest);
    const path = `${root}/tiny_clip/preprocessor_config.json`;
    await Deno.writeTextFile(path, `${await Deno.readTextFile(path)} `);
    const changed = await loadClip({ model: "tiny_clip", root });
    notEqual(changed.image.digest, first.image.digest);
    for (const clip of [same, first, changed]) await clip.dispose();
  });
});

Deno.test({
  name: "CLIP that is in no folder, without a network: an error that names both of its files",
  permissions: { read: true, write: true, env: true, sys: true, ffi: true, net: false },
  async fn() {
    const cache = await Deno.makeTempDir();
    await rejects(loadClipEncoders("paper", { cache }), (error: Error) => {
      equal(error.name, "NotFound");
      const folder = `${cache}/models/Xenova/clip-vit-base-patch32`;
      ok(error.message.includes(`${folder}/onnx/text_model.onnx and`), error.message);
      ok(error.message.includes(`${folder}/onnx/vision_model.onnx`), error.message);
      ok(error.message.includes('"onnx/vision_model.onnx*" --local-dir'), error.message);
      return true;
    });
    await Deno.remove(cache, { recursive: true });
  },
});
