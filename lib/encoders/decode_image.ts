/** From an image file to its pixels. @module */

import { heicAdvice } from "../datasets/perceptual_hash.ts";
import { sharp } from "../deps/sharp.ts";
import type { ImageFile } from "./encoder.ts";

// A 50 megapixel photograph passes; a file made to fill the memory does not.
const defaultMaxPixels = 64e6;

// What libvips reads besides, such as SVG, is no picture of what is in front of a camera.
const formats: readonly string[] = ["jpeg", "png", "webp", "gif", "tiff", "heif"];

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
 * Reads JPEG, PNG, WebP, GIF, TIFF and AVIF; the format is told by the content, whatever
 * the file's name.
 *
 * @throws {RangeError} It is no image, is cut off, or has more than `maxPixels`.
 */
export async function decodeImage(
  { path, bytes }: ImageFile,
  { maxPixels = defaultMaxPixels }: DecodeImageOptions = {},
): Promise<Pixels> {
  const fail = (wanted: string, got: string, cause?: unknown): never => {
    throw new RangeError(`Cannot read "${path}": expected ${wanted}, got ${got}`, { cause });
  };
  if (bytes.length === 0) fail("an image", "an empty file");
  const advice = heicAdvice(bytes);
  if (advice !== undefined) fail("an image", advice);
  // The header is checked here: libvips's own limit is told without the size that was met.
  const image = (await sharp())(bytes, { limitInputPixels: false });
  const { format, width, height } = await image.metadata().catch((cause) =>
    fail("an image", reasonOf(cause), cause)
  );
  if (!formats.includes(format)) fail("a JPEG, PNG or WebP image", format);
  if (width * height > maxPixels) {
    fail(`an image of ${maxPixels} pixels or fewer`, `${width} × ${height}`);
  }
  const { data, info } = await image
    .autoOrient()
    .toColourspace("srgb")
    .flatten({ background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => fail("an image that is whole", reasonOf(cause), cause));
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

// libvips repeats itself, a line each time.
function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!;
}
