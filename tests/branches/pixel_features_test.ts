import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import { sharp } from "../../lib/deps/sharp.ts";
import { pixelFeatures, resampleSquare } from "../../lib/branches/pixel_features.ts";
import reference from "../fixtures/pixel_resampling.json" with { type: "json" };

/** A PNG of these pixels, row after row. */
async function png(
  pixels: readonly (readonly number[])[],
  { width, height }: { width: number; height: number },
): Promise<Uint8Array> {
  const raw = { width, height, channels: pixels[0]!.length as 1 | 3 | 4 };
  const picture = (await sharp())(Uint8Array.from(pixels.flat()), { raw });
  return new Uint8Array(await picture.png().toBuffer());
}

async function encode(bytes: Uint8Array, size: number): Promise<Float32Array> {
  const [features] = await pixelFeatures({ size }).encode([{ path: "a.png", bytes }]);
  return features!.pixels!;
}

function close(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-6) {
  equal(got.length, wanted.length);
  Array.from(got).forEach((x, i) =>
    ok(Math.abs(x - wanted[i]!) < tolerance, `number ${i}: ${x}, not ${wanted[i]}`)
  );
}

Deno.test("an image of the right size is its luma, row after row", async () => {
  const pixels = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [51, 51, 51]];
  const got = await encode(await png(pixels, { width: 2, height: 2 }), 2);
  close(got, [0.299, 0.587, 0.114, 0.2]);
});

Deno.test("a grey image has the values of its file", async () => {
  const got = await encode(await png([[0], [51], [102], [255]], { width: 2, height: 2 }), 2);
  close(got, [0, 0.2, 0.4, 1]);
});

Deno.test("of a wide or high image the middle square counts", async () => {
  const columns = [[0], [51], [102], [153]];
  // Of 4 x 2 the columns 1 and 2, of 2 x 5 the rows 1 and 2.
  const wide = await png([...columns, ...columns], { width: 4, height: 2 });
  close(await encode(wide, 2), [0.2, 0.4, 0.2, 0.4]);
  const rows = [0, 51, 102, 153, 204].flatMap((v) => [[v], [v]]);
  close(await encode(await png(rows, { width: 2, height: 5 }), 2), [0.2, 0.2, 0.4, 0.4]);
});

Deno.test("four pixels a side become two by triangles worked by hand", () => {
  // The new middles are at 0.5 and 2.5, the triangle reaches 2: weights 3/4, 3/4, 1/4 of the pixels
  // 0, 1, 2, and of the other end alike. A row 7, 0, 0, 14 becomes 3 and 6.
  const row = [7, 0, 0, 14];
  close(resampleSquare(Float32Array.from([row, row, row, row].flat()), 2), [3, 6, 3, 6]);
});

Deno.test("resampling agrees with PyTorch", () => {
  for (const { image, size, resampled } of reference.cases) {
    close(resampleSquare(Float32Array.from(image), size), resampled, 2e-6);
  }
});

Deno.test("stripes of a pixel shrink to even grey, not to black or white", () => {
  const stripes = Float32Array.from({ length: 96 * 96 }, (_, i) => i % 2);
  const inner = resampleSquare(stripes, 48).filter((_, i) => i % 48 > 0 && i % 48 < 47);
  ok(inner.every((x) => Math.abs(x - 0.5) < 1e-6));
});

Deno.test("the shape is as declared for any image, and the digest tells sizes apart", async () => {
  const encoder = pixelFeatures();
  deepEqual(encoder.shapes, { pixels: [48, 48] });
  const bytes = await png(Array(35).fill([9, 8, 7]), { width: 7, height: 5 });
  const [features] = await encoder.encode([{ path: "a.png", bytes }]);
  equal(features!.pixels!.length, 48 * 48);
  equal(encoder.digest, pixelFeatures({ size: 48 }).digest);
  notEqual(encoder.digest, pixelFeatures({ size: 32 }).digest);
});

Deno.test("a size that is none, and a file that is no image, are errors", async () => {
  throws(
    () => pixelFeatures({ size: 0 }),
    /RangeError: Cannot resample images: expected a size from 1, got 0/,
  );
  await rejects(
    pixelFeatures().encode([{ path: "a.png", bytes: new Uint8Array(9) }]),
    /RangeError: Cannot read "a.png": expected an image/,
  );
});
