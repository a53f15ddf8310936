import { deepEqual, equal, rejects } from "node:assert/strict";
import { decodeVorbis } from "../../lib/signal/decode_vorbis.ts";
import { type OggStream, oggStreams } from "../../lib/signal/ogg_packets.ts";

const path = "stereo.ogg";
const bytes = Deno.readFileSync(new URL(`../fixtures/sound/${path}`, import.meta.url));
const [stream] = oggStreams(bytes, { path }) as [OggStream];

Deno.test("decodeVorbis() ends where the last page says", async () => {
  const whole = (await decodeVorbis(stream, { path })).samples;
  equal(whole.length, stream.granule);
  const shorter = (await decodeVorbis({ ...stream, granule: 1000 }, { path })).samples;
  deepEqual(shorter, whole.slice(0, 1000));
  // Where the first page does not say that it begins late, all has to be there.
  const start = { granule: 0, packets: 3 };
  await rejects(
    decodeVorbis({ ...stream, start, packets: stream.packets.slice(0, -1) }, { path }),
    /^RangeError: Cannot read "stereo.ogg": expected 6000 samples, got \d+$/,
  );
});

Deno.test("decodeVorbis() refuses damaged headers and packets", async () => {
  const [first, second, third, ...sound] = stream.packets as [Uint8Array, Uint8Array, Uint8Array];
  const refuses = (packets: Uint8Array[], message: RegExp) =>
    rejects(decodeVorbis({ ...stream, packets }, { path }), message);
  const all = `${sound.length} damaged of ${sound.length}`;
  await refuses([first, second], /three headers of Vorbis, got fewer/);
  await refuses([first, second, third.subarray(0, 60), ...sound], new RegExp(all));
  await refuses([first, second, third.with(9, 0), ...sound], new RegExp(all));
  await refuses([first, second, new Uint8Array(30), ...sound], new RegExp(all));
  await refuses([second, second, third], /a header of Vorbis, got another/);
  await refuses([first, second, third, ...sound, Uint8Array.of(1)], /got 1 damaged of \d+$/);
  await refuses([first, second, third], /at least one sample, got none/);
  const fast = first.slice();
  new DataView(fast.buffer).setUint32(12, 2 ** 32 - 1, true);
  await refuses([fast, second, third, ...sound], /1 to 768000 Hz, got 4294967295 Hz/);
});
