/** How much of an image is taken in, and whether it shows anything. @module */

import { decodeImage, type DecodeImageOptions } from "./decode_image.ts";
import type { Extent, ImageFile } from "./encoder.ts";
import { isPlain } from "./plain_picture.ts";

/**
 * The extent of an image, which encoders always take in as a whole.
 *
 * @throws {RangeError} It is no image.
 */
export async function imageExtent(file: ImageFile, options?: DecodeImageOptions): Promise<Extent> {
  const blank = isPlain(await decodeImage(file, options));
  return { given: 1, taken: 1, windows: 1, unknown: 0, blank };
}
