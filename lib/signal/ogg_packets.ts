/** The packets of an Ogg file that holds one stream. @module */

import { unreadable } from "./waveform.ts";

/** What an Ogg file holds. */
export interface OggStream {
  readonly packets: readonly Uint8Array[];
  /** The position of the end, in samples as its codec counts them. */
  readonly granule: number;
}

/**
 * Takes an Ogg file apart (RFC 3533). Every page has to follow the one before
 * it, with the right checksum, to the end of the file. Nothing may follow a page
 * that is marked as the last; messengers leave the mark out, so a file that was
 * cut off between two pages reads as a shorter one.
 *
 * @throws {RangeError} The bytes are no Ogg file, are cut off or damaged, or hold several streams.
 */
export function oggPackets(
  bytes: Uint8Array,
  { path }: { readonly path: string },
): OggStream {
  const packets: Uint8Array[] = [];
  let begun: Uint8Array[] = []; // Of a packet that goes on.
  let [granule, serial] = [-1, -1];
  for (let [at, number, last] = [0, 0, false]; at < bytes.length; number++) {
    if (last) throw unreadable(path, "one stream", "more after its end");
    const page = readPage(bytes, at, path);
    if (number === 0) serial = page.serial;
    if (page.serial !== serial || (number > 0 && page.first)) {
      throw unreadable(path, "an Ogg file of one stream", "several");
    }
    if (page.number !== number || page.continued !== begun.length > 0) {
      throw unreadable(path, `page ${number} at byte ${at}`, `page ${page.number}`);
    }
    for (const { data, complete } of page.parts) {
      begun.push(data);
      if (!complete) continue;
      packets.push(joined(begun));
      begun = [];
    }
    if (page.granule >= 0) granule = page.granule;
    ({ end: at, last } = page);
  }
  if (begun.length > 0) throw unreadable(path, "a whole packet at the end", "a part of one");
  return { packets, granule };
}

const headerBytes = 27;

function readPage(bytes: Uint8Array, at: number, path: string) {
  if (at + headerBytes > bytes.length) {
    throw unreadable(path, "whole pages", "a part of one: the file is cut off");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  if (view.getUint32(0) !== 0x4f676753 || view.getUint8(4) !== 0) { // "OggS"
    throw unreadable(path, "a page of Ogg", `other bytes at byte ${at}`);
  }
  const flags = view.getUint8(5);
  const start = at + headerBytes + view.getUint8(26);
  const lacing = bytes.subarray(at + headerBytes, start);
  const end = start + lacing.reduce((sum, length) => sum + length, 0);
  if (end > bytes.length) {
    throw unreadable(path, "whole pages", "a part of one: the file is cut off");
  }
  if (crc32(bytes.subarray(at, end)) !== view.getUint32(22, true)) {
    throw unreadable(path, "pages as they were written", `a damaged one at byte ${at}`);
  }
  return {
    continued: (flags & 1) > 0,
    first: (flags & 2) > 0,
    last: (flags & 4) > 0,
    // -1: no packet ends here.
    granule: Number(view.getBigInt64(6, true)),
    serial: view.getUint32(14, true),
    number: view.getUint32(18, true),
    parts: readParts(bytes, start, lacing),
    end,
  };
}

// A length of 255 says that the packet goes on.
function readParts(bytes: Uint8Array, start: number, lacing: Uint8Array) {
  const parts = [];
  let [from, to] = [start, start];
  for (const [i, length] of lacing.entries()) {
    to += length;
    if (length === 255 && i < lacing.length - 1) continue;
    parts.push({ data: bytes.subarray(from, to), complete: length < 255 });
    from = to;
  }
  return parts;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/** Of a page, whose own checksum, bytes 22 to 25, counts as zeros. */
function crc32(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i]!;
    crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ byte]!;
  }
  return crc >>> 0;
}
