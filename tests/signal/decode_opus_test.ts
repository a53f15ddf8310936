import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { decodeOpus } from "../../lib/signal/decode_opus.ts";
import { type OggStream, oggStreams } from "../../lib/signal/ogg_packets.ts";

const path = "mono.opus";
const bytes = Deno.readFileSync(new URL(`../fixtures/sound/${path}`, import.meta.url));
const [stream] = oggStreams(bytes, { path }) as [OggStream];
const [head, ...rest] = stream.packets as [Uint8Array, ...Uint8Array[]];

/** The stream with some bytes of its header set. */
function withHead(changes: Readonly<Record<number, number>>) {
  const changed = head.slice();
  for (const [at, byte] of Object.entries(changes)) changed[Number(at)] = byte;
  return { ...stream, packets: [changed, ...rest] };
}

Deno.test("decodeOpus() applies the gain of the header", async () => {
  const plain = (await decodeOpus(stream, { path })).samples;
  // 1541 / 256 dB are a factor of 2 but for 1.3e-4.
  const louder = (await decodeOpus(withHead({ 16: 1541 & 255, 17: 1541 >> 8 }), { path })).samples;
  equal(louder.length, plain.length);
  ok(louder.every((x, i) => Math.abs(x - 2 * plain[i]!) <= 2e-4 * Math.abs(2 * plain[i]!) + 1e-9));
});

Deno.test("decodeOpus() leaves out what comes before the sound, and refuses what is missing", async () => {
  const plain = (await decodeOpus(stream, { path })).samples;
  const skip = head[10]! + 256 * head[11]! + 5;
  const later = await decodeOpus(withHead({ 10: skip & 255, 11: skip >> 8 }), { path });
  deepEqual(later.samples, plain.slice(5));
  const start = { granule: 0, packets: 2 };
  const short = { ...stream, start, packets: [head, rest[0]!, rest[1]!] };
  await rejects(decodeOpus(short, { path }), /"mono.opus": expected \d+ samples, got \d+$/);
  await rejects(decodeOpus({ ...stream, granule: 10 }, { path }), /at least one sample, got none/);
  await rejects(decodeOpus(withHead({ 9: 0 }), { path }), /a header of Opus, got another/);
});
