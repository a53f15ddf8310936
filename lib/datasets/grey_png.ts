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
  const rows = new Uint8Array(size);
  for (let y = 0; y < height; y++) {
    // The byte before each row says that it is as it is.
    rows.set(levels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = new Uint8Array(13);
  header.set(bigEndian(width), 0);
  header.set(bigEndian(height), 4);
  header[8] = 8; // Bits; the colour type after it is 0, grey.
  const stored = [1, size & 255, size >> 8, ~size & 255, ~size >> 8 & 255];
  const data = Uint8Array.from([0x78, 1, ...stored, ...rows, ...bigEndian(adler32(rows))]);
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...chunk("IDAT", data),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Uint8Array.from([...name].map((c) => c.charCodeAt(0)).concat([...data]));
  return Uint8Array.from([...bigEndian(data.length), ...body, ...bigEndian(crc32(body))]);
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
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255]! ^ crc >>> 8;
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1, b = 0;
  for (const byte of bytes) b = (b + (a = (a + byte) % 65521)) % 65521;
  return (b << 16 | a) >>> 0;
}
