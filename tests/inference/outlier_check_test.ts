import { deepEqual, equal, ok } from "node:assert/strict";
import { clipIds, embeddedClip, embeddedFace } from "../../lib/datasets/embedded/mod.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { miniXception } from "../../lib/encoders/embedded/mini_xception.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { decodeClip } from "../../lib/encoders/load_input.ts";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import {
  fitOutlierCheck,
  outlierDistance,
  percentiles,
  pooledStates,
  rankAmong,
  shrunkenCovariance,
} from "../../lib/inference/outlier_check.ts";
import { key, normals, uniforms } from "../../lib/tensor/random.ts";
import { withModels } from "../encoders/tiny_models.ts";
import reference from "../fixtures/outlier_check.json" with { type: "json" };

const rows = (values: readonly (readonly number[])[]) =>
  values.map((row) => Float64Array.from(row));

Deno.test("covariance and distances are those of scikit-learn's LedoitWolf", () => {
  const train = rows(reference.train);
  const mean = Float64Array.from(
    { length: 6 },
    (_, i) => train.reduce((sum, row) => sum + row[i]!, 0) / train.length,
  );
  const found = shrunkenCovariance(train, mean)!;
  reference.covariance.flat().forEach((x, i) => ok(Math.abs(found[i]! - x) < 1e-10, `${i}`));
  const check = fitOutlierCheck(train, train)!;
  rows(reference.asked).forEach((x, i) => {
    const distance = outlierDistance(check, x);
    ok(Math.abs(distance - reference.distances[i]!) < 1e-5 * distance, `${i}: ${distance}`);
  });
});

Deno.test("the threshold is the validation part's 99th percentile, or the farthest of a few", () => {
  const normal = (n: number, seed: number) => {
    const next = normals(key(seed));
    return Array.from({ length: n }, () => Float64Array.from([next(), next(), next()]));
  };
  const validation = normal(250, 2);
  const check = fitOutlierCheck(normal(2000, 1), validation)!;
  const sorted = validation.map((x) => outlierDistance(check, x)).sort((a, b) => a - b);
  // ⌈0.99 · 251⌉ = 249.
  equal(check.threshold, sorted[248]);
  const held = normal(2000, 3).filter((x) => outlierDistance(check, x) > check.threshold).length;
  ok(held < 60, `${held} of 2000 false alarms`);
  const few = fitOutlierCheck(normal(30, 1), normal(20, 2))!;
  equal(few.threshold, few.quantiles.at(-1));
  equal(fitOutlierCheck(normal(29, 1), normal(20, 2)), undefined);
  equal(fitOutlierCheck(normal(30, 1), normal(19, 2)), undefined);
  equal(fitOutlierCheck(rows(Array(40).fill([1, 2])), rows(Array(40).fill([1, 2]))), undefined);
});

Deno.test("states are pooled over the segments that exist, standardised, layers averaged", () => {
  const moments = { states: { mean: [1, 0, 1, 0], scale: [2, 1, 2, 1] } };
  // Three segments of two layers two wide, the last of them padding.
  const states = Float32Array.of(1, 2, 3, 4, 2, 0, 0, 6, 99, 99, 99, 99);
  const pooled = pooledStates({ states, mask: Float32Array.of(1, 1, 0) }, moments, { width: 2 });
  // Means over segments: 1, 1, 1, 5 after standardisation; over layers 1, 3.
  deepEqual([...pooled], [1, 3]);
  const wide = { states: { mean: Array(300).fill(0), scale: Array(300).fill(1) } };
  const one = pooledStates({ states: new Float32Array(300).fill(1) }, wide, { width: 300 });
  equal(one.length, 256);
  ok(Math.abs(Math.hypot(...one) / Math.hypot(...Array(300).fill(1)) - 1) < 0.2);
});

Deno.test("percentiles and ranks are each other's inverse", () => {
  const quantiles = percentiles(Array.from({ length: 201 }, (_, i) => i));
  equal(quantiles[25], 50);
  for (const value of [0, 13, 100.5, 199]) {
    ok(Math.abs(rankAmong(quantiles, value) - value / 200) < 1e-12);
  }
  deepEqual([rankAmong(quantiles, -5), rankAmong(quantiles, 200), rankAmong(quantiles, 1e9)], [
    ...[0, 1, 1],
  ]);
});

/** How far features are from the first 40 of a list, in thresholds that the next 20 give. */
function checkOn(name: "states" | "prosody", list: readonly Float32Array[], columns: number) {
  const parts = list.slice(0, 40).flatMap((data) =>
    Array.from(
      { length: data.length / columns },
      (_, s) => data.subarray(s * columns, (s + 1) * columns),
    )
  );
  const mean = Array.from(
    { length: columns },
    (_, c) => parts.reduce((sum, part) => sum + part[c]!, 0) / parts.length,
  );
  const scale = mean.map((m, c) =>
    1 / Math.max(
      1e-6,
      Math.sqrt(
        parts.reduce((sum, part) => sum + (part[c]! - m) ** 2, 0) / parts.length,
      ),
    )
  );
  const pooled = (data: Float32Array) =>
    pooledStates({ [name]: data }, { [name]: { mean, scale } }, { width: columns });
  const check = fitOutlierCheck(list.slice(0, 40).map(pooled), list.slice(40, 60).map(pooled))!;
  return (data: Float32Array) => outlierDistance(check, pooled(data)) / check.threshold;
}

Deno.test("music and noise are unlike speech, other speech is not", async () => {
  const encoder = spectralFeatures();
  const hear = async (samples: Float32Array) =>
    (await encoder.encode([{ path: "a.wav", samples }]))[0]!.prosody!;
  const ids = clipIds({ actors: 10, repetitions: [1] }).filter((_, i) => i % 4 === 0);
  const clips = [];
  // In an order that mixes the actors.
  for (let i = 0; i < 70; i++) {
    const { bytes } = embeddedClip(ids[i * 29 % ids.length]!);
    clips.push(await hear((await decodeClip(bytes, { path: "a.wav" })).samples));
  }
  const far = checkOn("prosody", clips, 8);
  const others = clips.slice(60).filter((clip) => far(clip) > 1).length;
  ok(others <= 2, `${others} of 10`);
  const sound = (of: (t: number) => number) =>
    hear(Float32Array.from({ length: 48_000 }, (_, i) => of(i / 16_000)));
  const next = uniforms(key(4));
  const tone = (hz: number) => (t: number) => 0.3 * Math.sin(2 * Math.PI * hz * t);
  ok(far(await sound(tone(440))) > 1, "a tone");
  const chord = (t: number) => [523, 659, 784].reduce((sum, hz) => sum + tone(hz)(t), 0) / 3;
  ok(far(await sound(chord)) > 1, "a chord");
  ok(far(await sound(() => next() - 0.5)) > 1, "noise");
});

Deno.test("noise is unlike faces, other faces are not", async () =>
  await withModels({ face: await miniXception() }, async (root) => {
    const encoder = await loadImageEncoder({ model: "face", root, segments: 4, width: 256 });
    const files = [];
    for (let i = 0; i < 70; i++) files.push((await embeddedFace(i * 7)).bytes);
    const next = uniforms(key(5));
    const raw = { width: 96, height: 96, channels: 3 } as const;
    const noise = Uint8Array.from({ length: 3 * 96 ** 2 }, () => 256 * next());
    files.push(new Uint8Array(await (await sharp())(noise, { raw }).png().toBuffer()));
    const all = await encoder.encode(files.map((bytes) => ({ path: "a.jpg", bytes })));
    await encoder.dispose();
    const states = all.map((features) => features.states!);
    const far = checkOn("states", states, 256);
    ok(far(states.at(-1)!) > 1, `noise at ${far(states.at(-1)!)}`);
    const others = states.slice(60, 70).filter((face) => far(face) > 1).length;
    ok(others <= 2, `${others} of 10`);
  }));
