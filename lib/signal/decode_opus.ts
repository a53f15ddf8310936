/** Reads the packets of an Opus stream. @module */

import { OpusDecoder } from "../deps/opus_decoder.ts";
import type { OggStream } from "./ogg_packets.ts";
import {
  assertLimits,
  type DecodeOptions,
  mixChannels,
  unreadable,
  type Waveform,
} from "./waveform.ts";

// Opus counts in this rate, and is decoded at it, whatever was encoded.
const opusRateHz = 48_000;

/**
 * The samples of an Opus stream at 48 kHz, its channels averaged (RFC 7845). The
 * stream ends where its last page says, and must have that many samples, counted from its beginning
 * or, where it was under way when it was recorded, from the position of its first page.
 *
 * @throws {RangeError} The stream is damaged or cut off, holds no sample, or lasts longer than
 * `maxSeconds`.
 */
export async function decodeOpus(
  { packets, granule, start }: OggStream,
  options: DecodeOptions,
): Promise<Waveform> {
  const { path } = options;
  const { preSkip, gain, ...head } = readHead(packets[0]!, path);
  const before = start.granule - durationOf(packets.slice(2, start.packets));
  // A stream whose one page is its last states less than it holds.
  const end = granule - Math.max(0, before);
  const total = end - preSkip;
  assertLimits({ samples: total, sampleRateHz: opusRateHz }, options);
  if (total < 1) throw unreadable(path, "at least one sample", "none");
  const decoder = new OpusDecoder({ ...head, sampleRate: opusRateHz, preSkip: 0 });
  await decoder.ready;
  try {
    const { channelData, samplesDecoded, errors } = decoder.decodeFrames(packets.slice(2));
    if (errors.length > 0) throw unreadable(path, "packets of Opus", "a damaged one");
    if (samplesDecoded < end) throw unreadable(path, `${end} samples`, `${samplesDecoded}`);
    const heard = channelData.map((channel) => channel.subarray(preSkip, end));
    return { samples: mixChannels(heard, gain), sampleRateHz: opusRateHz };
  } finally {
    decoder.free();
  }
}

// Of a packet's frames by its kind, in samples: of speech, of both, of other sound (RFC 6716, 3.1).
const frameLengths = [
  ...[1, 2, 3].flatMap(() => [480, 960, 1920, 2880]),
  ...[1, 2].flatMap(() => [480, 960]),
  ...[1, 2, 3, 4].flatMap(() => [120, 240, 480, 960]),
];

/** The samples of so many packets. */
function durationOf(packets: readonly Uint8Array[]): number {
  return packets.reduce((sum, [kind = 0, count = 0]) => {
    const frames = [1, 2, 2, count & 63][kind & 3]!;
    return sum + frames * frameLengths[kind >> 3]!;
  }, 0);
}

/** What the first packet says: among it the samples at the beginning that are not to be heard. */
function readHead(packet: Uint8Array, path: string) {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const family = packet[18];
  const channels = packet[9] ?? 0;
  if (family === undefined || packet[8]! > 15 || channels === 0) {
    throw unreadable(path, "a header of Opus", "another");
  }
  const gain = 10 ** (view.getInt16(16, true) / 256 / 20); // A factor, given in 1/256 dB.
  const common = { channels, preSkip: view.getUint16(10, true), gain };
  if (family === 0) {
    const coupledStreamCount = channels - 1;
    const channelMappingTable = channels === 1 ? [0] : [0, 1];
    return { ...common, streamCount: 1, coupledStreamCount, channelMappingTable };
  }
  return {
    ...common,
    streamCount: packet[19]!,
    coupledStreamCount: packet[20]!,
    channelMappingTable: [...packet.subarray(21, 21 + channels)],
  };
}
