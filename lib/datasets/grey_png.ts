/** Grey levels as the bytes of an image file. @module */

/**
 * A PNG of 8-bit grey levels, row by row. It is stored without compression, so that the same levels
 * are the same bytes, and have the same hash, on every machine and with every version of zlib.
 *
 * @throws {RangeError} The levels do not fill `width` by `height`, or are more than 65,535 bytes with
 * a byte a row.
 */
export function greyPng(
  levels: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const size = (width + 1) * height;
  if (levels.length !== width * height || size > 0xffff) {
    throw new RangeError(
      `Cannot make a PNG: expected ${width} × ${height} grey levels, ${0xffff} bytes or fewer, ` +
        `got ${levels.length}`,
    );
  }
  // A byte before each row says that it is as it is; before all, a block that is stored, its size and
  // the size's complement.
  const data = new Uint8Array(7 + size + 4);
  data.set([0x78, 1, 1, size & 255, size >> 8, ~size & 255, ~size >> 8 & 255]);
  for (let y = 0; y < height; y++) {
    data.set(levels.subarray(y * width, (y + 1) * width), 7 + y * (width + 1) + 1);
  }
  data.set(bigEndian(adler32(data.subarray(7, 7 + size))), 7 + size);
  // 8 bits; the colour type after them is 0, grey.
  const header = [...bigEndian(width), ...bigEndian(height), 8, 0, 0, 0, 0];
  const chunks = [chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", [])];
  const png = new Uint8Array(8 + chunks.reduce((sum, { length }) => sum + length, 0));
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  let at = 8;
  for (const part of chunks) {
    png.set(part, at);
    at += part.length;
  }
  return png;
}

function chunk(name: string, data: ArrayLike<number>): Uint8Array {
  const whole = new Uint8Array(8 + data.length + 4);
  whole.set(bigEndian(data.length));
  whole.set([...name].map((c) => c.charCodeAt(0)), 4);
  whole.set(data, 8);
  whole.set(bigEndian(crc32(whole.subarray(4, 8 + data.length))), 8 + data.length);
  return whole;
}

function bigEndian(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ c >>> 1 : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  // By index: tens of thousands of faces are made at a time.
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 255]! ^ crc >>> 8;
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1, b = 0;
  for (let i = 0; i < bytes.length; i++) b = (b + (a = (a + bytes[i]!) % 65521)) % 65521;
  return (b << 16 | a) >>> 0;
}
