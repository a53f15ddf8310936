import { deepEqual, equal, throws } from "node:assert/strict";
import { decodeVorbis } from "../../lib/signal/decode_vorbis.ts";
import { oggPackets } from "../../lib/signal/ogg_packets.ts";

const path = "stereo.ogg";
const bytes = Deno.readFileSync(new URL(`../fixtures/sound/${path}`, import.meta.url));
const stream = oggPackets(bytes, { path });

Deno.test("decodeVorbis() ends where the last page says", () => {
  const whole = decodeVorbis(stream, { path }).samples;
  equal(whole.length, stream.granule);
  const shorter = decodeVorbis({ ...stream, granule: 1000 }, { path }).samples;
  deepEqual(shorter, whole.slice(0, 1000));
  throws(
    () => decodeVorbis({ ...stream, packets: stream.packets.slice(0, -1) }, { path }),
    /^RangeError: Cannot read "stereo.ogg": expected 6000 samples, got \d+$/,
  );
});

Deno.test("decodeVorbis() refuses damaged headers and packets", () => {
  const [first, second, third, ...sound] = stream.packets as [Uint8Array, Uint8Array, Uint8Array];
  const reading = (...packets: Uint8Array[]) => () =>
    decodeVorbis({ ...stream, packets }, { path });
  throws(reading(first, second), /three headers of Vorbis, got fewer/);
  throws(reading(first, second, third.subarray(0, 60)), /got one that is cut off/);
  throws(reading(first, second, third.with(9, 0)), /got a damaged codebook/);
  throws(reading(second, second, third), /got another header/);
  throws(reading(first, second, third, ...sound, Uint8Array.of(1)), /a damaged one, number \d+/);
  throws(reading(first, second, third), /at least one sample, got none/);
});
