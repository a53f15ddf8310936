/** From an image file to its pixels. @module */

import { sharp } from "../deps/sharp.ts";
import type { ImageFile } from "./encoder.ts";

// A 50 megapixel photograph passes; a file made to fill the memory does not.
const maxPixels = 64e6;

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
 * The pixels of an image file in sRGB: turned as its EXIF tag says, transparent parts white.
 *
 * @throws {RangeError} It is no image, or one of more than 64 million pixels.
 */
export async function decodeImage({ path, bytes }: ImageFile): Promise<Pixels> {
  try {
    const { data, info } = await (await sharp())(bytes, { limitInputPixels: maxPixels })
      .autoOrient()
      .toColourspace("srgb")
      .flatten({ background: "white" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `Cannot read "${path}": expected an image of ${maxPixels} pixels or fewer, got ${got}`,
      { cause },
    );
  }
}
