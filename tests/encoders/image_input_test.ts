import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { transformers } from "../../lib/deps/transformers.ts";
import { imageInput, readImagePreparation } from "../../lib/encoders/image_input.ts";
import { rawImage } from "../../lib/encoders/raw_image.ts";
import { resampleBilinear } from "../../lib/encoders/bilinear.ts";
import { key, normals } from "../../lib/tensor/random.ts";

const model = "a model";
const settings = {
  do_resize: true,
  size: { width: 8, height: 8 },
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.4, 0.3],
  image_std: [0.5, 0.6, 0.7],
};

function noise(width: number, height: number) {
  const next = normals(key(width));
  const data = Uint8ClampedArray.from({ length: 3 * width * height }, () => 128 + 60 * next());
  return { data, width, height };
}

Deno.test("resampleBilinear() between four pixels is their mean, and black beyond the last", () => {
  const grey = (...values: number[]) => Uint8ClampedArray.from(values.flatMap((v) => [v, v, v]));
  const wide = resampleBilinear({ data: grey(10, 30, 50), width: 3, height: 1 }, {
    width: 6,
    height: 1,
  });
  deepEqual(wide, grey(10, 20, 30, 40, 50, 25));
});

for (const resample of [2, 3]) {
  Deno.test(`imageInput() with resample ${resample} is what the processor of Transformers.js has`, async () => {
    const { ViTImageProcessor } = await transformers();
    const process = new ViTImageProcessor({ ...settings, resample }) as unknown as (
      image: unknown,
    ) => Promise<{ pixel_values: { data: Float32Array; dims: number[] } }>;
    const preparation = readImagePreparation({ ...settings, resample }, { model });
    for (const image of [noise(20, 13), noise(5, 31), noise(8, 8)]) {
      const { pixel_values } = await process(await rawImage(image));
      const { data, dims } = imageInput(image, preparation);
      deepEqual(dims, pixel_values.dims);
      // A step of 255 is 0.008 at the least deviation.
      const differ = data.filter((x, i) => Math.abs(x - pixel_values.data[i]!) > 1e-6).length;
      ok(differ < 0.02 * data.length, `${differ} of ${data.length}`);
      ok(data.every((x, i) => Math.abs(x - pixel_values.data[i]!) < 0.0081));
    }
  });
}

Deno.test("readImagePreparation() refuses what it would not do", () => {
  const read = (more: object) => () => readImagePreparation({ ...settings, ...more }, { model });
  equal(read({})().resample, "bilinear");
  const refused = "Cannot prepare images for a model: expected ";
  const inFile = " in preprocessor_config.json, got ";
  throws(read({ do_center_crop: true }), {
    message: `${refused}no do_center_crop${inFile}do_center_crop true`,
  });
  throws(read({ resample: 1 }), {
    message: `${refused}resample 2 (bilinear) or 3 (bicubic)${inFile}resample 1`,
  });
  throws(read({ size: { shortest_edge: 224 } }), {
    message: `${refused}a size of width and height${inFile}size {"shortest_edge":224}`,
  });
  throws(read({ image_mean: 0.5 }), {
    message: `${refused}three numbers${inFile}image_mean 0.5`,
  });
});
