/** What an image shows, in 64 bits that survive scaling and new compression. @module */

import { bitsOfGrey, hashSide, type ImageBits, type ImageLook, lookOfGrey } from "./image_bits.ts";
import { type NamedBytes, openImage, reasonOf } from "./open_image.ts";

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
export async function perceptualHash(file: NamedBytes): Promise<ImageBits | undefined> {
  return bitsOfGrey(await smallGrey(file));
}

/** The same of the image and of crops of it; throws what {@linkcode perceptualHash} does. */
export async function imageLook(file: NamedBytes): Promise<ImageLook | undefined> {
  return lookOfGrey(await smallGrey(file));
}

async function smallGrey(file: NamedBytes): Promise<Uint8Array> {
  const { image, width, height } = await openImage(file);
  const shrink = () =>
    image
      .flatten({ background: "white" })
      .greyscale()
      .resize(hashSide, hashSide, { fit: "fill" })
      .raw()
      .toBuffer();
  try {
    return await (width * height > largePixels ? alone(shrink) : shrink());
  } catch (cause) {
    throw new RangeError(
      `Cannot read "${file.path}": expected an image that is whole, got ${reasonOf(cause)}`,
      { cause },
    );
  }
}
