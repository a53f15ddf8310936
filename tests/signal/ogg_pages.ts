/** Pages of Ogg, built by hand. @module */

interface PageParts {
  flags?: number;
  granule?: number;
  serial?: number;
  number: number;
  /** The table of lengths; 255 says that a packet goes on. */
  lacing: number[];
  data: number[];
}

/** A page of Ogg. */
export function page(
  { flags = 0, granule = 0, serial = 1, number, lacing, data }: PageParts,
): number[] {
  const four = (x: number) => [x & 255, (x >> 8) & 255, (x >> 16) & 255, x >>> 24];
  const position = [...four(granule), ...four(granule < 0 ? -1 : 0)];
  const head = [0x4f, 0x67, 0x67, 0x53, 0, flags, ...position, ...four(serial), ...four(number)];
  const bytes = [...head, 0, 0, 0, 0, lacing.length, ...lacing, ...data];
  // The checksum, a bit at a time.
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  bytes.splice(22, 4, ...four(crc));
  return bytes;
}

/** The pages of a file with other positions and, where that is asked, other numbers. */
export function moved(
  bytes: Uint8Array,
  { granules, numbers = 0 }: { readonly granules: number; readonly numbers?: number },
): Uint8Array {
  const pages: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const start = at + 27 + view.getUint8(26);
    const lacing = [...bytes.subarray(at + 27, start)];
    const end = start + lacing.reduce((sum, length) => sum + length, 0);
    const granule = Number(view.getBigInt64(6, true));
    pages.push(...page({
      flags: view.getUint8(5),
      granule: granule > 0 ? granule + granules : granule,
      serial: view.getUint32(14, true),
      number: view.getUint32(18, true) + (granule > 0 ? numbers : 0),
      lacing,
      data: [...bytes.subarray(start, end)],
    }));
    at = end;
  }
  return Uint8Array.from(pages);
}
