/** Reads the packets of a Vorbis stream. @module */

import { decodeVorbisPackets, type VorbisSound } from "../deps/ogg_vorbis_decoder.ts";
import type { OggStream } from "./ogg_packets.ts";
import {
  assertLimits,
  type DecodeOptions,
  mixChannels,
  unreadable,
  type Waveform,
} from "./waveform.ts";

/**
 * The samples of a Vorbis stream, its channels averaged. The stream ends where its
 * last page says, and must have that many samples, counted from its beginning or, where it was under
 * way when it was recorded, from the position of its first page.
 *
 * @throws {RangeError} The stream is damaged or cut off, holds no sample, or is longer or of a
 * higher rate than allowed.
 */
export async function decodeVorbis(
  { packets, granule, start }: OggStream,
  options: DecodeOptions,
): Promise<Waveform> {
  const { path } = options;
  const [identification, , setup, ...sound] = packets;
  if (!identification || !setup) throw unreadable(path, "three headers of Vorbis", "fewer");
  const { channels, sampleRateHz } = readIdentification(identification, path);
  const decode = (sound: readonly Uint8Array[]) =>
    decodeVorbisPackets({ identification, setup, sound })
      .catch((): VorbisSound => ({ channels: [], damaged: sound.length }));
  // Where the first page begins, at 0 or later, is known when it is decoded; the rest is sound.
  const least = start.granule < granule ? granule - start.granule : granule;
  assertLimits({ samples: least, sampleRateHz }, options);
  const decoded = await decode(sound);
  if (decoded.damaged > 0) {
    throw unreadable(path, "packets of Vorbis", `${decoded.damaged} damaged of ${sound.length}`);
  }
  const count = decoded.channels[0]?.length ?? 0;
  if (count === 0 || granule < 1) throw unreadable(path, "at least one sample", "none");
  const before = count < granule
    ? start.granule - ((await decode(packets.slice(3, start.packets))).channels[0]?.length ?? 0)
    : 0;
  const end = granule - before;
  if (count < end) throw unreadable(path, `${end} samples`, `${count}`);
  assertLimits({ samples: end, sampleRateHz }, options);
  if (decoded.channels.length !== channels) {
    throw unreadable(path, `${channels} channels`, `${decoded.channels.length}`);
  }
  // What the last block has beyond the end is cut away.
  const heard = decoded.channels.map((channel) => channel.subarray(0, end));
  return { samples: mixChannels(heard), sampleRateHz };
}

function readIdentification(packet: Uint8Array, path: string) {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  // A kind of packet, "vorbis", the version, channels, the rate, bit rates, block sizes, a bit.
  if (packet.length < 30 || packet[0] !== 1 || view.getUint32(7, true) !== 0 || packet[11] === 0) {
    throw unreadable(path, "a header of Vorbis", "another");
  }
  return { channels: packet[11]!, sampleRateHz: view.getUint32(12, true) };
}
