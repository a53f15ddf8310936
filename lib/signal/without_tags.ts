/** Leaves out the tags that stand before and after the sound of a file. @module */

/**
 * The bytes between the tags: ID3v2, APE and zeros before the sound; ID3v1 and its
 * extension, ID3v2 with a footer, APE and Lyrics3 behind it, any number in any order.
 *
 * The formats are described at id3.org and in the wiki of Hydrogenaudio.
 */
export function withoutTags(bytes: Uint8Array): Uint8Array {
  let start = 0;
  for (let length = -1; length !== 0; start += length) length = tagBefore(bytes.subarray(start));
  while (bytes[start] === 0) start++;
  let rest = bytes.subarray(start);
  for (let length = -1; length !== 0; rest = rest.subarray(0, rest.length - length)) {
    length = Math.min(tagBehind(rest), rest.length);
  }
  return rest;
}

const apeName = "APETAGEX";
const apeBytes = 32; // A header, a footer.
const id3Bytes = 10;

/** The length of the tag that the bytes begin with; 0 if there is none. */
export function tagBefore(bytes: Uint8Array): number {
  if (text(bytes, 0, 3) === "ID3" && bytes.length >= id3Bytes) return id3Length(bytes);
  if (text(bytes, 0, 8) === apeName && bytes.length >= apeBytes) {
    return apeBytes + littleEndian(bytes, 12);
  }
  return 0;
}

/** The length of the tag that the bytes end with; 0 if there is none. */
function tagBehind(bytes: Uint8Array): number {
  const end = bytes.length;
  if (text(bytes, end - 128, 3) === "TAG") return text(bytes, end - 355, 4) === "TAG+" ? 355 : 128;
  if (text(bytes, end - apeBytes, 8) === apeName) {
    const hasHeader = littleEndian(bytes, end - 12) >= 2 ** 31;
    return littleEndian(bytes, end - 20) + (hasHeader ? apeBytes : 0);
  }
  if (text(bytes, end - id3Bytes, 3) === "3DI") return id3Length(bytes.subarray(end - id3Bytes));
  if (text(bytes, end - 9, 9) === "LYRICS200") return 15 + (Number(text(bytes, end - 15, 6)) || 0);
  if (text(bytes, end - 9, 9) === "LYRICSEND") {
    // The words themselves are at most 5,100 bytes.
    const from = Math.max(0, end - 5120);
    const begin = text(bytes, from, end - from).lastIndexOf("LYRICSBEGIN");
    return begin < 0 ? 0 : end - from - begin;
  }
  return 0;
}

/** With its header, and its footer if the flags say so; the size is a number to the base 128. */
function id3Length(head: Uint8Array): number {
  const size = head.subarray(6, 10).reduce((sum, b) => 128 * sum + b, 0);
  return id3Bytes + size + (head[5]! & 0x10 ? id3Bytes : 0);
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return at < 0 ? "" : String.fromCharCode(...bytes.subarray(at, at + length));
}
