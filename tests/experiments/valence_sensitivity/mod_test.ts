import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Corpora } from "../../../lib/study/corpora.ts";
import { runJob, testExams } from "../../../lib/study/run.ts";
import type { Study } from "../../../lib/study/study.ts";
import { planTable1 } from "../../../experiments/table_1/rows.ts";
import { valenceSensitivity } from "../../../experiments/valence_sensitivity/mod.ts";
import {
  affected,
  mapOf,
  mapSamples,
  planValence,
  valenceVariants,
} from "../../../experiments/valence_sensitivity/plan.ts";
import { collateValence } from "../../../experiments/valence_sensitivity/rows.ts";
import {
  balancedThree,
  classOf,
  collateThreeClasses,
  planThreeClasses,
} from "../../../experiments/valence_sensitivity/three_classes.ts";
import {
  defaultValence,
  polarityOf,
  type Sample,
  type ValenceMap,
} from "../../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../../lib/modality.ts";
import { tinyFeatures } from "../../systems/tiny_corpus.ts";
import { judged, samples } from "../made_up.ts";
import { madeUpStudy } from "../made_up_study.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

const { data } = tinyExperiment;
const variant = (name: string) => valenceVariants.find((v) => v.name === name)!;

/** What each corpus has of emotions, all alike often; twelve groups. */
const emotions: Record<Modality, readonly string[]> = {
  text: ["joy", "anger", "surprise", "fear"],
  image: ["happy", "sad", "neutral", "angry"],
  audio: ["happy", "angry", "calm", "surprised", "neutral", "sad"],
};

/** Corpora of 144 samples a modality under a map, as the readers would have them. */
function corporaUnder(valence: ValenceMap): Corpora {
  return byModality((m) => {
    const all = Array.from({ length: 144 }, (_, i): Omit<Sample, "label"> => ({
      id: `${m} ${i}`,
      modality: m,
      source: m === "text" ? { text: `message ${i}` } : { path: `${m}/${i}` },
      emotion: emotions[m][i % emotions[m].length]!,
      group: m === "audio" ? `actor ${Math.floor(i / 12)}` : `${m} ${i}`,
      hash: `${m} hash ${i}`,
    }));
    const kept = all.flatMap((sample): Sample[] => {
      const polarity = polarityOf(sample.emotion, valence);
      return polarity === undefined ? [] : [{ ...sample, label: polarity }];
    });
    const excluded: Record<string, number> = {};
    for (const { emotion } of all) {
      if (polarityOf(emotion, valence) !== undefined) continue;
      excluded[emotion] = (excluded[emotion] ?? 0) + 1;
    }
    return { modality: m, name: m, samples: kept, excluded };
  });
}

const whole = corporaUnder(defaultValence);

Deno.test("mapOf() changes one emotion in each of its spellings, and nothing else", () => {
  const map = mapOf(variant("surprise negative"));
  const changed = Object.keys(map).filter((emotion) => map[emotion] !== defaultValence[emotion]);
  deepEqual(changed, ["surprise", "surprised"]);
  equal(map.surprised, "negative");
  deepEqual(Object.keys(map), Object.keys(defaultValence));
});

Deno.test("affected() are the modalities that have the emotion", () => {
  deepEqual(affected(variant("surprise negative"), whole), ["text", "audio"]);
  deepEqual(affected(variant("calm excluded"), whole), ["audio"]);
});

Deno.test("mapSamples() draws balanced subsets, with what the map leaves out behind them", () => {
  const settings = { whole, data: { ...data, cap: 40 } };
  const negative = variant("calm negative");
  const flipped = mapSamples(corporaUnder(mapOf(negative)), { ...settings, variant: negative });
  equal(flipped.samples.audio.length, 40);
  deepEqual(flipped.used, { text: 40, image: 40, audio: 40 });
  // Of happy, surprised, angry, calm and sad two in five are positive now.
  equal(flipped.positive.audio, 0.4);
  for (const { emotion, label } of flipped.samples.audio) {
    if (emotion === "calm") equal(label, 0);
  }

  const without = variant("calm excluded");
  const { samples, used } = mapSamples(corporaUnder(mapOf(without)), {
    ...settings,
    variant: without,
  });
  equal(used.audio, 40);
  ok(samples.audio.slice(0, 40).every(({ emotion }) => emotion !== "calm"));
  const behind = samples.audio.slice(40);
  // A fifth of the cap.
  equal(behind.length, 8);
  ok(behind.every(({ emotion, label }) => emotion === "calm" && label === 1));
  equal(samples.text.length, 40);
});

Deno.test("planValence() under the default map has the jobs of Table 1", () => {
  const settings = { seeds: [1, 2], data };
  const table = new Map(planTable1(samples, settings).jobs.map((job) => [job.name, job]));
  const used = byModality((m) => samples[m].length);
  const jobs = planValence("default", { samples, used }, {
    ...settings,
    present: ["text", "audio"],
  });
  equal(jobs.length, 8);
  for (const job of jobs) deepEqual(job, table.get(job.name));
});

Deno.test("planValence() shows what is left out only of actors that were not learnt from", () => {
  const without = variant("calm excluded");
  const mapped = mapSamples(corporaUnder(mapOf(without)), { variant: without, whole, data });
  const { samples, used } = mapped;
  const jobs = planValence(without.name, mapped, { seeds: [1], data, present: ["audio"] });
  deepEqual(jobs.map(({ name }) => name), [
    "proposed-calm-excluded-single-audio-seed1",
    "linear-probe-calm-excluded-single-audio-seed1",
  ]);
  for (const { split, exams } of jobs) {
    const { train, validation, test } = split.audio;
    equal(Math.max(...train, ...validation, ...test) < used.audio, true);
    const [usual, leftOut] = exams!;
    deepEqual(usual!.rows.audio, test);
    const tested = new Set(test.map((i) => samples.audio[i]!.group));
    const asked = [...leftOut!.rows.audio as number[]].map((i) => samples.audio[i]!);
    ok(asked.length > 0);
    for (const { emotion, group } of asked) {
      equal(emotion, "calm");
      ok(tested.has(group));
    }
  }
});

Deno.test("collateValence() gives differences to the default map, and what is left out its share", () => {
  const labels = [0, 0, 1, 1];
  const run = (scores: number[], leftOut?: number[]) => {
    const own = judged("x", { system: "Proposed", seed: 1, head: "audio", labels, scores });
    if (!leftOut) return [own];
    const asked = { ...own.exams[0]!, exam: "left out", labels: [1, 1, 1, 1], scores: leftOut };
    return [{ ...own, exams: [...own.exams, asked] }];
  };
  const of = {
    used: { text: 0, image: 0, audio: 12 },
    positive: { text: 0, image: 0, audio: 0.4 },
  };
  const rows = collateValence([
    { name: "default", ...of, judged: run([0.1, 0.2, 0.8, 0.9]) },
    { name: "calm excluded", ...of, judged: run([0.1, 0.8, 0.2, 0.9], [0.9, 0.1, 0.2, 0.3]) },
  ]);
  deepEqual(
    rows.map(({ modality, map, accuracy, difference, leftOut }) => [
      ...[modality, map, accuracy.mean, difference, leftOut?.mean],
    ]),
    [
      ["audio", "default", 1, undefined, undefined],
      ["audio", "calm excluded", 0.5, -0.5, 0.25],
    ],
  );
  deepEqual([rows[0]!.used, rows[0]!.positive], [12, 0.4]);
});

const withNeutral = corporaUnder({ ...defaultValence, neutral: "positive" });

Deno.test("balancedThree() takes a third of each class, in order, and copies none", () => {
  const { audio } = withNeutral;
  const drawn = balancedThree(audio.samples, 1000);
  // Of six emotions two are negative, three positive and one neutral: 24 of 144.
  deepEqual([0, 1, 2].map((c) => drawn.filter((s) => classOf(s) === c).length), [24, 24, 24]);
  const places = drawn.map((sample) => audio.samples.indexOf(sample));
  deepEqual(places, [...new Set(places)].sort((a, b) => a - b));
  equal(balancedThree(audio.samples, 32).length, 30);
});

Deno.test("planThreeClasses() has one split for the three probes, and each class positive once", () => {
  const three = byModality((m) =>
    m === "text" ? whole.text.samples : balancedThree(withNeutral[m].samples, 100)
  );
  const plans = [0, 1, 2].map((positive) =>
    planThreeClasses(three, { seeds: [1, 2], data, m: "audio", positive })
  );
  for (const seed of [0, 1]) {
    const exams = plans.map((jobs) => jobs[seed]!.exams![0]!);
    const splits = plans.map((jobs) => JSON.stringify(jobs[seed]!.split));
    equal(new Set(splits).size, 1);
    for (const i of exams[0]!.labels.keys()) {
      equal(exams.reduce((sum, { labels }) => sum + labels[i]!, 0), 1);
    }
  }
  equal(new Set(plans.flat().map(({ name }) => name)).size, 6);
});

Deno.test("collateThreeClasses() takes the class with the highest score", () => {
  const labels = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]];
  // Right for the first and the last two; the second is taken for neutral.
  const scores = [[0.4, 0.2, 0.1, 0.1], [0.3, 0.5, 0.2, 0.3], [0.2, 0.6, 0.3, 0.9]];
  const runs = labels.map((own, c) => [
    judged(`${c}`, {
      ...{ system: "Linear probe", seed: 1, head: "audio", labels: own },
      scores: scores[c]!,
    }),
  ]);
  const row = collateThreeClasses(runs, { modality: "audio", used: 12 });
  equal(row.accuracy.mean, 0.75);
  equal(row.majority.mean, 0.5);
  // F1 1, 0 and 4/5.
  ok(Math.abs(row.f1.mean - 0.6) < 1e-12);
});

Deno.test("valenceSensitivity() runs every map on the modalities that it changes, on features of its own", async () => {
  const { study: madeUp } = madeUpStudy({ seeds: [1] });
  const ran: string[] = [];
  const study: Study = {
    ...madeUp,
    options: { ...madeUp.options, onProgress: () => {} },
    corpora: whole,
    samples: byModality((m) => whole[m].samples),
    run: (jobs, { features = tinyFeatures({ text: 144, image: 144, audio: 144 }) } = {}) => {
      ran.push(...jobs.map(({ name }) => name));
      return Promise.resolve(jobs.map((job) => {
        const exams = job.exams ?? testExams(job, features);
        const verdicts = exams.map((exam) => ({ ...exam, scores: exam.labels.map(() => 0.6) }));
        return { job, verdicts, record: {}, seconds: 0 };
      }));
    },
  };
  const read: ValenceMap[] = [];
  const encoded: number[] = [];
  const { markdown, data, files } = await valenceSensitivity(study, {
    read: (valence) => {
      read.push(valence);
      return Promise.resolve(corporaUnder(valence));
    },
    encode: (samples) => {
      encoded.push(samples.audio.length);
      const counts = byModality((m) => samples[m].length);
      return Promise.resolve({ samples, features: tinyFeatures(counts, { signal: 1 }) });
    },
  });
  // The four maps, and one with neutral.
  equal(read.length, 5);
  equal(encoded.length, 5);
  deepEqual(ran.filter((name) => name.includes("-excluded-")).sort(), [
    "linear-probe-calm-excluded-single-audio-seed1",
    "linear-probe-surprise-excluded-single-audio-seed1",
    "linear-probe-surprise-excluded-single-text-seed1",
    "proposed-calm-excluded-single-audio-seed1",
    "proposed-surprise-excluded-single-audio-seed1",
    "proposed-surprise-excluded-single-text-seed1",
  ]);
  equal(ran.filter((name) => name.includes("-only-")).length, 2 * 3);
  const { rows, threeClasses } = data as {
    rows: { modality: Modality; map: string }[];
    threeClasses: { modality: Modality }[];
  };
  const counts = Object.fromEntries(
    modalities.map((m) => [m, rows.filter(({ modality }) => modality === m).length]),
  );
  deepEqual(counts, { text: 2 * 3, image: 0, audio: 2 * 5 });
  deepEqual(threeClasses.map(({ modality }) => modality), ["image", "audio"]);
  match(markdown, /\| audio \| Proposed \| calm excluded \|/);
  match(markdown, /### Neutral as a third class/);
  equal([...files.keys()].filter((name) => name.startsWith("predictions/")).length, ran.length);
});

Deno.test("a probe of one class learns from labels of its own", async () => {
  const count = 60;
  const features = tinyFeatures({ text: count, image: count, audio: count }, { signal: 3 });
  const three = byModality((m) =>
    Array.from({ length: count }, (_, i): Sample => ({
      ...samples[m][i]!,
      label: features[m].labels[i]!,
      emotion: features[m].labels[i] ? "happy" : "neutral",
    }))
  );
  const [job] = planThreeClasses(three, { seeds: [1], data, m: "image", positive: 2 });
  const labels = three.image.map((sample) => Number(classOf(sample) === 2) as 0 | 1);
  const { verdicts: [verdict] } = await runJob(job!, {
    features: { ...features, image: { ...features.image, labels } },
    config: tinyExperiment,
  });
  const { labels: actual, scores } = verdict!;
  const right = actual.filter((label, i) => Number(scores[i]! >= 0.5) === label).length;
  ok(right / actual.length > 0.8, `${right} of ${actual.length}`);
});
