/** What an image shows, in 64 bits that survive scaling and new compression. @module */

import { sharp } from "../deps/sharp.ts";
import { bitsOfGrey, hashSide, type ImageBits } from "./image_bits.ts";

const maxPixels = 64e6;

// Some formats have to be decoded whole, in up to 12 bytes a pixel. A folder of such images, all
// made to be as large as can be, would fill the memory if sixteen of them came at a time.
const largePixels = 4e6;

let lastOfLarge: Promise<unknown> = Promise.resolve();

/** Does the work when that of all large images before it is done. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const result = lastOfLarge.then(work);
  lastOfLarge = result.catch(() => {}); // Whoever waits for the result is told.
  return result;
}

/**
 * The perceptual hash of an image file, or `undefined` for a picture so even that it shows nothing.
 *
 * The image is turned as its EXIF tag says, put on white, made grey and brought to 32 by 32 pixels;
 * {@linkcode bitsOfGrey} does the rest. Colour plays no part.
 *
 * @throws {RangeError} It is no image that can be decoded to its end, or one of more than 64 million
 * pixels.
 */
export async function perceptualHash(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
): Promise<ImageBits | undefined> {
  try {
    const image = (await sharp())(bytes, { limitInputPixels: maxPixels });
    const { width, height } = await image.metadata();
    const shrink = () =>
      image.autoOrient()
        .flatten({ background: "white" })
        .greyscale()
        .resize(hashSide, hashSide, { fit: "fill" })
        .raw()
        .toBuffer();
    return bitsOfGrey(await (width * height > largePixels ? alone(shrink) : shrink()));
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    const got = heicAdvice(bytes) ?? reason;
    throw new RangeError(
      `Cannot read "${path}": expected an image of ${maxPixels} pixels or fewer, got ${got}`,
      { cause },
    );
  }
}

/** What to do with an image in HEIC, which telephones make and nothing here decodes; undefined of any other. */
export function heicAdvice(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(4, 64));
  const isHeic = /^ftyp(hei|hev|mif1|msf1)/.test(head) && !/avi[fs]/.test(head);
  return isHeic ? "HEIC, which is not read: save it as JPEG or PNG" : undefined;
}
