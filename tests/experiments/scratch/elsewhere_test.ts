import { deepEqual, equal, ok } from "node:assert/strict";
import {
  askElsewhere,
  collateElsewhere,
  elsewhereBehind,
  elsewhereLines,
} from "../../../experiments/scratch/elsewhere.ts";
import {
  chosenBranches,
  contenders,
  neutralBehind,
  planScratch,
} from "../../../experiments/scratch/rows.ts";
import type { Sample } from "../../../lib/datasets/mod.ts";
import { byModality } from "../../../lib/modality.ts";
import type { Corpora } from "../../../lib/study/corpora.ts";
import type { Elsewhere } from "../../../lib/study/elsewhere.ts";
import { samples } from "../made_up.ts";

const data = { cap: 100, testFraction: 0.2, validationFraction: 0.2 };
const usual = byModality((m) => ({
  ...{ modality: m, name: m, excluded: {}, samples: samples[m] },
})) as Corpora;
const { jobs } = planScratch(neutralBehind(samples, usual), { seeds: [1, 2], data });
const { split } = jobs[0]!;

// Two texts that are those of a training and of a validation sample, then twenty of their own.
const copies = [split.text.train[0]!, split.text.validation[0]!].map((row) => samples.text[row]!);
const text = (i: number): Sample => ({
  ...{ id: `other/${i}`, modality: "text", emotion: "score", label: i % 2 },
  ...{ source: { text: `what nobody has said ${i}` }, group: `v${i >> 1}`, hash: `${i}` },
});
const elsewhere: Elsewhere = {
  name: "other.csv",
  samples: [
    ...copies.map((sample, i) => ({ ...sample, id: `copy ${i}` })),
    ...Array.from({ length: 20 }, (_, i) => text(i)),
  ],
  neutral: 3,
};
const all = elsewhereBehind(samples, elsewhere);
const asked = askElsewhere(jobs, all, elsewhere);
const examOf = ({ exams }: typeof jobs[number]) => exams?.find(({ name }) => name === "elsewhere");

Deno.test("systems of text are asked about the other corpus, but for what they have met", () => {
  const own = asked.filter((job) => examOf(job));
  equal(own.length, 2 * contenders.text.length);
  ok(own.every(({ present }) => present.join() === "text"));
  const exam = examOf(own.find(({ seed }) => seed === 1)!)!;
  const rows = Array.from(exam.rows.text!);
  deepEqual(rows, Array.from({ length: 20 }, (_, i) => samples.text.length + 2 + i));
  deepEqual(exam.labels, rows.map((row) => all.text[row]!.label));
  // What the seeds learn from, and what they are asked beside it, is as it was.
  asked.forEach((job, i) => {
    deepEqual(job.split, jobs[i]!.split);
    deepEqual(job.exams?.filter(({ name }) => name !== "elsewhere"), jobs[i]!.exams);
  });
});

Deno.test("rows say where another system is better, and how many texts were known", () => {
  // The chosen branch knows nothing, single words know all.
  const judged = asked.filter((job) => examOf(job)).map((job) => {
    const { labels, rows } = examOf(job)!;
    const right = job.system === "TF-IDF regression, single words";
    const scores = labels.map((label, i) => right ? 0.1 + 0.8 * label : i % 4 < 2 ? 0.4 : 0.6);
    const ids = { text: Array.from(rows.text!, (row) => all.text[row]!.id) };
    return { job, exams: [{ exam: "elsewhere", head: "text" as const, ids, labels, scores }] };
  });
  const rows = collateElsewhere(judged, all, elsewhere);
  deepEqual(rows.map(({ system }) => system), [...contenders.text]);
  const row = rows.find(({ system }) => system === "TF-IDF regression, single words")!;
  equal(row.accuracy.mean, 1);
  // Of the twenty, half; a copy that another seed's parts do not hold is one more.
  ok(Math.abs(row.comparison!.difference + 0.5) < 0.05);
  equal(row.known[0], 2);
  deepEqual(row.asked.map((count, i) => count + row.known[i]!), [22, 22]);
  equal(rows.find(({ system }) => system === chosenBranches.text)!.comparison, undefined);
  const lines = elsewhereLines(rows, elsewhere).join("\n");
  ok(lines.includes("### Text of another corpus, other.csv"));
  ok(lines.includes("and 3 that are neutral"));
  ok(
    lines.includes(`Better there than ${chosenBranches.text}: TF-IDF regression, single words.`),
    lines,
  );
});
