import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  accuracyWhenMissing,
  drawSubsets,
  type Losing,
  shownSubsets,
  subsetName,
} from "../../../experiments/robustness/missing_modalities.ts";
import type { Predictions } from "../../../lib/study/predictions.ts";
import { modalities } from "../../../lib/modality.ts";
import { key } from "../../../lib/tensor/random.ts";

const count = 400;
/** Exams of all subsets in which triple t is judged rightly where `isRight` says so. */
const exams = (isRight: (name: string, t: number) => boolean): Predictions[] =>
  shownSubsets.map(subsetName).map((exam) => ({
    exam,
    head: "unified",
    ids: {},
    labels: Array.from({ length: count }, (_, t) => t % 2),
    scores: Array.from({ length: count }, (_, t) => isRight(exam, t) === (t % 2 === 1) ? 0.9 : 0.1),
  }));
const full = subsetName(modalities);

/** The names of the subsets that triples keep in one draw. */
const drawOnce = (seed: number, losing: Losing): string[] =>
  drawSubsets(key(seed), { ...losing, draws: 1 })[0]!;

Deno.test("there are seven subsets, each once", () => {
  equal(new Set(shownSubsets.map(subsetName)).size, 7);
});

Deno.test("at rate 0 nothing is lost and the accuracy is that of full triples", () => {
  for (const lost of ["audio", "any"] as const) {
    deepEqual(new Set(drawOnce(1, { count, lost, rate: 0 })), new Set([full]));
    const own = exams((name, t) => name === full && t < 100);
    equal(accuracyWhenMissing(own, drawSubsets(key(1), { count, lost, rate: 0, draws: 3 })), 0.25);
  }
});

Deno.test("each triple is judged by the verdict on what it keeps", () => {
  // Right where text is there: the accuracy is the share of triples that keep it.
  const own = exams((name) => name.includes("text"));
  const options = { count, lost: "text", rate: 0.3, draws: 20 } as const;
  const kept = drawSubsets(key(2), options);
  const found = accuracyWhenMissing(own, kept);
  // 8000 draws of probability 0.7: a deviation of 0.005.
  ok(Math.abs(found - 0.7) < 0.02, `${found}`);
  // What else is lost does not matter to these.
  equal(accuracyWhenMissing(own, drawSubsets(key(2), { ...options, lost: "image" })), 1);
  // Triple 7 is judged rightly just where it lacks the text: as often as the draws take it.
  const onlyWithout = exams((name, t) => name === "image+audio" && t === 7);
  const taken = kept.filter((draw) => draw[7] === "image+audio").length;
  ok(taken > 0 && taken < 20);
  equal(accuracyWhenMissing(onlyWithout, kept), taken / (20 * count));
});

Deno.test("a draw that would lose everything is repeated, so subsets are as likely as that makes them", () => {
  const rate = 0.8;
  const kept = Array.from({ length: 50 }, (_, k) => drawOnce(k, { count, lost: "any", rate }))
    .flat();
  const all = 1 - rate ** 3;
  for (const shown of shownSubsets) {
    const expected = (1 - rate) ** shown.length * rate ** (3 - shown.length) / all;
    const found = kept.filter((own) => own === subsetName(shown)).length / kept.length;
    // 20,000 draws: a deviation of at most 0.0035.
    ok(Math.abs(found - expected) < 0.014, `${shown}: ${found}, expected ${expected}`);
  }
});

Deno.test("a higher rate takes what a lower one takes, and more", () => {
  const lost = (rate: number) =>
    drawOnce(5, { count, lost: "image", rate }).flatMap((kept, t) =>
      kept.includes("image") ? [] : [t]
    );
  const few = lost(0.2), many = lost(0.6);
  ok(few.length > 0 && many.length > few.length);
  ok(few.every((t) => many.includes(t)));
});

Deno.test("a rate that loses everything for certain, or is none, is refused", () => {
  const draw = (rate: number) => () => drawOnce(1, { count: 1, lost: "any", rate });
  throws(
    draw(1),
    new RangeError("Cannot lose modalities: expected a rate from 0 to below 1, got 1"),
  );
  throws(draw(-0.1), RangeError);
  throws(draw(NaN), RangeError);
});

Deno.test("equal keys lose the same, others something else", () => {
  const draw = (seed: number) => drawOnce(seed, { count, lost: "any", rate: 0.5 });
  deepEqual(draw(1), draw(1));
  ok(draw(1).join() !== draw(2).join());
});
