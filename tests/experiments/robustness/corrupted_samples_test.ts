import { deepEqual, equal, ok } from "node:assert/strict";
import { appendPoints, type NoisePoint } from "../../../experiments/robustness/append_points.ts";
import {
  addNoisySamples,
  noisePoints,
  trainingVoices,
} from "../../../experiments/robustness/corrupted_samples.ts";
import { chosenCorruptions, thinLevels } from "../../../experiments/robustness/append_points.ts";
import { encodeWav } from "../../../lib/signal/mod.ts";
import { createHash } from "node:crypto";
import { corruptions } from "../../../lib/corruptions/mod.ts";
import { type Encoder, type EncoderInput, openFeatureStore } from "../../../lib/encoders/mod.ts";
import { byModality, modalities } from "../../../lib/modality.ts";
import { gather, type Table } from "../../../lib/systems/features.ts";
import { tinyFeatures } from "../../systems/tiny_corpus.ts";
import { samples } from "../made_up.ts";
import { encodingPool } from "../../../lib/study/encoding_pool.ts";

const tiny = tinyFeatures({ text: 60, image: 60, audio: 60 });
const features = byModality((m) => ({
  ...tiny[m],
  emotions: samples[m].map(({ emotion }) => emotion),
}));
const voices = [1, 2, 3].map((seed) =>
  Float32Array.from({ length: 800 }, (_, i) => i % (7 * seed))
);
const dropped = corruptions.text.find(({ name }) => name === "dropped words")!;

Deno.test("thinLevels() keeps the first and the worst noisy level, and leaves clean out", () => {
  const ratios = [Infinity, 20, 15, 10, 5, 0, -5];
  deepEqual(thinLevels(ratios, 4), [20, 10, 0, -5]);
  deepEqual(thinLevels([0, 1, 2, 3, 4, 5], 4), [1, 3, 4, 5]);
  deepEqual(thinLevels(ratios, 2), [20, -5]);
  deepEqual(thinLevels(ratios, 1), [-5]);
  deepEqual(thinLevels(ratios, 9), ratios.slice(1));
});

Deno.test("every corruption that is chosen exists", () => {
  const { text, image, audio } = chosenCorruptions(voices);
  deepEqual(text.map(({ name }) => name), ["typos", "dropped words", "swapped words"]);
  deepEqual(
    image.map(({ name }) => name),
    ["blur", "compression", "pixel noise", "occlusion", "low contrast"],
  );
  deepEqual(
    audio.map(({ name }) => name),
    ["white noise", "reverberation", "clipping", "lost packets", "babble"],
  );
});

Deno.test("noisePoints() takes each sample of the first triples once, at every level", () => {
  const rows = { text: [5, 3, 5, 9], image: [1, 2, 3, 4], audio: [7, 7, 7, 8] };
  const points = noisePoints({ seed: 4, rows, voices }, { count: 3, levels: 2 });
  equal(points.length, (3 + 5 + 5) * 2);
  for (const { modality, rows, seed } of points) {
    equal(seed, 4);
    deepEqual(rows, { text: [5, 3], image: [1, 2, 3], audio: [7] }[modality]);
  }
  deepEqual(
    points.filter(({ corruption }) => corruption.name === "babble").map(({ level }) => level),
    [20, -5],
  );
});

/** A table whose rows are the clean rows of these samples, times ten. */
const louder = (rows: readonly number[]) => (table: Table): Table => ({
  shape: [rows.length, ...table.shape.slice(1)],
  data: gather(table, rows).map((x) => 10 * x),
});
const tablesOf = (m: "text" | "audio", rows: readonly number[]) =>
  Object.fromEntries(
    Object.entries(features[m].tables).map(([name, table]) => [name, louder(rows)(table)]),
  );

Deno.test("appended rows are those of the right samples, after the clean ones", () => {
  const point = (modality: "text" | "audio", level: number, rows: number[]) => ({
    ...{ seed: 1, modality, corruption: dropped as NoisePoint["corruption"], level, rows },
    tables: tablesOf(modality, rows),
  });
  const found = appendPoints({
    samples,
    features,
    points: [point("text", 0.1, [7, 2]), point("audio", 0.3, [4]), point("text", 0.3, [2, 9])],
  });
  deepEqual(found.noisy.map(({ rowOf }) => [...rowOf]), [
    [[7, 60], [2, 61]],
    [[4, 60]],
    [[2, 62], [9, 63]],
  ]);
  deepEqual(found.samples.text.slice(60).map(({ id, label, group }) => [id, label, group]), [
    ["text 7 (dropped words 0.1)", 1, "group 7"],
    ["text 2 (dropped words 0.1)", 0, "group 2"],
    ["text 2 (dropped words 0.3)", 0, "group 2"],
    ["text 9 (dropped words 0.3)", 1, "group 9"],
  ]);
  for (const { modality: m, rowOf } of found.noisy) {
    for (const [name, table] of Object.entries(found.features[m].tables)) {
      const own = features[m].tables[name]!;
      equal(table.shape[0], found.samples[m].length);
      deepEqual(table.data.subarray(0, own.data.length), own.data);
      for (const [clean, noisy] of rowOf) {
        deepEqual(gather(table, [noisy]), louder([clean])(own).data, `${name} of ${m} ${clean}`);
      }
    }
  }
  deepEqual(found.samples.image, samples.image);
  for (const m of modalities) {
    deepEqual(found.features[m].labels, found.samples[m].map(({ label }) => label));
    deepEqual(found.features[m].emotions, found.samples[m].map(({ emotion }) => emotion));
  }
});

Deno.test("samples are corrupted before they are encoded, and encoded once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Says of a message how many words it has.
    let met = 0;
    const counter: Encoder<string> = {
      ...{ modality: "text", id: "counter", digest: "0".repeat(64), shapes: { states: [1, 1] } },
      encode: (texts) => {
        met += texts.length;
        return Promise.resolve(
          texts.map((text) => ({ states: Float32Array.of(text.split(" ").length) })),
        );
      },
      dispose: () => Promise.resolve(),
    };
    const unasked = (modality: "image" | "audio") =>
      ({ ...counter, modality, id: modality }) as Encoder<EncoderInput> as Encoder<never>;
    const steps: string[] = [];
    const study = {
      samples,
      features: byModality((m) => ({
        tables: {
          states: { shape: [60, 1, 1], data: new Float32Array(60).fill(3) },
          quality: { shape: [60, 1], data: new Float32Array(60).fill(4) },
        },
        labels: features[m].labels,
      })),
      encoders: {
        text: counter,
        image: unasked("image"),
        audio: [unasked("audio"), unasked("audio")] as const,
      },
      quality: byModality((modality) => ({
        ...{ modality, id: `${modality} quality`, digest: "1".repeat(64) },
        ...{ shapes: { quality: [1] }, dispose: () => Promise.resolve() },
        encode: (inputs: readonly unknown[]) =>
          Promise.resolve(inputs.map(() => ({ quality: Float32Array.of(5) }))),
      })),
      store: openFeatureStore(folder),
      pool: encodingPool(1),
      options: { onProgress: (step: string) => steps.push(step) },
    } as unknown as Parameters<typeof addNoisySamples>[0];
    const corruption = dropped as NoisePoint["corruption"];
    const point = { seed: 1, modality: "text", corruption, level: 1, rows: [8, 3] } as const;
    const { features: noisy } = await addNoisySamples(study, [point, { ...point, seed: 2 }]);
    // Of three words one is left; the second seed finds the first one's features.
    deepEqual([...noisy.text.tables.states!.data.subarray(59)], [3, 1, 1, 1, 1]);
    deepEqual([...noisy.text.tables.quality!.data.subarray(59)], [4, 5, 5, 5, 5]);
    equal(met, 2);
    deepEqual(steps, ["encoding text, dropped words"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("babble is made of training clips, the same ones for a seed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const audio = await Promise.all(
      samples.audio.slice(0, 30).map(async (sample, i) => {
        const path = `${folder}/${i}.wav`;
        const bytes = encodeWav(new Float32Array(100).fill(i / 32), { sampleRate: 16_000 });
        await Deno.writeFile(path, bytes);
        const hash = createHash("sha256").update(bytes).digest("hex");
        return { ...sample, source: { path }, hash };
      }),
    );
    const train = Array.from({ length: 25 }, (_, i) => i + 5);
    const voices = await trainingVoices({ ...samples, audio }, { seed: 1, train });
    const who = voices.map((voice) => Math.round(32 * voice[0]!));
    equal(new Set(who).size, 20);
    ok(who.every((i) => train.includes(i)));
    deepEqual(await trainingVoices({ ...samples, audio }, { seed: 1, train }), voices);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
