/** Files that are wrong in every way that comes up: cut, flipped, renamed, empty, with huge sizes, bombs. @module */

import { crc32, deflateRawSync, deflateSync } from "node:zlib";
import { sharp } from "../../lib/deps/sharp.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { fold, key, normals, uniforms } from "../../lib/tensor/random.ts";

/** What files are named as. */
export const types = ["wav", "png", "jpg"] as const;

/** One of {@linkcode types}. */
export type FileType = (typeof types)[number];

/** Small whole files, one a type. */
export type WholeFiles = Readonly<Record<FileType, Uint8Array>>;

/** A file that is wrong; `undefined` stands for a folder of its name. */
export interface CorruptFile {
  readonly type: FileType;
  readonly bytes: Uint8Array | undefined;
}

/** Half a second of noise, and a picture of noise. */
export async function wholeFiles(): Promise<WholeFiles> {
  const next = normals(key(1));
  const samples = Float32Array.from({ length: 8000 }, () => 0.1 * next());
  const pixels = Uint8Array.from({ length: 48 * 40 * 3 }, () => 128 + 40 * next());
  const image = (await sharp())(pixels, { raw: { width: 48, height: 40, channels: 3 } });
  return {
    wav: encodeWav(samples, { sampleRate: 16_000 }),
    png: new Uint8Array(await image.clone().png().toBuffer()),
    jpg: new Uint8Array(await image.clone().jpeg().toBuffer()),
  };
}

type Random = () => number;

/** Ways to be wrong. Flipped files may still be whole, if other than they were; no other may. */
export const corruptions: Readonly<
  Record<string, (whole: WholeFiles, type: FileType, next: Random) => Uint8Array | undefined>
> = {
  cut: (whole, type, next) => whole[type].subarray(0, Math.floor(next() * whole[type].length)),
  flipped: (whole, type, next) => {
    const bytes = whole[type].slice();
    for (let flips = 1 + Math.floor(4 * next()); flips > 0; flips--) {
      // Headers are short and say most: every other flip is in one.
      const length = next() < 0.5 ? Math.min(64, bytes.length) : bytes.length;
      bytes[Math.floor(next() * length)]! ^= 1 << Math.floor(8 * next());
    }
    return bytes;
  },
  renamed: (whole, type, next) => {
    const text = new TextEncoder().encode("name,score\n".repeat(1 + Math.floor(100 * next())));
    const others = [text, type === "wav" ? whole.jpg : whole.wav, whole.png, undefined];
    const other = others[Math.floor(next() * others.length)];
    return type !== "wav" && other === whole.png ? text : other;
  },
  empty: (_, __, next) => new Uint8Array(next() < 0.5 ? 0 : Math.floor(16 * next())),
  "huge sizes": (whole, type, next) => {
    const bytes = whole[type].slice();
    const view = new DataView(bytes.buffer);
    const huge = 2 ** 32 - 1 - Math.floor(1000 * next());
    if (type === "wav") {
      // Of the format, its channels, its rate, its data; 1 Hz would be 8000 s.
      const sizes = [
        () => view.setUint32(16, huge, true),
        () => view.setUint16(22, 65_535, true),
        () => view.setUint32(24, 1, true),
        () => view.setUint32(40, huge, true),
      ];
      sizes[Math.floor(next() * sizes.length)]!();
    } else if (type === "png") {
      view.setUint32(16, 60_000);
      view.setUint32(20, next() < 0.5 ? 60_000 : huge);
      if (next() < 0.8) view.setUint32(29, crc32(bytes.subarray(12, 29)));
    } else {
      const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
      view.setUint16(frame + 5, 65_500);
      view.setUint16(frame + 7, 65_500 - Math.floor(1000 * next()));
    }
    return bytes;
  },
  bombs: (_, type, next) => {
    const bombs = [zipBomb, ...type === "wav" ? [] : [pngBomb, laughs]];
    return bombs[Math.floor(next() * bombs.length)]!();
  },
};

/** The `index`th file of a kind; always the same. */
export function corruptFile(whole: WholeFiles, kind: string, index: number): CorruptFile {
  const type = types[index % types.length]!;
  const next = uniforms(fold(key(index), kind));
  const bytes = corruptions[kind]!(whole, type, next);
  // Copies would be left out as such: what follows the end of a file tells these apart.
  const own = Uint8Array.of(index & 255, index >> 8);
  const alike = kind === "huge sizes" || kind === "bombs";
  return { type, bytes: alike && bytes ? joined(bytes, own) : bytes };
}

const zeros = new Uint8Array(20e6);

/** The local header of a ZIP file, and 20 MB in 20 kB. */
function zipBomb(): Uint8Array {
  const data = bombData.zip ??= deflateRawSync(zeros);
  const header = new Uint8Array(31);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(8, 8, true);
  view.setUint32(18, data.length, true);
  view.setUint32(22, zeros.length, true);
  view.setUint16(26, 1, true);
  return joined(header, data);
}

/** A PNG file of 60,000 by 60,000 pixels, whose compressed rows begin as they should. */
function pngBomb(): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, 60_000);
  view.setUint32(4, 60_000);
  header[8] = 8; // Bits; colour type 0 is grey.
  return joined(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    pngChunk("IHDR", header),
    pngChunk("IDAT", bombData.png ??= deflateSync(zeros)),
    pngChunk("IEND", new Uint8Array()),
  );
}

const bombData: { zip?: Uint8Array; png?: Uint8Array } = {};

function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const body = joined(new TextEncoder().encode(name), data);
  const bytes = joined(new Uint8Array(4), body, new Uint8Array(4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  view.setUint32(bytes.length - 4, crc32(body));
  return bytes;
}

/** An SVG drawing whose text would be a billion words. */
function laughs(): Uint8Array {
  const entities = Array.from({ length: 9 }, (_, i) => {
    const before = i === 0 ? "ha" : `&a${i - 1};`.repeat(10);
    return `<!ENTITY a${i} "${before}">`;
  });
  return new TextEncoder().encode(
    `<?xml version="1.0"?><!DOCTYPE svg [${entities.join("")}]>` +
      `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a8;</text></svg>`,
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
