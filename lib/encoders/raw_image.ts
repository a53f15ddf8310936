/** Images as the processors of Transformers.js take them, resampled as Pillow does it. @module */

import { type RawImage, transformers } from "../deps/transformers.ts";
import { resampleBicubic } from "./bicubic.ts";
import type { Pixels } from "./decode_image.ts";

// Pillow's number, by which a model's own configuration asks for it.
const bicubic = 3;

/**
 * Whether a processor resamples by {@linkcode resampleBicubic}. Features that were made
 * otherwise are others; a digest has to tell them apart.
 */
export function isBicubic(config: Readonly<Record<string, unknown>> | undefined): boolean {
  return config?.resample === bicubic && config.do_resize !== false;
}

/**
 * An image for a processor. Where the processor resamples by bicubic interpolation,
 * {@linkcode resampleBicubic} does it: Transformers.js takes 16 pixels for each new one, however
 * many there are between (an affine map in libvips), which Transformers in Python, on Pillow,
 * does not. Of an image that is cropped next no more than the crop is computed. Other kinds of
 * resampling are left as they are.
 */
export async function rawImage(pixels: Pixels): Promise<RawImage> {
  const { RawImage } = await transformers();
  const image = new RawImage(pixels.data, pixels.width, pixels.height, 3);
  const plain = image.resize.bind(image);
  image.resize = async (width, height, options) => {
    if (Number(options?.resample) !== bicubic) return await plain(width, height, options);
    const size = { width: Math.floor(Number(width)), height: Math.floor(Number(height)) };
    return resampled(pixels, size, RawImage);
  };
  return image;
}

/** An image in another size, whose pixels are computed when they are asked for, or cropped. */
function resampled(
  pixels: Pixels,
  size: { readonly width: number; readonly height: number },
  Image: typeof RawImage,
): RawImage {
  const image = new Image(new Uint8ClampedArray(), size.width, size.height, 3);
  let data: Uint8ClampedArray | undefined;
  Object.defineProperty(image, "data", { get: () => data ??= resampleBicubic(pixels, size) });
  const plain = image.center_crop.bind(image);
  image.center_crop = async (width, height) => {
    const left = Math.floor((size.width - width) / 2);
    const top = Math.floor((size.height - height) / 2);
    // A crop that is larger than the image has a border.
    if (left < 0 || top < 0) return await plain(width, height);
    const window = { left, top, width, height };
    return new Image(resampleBicubic(pixels, size, window), width, height, 3);
  };
  return image;
}
