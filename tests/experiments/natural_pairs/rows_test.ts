import { deepEqual, equal, ok } from "node:assert/strict";
import { naturalPairs } from "../../../experiments/natural_pairs/mod.ts";
import { collateNatural } from "../../../experiments/natural_pairs/rows.ts";
import { planNatural } from "../../../lib/study/natural_rows.ts";
import { runJob } from "../../../lib/study/run.ts";
import { type Pair, type PairedCorpora, splitNotes } from "../../../lib/datasets/mod.ts";
import { byModality, modalities } from "../../../lib/modality.ts";
import { samples } from "../made_up.ts";
import { features, madeUpStudy } from "../made_up_study.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

const data = { cap: 100, testFraction: 0.2, validationFraction: 0.2 };

/** Sixty rows of ten speakers, of a text and a clip each. */
const paired: PairedCorpora = {
  corpora: byModality((m) => ({
    ...{ modality: m, name: m, excluded: {} },
    samples: m === "image" ? [] : samples[m].map((sample, i) => ({
      ...sample,
      group: samples.audio[i]!.group,
    })),
  })),
  pairs: samples.text.map((_, i): Pair => ({ text: i, audio: i })),
};

Deno.test("rows and each modality that they have are learnt on one split", () => {
  const jobs = planNatural(paired, { seeds: [1, 2], data });
  deepEqual(jobs.map(({ seed, protocol, present }) => [seed, protocol, present.join()]), [
    [1, "natural", modalities.join()],
    [1, "single", "text"],
    [1, "single", "audio"],
    [2, "natural", modalities.join()],
    [2, "single", "text"],
    [2, "single", "audio"],
  ]);
  const [rows, text] = jobs;
  deepEqual(text!.split, rows!.split);
  deepEqual(rows!.split.text, rows!.split.audio);
  deepEqual(rows!.exams!.map(({ name }) => name), ["text+audio", "text of rows", "audio of rows"]);
  deepEqual(rows!.exams![0]!.rows, { text: rows!.split.text.test, audio: rows!.split.text.test });
});

Deno.test("what no training row has is neither learnt nor shown, and that is said", () => {
  // Groups are speakers: rows 0, 10, 20, … are of one.
  const split = (i: number) => i % 10 < 6 ? "train" : i % 10 < 8 ? "validation" : "test";
  const given = paired.pairs.map((_, i) => split(i));
  const notes: string[] = [];
  const plan = (pairs: readonly Pair[]) =>
    planNatural({ ...paired, pairs, given }, {
      ...{ seeds: [1], data },
      onSplit: (report) => notes.push(...splitNotes(report)),
    });
  const heard = paired.pairs.map((pair, i): Pair => split(i) === "train" ? { text: i } : pair);
  const jobs = plan(heard);
  deepEqual(jobs.map(({ kind }) => kind), ["natural-rows", "natural-text"]);
  deepEqual(jobs[0]!.exams!.map(({ name, rows }) => [name, Object.keys(rows)]), [
    ["text", ["text"]],
  ]);
  deepEqual(notes.filter((note) => note.includes("audio")), [
    "no row of the training part has audio: it is not learnt, and not shown",
  ]);
  // What the test part lacks is learnt.
  notes.length = 0;
  const unheard = paired.pairs.map((pair, i): Pair => split(i) === "test" ? { text: i } : pair);
  deepEqual(plan(unheard)[0]!.exams!.map(({ name }) => name), ["text", "text of rows"]);
  deepEqual(notes.filter((note) => note.includes("audio")), []);
});

Deno.test("rows are judged whole, and by what each modality of them says", () => {
  const exam = (name: string, scores: number[]) => ({
    ...{ exam: name, head: "unified", ids: {}, labels: [0, 0, 1, 1], scores } as const,
  });
  const [rows, text] = planNatural(paired, { seeds: [1], data });
  const found = collateNatural([
    {
      job: rows!,
      exams: [
        exam("text+audio", [0.1, 0.2, 0.8, 0.4]),
        exam("text", [0.1, 0.2, 0.8, 0.9]),
        exam("text of rows", [0.9, 0.9, 0.1, 0.1]),
        exam("audio of rows", [0.5, 0.5, 0.5, 0.5]),
      ],
    },
    { job: text!, exams: [exam("text", [0.9, 0.1, 0.8, 0.9])] },
  ]);
  deepEqual(found.map(({ judged, accuracy }) => [judged, accuracy.mean]), [
    ["text alone", 0.75],
    // Rows that show different modalities count alike.
    ["rows", 7 / 8],
    ["text of rows", 0],
  ]);
  deepEqual(found.map(({ balancedAccuracy }) => balancedAccuracy.mean), [0.75, 7 / 8, 0]);
  deepEqual(found.map(({ tested }) => tested), [[4], [8], [4]]);
});

Deno.test("the experiment learns rows without an image, and makes a table", async () => {
  const { study } = madeUpStudy({ seeds: [1, 2] });
  // No row has an image: there is none to gather.
  const none = Object.entries(features.image.tables).map(([name, { shape }]) => [
    name,
    { shape: [0, ...shape.slice(1)], data: new Float32Array() },
  ]);
  const own = { ...features, image: { tables: Object.fromEntries(none), labels: [] } };
  const config = { ...tinyExperiment, data };
  const running = {
    ...study,
    options: { ...study.options, config },
    run: (jobs: readonly Parameters<typeof runJob>[0][]) =>
      Promise.all(jobs.map((job) => runJob(job, { features: own, config }))),
  } as unknown as typeof study;
  const { data: { rows }, markdown, files } = await naturalPairs(running, {
    read: () => Promise.resolve(paired),
    encode: () => Promise.resolve(own),
  });
  // One seed in a quick look.
  equal([...files.keys()].filter((path) => path.startsWith("predictions/")).length, 3);
  equal((rows as unknown[]).length, 5);
  ok(markdown.includes("60 rows of text and audio"));
  ok(!/NaN/.test(markdown));
});
