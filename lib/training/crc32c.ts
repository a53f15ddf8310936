/** The checksum of TFRecord files. @module */

/** The polynomial of Castagnoli, bits reflected. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC32C (RFC 3720, appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let checksum = 0xffffffff;
  for (const byte of bytes) checksum = (checksum >>> 8) ^ table[(checksum ^ byte) & 0xff]!;
  return ~checksum >>> 0;
}
