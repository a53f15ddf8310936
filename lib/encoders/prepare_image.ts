/** From the pixels of an image to what a network takes. @module */

import { transformers } from "../deps/transformers.ts";
import type { Pixels } from "./decode_image.ts";
import { rawImage } from "./raw_image.ts";

/** An image as a network takes it. */
export interface PreparedImage {
  /** `[3, height, width]`. */
  readonly data: Float32Array;
  /** 3, height, width. */
  readonly dims: readonly number[];
}

type Processor = Awaited<
  ReturnType<Awaited<ReturnType<typeof transformers>>["AutoProcessor"]["from_pretrained"]>
>;
type ImageProcessor = InstanceType<Awaited<ReturnType<typeof transformers>>["ImageProcessor"]>;

/** Prepares an image; the numbers are put into `into`, if it is as long as they are many. */
export type ImagePreparation = (pixels: Pixels, into?: Float32Array) => Promise<PreparedImage>;

/**
 * What a processor does to images, as a function of one. It gives the processor's numbers to the last
 * bit. Of the common processors, which resize, crop, rescale and normalise, the last two steps are a
 * table of 256 numbers a channel, in place of several passes over all pixels; one that does more, such
 * as padding, runs as it is.
 */
export async function imagePreparation(
  processor: Processor,
): Promise<ImagePreparation> {
  const { ImageProcessor: { prototype: common } } = await transformers();
  const own = processor.image_processor as ImageProcessor | undefined;
  const isCommon = own?.preprocess === common.preprocess && own._call === common._call &&
    !own.do_crop_margin && !own.do_thumbnail && !own.do_pad && !own.do_flip_channel_order;
  if (!isCommon) {
    return async (pixels) => {
      const { pixel_values: { data, dims } } = await processor(await rawImage(pixels));
      return { data, dims: dims.slice(1) };
    };
  }
  const tables = [0, 1, 2].map((channel) => valuesOf(own, channel)) as [Table, Table, Table];
  return async (pixels, into) => {
    let image = await rawImage(pixels);
    if (own.do_resize) image = await own.resize(image);
    if (own.do_center_crop) {
      const { crop_size: size } = own;
      const { width, height } = typeof size === "number" ? { width: size, height: size } : size;
      image = await image.center_crop(width, height);
    }
    const { data, width, height } = image;
    const result = into?.length === data.length ? into : new Float32Array(data.length);
    lookUp(data as Uint8ClampedArray, tables, result);
    return { data: result, dims: [3, height, width] };
  };
}

type Table = Float32Array;

/** What becomes of each value of a channel, rounded to single precision where the processor does. */
function valuesOf(
  { do_rescale, rescale_factor, do_normalize, image_mean, image_std }: ImageProcessor,
  channel: number,
): Table {
  const values = Float32Array.from({ length: 256 }, (_, value) => value);
  if (do_rescale) values.forEach((value, i) => values[i] = rescale_factor * value);
  if (do_normalize) {
    const of = (numbers: number | number[]) =>
      typeof numbers === "number" ? numbers : numbers[channel]!;
    const [mean, deviation] = [of(image_mean), of(image_std)];
    values.forEach((value, i) => values[i] = (value - mean) / deviation);
  }
  return values;
}

/** `[3, height, width]` from `[height, width, 3]`. */
function lookUp(
  data: Uint8ClampedArray,
  [red, green, blue]: readonly [Table, Table, Table],
  result: Float32Array,
): void {
  const size = data.length / 3;
  for (let i = 0, at = 0; i < size; i++, at += 3) {
    result[i] = red[data[at]!]!;
    result[size + i] = green[data[at + 1]!]!;
    result[2 * size + i] = blue[data[at + 2]!]!;
  }
}
