/** From an image file to its pixels. @module */

import { openImage, reasonOf } from "../datasets/open_image.ts";
import type { ImageFile } from "./encoder.ts";

/** How an image is read. */
export interface DecodeImageOptions {
  /** An image whose header states more is refused, before it is decoded; 64 million by default. */
  readonly maxPixels?: number | undefined;
}

/** An image in RGB. */
export interface Pixels {
  /** `[height, width, 3]`. */
  readonly data: Uint8ClampedArray;
  /** From 1. */
  readonly width: number;
  /** From 1. */
  readonly height: number;
}

/**
 * The pixels of an image file in sRGB, 8 bits: turned as its EXIF tag says, transparent
 * parts white, of several frames the first. Grey, palettes, 16 bits and CMYK become RGB.
 *
 * Reads JPEG, PNG, WebP, GIF, TIFF, AVIF and BMP; the format is told by the content, whatever
 * the file's name. The pixels are not to be changed: whoever asks for the same file has the same.
 *
 * @throws {RangeError} It is no image, is cut off, or has more than `maxPixels`.
 */
export async function decodeImage(
  file: ImageFile,
  options: DecodeImageOptions = {},
): Promise<Pixels> {
  const known = options.maxPixels === undefined ? decoded.get(file) : undefined;
  if (known) return known;
  const pixels = await decode(file, options);
  if (pixels.data.length <= mostKept) decoded.set(file, pixels);
  return pixels;
}

// Several encoders ask for one picture, and noise before them. A file as it was read is kept as long as
// its batch; of large pictures a batch would fill the memory.
const mostKept = 3e6;
const decoded = new WeakMap<ImageFile, Pixels>();

async function decode(file: ImageFile, options: DecodeImageOptions): Promise<Pixels> {
  const { image } = await openImage(file, options);
  const { data, info } = await image
    .toColourspace("srgb")
    .flatten({ background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => {
      throw new RangeError(
        `Cannot read "${file.path}": expected an image that is whole, got ${reasonOf(cause)}`,
        { cause },
      );
    });
  return {
    data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
    width: info.width,
    height: info.height,
  };
}
