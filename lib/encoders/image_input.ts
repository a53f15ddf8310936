/** From pixels to what a network of images takes, by own functions alone. @module */

import { resampleBicubic } from "./bicubic.ts";
import type { Pixels } from "./decode_image.ts";
import { resampleBilinear } from "./bilinear.ts";

/** In pixels. */
export interface Size {
  /** From 1. */
  readonly width: number;
  /** From 1. */
  readonly height: number;
}

/** What is read of a `preprocessor_config.json`. */
export interface ImagePreparation {
  /** None where images stay as large as they are. */
  readonly size?: Size;
  /** How they are resized. */
  readonly resample: "bilinear" | "bicubic";
  /** What 8-bit numbers are multiplied by. */
  readonly factor: number;
  /** Of each channel, which is taken away. */
  readonly mean: readonly number[];
  /** Of each channel, by which what is left is divided. */
  readonly deviation: readonly number[];
}

// Pillow's numbers.
const methods: Readonly<Record<number, ImagePreparation["resample"]>> = {
  2: "bilinear",
  3: "bicubic",
};

/**
 * Reads a `preprocessor_config.json`: of images that are resized to a fixed size, scaled and
 * normalised, or some of these, and nothing else.
 *
 * @throws {RangeError} It asks for something else, such as a crop or another kind of resampling.
 */
export function readImagePreparation(
  config: Readonly<Record<string, unknown>>,
  { model }: { readonly model: string },
): ImagePreparation {
  const fail = (wanted: string, key: string): never => {
    throw new RangeError(
      `Cannot prepare images for ${model}: expected ${wanted} in preprocessor_config.json, got ` +
        `${key} ${JSON.stringify(config[key])}`,
    );
  };
  for (const key of ["do_center_crop", "do_pad", "do_thumbnail", "do_flip_channel_order"]) {
    if (config[key]) fail(`no ${key}`, key);
  }
  const threeOf = (key: string, usual: number) => {
    if (config.do_normalize === false) return [usual, usual, usual];
    const list = config[key];
    return Array.isArray(list) && list.length === 3 ? list as number[] : fail("three numbers", key);
  };
  const factor = config.do_rescale === false ? 1 : Number(config.rescale_factor ?? 1 / 255);
  const scaling = { factor, mean: threeOf("image_mean", 0), deviation: threeOf("image_std", 1) };
  if (config.do_resize === false) return { resample: "bilinear", ...scaling };
  const { width, height } = (config.size ?? {}) as Partial<Size>;
  if (!width || !height) return fail("a size of width and height", "size");
  const resample = methods[Number(config.resample)] ??
    fail("resample 2 (bilinear) or 3 (bicubic)", "resample");
  return { size: { width, height }, resample, ...scaling };
}

/** What a network takes of one image. */
export interface ImageInput {
  readonly data: Float32Array;
  /** `[1, 3, height, width]`. */
  readonly dims: readonly number[];
}

/**
 * An image as the network takes it, `[3, height, width]`: resized, then each channel
 *
 *     z = (factor · x − mean) / deviation
 *
 * As the image processors of Transformers.js have it outside of browsers.
 */
export function imageInput(
  pixels: Pixels,
  { size, resample, factor, mean, deviation }: ImagePreparation,
): ImageInput {
  const resize = resample === "bicubic" ? resampleBicubic : resampleBilinear;
  const { width, height } = size ?? pixels;
  const data = resize(pixels, { width, height });
  const count = width * height;
  const result = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) {
      const scaled = Math.fround(data[3 * i + c]! * factor);
      result[c * count + i] = (scaled - mean[c]!) / deviation[c]!;
    }
  }
  return { data: result, dims: [1, 3, height, width] };
}
