import { deepEqual, equal, ok } from "node:assert/strict";
import { corruptions } from "../../lib/corruptions/mod.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { imageQuality, imageQualityColumns } from "../../lib/encoders/image_quality.ts";
import { qualityEncoders } from "../../lib/encoders/quality.ts";
import { textQuality } from "../../lib/encoders/text_quality.ts";
import { key } from "../../lib/tensor/random.ts";

const size = 48;

/** A grey picture, with a function of the place. */
function picture(of: (x: number, y: number) => number, width = size, height = size) {
  const data = new Uint8ClampedArray(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    data.fill(of(i % width, Math.floor(i / width)), 3 * i, 3 * i + 3);
  }
  return { data, width, height };
}

function named(values: Float32Array): Record<(typeof imageQualityColumns)[number], number> {
  return Object.fromEntries(imageQualityColumns.map((name, i) => [name, values[i]!])) as ReturnType<
    typeof named
  >;
}

Deno.test("imageQuality() of small pictures is as worked by hand", () => {
  // One bright pixel of 9 in the middle of 3 by 3: Laplacian −4 · 9 alone, so no variance; Y ∗ N = 36.
  const dot = named(imageQuality(picture((x, y) => x === 1 && y === 1 ? 9 : 0, 3, 3)));
  equal(dot.sharpness, 0);
  ok(Math.abs(dot.noise - Math.sqrt(Math.PI / 2) * 36 / 6) < 1e-4);
  ok(Math.abs(dot.brightness - 1 / 255) < 1e-6);
  ok(Math.abs(dot.contrast - Math.sqrt(8) / 255) < 1e-6);
  ok(Math.abs(dot.saturatedShare - 8 / 9) < 1e-6);
  equal(dot.plainShare, 0);
  // Steps of 10 at every eighth column and nowhere else: borders differ by 10 across and 0 down.
  const steps = named(imageQuality(picture((x) => 10 * Math.floor(x / 8), 16, 8)));
  equal(steps.blockiness, Math.fround(Math.log(11)));
  equal(imageQuality(picture(() => 100, 2, 2)).every(Number.isFinite), true);
});

Deno.test("imageQuality() tells what became of a picture", async () => {
  const waves = picture((x, y) => 128 + 50 * Math.sin(x / 2) * Math.cos(y / 3));
  const bytes = new Uint8Array(
    await (await sharp())(waves.data, { raw: { width: size, height: size, channels: 3 } }).png()
      .toBuffer(),
  );
  const after = async (name: string, level: number) => {
    const { apply } = corruptions.image.find((corruption) => corruption.name === name)!;
    return named(imageQuality(await decodeImage(await apply({ path: "", bytes }, level, key(1)))));
  };
  const clean = await after("blur", 0);
  ok((await after("blur", 2)).sharpness < clean.sharpness);
  ok((await after("blur", 4)).sharpness < (await after("blur", 2)).sharpness);
  const noise = await after("pixel noise", 0.1);
  // 25.5 in each colour is 25.5 √(0.299² + 0.587² + 0.114²) = 17.06 in their luma.
  ok(Math.abs(noise.noise - clean.noise - 17.06) < 1.5, `${noise.noise - clean.noise}`);
  ok((await after("compression", 5)).blockiness > clean.blockiness + 0.1);
  ok((await after("low contrast", 0.1)).contrast < 0.2 * clean.contrast);
  ok((await after("salt and pepper", 0.2)).saturatedShare > 0.15);
  ok((await after("occlusion", 0.35)).plainShare > 0.25);
  ok((await after("overexposure", 0.3)).brightness > clean.brightness + 0.2);
});

Deno.test("textQuality() counts tokens, characters and words", () => {
  const found = textQuality("This is gooood §§", { given: 4, unknown: 1 });
  // 17 characters, two of them odd; words of 4, 2, 6 and 2; one with a letter twice in a row.
  const wanted = [1 / 4, Math.log(5), 2 / 17, 14 / 4, 1 / 4].map(Math.fround);
  deepEqual([...found], wanted);
  deepEqual([...textQuality("", { given: 0, unknown: 0 })], [0, 0, 0, 0, 0]);
});

Deno.test("qualityEncoders() have tables and digests of their own", async () => {
  const text = (digest: string) => ({
    digest,
    inspect: () => ({ given: 2, taken: 2, windows: 1, unknown: 1, blank: false }),
  });
  const first = qualityEncoders({ text: text("a") }), second = qualityEncoders({ text: text("b") });
  const [{ quality }] = await first.text.encode(["good xyzzy"]) as [{ quality: Float32Array }];
  equal(quality[0], 0.5);
  ok(first.text.digest !== second.text.digest);
  equal(first.audio.digest, second.audio.digest);
  const [audio] = await first.audio.encode([{
    path: "",
    samples: new Float32Array(800).fill(0.1),
  }]);
  deepEqual([audio!.quality!.length], first.audio.shapes.quality);
});
