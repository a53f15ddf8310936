import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { loadSpeechEncoder } from "../../lib/encoders/speech_encoder.ts";
import { clip, correlation, expected, withTiny } from "./tiny_encoders.ts";
import { withModels } from "./tiny_models.ts";

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => 0.2 + i / n);

function normalised(samples: Float32Array): Float32Array {
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
  const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / samples.length;
  return samples.map((v) => (v - mean) / Math.sqrt(variance));
}

/** What the tiny network computes: means of 400 samples, and of their squares, every 320. */
function frames(x: Float32Array): [number, number][] {
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
    const all = frames(normalised(samples));
    equal(all.length, 6);
    const expected = [all.slice(0, 3), all.slice(3)].flatMap((part) =>
      [0, 1].map((c) => part.reduce((sum, frame) => sum + frame[c]!, 0) / 3)
    );
    features!.states!.forEach((x, i) => ok(Math.abs(x - expected[i]!) < 1e-4));
    deepEqual(features!.mask, Float32Array.of(1, 1));
    await encoder.dispose();
  }));

Deno.test("a speech encoder hears all of a long clip in windows, and nothing of the clips around", () =>
  withModels(["tiny/wav2vec2"], async (root) => {
    const encoder = await loadSpeechEncoder({ model: "tiny/wav2vec2", root, segments: 2 });
    const samples = ramp(7 * 16_000);
    const clips = [samples, ramp(5000)].map((samples) => ({ path: "x.wav", samples }));
    const [long, short] = await encoder.encode(clips);
    // Two windows of 3.5 s, of 174 frames each, and a segment each.
    const x = normalised(samples);
    const expected = [x.subarray(0, 56_000), x.subarray(56_000)].flatMap((window) => {
      const own = frames(window);
      equal(own.length, 174);
      return [0, 1].map((c) => own.reduce((sum, frame) => sum + frame[c]!, 0) / 174);
    });
    long!.states!.forEach((found, i) => ok(Math.abs(found - expected[i]!) < 1e-3, `${found}`));
    deepEqual([short], await encoder.encode([clips[1]!]));
    equal((await encoder.inspect!(clips[0]!)).windows, 2);
    equal((await encoder.inspect!(clips[1]!)).windows, 1);
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

/** Options for a clip of six frames, each a segment. */
const tiny = (root: string, name = "wav2vec2") => ({
  model: `tiny/${name}`,
  root,
  segments: 6,
  width: 16,
});

/** `[frames][width]` of the reference against `[6, 16]`. */
const near = (found: Float32Array, wanted: readonly (readonly number[])[]) => {
  equal(found.length, wanted.flat().length);
  found.forEach((x, i) => ok(Math.abs(x - wanted.flat()[i]!) < 1e-4, `${i}: ${x}`));
};

Deno.test("the states of wav2vec 2.0 are those of transformers, of the last layer by default", async () => {
  for (const [name, states] of models) {
    await withTiny(name, async (root) => {
      const encoder = await loadSpeechEncoder(tiny(root, name));
      near((await encoder.encode([clip]))[0]!.states!, states.at(-1)!);
      await encoder.dispose();
    });
  }
});

const models = [
  ["wav2vec2", expected.wav2vec2],
  ["wav2vec2-stable", expected.wav2vec2Stable],
] as const;

Deno.test("the states of all layers stand side by side in each segment", async () => {
  for (const [name, states] of models) {
    await withTiny(name, async (root) => {
      const encoder = await loadSpeechEncoder({ ...tiny(root, name), layers: "mix" });
      deepEqual(encoder.shapes, { states: [6, 4, 16], mask: [6] });
      const [features] = await encoder.encode([clip]);
      near(features!.states!, states[0]!.flatMap((_, s) => states.map((layer) => layer[s]!)));
      deepEqual(features!.mask, new Float32Array(6).fill(1));
      await encoder.dispose();
    });
  }
});

Deno.test("one layer can be chosen, from what goes into the first to the last", () =>
  withTiny("wav2vec2", async (root) => {
    const digests = new Set<string>();
    for (const layers of [0, 2, 3, "last", "mix"] as const) {
      const encoder = await loadSpeechEncoder({ ...tiny(root), layers });
      const [features] = await encoder.encode([clip]);
      if (layers !== "mix") {
        near(features!.states!, expected.wav2vec2.at(layers === "last" ? -1 : layers)!);
      }
      digests.add(encoder.digest);
      await encoder.dispose();
    }
    equal(digests.size, 5);
    for (const layers of [4, -1, 1.5]) {
      await rejects(loadSpeechEncoder({ ...tiny(root), layers }), {
        name: "RangeError",
        message:
          `Cannot take layer ${layers} of "${root}/tiny/wav2vec2": expected an integer from 0 to 3`,
      });
    }
  }));

Deno.test("a model that says nothing of its layers gives no layers but the last", () =>
  withModels(["tiny/wav2vec2"], (root) =>
    rejects(
      loadSpeechEncoder({ model: "tiny/wav2vec2", root, layers: "mix" }),
      /Cannot take layers of ".*wav2vec2": expected num_hidden_layers in config.json, got undefined/,
    )));

Deno.test("layers of another width than wanted are refused", () =>
  withTiny("wav2vec2", (root) =>
    rejects(
      loadSpeechEncoder({ ...tiny(root), width: 768, layers: "mix" }),
      /Cannot use tiny\/wav2vec2: expected states 768 wide, got last_hidden_state \[1,49,16\]/,
    )));

Deno.test("int8 states of wav2vec 2.0 are close to those of fp32, in all layers", () =>
  withTiny("wav2vec2", async (root) => {
    const encoder = await loadSpeechEncoder({ ...tiny(root), layers: "mix", precision: "int8" });
    const [features] = await encoder.encode([clip]);
    const { wav2vec2: states } = expected;
    const wanted = states[0]!.flatMap((_, s) => states.map((layer) => layer[s]!)).flat();
    const found = correlation(features!.states!, wanted);
    ok(found > 0.98 && found < 1 - 1e-9, `${found}`);
    await encoder.dispose();
  }));

Deno.test("graphs beside the configuration, as Optimum writes them, have their layers too", () =>
  withTiny("wav2vec2", async (root) => {
    const folder = `${root}/tiny/wav2vec2`;
    await Deno.rename(`${folder}/onnx/model.onnx`, `${folder}/model.onnx`);
    await Deno.remove(`${folder}/onnx`, { recursive: true });
    const encoder = await loadSpeechEncoder({ ...tiny(root), layers: 1 });
    near((await encoder.encode([clip]))[0]!.states!, expected.wav2vec2[1]!);
    await encoder.dispose();
  }));
