import { deepEqual, equal, ok } from "node:assert/strict";
import { collateShuffles, planShuffles, shuffleLines } from "../../experiments/shuffles.ts";
import { modalities } from "../../lib/modality.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { divideAll } from "../../lib/study/splits.ts";
import { samples } from "./made_up.ts";

const data = { cap: 100, testFraction: 0.2, validationFraction: 0.2 };
const { split } = planShuffles(samples, { seeds: [1], data })[0]!;

/** A run on two negative and two positive texts: a verdict has a probability of each fit. */
function told(...scores: number[][]): JudgedJob {
  const job = planShuffles(samples, { seeds: [1], data })[0]!;
  const labels = [0, 0, 1, 1];
  return { job, exams: [{ exam: "text", head: "text", ids: {}, labels, scores: scores.flat() }] };
}

Deno.test("each modality alone and triples are shuffled, on the splits of Table 1", () => {
  const jobs = planShuffles(samples, { seeds: [1, 2], data });
  equal(jobs.length, 8);
  deepEqual(split, divideAll(samples, { seed: 1, data }).split);
  deepEqual(
    jobs.filter(({ seed }) => seed === 1).map(({ protocol, present }) => [protocol, present]),
    [...modalities.map((m) => ["single", [m]]), ["label", [...modalities]]],
  );
  equal(new Set(jobs.map(({ name }) => name)).size, 8);
});

Deno.test("the null interval is of the fits' balanced accuracies", () => {
  // Of three fits the first has all right, the second all wrong, the third one of each label.
  const [row] = collateShuffles([
    told([0.1, 0.9, 0.9], [0.1, 0.9, 0.1], [0.9, 0.1, 0.9], [0.9, 0.1, 0.1]),
  ]);
  equal(row!.judged, "text");
  equal(row!.shuffles, 3);
  equal(row!.mean, 0.5);
  // Linear between 0, ½ and 1: 2.5 % of the way is 5 % of the first half.
  ok(Math.abs(row!.interval[0] - 0.025) < 1e-12 && Math.abs(row!.interval[1] - 0.975) < 1e-12);
  ok(row!.holdsChance);
  ok(shuffleLines([row!]).includes("| text | 3 | 0.500 | [0.025, 0.975] |"));
  ok(shuffleLines([row!]).includes("Every interval holds the chance level, .500."));
});

Deno.test("fits of all seeds count, and a leak is called one", () => {
  const right = told([0.1, 0.2], [0.3, 0.1], [0.6, 0.8], [0.9, 0.7]);
  const [row] = collateShuffles([right, right]);
  equal(row!.shuffles, 4);
  deepEqual(row!.interval, [1, 1]);
  ok(!row!.holdsChance);
  ok(
    shuffleLines([row!]).join("\n").includes("The interval of text does not hold the chance level"),
  );
});

Deno.test("other runs are none, and without any nothing is said", () => {
  const other = told([0.1], [0.1], [0.9], [0.9]);
  deepEqual(collateShuffles([{ ...other, job: { ...other.job, system: "Linear probe" } }]), []);
  deepEqual(shuffleLines([]), []);
});
