import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { loadSpeechEncoder } from "../../lib/encoders/speech_encoder.ts";
import { withModels } from "./tiny_models.ts";

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => 0.2 + i / n);

/** What the tiny network computes: means of 400 samples, and of their squares, every 320. */
function frames(samples: Float32Array): [number, number][] {
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
  const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / samples.length;
  const x = samples.map((v) => (v - mean) / Math.sqrt(variance));
  return Array.from({ length: 1 + Math.floor((x.length - 400) / 320) }, (_, t) => {
    const part = [...x.subarray(320 * t, 320 * t + 400)];
    const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return [average(part), average(part.map((v) => v * v))];
  });
}

Deno.test("a speech encoder normalises the clip and averages its frames by segments", () =>
  withModels(["tiny/wav2vec2"], async (root) => {
    const encoder = await loadSpeechEncoder({ model: "tiny/wav2vec2", root, segments: 2 });
    deepEqual(encoder.shapes, { states: [2, 2], mask: [2] });
    const samples = ramp(2000); // 6 frames, 3 in each segment.
    const [features] = await encoder.encode([{ path: "a.wav", samples }]);
    const all = frames(samples);
    equal(all.length, 6);
    const expected = [all.slice(0, 3), all.slice(3)].flatMap((part) =>
      [0, 1].map((c) => part.reduce((sum, frame) => sum + frame[c]!, 0) / 3)
    );
    features!.states!.forEach((x, i) => ok(Math.abs(x - expected[i]!) < 1e-4));
    deepEqual(features!.mask, Float32Array.of(1, 1));
    await encoder.dispose();
  }));

Deno.test("a speech encoder hears the first 6 s, and nothing of the clips around", () =>
  withModels(["tiny/wav2vec2"], async (root) => {
    const encoder = await loadSpeechEncoder({ model: "tiny/wav2vec2", root });
    const long = ramp(7 * 16_000);
    const clips = [long, long.subarray(0, 6 * 16_000), ramp(5000)];
    const [a, b, c] = await encoder.encode(clips.map((samples) => ({ path: "x.wav", samples })));
    deepEqual(a, b);
    deepEqual([c], await encoder.encode([{ path: "x.wav", samples: ramp(5000) }]));
    await encoder.dispose();
  }));

Deno.test("a clip too short for one state is an error with its path", () =>
  withModels(["tiny/wav2vec2"], async (root) => {
    const encoder = await loadSpeechEncoder({ model: "tiny/wav2vec2", root });
    await rejects(
      encoder.encode([{ path: "click.wav", samples: ramp(800) }]),
      /Cannot encode "click.wav": expected a clip of 0.1 s or more, got 0.05 s/,
    );
    await encoder.dispose();
  }));
