/** Images as the image branch reads them: small, square and grey, computed, not learned. @module */

import { decodeImage } from "../encoders/decode_image.ts";
import type { Encoder, ImageFile } from "../encoders/encoder.ts";
import { imageExtent } from "../encoders/image_extent.ts";
import { digestRecipe } from "../encoders/model_folder.ts";
import { greySquare, luma, pixelSize } from "./grey_square.ts";

export { resampleSquare } from "./grey_square.ts";

/**
 * An encoder without a network. Feature of an image: `pixels [size, size]`, the luma of its
 * middle square in [0, 1], row after row; 48 pixels a side by default, as FER2013 has them.
 *
 * The square is resampled by a triangle as wide as a pixel of the result (of the file, where
 * that is larger): bilinear interpolation when it grows, without aliasing when it shrinks. An
 * image of `size` pixels a side stays as it is. Nothing is normalised here: the branch does it.
 *
 * @throws {RangeError} `size` is not a positive integer; by `encode`, the file is no image.
 */
export function pixelFeatures(
  { size = pixelSize }: { readonly size?: number } = {},
): Encoder<ImageFile> {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`Cannot resample images: expected a size from 1, got ${size}`);
  }
  return {
    modality: "image",
    id: "pixels",
    digest: digestRecipe("pixels", {
      size,
      luma,
      resample: "triangle",
      crop: "middle",
      version: 1,
    }),
    inspect: (file) => imageExtent(file),
    shapes: { pixels: [size, size] },
    encode: (files) =>
      Promise.all(files.map(async (file) => ({
        pixels: greySquare(await decodeImage(file), size),
      }))),
    dispose: () => Promise.resolve(),
  };
}
