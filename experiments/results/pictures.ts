/** Pictures as pixels, for where SVG is not taken. @module */

import { Buffer } from "node:buffer";
import { sharp } from "../../lib/deps/sharp.ts";
import type { Files } from "./folder.ts";

// Two pixels of the picture for one of the drawing: sharp in print at column width.
const density = 144;

/** An SVG as PNG, two pixels for one. Its letters are those of this machine's fonts. */
async function svgToPng(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const image = (await sharp())(Buffer.from(svg), { density }).flatten({ background: "white" });
  return new Uint8Array(await image.png({ compressionLevel: 9 }).toBuffer());
}

/** Says whether letters are drawn: a machine may have no fonts at all. */
export async function canDrawLetters(): Promise<boolean> {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">' +
    '<text x="4" y="30" font-size="30" font-family="sans-serif">M</text></svg>';
  const { channels } = await (await sharp())(await svgToPng(svg)).stats();
  return channels[0]!.min < 128;
}

/** The files, and beside each picture `NAME.svg` a `NAME.png`, but none of those for a phone. */
export async function withPngs(files: Files): Promise<Files> {
  const pngs = new Map<string, Uint8Array>();
  for (const path of files.keys()) {
    if (!/^[^/]+(?<!\.narrow)\.svg$/.test(path)) continue;
    pngs.set(path.replace(/svg$/, "png"), await svgToPng(files.get(path) as string));
  }
  return {
    *keys() {
      yield* files.keys();
      yield* pngs.keys();
    },
    get: (path) => pngs.get(path) ?? files.get(path),
    *[Symbol.iterator]() {
      yield* files;
      yield* pngs;
    },
  };
}
