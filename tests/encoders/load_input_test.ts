import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Sample } from "../../lib/datasets/sample.ts";
import type { Clip } from "../../lib/encoders/encoder.ts";
import { decodeClip, loadInput } from "../../lib/encoders/load_input.ts";
import { decodeAudio } from "../../lib/signal/decode_audio.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { resample } from "../../lib/signal/resample.ts";

/** A sample of a file among the fixtures. */
function sampleOf(
  modality: "image" | "audio",
  name: string,
): Sample & { source: { path: string } } {
  const path = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  const hash = createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  return { id: name, modality, source: { path }, hash, label: 0, group: name } as never;
}

for (const name of ["stereo.ogg", "stereo.flac", "mpeg1.mp3", "mono.opus"]) {
  Deno.test(`loadInput() brings ${name} to one channel at 16 kHz`, async () => {
    const sample = sampleOf("audio", `sound/${name}`);
    const { path } = sample.source;
    const { samples, sampleRateHz } = await decodeAudio(Deno.readFileSync(path), { path });
    const clip = await loadInput(sample) as Clip;
    equal(clip.path, path);
    equal(clip.samples.length, Math.ceil(samples.length * 16_000 / sampleRateHz));
    deepEqual(clip.samples, await resample(samples, { fromHz: sampleRateHz, toHz: 16_000 }));
  });
}

Deno.test("loadInput() refuses a clip longer than it is told, and a file of another hash", async () => {
  const sample = sampleOf("audio", "sound/lpc.flac");
  await rejects(
    loadInput(sample, { maxSeconds: 0.05 }),
    /expected 0.05 s of sound or less, got 1 s/,
  );
  equal((await loadInput(sample, { maxSeconds: 0.1 }) as Clip).samples.length, 1500);
  await rejects(loadInput({ ...sample, hash: "00" }), /expected SHA-256 00, got [0-9a-f]{64}/);
});

Deno.test("loadInput() leaves an image as it lies on disk", async () => {
  const sample = sampleOf("image", "pictures/rgb.jpg");
  const { path } = sample.source;
  deepEqual(await loadInput(sample), { path, bytes: await Deno.readFile(path) });
});

Deno.test("decodeClip() refuses a rate at which no speech can be heard", async () => {
  const at = (sampleRate: number) =>
    decodeClip(encodeWav(new Float32Array(2000), { sampleRate }), { path: "a.wav" });
  equal((await at(1000)).samples.length, 32_000);
  await rejects(at(999), {
    name: "RangeError",
    message:
      'Cannot read "a.wav": expected a sample rate of 1000 Hz or more, in which speech can ' +
      "be heard, got 999 Hz",
  });
});
