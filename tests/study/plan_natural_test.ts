import { deepEqual } from "node:assert/strict";
import { type Pair, type PairedCorpora, splitNotes } from "../../lib/datasets/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { planNatural } from "../../lib/study/natural_rows.ts";
import { samples } from "../experiments/made_up.ts";

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
