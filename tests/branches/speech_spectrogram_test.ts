import { deepEqual, equal, ok } from "node:assert/strict";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { speechSize, speechSpectrogram } from "../../lib/branches/speech_spectrogram.ts";
import { logMel } from "../../lib/signal/log_mel.ts";
import { mfccStatistics } from "../../lib/signal/mfcc.ts";
import { prosody } from "../../lib/signal/prosody.ts";
import { trimSilence } from "../../lib/signal/trim_silence.ts";

/** A tone between two silences, 16 kHz. */
function spoken({ before = 0, seconds = 1, after = 0, level = 0.5 }): Float32Array {
  const count = (s: number) => Math.round(16_000 * s);
  const samples = new Float32Array(count(before) + count(seconds) + count(after));
  for (let i = 0; i < count(seconds); i++) samples[count(before) + i] = level * Math.sin(i / 8);
  return samples;
}

async function describe(samples: Float32Array) {
  const [features] = await speechSpectrogram().encode([{ path: "a.wav", samples }]);
  const { speech, speechFrames, speechProsody, speechSummary } = features!;
  return {
    speech: speech!,
    frames: speechFrames![0]!,
    prosody: speechProsody!,
    summary: speechSummary!,
  };
}

Deno.test("a speech spectrogram has the shapes it declares, for any clip", async () => {
  const { shapes } = speechSpectrogram();
  const { frames: most, bands } = speechSize;
  deepEqual(shapes, {
    speech: [most, bands],
    speechFrames: [],
    speechProsody: [8, 8],
    speechSummary: [1, 69],
  });
  for (const samples of [spoken({ seconds: 0.004 }), spoken({}), spoken({ seconds: 5 })]) {
    const { speech, frames, prosody, summary } = await describe(samples);
    deepEqual([prosody.length, summary.length], [64, 69]);
    ok([...prosody, ...summary].every(Number.isFinite));
    equal(speech.length, most * bands);
    ok(speech.every(Number.isFinite));
    ok(frames >= 1 && frames <= most && Number.isInteger(frames));
    ok(speech.subarray(frames * bands).every((x) => x === 0), "0 after the clip");
  }
  equal((await describe(new Float32Array(16_000))).frames, 39, "silence is a clip too");
});

Deno.test("silence around a clip changes nothing but at its edges", async () => {
  const { bands } = speechSize;
  const near = await describe(spoken({ before: 0.2, after: 0.2 }));
  const far = await describe(spoken({ before: 1, after: 1.5 }));
  equal(far.frames, near.frames);
  deepEqual(far.speech, near.speech);
  // 1 s of tone, and 60 ms on each side: a step that its neighbour is heard in, and the margin.
  equal(near.frames, 1 + Math.floor((1.12 - 0.05) / 0.025));
  ok(near.speech.subarray(10 * bands, 11 * bands).some((x) => x > 0));
});

Deno.test("the frames are those of logMel()", async () => {
  const samples = spoken({ seconds: 3 });
  const { frames: most, bands } = speechSize;
  const { data } = logMel(samples, { bands, hopSeconds: 0.025, windowSeconds: 0.05, lowHz: 50 });
  const { speech, frames } = await describe(samples);
  equal(frames, most, "cut after 2.4 s");
  deepEqual(speech, data.subarray(0, most * bands));
});

Deno.test("prosody and summary are those of what is said", async () => {
  const samples = Float32Array.from(
    { length: 24_000 },
    (_, i) => 0.5 * Math.sin(i / (i < 12_000 ? 12 : 8)) * (1 + i / 24_000),
  );
  const silent = new Float32Array(16_000);
  const around = Float32Array.of(...silent, ...samples, ...silent);
  const { prosody: parts, summary, frames } = await describe(around);
  const spoken = trimSilence(around);
  deepEqual(parts, prosody(spoken).data);
  const { bands } = speechSize;
  const heard = logMel(spoken, { bands, hopSeconds: 0.025, windowSeconds: 0.05, lowHz: 50 });
  deepEqual(summary.subarray(0, 52), mfccStatistics(heard));
  equal(summary[68], frames);
  const level = [...Array(8).keys()].map((s) => parts[8 * s + 3]!);
  const mean = level.reduce((a, b) => a + b) / 8;
  const deviation = Math.sqrt(level.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 8);
  ok(Math.abs(summary[52 + 3]! - mean) < 1e-4);
  ok(Math.abs(summary[52 + 8 + 3]! - deviation) < 1e-4);
});

Deno.test("speech stands beside the spectral features without sharing a name or a digest", () => {
  const [speech, spectral] = [speechSpectrogram(), spectralFeatures()];
  const shared = Object.keys(speech.shapes).filter((name) => name in spectral.shapes);
  deepEqual(shared, []);
  ok(speech.id !== spectral.id && speech.digest !== spectral.digest);
  equal(speech.digest, speechSpectrogram().digest);
});

Deno.test("what is heard of a clip is said, without the silence around it", () => {
  const inspect = (samples: Float32Array) => speechSpectrogram().inspect!({ path: "a", samples });
  const own = { windows: 1, unknown: 0, blank: false };
  const long = spoken({ before: 1, seconds: 30, after: 1 });
  deepEqual(inspect(long), { ...own, given: trimSilence(long).length / 16_000, taken: 2.425 });
  const short = trimSilence(spoken({ before: 2, seconds: 1, after: 2 })).length / 16_000;
  deepEqual(inspect(spoken({ before: 2, seconds: 1, after: 2 })), {
    ...{ ...own, given: short, taken: short },
  });
  deepEqual(inspect(new Float32Array(16_000)).valueOf(), {
    ...{ ...own, given: 1, taken: 1, blank: true },
  });
});
