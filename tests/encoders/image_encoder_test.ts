import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { sharp } from "../../lib/deps/sharp.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { correlation, expected, tinyRoot } from "./tiny_encoders.ts";
import { tinyResnet, withModels } from "./tiny_models.ts";

/** A PNG of 32 by 32 pixels whose quarters have these colours. */
async function quarters(colours: readonly (readonly number[])[]): Promise<Uint8Array> {
  const channels = colours[0]!.length as 1 | 3 | 4;
  const data = Uint8Array.from({ length: 32 * 32 * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % 32, Math.floor(i / channels / 32)];
    return colours[(y < 16 ? 0 : 2) + (x < 16 ? 0 : 1)]![i % channels]!;
  });
  const raw = { width: 32, height: 32, channels };
  return new Uint8Array(await (await sharp())(data, { raw }).png().toBuffer());
}

const red = [255, 0, 0];
const close = (actual: Float32Array, expected: readonly number[]) => {
  equal(actual.length, expected.length);
  actual.forEach((x, i) => ok(Math.abs(x - expected[i]!) < 1e-3, `${[...actual]}`));
};

Deno.test("an image encoder averages the feature map by quarters, in reading order", () =>
  withModels(["tiny/resnet"], async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root, width: 3 });
    deepEqual(encoder.shapes, { states: [4, 3], mask: [4] });
    const bytes = await quarters([red, [0, 255, 0], [0, 0, 255], [51, 51, 51]]);
    const [features] = await encoder.encode([{ path: "a.png", bytes }]);
    close(features!.states!, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0.2, 0.2, 0.2]);
    deepEqual(features!.mask, Float32Array.of(1, 1, 1, 1));
    await encoder.dispose();
  }));

Deno.test("an image encoder takes grey images, and puts transparent ones on white", () =>
  withModels(["tiny/resnet"], async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root, segments: 1 });
    const grey = await quarters([[51], [51], [51], [51]]);
    const clear = [0, 0, 0, 0];
    const glass = await quarters([clear, clear, [...red, 255], [...red, 255]]);
    const images = [grey, glass].map((bytes) => ({ path: "x.png", bytes }));
    const [first, second] = await encoder.encode(images);
    close(first!.states!, [0.2, 0.2, 0.2]);
    close(second!.states!, [1, 0.5, 0.5]);
    await encoder.dispose();
  }));

Deno.test("an image encoder keeps order over several batches", () =>
  withModels(["tiny/resnet"], async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root, segments: 1 });
    const images = await Promise.all(Array.from({ length: 35 }, async (_, i) => ({
      path: `${i}.png`,
      bytes: await quarters(Array(4).fill([i, 0, 0])),
    })));
    const features = await encoder.encode(images);
    features.forEach(({ states }, i) => close(states!, [i / 255, 0, 0]));
    await encoder.dispose();
  }));

Deno.test("a file that is no image, or half of one, is an error with its path", () =>
  withModels(["tiny/resnet"], async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root });
    const text = new TextEncoder().encode("no image");
    await rejects(
      encoder.encode([{ path: "faces/notes.jpg", bytes: text }]),
      /Cannot read "faces\/notes.jpg": expected an image, got .*unsupported image format/,
    );
    const noise = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => i * 7919 % 256);
    const raw = { width: 64, height: 64, channels: 3 } as const;
    const jpeg = new Uint8Array(await (await sharp())(noise, { raw }).jpeg().toBuffer());
    const half = { path: "half.jpg", bytes: jpeg.subarray(0, jpeg.length / 2) };
    await rejects(encoder.encode([half]), /Cannot read "half.jpg"/);
    await encoder.dispose();
  }));

Deno.test("a drawing, which may ask for any number of pixels, is refused before it is drawn", () =>
  withModels(["tiny/resnet"], async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root });
    // An SVG of a hundred bytes may ask for any size.
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"></svg>`;
    const bytes = new TextEncoder().encode(svg);
    await rejects(
      encoder.encode([{ path: "bomb.svg", bytes }]),
      /"bomb.svg": expected .*, got svg/,
    );
    await encoder.dispose();
  }));

Deno.test("class scores never pass for features", () =>
  withModels(["tiny/classifier"], (root) =>
    rejects(
      loadImageEncoder({ model: "tiny/classifier", root }),
      /expected an output last_hidden_state of 4 axes or of 2 \(.*\), got logits \[1,3\]/,
    )));

Deno.test("pooled features are one segment, and as many as there are classes are none", () =>
  withModels({
    pooled: tinyResnet({ output: "pooler_output", id2label: { 0: "sad", 1: "happy" } }),
    scores: tinyResnet({ output: "pooler_output", id2label: { 0: "a", 1: "b", 2: "c" } }),
  }, async (root) => {
    const encoder = await loadImageEncoder({ model: "pooled", root, segments: 4 });
    deepEqual(encoder.shapes, { states: [1, 3], mask: [1] });
    const bytes = await quarters([red, red, [0, 0, 255], [51, 51, 51]]);
    const twice = [1, 2].map((i) => ({ path: `${i}.png`, bytes }));
    for (const { states, mask } of await encoder.encode(twice)) {
      close(states!, [0.55, 0.05, 0.3]);
      deepEqual(mask, Float32Array.of(1));
    }
    await encoder.dispose();
    await rejects(
      loadImageEncoder({ model: "scores", root }),
      /expected features, got pooler_output \[1,3\], as many as config\.json names classes/,
    );
  }));

/** The picture of the reference. */
async function gradient(): Promise<{ path: string; bytes: Uint8Array }> {
  const { side } = expected;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    return [x * 4, y * 4, x * y % 256][i % 3]!;
  });
  const raw = { width: side, height: side, channels: 3 } as const;
  const png = await (await sharp())(data, { raw }).png().toBuffer();
  return { path: "gradient.png", bytes: new Uint8Array(png) };
}

Deno.test("the feature map of a ResNet is that of transformers", async () => {
  const encoder = await loadImageEncoder({
    model: "tiny_encoders/resnet",
    root: tinyRoot,
    width: 32,
  });
  const [features] = await encoder.encode([await gradient()]);
  deepEqual(encoder.shapes, { states: [4, 32], mask: [4] });
  close(features!.states!, expected.resnet.flat());
  await encoder.dispose();
});

Deno.test("an int8 feature map of a ResNet is close to that of fp32, and kept apart", async () => {
  const options = { model: "tiny_encoders/resnet", root: tinyRoot, width: 32 };
  const encoder = await loadImageEncoder({ ...options, precision: "int8" });
  const [features] = await encoder.encode([await gradient()]);
  const found = correlation(features!.states!, expected.resnet.flat());
  ok(found > 0.98 && found < 1 - 1e-9, `${found}`);
  const exact = await loadImageEncoder(options);
  notEqual(encoder.digest, exact.digest);
  for (const each of [encoder, exact]) await each.dispose();
});
