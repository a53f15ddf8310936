/** What readers look for in the bytes of pictures, in the main thread and in workers. @module */

import type { ImageLook } from "./image_bits.ts";
import { heicAdvice } from "./open_image.ts";
import { imageLook } from "./perceptual_hash.ts";

/** What workers look for in pictures. */
export const pictureLooks = {
  /** Of a corpus of faces, which has to be an image. */
  face: (bytes, path) => lookAtFace(bytes, { path, closely: true }),
  /** Of a row of a table. */
  picture: (bytes, path) => imageLook({ path, bytes }),
} as const satisfies Readonly<
  Record<string, (bytes: Uint8Array, path: string) => Promise<ImageLook | undefined>>
>;

/** The name of one of {@linkcode pictureLooks}. */
export type PictureLook = keyof typeof pictureLooks;

// By the first bytes, as Latin-1.
const formats: Readonly<Record<string, (head: string) => boolean>> = {
  JPEG: (head) => head.startsWith("\xff\xd8\xff"),
  PNG: (head) => head.startsWith("\x89PNG\r\n\x1a\n"),
  WebP: (head) => head.startsWith("RIFF") && head.startsWith("WEBP", 8),
  BMP: (head) => head.startsWith("BM") && head.startsWith("\0\0\0\0", 6),
  GIF: (head) => head.startsWith("GIF8"),
  TIFF: (head) => head.startsWith("II*\0") || head.startsWith("MM\0*"),
  AVIF: (head) => head.startsWith("ftypavi", 4) || /^ftyp(mif1|msf1)/.test(head.slice(4)),
};

/** What a file shows, where that is asked for; throws on a file that is no image. */
export async function lookAtFace(
  bytes: Uint8Array,
  { path, closely }: { readonly path: string; readonly closely: boolean },
): Promise<ImageLook | undefined> {
  assertFormat(bytes, path);
  return closely ? await imageLook({ path, bytes }) : undefined;
}

function assertFormat(bytes: Uint8Array, path: string): void {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const advice = heicAdvice(bytes);
  if (advice === undefined && Object.values(formats).some((begins) => begins(head))) return;
  const first = bytes.length === 0
    ? "an empty file"
    : `the first bytes ${hex(bytes.subarray(0, 8))}`;
  const got = advice ?? first;
  throw new RangeError(
    `Cannot read "${path}": expected an image (${Object.keys(formats).join(", ")}), got ${got}`,
  );
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
