import { deepEqual, equal, ok } from "node:assert/strict";
import { madeUpSets } from "../../../experiments/natural/controls.ts";
import { kinOf } from "../../../experiments/natural/kin.ts";
import { leadOf, sectionName, sectionsOf } from "../../../experiments/natural/sections.ts";
import { publishedOf } from "../../../experiments/natural/published.ts";
import type { Part } from "../../../lib/datasets/mod.ts";
import { key } from "../../../lib/tensor/random.ts";
import type { Target } from "../../../lib/target.ts";
import { tinyRows } from "./tiny_rows.ts";

const data = { cap: 100, testFraction: 0.25, validationFraction: 0.25 };
const three: Target = { kind: "classes", classes: ["negative", "neutral", "positive"] };
const part = (i: number): Part => i % 4 === 2 ? "validation" : i % 4 === 3 ? "test" : "train";

const rows = (labelOf: (i: number) => number, parts = true) =>
  tinyRows(Array.from({ length: 60 }, (_, i) => ({
    ...{ text: `text ${i % 50}`, image: `look ${i}`, label: labelOf(i) },
    ...parts && { part: part(i) },
  })));

Deno.test("three sentiments are learnt as two and as three, on given parts and on drawn ones", () => {
  const set = { name: "tweets", rows: { ...rows((i) => (i >> 2) % 3), target: three } };
  const kin = kinOf(set.rows);
  const sections = sectionsOf(set, kin, { seeds: [1, 2], data });
  deepEqual(sections.map(sectionName), [
    "tweets, polarity, official",
    "tweets, polarity, by group",
    "tweets, three classes, official",
    "tweets, three classes, by group",
  ]);
  const [polarity, drawn, classes] = sections;
  equal(polarity!.rows.pairs.length, 40);
  equal(classes!.rows.pairs.length, 60);
  // Positive is the second of two.
  const labels = polarity!.rows.pairs.map(({ text }) =>
    polarity!.rows.corpora.text.samples[text!]!.label
  );
  deepEqual(new Set(labels), new Set([0, 1]));
  const whole = set.rows.corpora.text.samples;
  polarity!.rows.pairs.forEach(({ text }, i) => equal(whole[text!]!.label, 2 * labels[i]!));
  // Official parts are the same with each seed, drawn ones are not, and kin are on one side.
  const split = (section: typeof drawn, seed: number) =>
    section!.jobs.find((job) => job.seed === seed)!.split.text;
  deepEqual(split(polarity, 1), split(polarity, 2));
  const { train, validation, test } = split(drawn, 1);
  ok(JSON.stringify(split(drawn, 2)) !== JSON.stringify({ train, validation, test }));
  const sideOf = (i: number) => [train, validation, test].findIndex((side) => side.includes(i));
  for (const i of [0, 1, 4, 5]) {
    if (sideOf(i) >= 0 && sideOf(i + 50) >= 0) equal(sideOf(i), sideOf(i + 50));
  }
  // Names of jobs tell sections apart; alone the probes are asked, and nothing that trains by epochs.
  const names = sections.flatMap(({ jobs }) => jobs.map(({ name }) => name));
  equal(new Set(names).size, names.length);
  ok(names.includes("gated-fusion-tweets-polarity-official-rows-seed1"));
  deepEqual(
    new Set(
      polarity!.jobs.filter(({ protocol }) => protocol === "single").map((job) => job.system),
    ),
    new Set(["Linear probe", "TF-IDF regression"]),
  );
  equal(leadOf(three).name, "accuracy");
});

Deno.test("scores are learnt as they are, and as the side of the middle that they are on", () => {
  const target: Target = { kind: "score", low: -3, high: 3 };
  const set = { name: "clips", rows: { ...rows((i) => i % 7 - 3, false), target } };
  const [scores, sides] = sectionsOf(set, [], { seeds: [1], data });
  deepEqual([scores!.learnt, scores!.division], ["scores from -3 to 3", "by group"]);
  equal(leadOf(scores!.target).name, "mae");
  equal(sides!.rows.pairs.length, 51);
  for (const { text } of sides!.rows.pairs) {
    const own = set.rows.corpora.text.samples[text!]!.label;
    equal(sides!.rows.corpora.text.samples[text!]!.label, Number(own > 0));
  }
});

Deno.test("of the made-up sets one has nothing but verdicts to add, the other nothing to add", () => {
  const { corpora } = rows((i) => i % 2, false);
  const samples = { text: corpora.text.samples, image: corpora.image.samples };
  const [independent, interaction] = madeUpSets(samples, { most: 40, key: key(0) });
  const labelsOf = (set: typeof interaction) =>
    set!.rows.pairs.map(({ text, image }) => {
      const [own, other] = [
        set!.rows.corpora.text.samples[text!]!,
        set!.rows.corpora.image.samples[image!]!,
      ];
      equal(own.label, other.label);
      const before = (id: string) => Number(id.slice(4)) % 2;
      return { label: own.label, text: before(own.id), image: before(other.id) };
    });
  for (const { label, text, image } of labelsOf(independent)) {
    deepEqual([text, image], [label, label]);
  }
  const turned = labelsOf(interaction);
  for (const { label, text, image } of turned) equal(label, image ? text : 1 - text);
  equal(independent!.rows.pairs.length, 40);
  ok(turned.some(({ text, image }) => text !== image));
});

Deno.test("published results stand beside what was learnt of the same set alone", () => {
  const found = publishedOf({ set: "mvsa", learnt: "three classes" })!;
  ok(found.results.every(({ values }) => values.length === found.scores.length));
  equal(publishedOf({ set: "mvsa", learnt: "polarity" }), undefined);
  const mosi = publishedOf({ set: "MOSI", learnt: "scores from -3 to 3" })!;
  ok(mosi.results.every(({ values }) => values.length === mosi.scores.length));
});
