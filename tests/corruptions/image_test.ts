import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import {
  addPixelNoise,
  addSaltAndPepper,
  adjustLight,
  blurImage,
  compressJpeg,
  occlude,
} from "../../lib/corruptions/image.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import type { ImageFile } from "../../lib/encoders/encoder.ts";
import { key } from "../../lib/tensor/random.ts";

type Colour = readonly [number, number, number];

/** A PNG file whose pixel at (x, y) is `colourAt(x, y)`. */
async function picture(
  [width, height]: readonly [number, number],
  colourAt: (x: number, y: number) => Colour,
): Promise<ImageFile> {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    data.set(colourAt(i % width, Math.floor(i / width)), 3 * i);
  }
  const raw = { width, height, channels: 3 } as const;
  const bytes = await (await sharp())(data, { raw }).png().toBuffer();
  return { path: "picture.png", bytes };
}

const pixelsOf = async (image: ImageFile) => [...(await decodeImage(image)).data];
const scene = () => picture([60, 40], (x, y) => [4 * x, 6 * y, (x * y) % 256]);
const grey = (size: readonly [number, number], value = 100) =>
  picture(size, () => [value, value, value]);

Deno.test("at no strength an image file stays as it is, its path with it", async () => {
  const image = await scene();
  const k = key(1);
  equal(await blurImage({ image, sigma: 0 }), image);
  equal(await addPixelNoise({ image, sigma: 0, key: k }), image);
  equal(await addSaltAndPepper({ image, rate: 0, key: k }), image);
  equal(await occlude({ image, share: 0, key: k }), image);
  equal(await adjustLight({ image }), image);
  equal((await blurImage({ image, sigma: 1 })).path, "picture.png");
});

Deno.test("what is drawn depends on the key alone", async () => {
  const image = await scene();
  const corruptions = [
    (seed: number) => addPixelNoise({ image, sigma: 0.1, key: key(seed) }),
    (seed: number) => addSaltAndPepper({ image, rate: 0.1, key: key(seed) }),
    (seed: number) => occlude({ image, share: 0.1, key: key(seed) }),
  ];
  for (const corrupt of corruptions) {
    deepEqual(await corrupt(1), await corrupt(1));
    notDeepEqual(await pixelsOf(await corrupt(1)), await pixelsOf(await corrupt(2)));
  }
});

Deno.test("a picture is spoilt as the encoder sees it: upright, white below, three colours", async () => {
  const Sharp = await sharp();
  const data = Uint8Array.of(10, 10, 10, 255, 10, 10, 10, 0); // The second is transparent.
  const raw = { width: 2, height: 1, channels: 4 } as const;
  // Orientation 6: to be turned a quarter to the right.
  const bytes = await Sharp(data, { raw }).withMetadata({ orientation: 6 }).png().toBuffer();
  const turned = await adjustLight({ image: { path: "a.png", bytes }, brightness: 0.2 });
  const pixels = await decodeImage(turned);
  deepEqual([pixels.width, pixels.height], [1, 2]);
  deepEqual([...pixels.data], [61, 61, 61, 255, 255, 255]);
  const ink = { raw: { width: 1, height: 1, channels: 1 } } as const;
  const grey = await Sharp(Uint8Array.of(7), ink).toColourspace("b-w").png().toBuffer();
  const lighter = await adjustLight({ image: { path: "b.png", bytes: grey }, brightness: 0.2 });
  deepEqual(await pixelsOf(lighter), [58, 58, 58]);
});

Deno.test("blurImage() spreads a spot by the deviation asked for, and loses no light", async () => {
  const image = await picture([97, 97], (x, y) => {
    const value = Math.abs(x - 48) <= 10 && Math.abs(y - 48) <= 10 ? 255 : 0;
    return [value, value, value];
  });
  for (const sigma of [1, 2, 4, 8]) {
    const data = await pixelsOf(await blurImage({ image, sigma }));
    const light = data.filter((_, i) => i % 3 === 0);
    const total = light.reduce((a, b) => a + b, 0);
    // The library rounds down, which costs the faint rim something.
    ok(Math.abs(total / (21 ** 2 * 255) - 1) < 0.02, `${total / 255} of ${21 ** 2}`);
    const variance = light.reduce((sum, v, i) => sum + v * (i % 97 - 48) ** 2, 0) / total;
    // The spot, 21 wide, has a variance of its own.
    const measured = Math.sqrt(variance - (21 ** 2 - 1) / 12);
    ok(Math.abs(measured / sigma - 1) < 0.05, `${measured} is not ${sigma}`);
  }
  const plain = await grey([40, 30]);
  deepEqual(await pixelsOf(await blurImage({ image: plain, sigma: 4 })), await pixelsOf(plain));
});

Deno.test("compressJpeg() gives smaller and worse files at lower quality", async () => {
  const image = await addPixelNoise({ image: await scene(), sigma: 0.1, key: key(1) });
  const original = await pixelsOf(image);
  const files = await Promise.all([90, 50, 10].map((quality) => compressJpeg({ image, quality })));
  const sizes = files.map(({ bytes }) => bytes.length);
  deepEqual(sizes, sizes.toSorted((a, b) => b - a));
  ok(sizes[0]! < image.bytes.length && sizes[2]! < sizes[0]! / 2, `${sizes}`);
  const errors = await Promise.all(
    files.map(async (file) =>
      (await pixelsOf(file)).reduce((sum, x, i) => sum + (x - original[i]!) ** 2, 0)
    ),
  );
  ok(errors[0]! > 0 && errors[1]! > errors[0]! && errors[2]! > errors[1]!, `${errors}`);
  deepEqual([...files[0]!.bytes.subarray(0, 2)], [0xff, 0xd8]);
});

Deno.test("addPixelNoise() has the deviation asked for, each colour its own, the key's at any σ", async () => {
  const image = await grey([100, 100], 128);
  const noise = async (sigma: number) => {
    const noisy = await addPixelNoise({ image, sigma, key: key(1) });
    return (await pixelsOf(noisy)).map((x) => x - 128);
  };
  const n = await noise(0.1);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  ok(Math.abs(mean(n)) < 0.75);
  ok(Math.abs(Math.sqrt(mean(n.map((x) => x * x))) / 25.5 - 1) < 0.03);
  ok(Math.abs(mean(n.slice(1).map((x, i) => x * n[i]!)) / 25.5 ** 2) < 0.04);
  (await noise(0.05)).forEach((x, i) => ok(Math.abs(x - n[i]! / 2) <= 1));
});

Deno.test("addSaltAndPepper() blackens and whitens the share of pixels asked for, and keeps hits", async () => {
  const image = await grey([100, 100]);
  const hits = async (rate: number) => {
    const data = await pixelsOf(await addSaltAndPepper({ image, rate, key: key(1) }));
    return Array.from({ length: 10_000 }, (_, i) => {
      const [r, g, b] = data.slice(3 * i, 3 * i + 3);
      ok(r === g && g === b && [0, 100, 255].includes(r!));
      return r!;
    });
  };
  const few = await hits(0.1), many = await hits(0.3);
  const share = (values: number[], value: number) =>
    values.filter((v) => v === value).length / 10_000;
  for (const value of [0, 255]) {
    ok(Math.abs(share(few, value) - 0.05) < 0.01);
    ok(Math.abs(share(many, value) - 0.15) < 0.015);
  }
  ok(few.every((value, i) => value === 100 || value === many[i]));
});

Deno.test("occlude() hides the share asked for behind one square, wherever the key says", async () => {
  const places = new Set<string>();
  for (const size of [[100, 100], [120, 60], [50, 200]] as const) {
    const image = await grey(size);
    for (const share of [0.01, 0.1, 0.25, 0.6, 0.9, 1]) {
      const data = await pixelsOf(
        await occlude({ image, share, key: key(Math.round(100 * share)) }),
      );
      const hidden = [...Array(size[0] * size[1]).keys()].filter((i) => data[3 * i] === 128);
      ok(Math.abs(hidden.length / (size[0] * size[1]) - share) < 0.01, `${size} ${share}`);
      const across = hidden.map((i) => i % size[0]),
        down = hidden.map((i) => (i - i % size[0]) / size[0]);
      const extent = (values: number[]) =>
        values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b)) + 1;
      equal(extent(across) * extent(down), hidden.length);
      if (Math.sqrt(share * size[0] * size[1]) < Math.min(...size)) {
        ok(Math.abs(extent(across) - extent(down)) <= 1);
      }
      places.add(`${hidden[0]}`);
    }
  }
  ok(places.size > 8);
});

Deno.test("adjustLight() agrees with its equation worked by hand", async () => {
  // The mean of all six numbers is 60.
  const image = await picture([2, 1], (x) => x === 0 ? [0, 30, 60] : [90, 60, 120]);
  const light = async (change: { brightness?: number; contrast?: number }) =>
    await pixelsOf(await adjustLight({ image, ...change }));
  deepEqual(await light({ contrast: 0.5 }), [30, 45, 60, 75, 60, 90]);
  deepEqual(await light({ brightness: 0.2 }), [51, 81, 111, 141, 111, 171]);
  deepEqual(await light({ brightness: -0.2 }), [0, 0, 9, 39, 9, 69]);
  deepEqual(await light({ contrast: 4 }), [0, 0, 60, 180, 60, 255]);
  deepEqual(await light({ contrast: 0, brightness: 1 }), Array(6).fill(255));
});

Deno.test("strengths out of range and files that are no images are refused", async () => {
  const image = await grey([4, 4]);
  const k = key(1);
  await rejects(blurImage({ image, sigma: 0.1 }), /Cannot blur: expected a sigma of 0 or from 0.3/);
  await rejects(compressJpeg({ image, quality: 0 }), /expected a quality from 1 to 100, got 0/);
  await rejects(compressJpeg({ image, quality: 10.5 }), /got 10.5/);
  await rejects(addPixelNoise({ image, sigma: -1, key: k }), /expected a sigma from 0, got -1/);
  await rejects(addSaltAndPepper({ image, rate: 2, key: k }), /Cannot add salt and pepper: .* 2$/);
  await rejects(occlude({ image, share: NaN, key: k }), /Cannot occlude: .* got NaN/);
  await rejects(adjustLight({ image, brightness: 2 }), /Cannot adjust light: .* got 2 and 1/);
  await rejects(adjustLight({ image, contrast: -1 }), /got 0 and -1/);
  const broken = { path: "faces/1.png", bytes: image.bytes.subarray(0, 20) };
  await rejects(
    blurImage({ image: broken, sigma: 1 }),
    /^RangeError: Cannot read "faces\/1.png": expected an image/,
  );
});
