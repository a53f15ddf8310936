/** From an image file to its pixels, by the browser. @module */

/// <reference lib="dom" />

import type { Pixels } from "../encoders/decode_image.ts";

/**
 * The pixels of an image in RGB: turned as its EXIF tag says, transparent parts white, of several
 * frames the first; as `decodeImage` has them, but for the last digit of some.
 *
 * @throws {RangeError} The browser can't read it.
 */
export async function decodePicture(file: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(file).catch((cause) => {
    throw new RangeError(
      `Cannot read the picture: expected an image that this browser decodes, got a file that it does ` +
        `not, ${file.type === "" ? "of no known type" : `of the type ${file.type}`}`,
      { cause },
    );
  });
  try {
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}

/** The pixels of a picture that is decoded, such as a camera's, in RGB over white. */
export function pixelsOf(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: true,
  })!;
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  const { data: rgba } = context.getImageData(0, 0, width, height);
  const data = new Uint8ClampedArray(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    data[3 * i] = rgba[4 * i]!;
    data[3 * i + 1] = rgba[4 * i + 1]!;
    data[3 * i + 2] = rgba[4 * i + 2]!;
  }
  return { data, width, height };
}
