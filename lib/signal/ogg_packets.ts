/** The packets of an Ogg file that holds one stream, or several one after the other. @module */

import { joined } from "./joined.ts";
import { unreadable } from "./waveform.ts";

/** A stream of an Ogg file. */
export interface OggStream {
  readonly packets: readonly Uint8Array[];
  /** The position of the end, in samples as its codec counts them. */
  readonly granule: number;
  /** The first page that states a position behind sound: it, and the packets up to the page's end. */
  readonly start: { readonly granule: number; readonly packets: number };
}

/**
 * Takes an Ogg file apart (RFC 3533). Every page has to follow the one before
 * it, with the right checksum, to the end of the file; where a stream was already under way when it
 * was recorded, there are pages missing between its headers and its sound. A stream ends with a page
 * that is marked as the last, or where another begins; messengers leave the mark out, so a file that
 * was cut off between two pages reads as a shorter one.
 *
 * @throws {RangeError} The bytes are no Ogg file, are cut off or damaged, or hold streams side by side.
 */
export function oggStreams(bytes: Uint8Array, { path }: { readonly path: string }): OggStream[] {
  const streams: OggStream[] = [];
  let stream: OpenStream | undefined;
  for (let at = 0; at < bytes.length;) {
    const page = readPage(bytes, at, path);
    if (page.first) {
      // A stream that has a header alone is one of several that begin together.
      if (stream !== undefined && !stream.last && stream.packets.length < 2) {
        throw unreadable(path, "an Ogg file of one stream at a time", "several");
      }
      if (stream !== undefined) streams.push(closed(stream, path));
      stream = { serial: page.serial, next: page.number, packets: [], begun: [], granule: -1 };
    }
    if (stream === undefined || stream.last || page.serial !== stream.serial) {
      const isOther = stream !== undefined && !stream.last;
      throw unreadable(
        path,
        "an Ogg file of one stream at a time",
        isOther ? "several" : "a part of one",
      );
    }
    addPage(stream, page, { at, path });
    at = page.end;
  }
  if (stream !== undefined) streams.push(closed(stream, path));
  return streams;
}

/** A stream whose end was not met yet. */
interface OpenStream {
  readonly serial: number;
  /** The number of the next page. */
  next: number;
  readonly packets: Uint8Array[];
  /** Of a packet that goes on. */
  begun: Uint8Array[];
  granule: number;
  start?: OggStream["start"];
  last?: boolean;
}

type Page = ReturnType<typeof readPage>;

function addPage(
  stream: OpenStream,
  page: Page,
  { at, path }: { readonly at: number; readonly path: string },
): void {
  let parts = page.parts;
  // Headers are at position 0, and what comes next where the recording began.
  const isLate = page.number > stream.next && stream.granule <= 0 && page.granule !== 0 &&
    stream.begun.length === 0;
  if (isLate && page.continued) parts = parts.slice(1); // Its beginning was not recorded.
  else if (!isLate && (page.number !== stream.next || page.continued !== stream.begun.length > 0)) {
    throw unreadable(path, `page ${stream.next} at byte ${at}`, `page ${page.number}`);
  }
  for (const { data, complete } of parts) {
    stream.begun.push(data);
    if (!complete) continue;
    stream.packets.push(joined(stream.begun));
    stream.begun = [];
  }
  if (page.granule >= 0) stream.granule = page.granule;
  if (page.granule > 0) {
    stream.start ??= { granule: page.granule, packets: stream.packets.length };
  }
  stream.next = page.number + 1;
  stream.last = page.last;
}

function closed({ begun, packets, granule, start }: OpenStream, path: string): OggStream {
  if (begun.length > 0) throw unreadable(path, "a whole packet at the end", "a part of one");
  return { packets, granule, start: start ?? { granule, packets: packets.length } };
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
