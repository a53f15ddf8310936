import { deepEqual, equal, throws } from "node:assert/strict";
import { decodeWav } from "../../lib/signal/decode_wav.ts";
import fixture from "../fixtures/wild_sound.json" with { type: "json" };

const names = Object.keys(fixture.files) as (keyof typeof fixture.files)[];
const bytesOf = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/wild_sound/${name}`, import.meta.url));

for (const name of names) {
  Deno.test(`decodeWav() reads ADPCM in ${name} as SoX or ffmpeg does, to the bit`, () => {
    const { channels } = fixture.files[name];
    const { samples } = decodeWav(bytesOf(name), { path: name });
    const mean = (i: number) => channels.reduce((sum, own) => sum + own[i]!, 0) / channels.length;
    const read = samples.filter((_, i) => i % fixture.step === 0);
    deepEqual([...read], [...read.keys()].map((i) => Math.fround(mean(i) / 2 ** 15)));
  });
}

Deno.test("decodeWav() ends ADPCM where its writer says, not where the last block does", () => {
  const lengths = names.map((name) => decodeWav(bytesOf(name), { path: name }).samples.length);
  // 0.15 s at 8 kHz are 1200 samples, which the files of SoX say and those of ffmpeg do not.
  deepEqual(lengths, [1200, 2034, 1200, 2024]);
});

Deno.test("decodeWav() reads a last block of ADPCM that is shorter, and refuses a damaged one", () => {
  const path = "clip.wav";
  const whole = bytesOf("ima_mono.wav");
  const view = new DataView(whole.buffer);
  const data = new TextDecoder("latin1").decode(whole).indexOf("data") + 8;
  // A header of 4 bytes and 12 more in the first block: 1 + 24 samples.
  view.setUint32(data - 4, 16, true);
  const { samples } = decodeWav(whole.subarray(0, data + 16), { path });
  equal(samples.length, 25);
  deepEqual(samples, decodeWav(bytesOf("ima_mono.wav"), { path }).samples.slice(0, 25));
  whole[data + 2] = 89; // There are 89 steps, from 0.
  throws(() => decodeWav(whole.subarray(0, data + 16), { path }), {
    name: "RangeError",
    message:
      'Cannot read "clip.wav": expected blocks of IMA ADPCM, got other bytes at byte 0 of the samples',
  });
});
