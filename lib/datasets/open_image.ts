/** An image file as libvips takes it, once its format and size are known to be such as are read. @module */

import { sharp } from "../deps/sharp.ts";
import { bmpSize, decodeBmp, isBmp } from "./decode_bmp.ts";

/** An image by its file. */
export interface NamedBytes {
  /** Names it in errors. */
  readonly path: string;
  /** The file's. */
  readonly bytes: Uint8Array;
}

// A 50 megapixel photograph passes; a file made to fill the memory does not.
const defaultMaxPixels = 64e6;

// What libvips reads besides, such as SVG, is no picture of what is in front of a camera.
const formats: readonly string[] = ["jpeg", "png", "webp", "gif", "tiff", "heif"];

/** Endings of the image files that are read, or refused with a reason, in lower case. */
export const imageEndings: readonly string[] = [
  ...[".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".png", ".webp", ".bmp", ".dib", ".gif", ".tif"],
  ...[".tiff", ".avif", ".heic", ".heif"],
];

/**
 * The image of a file, upright by its EXIF tag, and what its header says of the size. Of several
 * frames it is the first.
 *
 * Reads JPEG, PNG, WebP, GIF, TIFF, AVIF and BMP; the format is told by the content, whatever the
 * file's name.
 *
 * @throws {RangeError} It is no image, or has more than `maxPixels`, which its header says.
 */
export async function openImage(
  { path, bytes }: NamedBytes,
  { maxPixels = defaultMaxPixels }: { readonly maxPixels?: number | undefined } = {},
) {
  const fail = (wanted: string, got: string, cause?: unknown): never => {
    throw new RangeError(`Cannot read "${path}": expected ${wanted}, got ${got}`, { cause });
  };
  const assertSize = (width: number, height: number) => {
    if (width * height <= maxPixels) return;
    fail(`an image of ${maxPixels} pixels or fewer`, `${width} × ${height}`);
  };
  if (bytes.length === 0) fail("an image", "an empty file");
  const advice = heicAdvice(bytes);
  if (advice !== undefined) fail("an image", advice);
  const open = await sharp();
  if (isBmp(bytes)) {
    try {
      const { width, height } = bmpSize(bytes);
      assertSize(width, height);
      const { data } = decodeBmp(bytes);
      return { image: open(data, { raw: { width, height, channels: 3 } }), width, height };
    } catch (error) {
      // What of a bitmap is wrong is said without its name.
      if (!(error instanceof RangeError) || error.message.startsWith("Cannot")) throw error;
      throw new RangeError(`Cannot read "${path}": ${error.message}`, { cause: error });
    }
  }
  // The header is checked here: libvips's own limit is told without the size that was met.
  const image = open(bytes, { limitInputPixels: false });
  const { format, width, height } = await image.metadata().catch((cause) =>
    fail("an image", reasonOf(cause), cause)
  );
  if (!formats.includes(format)) fail("a JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP image", format);
  assertSize(width, height);
  return { image: image.autoOrient(), width, height };
}

/** What libvips says, in one line: it repeats itself. */
export function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split(/:?\n/)[0]!;
}

/** What to do with an image in HEIC, which telephones make and nothing here decodes; undefined of any other. */
export function heicAdvice(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(4, 64));
  const isHeic = /^ftyp(hei|hev|mif1|msf1)/.test(head) && !/avi[fs]/.test(head);
  return isHeic ? "HEIC, which is not read: save it as JPEG or PNG" : undefined;
}
