import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { sharp } from "../../lib/deps/sharp.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { addPixelNoise } from "../../lib/corruptions/mod.ts";
import { key } from "../../lib/tensor/random.ts";
import { picture } from "../datasets/pictures.ts";
import bitmaps from "../fixtures/bitmaps.json" with { type: "json" };
import pictures from "../fixtures/pictures.json" with { type: "json" };
import { withModels } from "./tiny_models.ts";

const folder = new URL("../fixtures/pictures/", import.meta.url);
const names = Object.keys(pictures) as (keyof typeof pictures)[];
const bytesOf = (name: string) => Deno.readFileSync(new URL(name, folder));

// Rounding: of JPEG's transform, of the products of alpha.
const tolerance = (name: string) => name.endsWith(".jpg") ? 2 : /rgba|alpha/.test(name) ? 1 : 0;

for (const name of names) {
  Deno.test(`decodeImage() reads ${name} as Pillow does`, async () => {
    const expected = pictures[name];
    const { data, width, height } = await decodeImage({ path: name, bytes: bytesOf(name) });
    deepEqual([width, height, data.length], [expected.width, expected.height, 45]);
    const worst = Math.max(...data.map((x, i) => Math.abs(x - expected.data[i]!)));
    ok(worst <= tolerance(name), `differs by ${worst}`);
  });
}

const bitmapOf = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/bitmaps/${name}`, import.meta.url));

for (const [name, { width, height, data }] of Object.entries(bitmaps)) {
  Deno.test(`decodeImage() reads ${name} as Pillow does, and refuses every beginning of it`, async () => {
    const bytes = bitmapOf(name);
    const read = await decodeImage({ path: name, bytes });
    deepEqual([read.width, read.height], [width, height]);
    // Pillow takes five bits for 8 times their number and a bit: 31 is 255, and 1 is 8.
    const worst = Math.max(...read.data.map((x, i) => Math.abs(x - data[i]!)));
    ok(worst <= (/rgb5/.test(name) ? 1 : 0), `differs by ${worst}`);
    if (!name.endsWith(".bmp")) return;
    for (let length = 0; length < bytes.length - 3; length++) {
      await rejects(
        decodeImage({ path: name, bytes: bytes.subarray(0, length) }),
        /^RangeError: Cannot read ".+\.bmp": expected an? .+, got .+$/,
      );
    }
  });
}

Deno.test("decodeImage() refuses a bitmap of absurd size before it is decoded, or of no known kind", async () => {
  const bytes = bitmapOf("rgb24.bmp");
  const view = new DataView(bytes.buffer);
  view.setInt32(18, 2 ** 31 - 1, true);
  view.setInt32(22, -(2 ** 31), true);
  await rejects(decodeImage({ path: "a.bmp", bytes }), /got 2147483647 × 2147483648$/);
  view.setUint16(28, 7, true);
  await rejects(
    decodeImage({ path: "a.bmp", bytes }),
    /a bitmap of 1 to 32 bits, got .+ of 7 bits/,
  );
  const palette = bitmapOf("palette8.bmp");
  palette[palette.length - 8] = 99;
  await rejects(decodeImage({ path: "a.bmp", bytes: palette }), {
    name: "RangeError",
    message: 'Cannot read "a.bmp": expected one of 16 colours, got number 99',
  });
});

Deno.test("decodeImage() goes by the content, whatever the name", async () => {
  const bytes = bytesOf("rgb.webp");
  deepEqual(
    [...(await decodeImage({ path: "a.jpg", bytes })).data],
    pictures["rgb.webp"].data,
  );
});

Deno.test("decodeImage() refuses images that were cut off", async () => {
  for (const name of ["rgb.png", "palette.png", "rgb.webp", "rgb.jpg", "progressive.jpg"]) {
    const whole = bytesOf(name);
    for (const part of [0, 0.3, 0.6, 0.8]) {
      const bytes = whole.subarray(0, Math.floor(part * whole.length));
      await rejects(
        decodeImage({ path: name, bytes }),
        /^RangeError: Cannot read ".+": expected an image( that is whole)?, got .+$/,
      );
    }
  }
});

/** The first bytes of a PNG file: a header of that size, and none of its pixels. */
function pngHeader(width: number, height: number): Uint8Array {
  const bytes = bytesOf("rgb.png").slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  // The checksum of the header chunk: CRC-32, bit by bit.
  let crc = ~0;
  for (const byte of bytes.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  view.setUint32(29, ~crc >>> 0);
  return bytes;
}

Deno.test("decodeImage() refuses by the header what has too many pixels", async () => {
  const bytes = pngHeader(10_000, 10_000);
  await rejects(decodeImage({ path: "huge.png", bytes }), {
    name: "RangeError",
    message:
      'Cannot read "huge.png": expected an image of 64000000 pixels or fewer, got 10000 × 10000',
  });
  const small = { path: "rgb.png", bytes: bytesOf("rgb.png") };
  equal((await decodeImage(small, { maxPixels: 15 })).data.length, 45);
  await rejects(decodeImage(small, { maxPixels: 14 }), /14 pixels or fewer, got 5 × 3$/);
});

Deno.test("decodeImage() draws no vector graphics", async () => {
  const bytes = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>',
  );
  await rejects(
    decodeImage({ path: "a.png", bytes }),
    /a JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP image, got svg/,
  );
});

Deno.test("loadImageEncoder() passes the limit of pixels on", async () => {
  await withModels(["tiny/resnet"], async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root, maxPixels: 14 });
    const image = { path: "rgb.png", bytes: bytesOf("rgb.png") };
    await rejects(encoder.encode([image]), /"rgb.png": expected an image of 14 pixels or fewer/);
    await encoder.dispose();
  });
});

Deno.test("decodeImage() says what to do with HEIC, and reads AVIF, which begins alike", async () => {
  const bytes = new TextEncoder().encode("\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf\0\0\0\0");
  await rejects(decodeImage({ path: "a.jpg", bytes }), {
    name: "RangeError",
    message:
      'Cannot read "a.jpg": expected an image, got HEIC, which is not read: save it as JPEG or PNG',
  });
  const avif = await (await sharp())(bytesOf("rgb.webp")).avif({ lossless: true }).toBuffer();
  equal((await decodeImage({ path: "a.avif", bytes: new Uint8Array(avif) })).width, 5);
});

Deno.test("a picture is decoded once for all who ask, and noise leaves it as it is", async () => {
  const bytes = await picture(1);
  const file = { path: "a.jpg", bytes };
  const pixels = await decodeImage(file);
  const before = pixels.data.slice();
  await addPixelNoise({ image: file, sigma: 0.2, key: key(1) });
  equal(await decodeImage(file), pixels);
  deepEqual(pixels.data, before);
});
