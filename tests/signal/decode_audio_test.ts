import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { audioEndings, decodeAudio } from "../../lib/signal/decode_audio.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { moved } from "./ogg_pages.ts";
import fixture from "../fixtures/sound.json" with { type: "json" };

const folder = new URL("../fixtures/sound/", import.meta.url);
const names = Object.keys(fixture.files) as (keyof typeof fixture.files)[];
const text = (content: string) => new TextEncoder().encode(content);
const bytesOf = (name: string) => Deno.readFileSync(new URL(name, folder));

// Lossless; single precision; 16 bits here; another release of libopus there, at 16 bits' noise.
const tolerances = { flac: 1e-8, ogg: 1e-6, mp3: 2e-5, opus: 1e-4 } as const;

for (const name of names) {
  Deno.test(`decodeAudio() reads ${name} as libsndfile does`, async () => {
    const { sampleRateHz, count, values } = fixture.files[name];
    const wave = await decodeAudio(bytesOf(name), { path: name });
    deepEqual([wave.sampleRateHz, wave.samples.length], [sampleRateHz, count]);
    const tolerance = tolerances[name.split(".")[1] as keyof typeof tolerances];
    const read = wave.samples.filter((_, i) => i % fixture.step === 0);
    const worst = Math.max(...read.map((x, i) => Math.abs(x - values[i]!)));
    ok(worst <= tolerance, `differs by ${worst}`);
  });
}

Deno.test("decodeAudio() goes by the content, whatever the name", async () => {
  const wav = encodeWav(Float32Array.of(0.5, -0.25), { sampleRate: 8000 });
  deepEqual([...(await decodeAudio(wav, { path: "clip.mp3" })).samples], [0.5, -0.25]);
  equal((await decodeAudio(bytesOf("lpc.flac"), { path: "clip.wav" })).samples.length, 1500);
  ok(audioEndings.every((ending) => /^\.[a-z0-9]+$/.test(ending)));
});

for (const name of names) {
  Deno.test(`decodeAudio() refuses every beginning of ${name}`, async () => {
    // A last frame of MP3 that was cut off is passed over.
    const whole = bytesOf(name).subarray(0, name.endsWith(".mp3") ? -1000 : undefined);
    for (let length = 0; length < whole.length; length += length < 120 ? 1 : 61) {
      const cut = whole.subarray(0, length);
      await rejects(decodeAudio(cut, { path: name }), (error) => {
        ok(error instanceof RangeError, `${error} after ${length} bytes`);
        ok(error.message.startsWith(`Cannot read "${name}": expected `), error.message);
        return true;
      });
    }
  });
}

Deno.test("decodeAudio() passes over tags of any format", async () => {
  const id3v2 = Uint8Array.of(...text("ID3"), 4, 0, 0, 0, 0, 0, 3, 1, 1, 1);
  const id3v1 = Uint8Array.of(...text("TAG"), ...new Uint8Array(125));
  for (const name of ["mpeg1.mp3", "lpc.flac", "mono.opus"]) {
    const { samples } = await decodeAudio(bytesOf(name), { path: name });
    const tagged = Uint8Array.of(...id3v2, ...bytesOf(name), ...id3v1);
    deepEqual((await decodeAudio(tagged, { path: name })).samples, samples);
  }
});

for (const name of ["lpc.flac", "stereo.flac", "mono.ogg", "stereo.opus"]) {
  Deno.test(`decodeAudio() refuses ${name} with a changed byte`, async () => {
    for (const part of [0.6, 0.8, 0.95]) {
      const bytes = bytesOf(name);
      bytes[Math.floor(part * bytes.length)]! ^= 16;
      await rejects(
        decodeAudio(bytes, { path: name }),
        /^RangeError: Cannot read ".+": expected .+, got /,
      );
    }
  });
}

Deno.test("decodeAudio() refuses sound that lasts too long, and tells by the header if it can", async () => {
  for (const name of names) {
    const { count, sampleRateHz } = fixture.files[name];
    const bytes = bytesOf(name);
    const path = name;
    await rejects(decodeAudio(bytes, { path, maxSeconds: count / sampleRateHz / 2 }), {
      name: "RangeError",
      message: /expected [\d.]+ s of sound or less, got 1 s$/,
    });
    // An MP3 file is counted with its padding.
    const allowed = (count + 4000) / sampleRateHz;
    equal((await decodeAudio(bytes, { path, maxSeconds: allowed })).samples.length, count);
  }
  const beginning = bytesOf("lpc.flac").subarray(0, 150);
  await rejects(decodeAudio(beginning, { path: "", maxSeconds: 0.05 }), /0.05 s of sound or less/);
  const long = encodeWav(new Float32Array(601 * 10), { sampleRate: 10 });
  await rejects(decodeAudio(long, { path: "" }), /expected 600 s of sound or less, got 601 s/);
});

for (const name of ["pages.opus", "pages.ogg"]) {
  Deno.test(`decodeAudio() reads ${name} as a part of a station's stream`, async () => {
    const path = name;
    const bytes = Deno.readFileSync(new URL(`../wild_sound/${name}`, folder));
    const { samples, sampleRateHz } = await decodeAudio(bytes, { path });
    const late = moved(bytes, { granules: 10_000, numbers: 40 });
    deepEqual((await decodeAudio(late, { path })).samples, samples);
    const twice = Uint8Array.of(...bytes, ...bytes);
    deepEqual(
      (await decodeAudio(twice, { path })).samples,
      Float32Array.of(...samples, ...samples),
    );
    const maxSeconds = 1.5 * samples.length / sampleRateHz;
    await rejects(decodeAudio(twice, { path, maxSeconds }), /s of sound or less/);
  });
}

Deno.test("decodeAudio() takes streams of one rate only for one sound", async () => {
  const [mono, stereo] = [bytesOf("mono.ogg"), bytesOf("stereo.ogg")];
  await rejects(decodeAudio(Uint8Array.of(...mono, ...stereo), { path: "a.ogg" }), {
    name: "RangeError",
    message: 'Cannot read "a.ogg": expected 16000 Hz throughout, got 44100 Hz',
  });
});

Deno.test("decodeAudio() says what else a file is", async () => {
  const reading = (bytes: Iterable<number>) =>
    decodeAudio(Uint8Array.from(bytes), { path: "a.wav" });
  await rejects(reading([]), /^RangeError: Cannot read "a.wav": .+, got an empty file$/);
  await rejects(
    reading(text("not sound at all")),
    /a WAV, FLAC, Ogg or MP3 file, or one that ffmpeg reads, got other bytes$/,
  );
});
