import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { decodeMp3 } from "../../lib/signal/decode_mp3.ts";

const path = "clip.mp3";
const bytesOf = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/sound/${name}`, import.meta.url));

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Where the frames begin: each sync word that a frame's length later has a like one. */
function frameStarts(bytes: Uint8Array): number[] {
  const like = (at: number) => bytes[at] === 0xff && bytes[at + 1] === bytes[1];
  return bytes.keys().filter(like).toArray();
}

Deno.test("decodeMp3() passes over zeros behind the frames", async () => {
  const bytes = bytesOf("mpeg2.mp3");
  const { samples } = await decodeMp3(bytes, { path });
  deepEqual((await decodeMp3(joined(bytes, new Uint8Array(50)), { path })).samples, samples);
});

Deno.test("decodeMp3() keeps the padding of a file that does not tell it", async () => {
  const bytes = bytesOf("mpeg1.mp3");
  const tagged = (await decodeMp3(bytes, { path })).samples;
  const first = frameStarts(bytes)[1]!;
  const plain = (await decodeMp3(bytes.subarray(first), { path })).samples;
  equal(plain.length % 1152, 0);
  ok(plain.length > tagged.length);
  // The sound is in there, late by what the encoder and a decoder put before it.
  const start = 576 + 529;
  deepEqual(plain.subarray(start, start + tagged.length), tagged);
});

Deno.test("decodeMp3() refuses a file that lacks frames at an end", async () => {
  const bytes = bytesOf("mpeg2.mp3");
  const starts = frameStarts(bytes);
  await rejects(decodeMp3(bytes.subarray(0, starts.at(-1)), { path }), {
    name: "RangeError",
    message: /^Cannot read "clip.mp3": expected (\d+) frames, got \d+: the file is cut off$/,
  });
  await rejects(
    decodeMp3(bytes.subarray(starts[3]), { path }),
    /a file from its beginning on, got a first frame that needs earlier ones/,
  );
});

Deno.test("decodeMp3() refuses a change of format, and sound behind other bytes", async () => {
  const [mpeg1, mpeg2] = [bytesOf("mpeg1.mp3"), bytesOf("mpeg2.mp3")];
  await rejects(decodeMp3(joined(mpeg1, mpeg2), { path }), /2 channels at 44100 Hz throughout/);
  const starts = frameStarts(mpeg1);
  const damaged = mpeg1.slice();
  damaged.fill(0, starts[2], starts[2]! + 4);
  await rejects(decodeMp3(damaged, { path }), /MP3 frames to the end, got other bytes at byte \d+/);
});

Deno.test("decodeMp3() passes over what is before the first frame, behind the last, and between files", async () => {
  const bytes = bytesOf("mpeg1.mp3");
  const { samples } = await decodeMp3(bytes, { path });
  // A sync word alone is no frame.
  const junk = Uint8Array.from({ length: 3000 }, (_, i) => i % 50 === 0 ? 0xff : i * 7 % 251);
  for (const whole of [joined(junk, bytes), joined(bytes, junk)]) {
    deepEqual((await decodeMp3(whole, { path })).samples, samples);
  }
  const [, first] = frameStarts(bytes);
  const untold = bytes.subarray(first);
  const alone = (await decodeMp3(untold, { path })).samples;
  deepEqual((await decodeMp3(joined(untold, junk), { path })).samples, alone);
  // So many bytes may be sound that was damaged, where nothing says how much of it there is.
  const much = new Uint8Array(5000).fill(7);
  await rejects(decodeMp3(joined(untold, much), { path }), /MP3 frames to the end/);
  deepEqual((await decodeMp3(joined(bytes, much), { path })).samples, samples);
  const tag = Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 2, 9, 9);
  const twice = (await decodeMp3(joined(untold, tag, untold), { path })).samples;
  deepEqual(twice, (await decodeMp3(joined(untold, untold), { path })).samples);
  equal(twice.length, 2 * alone.length);
});

Deno.test("decodeMp3() reads a file whose last frame was cut off without it", async () => {
  const bytes = bytesOf("mpeg1.mp3");
  const { samples } = await decodeMp3(bytes, { path });
  const cut = (await decodeMp3(bytes.subarray(0, -9), { path })).samples;
  ok(cut.length <= samples.length && cut.length > samples.length - 1152);
  // The last frame's half that overlaps with the one before it is missing too.
  deepEqual(cut, samples.subarray(0, cut.length));
});

Deno.test("decodeMp3() reads one file as it does after another", async () => {
  const [long, short] = [bytesOf("mpeg1.mp3"), bytesOf("mpeg25.mp3")];
  const first = await decodeMp3(short, { path });
  await decodeMp3(long, { path });
  deepEqual(await decodeMp3(short, { path }), first);
});
