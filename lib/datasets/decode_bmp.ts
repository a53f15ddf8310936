/** Reads a Windows or OS/2 bitmap, which libvips does not. @module */

/** A bitmap in RGB. */
export interface Bitmap {
  /** `[height, width, 3]`. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** Whether the first row is the upper one. */
  readonly isTopDown: boolean;
  readonly bits: number;
  /** 0 none, 1 and 2 runs of 8 and 4 bits, 3 and 6 colours by masks. */
  readonly compression: number;
  /** Where the pixels begin. */
  readonly at: number;
  /** Red, green and blue of each colour. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Which bits of a pixel are red, green and blue. */
  readonly masks: readonly number[];
}

const headBytes = 14;

/** Whether the bytes begin as a bitmap does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && // "BM"
    [12, 40, 52, 56, 64, 108, 124].includes(bytes[headBytes] ?? 0);
}

/**
 * The size that the header states, before anything is decoded.
 *
 * @throws {RangeError} The header is none; the message says what was wanted and what is there.
 */
export function bmpSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  return readHeader(bytes);
}

/**
 * The pixels of a bitmap of 1, 4, 8, 16, 24 or 32 bits, as they are or in runs, from either side up.
 * The fourth channel is passed over: most programs leave it empty. Pixels that a run leaves out are
 * the first colour.
 *
 * @throws {RangeError} It is damaged or cut off, or holds a JPEG or PNG image; the message says what
 * was wanted and what is there.
 */
export function decodeBmp(bytes: Uint8Array): Bitmap {
  const header = readHeader(bytes);
  const { width, height, isTopDown, bits, compression } = header;
  const data = new Uint8Array(3 * width * height);
  const place = (x: number, y: number) => 3 * ((isTopDown ? y : height - 1 - y) * width + x);
  if (compression === 1 || compression === 2) {
    const indices = readRuns(bytes, header);
    for (let i = 0; i < width * height; i++) {
      data.set(colour(header, indices[i]!), place(i % width, Math.floor(i / width)));
    }
    return { data, width, height };
  }
  const rowBytes = 4 * Math.ceil(width * bits / 32);
  if (header.at + rowBytes * height > bytes.length) throw cutOff();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = bits <= 8 ? indexReader(header, bytes) : colourReader(header, view);
  for (let y = 0; y < height; y++) {
    const row = header.at + y * rowBytes;
    for (let x = 0; x < width; x++) data.set(read(row, x), place(x, y));
  }
  return { data, width, height };
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < headBytes + 12) throw cutOff();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(headBytes, true);
  const isCore = size === 12; // That of OS/2, which has 16 bits where others have 32.
  if (bytes.length < headBytes + size) throw cutOff();
  const [width, signedHeight] = isCore
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)];
  const bits = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? 0 : view.getUint32(30, true);
  const known: Readonly<Record<number, readonly number[]>> = {
    0: [1, 4, 8, 16, 24, 32],
    1: [8],
    2: [4],
    3: [16, 32],
    6: [16, 32],
  };
  if (width < 1 || signedHeight === 0 || !known[compression]?.includes(bits)) {
    throw new RangeError(
      "expected a bitmap of 1 to 32 bits, " +
        `got ${width} × ${signedHeight} of ${bits} bits, compression ${compression}`,
    );
  }
  const hasMasks = compression === 3 || compression === 6;
  // Behind the older header, in the newer ones.
  const masksAt = headBytes + 40;
  const masks = hasMasks
    ? [0, 4, 8].map((i) => masksAt + i + 4 <= bytes.length ? view.getUint32(masksAt + i, true) : 0)
    : bits === 16
    ? [0x7c00, 0x3e0, 0x1f]
    : [0xff0000, 0xff00, 0xff];
  const paletteAt = headBytes + size +
    (hasMasks && size === 40 ? (compression === 6 ? 16 : 12) : 0);
  const entryBytes = isCore ? 3 : 4;
  const at = view.getUint32(10, true);
  const entries = bits > 8
    ? 0
    : Math.min(2 ** bits, Math.floor((Math.min(at, bytes.length) - paletteAt) / entryBytes));
  const palette = Array.from({ length: Math.max(0, entries) }, (_, i) => {
    const [blue, green, red] = bytes.subarray(paletteAt + entryBytes * i);
    return [red!, green!, blue!] as const;
  });
  const height = Math.abs(signedHeight);
  return { width, height, isTopDown: signedHeight < 0, bits, compression, at, palette, masks };
}

type Reader = (row: number, x: number) => ArrayLike<number>;

function indexReader(header: Header, bytes: Uint8Array): Reader {
  const { bits } = header;
  return (row, x) => {
    const byte = bytes[row + (x * bits >> 3)]!;
    return colour(header, byte >> 8 - bits - x * bits % 8 & 2 ** bits - 1);
  };
}

function colourReader({ bits, masks }: Header, view: DataView): Reader {
  if (bits === 24) {
    return (row, x) => [2, 1, 0].map((i) => view.getUint8(row + 3 * x + i));
  }
  const parts = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask === 0 ? 1 : mask >>> shift };
  });
  const get = bits === 16
    ? (row: number, x: number) => view.getUint16(row + 2 * x, true)
    : (row: number, x: number) => view.getUint32(row + 4 * x, true);
  return (row, x) => {
    const pixel = get(row, x);
    // All bits set are 255, be they five or eight.
    return parts.map(({ mask, shift, most }) =>
      Math.round(((pixel & mask) >>> shift) / most * 255)
    );
  };
}

function colour({ palette }: Header, index: number): ArrayLike<number> {
  const colour = palette[index];
  if (colour !== undefined) return colour;
  throw new RangeError(`expected one of ${palette.length} colours, got number ${index}`);
}

/** The numbers of colours, row by row from the bottom, of pixels that are written in runs. */
function readRuns(bytes: Uint8Array, { width, height, bits, at }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [x, y] = [0, 0];
  const put = (index: number) => {
    // What a run has beyond the row or the last row is let go, as others do.
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  const half = (byte: number, i: number) => i % 2 === 0 ? byte >> 4 : byte & 15;
  for (let i = at; i + 1 < bytes.length;) {
    const [count, value] = [bytes[i]!, bytes[i + 1]!];
    i += 2;
    if (count > 0) {
      for (let j = 0; j < count; j++) put(bits === 8 ? value : half(value, j));
    } else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) return indices;
    else if (value === 2) {
      x += bytes[i] ?? 0;
      y += bytes[i + 1] ?? 0;
      i += 2;
    } else {
      const length = bits === 8 ? value : Math.ceil(value / 2);
      if (i + length > bytes.length) throw cutOff();
      for (let j = 0; j < value; j++) {
        put(bits === 8 ? bytes[i + j]! : half(bytes[i + (j >> 1)]!, j));
      }
      i += length + length % 2; // Runs begin at even places.
    }
  }
  throw cutOff();
}

function cutOff(): RangeError {
  return new RangeError("expected a bitmap that is whole, got one that is cut off");
}
