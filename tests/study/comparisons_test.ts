import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  answersTo,
  clustersOf,
  compare,
  type Comparison,
  corrected,
  correctness,
  insignificance,
  orReason,
  pOverSeeds,
} from "../../lib/study/comparisons.ts";
import { judged, samples } from "../experiments/made_up.ts";

// Six clips of each of six speakers: as few as have an interval.
const labels = Array.from({ length: 36 }, (_, i) => i % 2);
/** Scores that are wrong at these places. */
const wrongAt = (...places: number[]) =>
  labels.map((label, i) => (label === 1) !== places.includes(i) ? 0.9 : 0.1);

const run = (system: "Proposed" | "MISA", seed: number, ...places: number[]) =>
  judged(`${system}-${seed}`, { system, seed, labels, scores: wrongAt(...places), head: "audio" });

Deno.test("a comparison is the mean difference of accuracy over seeds, with McNemar of the first", () => {
  const first = answersTo([run("Proposed", 2, 0), run("Proposed", 1, 0, 1)]);
  const second = answersTo([run("MISA", 1, 1, 2, 3, 4, 5, 6), run("MISA", 2, 0)]);
  const found = compare({ first, second }, samples);
  // Seed 1: 34 of 36 against 30 of 36; seed 2: no difference.
  deepEqual(found.seeds.map((d) => d.toFixed(6)), [(4 / 36).toFixed(6), "0.000000"]);
  equal(found.difference.toFixed(6), (2 / 36).toFixed(6));
  // Only the first errs at 0, only the second at 2 to 6: exact p = 2 (1 + 6) / 2^6.
  equal(found.mcnemar.p.toFixed(6), (14 / 64).toFixed(6));
  equal(found.mcnemar.method, "exact binomial");
  const [low, high] = found.interval!;
  ok(low <= found.difference && found.difference <= high);
  // Student's t of 1/9 and 0 is 1 with one degree of freedom: p = 1/2.
  equal(found.pOverSeeds!.toFixed(6), "0.500000");
  ok(found.effect > 0);
  deepEqual(compare({ first, second }, samples), found);
});

Deno.test("groups are resampled whole: what one speaker decides has a wide interval", () => {
  // Eighteen errors of the second system: all of three speakers' clips, or three of each speaker's.
  const first = answersTo([run("Proposed", 1)]);
  const speakers = answersTo([run("MISA", 1, ...Array.from({ length: 18 }, (_, i) => i))]);
  const spread = answersTo([run("MISA", 1, ...labels.keys().filter((i) => i % 6 < 3))]);
  const width = (second: typeof first) => {
    const { interval, clusters, difference } = compare({ first, second }, samples);
    equal(clusters, 6);
    equal(difference, 0.5);
    return interval![1] - interval![0];
  };
  equal(width(spread), 0);
  ok(width(speakers) > 0.5);
});

Deno.test("fewer than six speakers give neither interval nor p, and say so", () => {
  // All of Proposed's answers are right, none of MISA's: the bootstrap would give p < 0.001.
  const of = (count: number) => {
    const own = labels.slice(0, count);
    const run = (system: "Proposed" | "MISA", right: boolean) =>
      answersTo([judged(system, {
        ...{ system, seed: 1, labels: own, head: "audio" },
        scores: own.map((label) => Number((label === 1) === right)),
      })]);
    return compare({ first: run("Proposed", true), second: run("MISA", false) }, samples);
  };
  for (const [count, speakers] of [[6, 1], [30, 5]] as const) {
    const { interval, p, reason, clusters, difference } = of(count);
    deepEqual([interval, p, clusters, difference], [null, null, speakers, 1]);
    equal(reason, `too few speakers (${speakers}) for an interval`);
  }
  const { interval, p, reason } = of(36);
  deepEqual([interval, reason], [[1, 1], undefined]);
  ok(p! < 0.05);
});

Deno.test("Holm's correction is over those comparisons that have a p", () => {
  const of = (p: number | null) => ({ difference: 0.1, p }) as Comparison;
  const found = corrected([of(0.03), of(null), of(0.02)]);
  deepEqual(found.map(({ pHolm }) => pHolm), [0.04, null, 0.04]);
});

Deno.test("one rule says what is significant, and else why not", () => {
  const of = (pHolm: number | null, ...seeds: number[]) =>
    insignificance({ difference: 0.1, pHolm, seeds });
  equal(of(0.049, 0.1, 0.1), undefined);
  equal(of(0.05, 0.1, 0.1), "within chance");
  equal(of(0.001, 0.1), "one seed");
  equal(of(0.001, 0.3, -0.1), "not with every seed");
  equal(of(0.001, 0.2, 0), "not with every seed");
  equal(of(null, 0.1, 0.1), "no test");
  const few = { difference: 0.1, seeds: [0.1, 0.1], pHolm: null, reason: "too few texts (2)" };
  equal(insignificance(few), "too few texts (2)");
});

Deno.test("seeds that all differ by the same have no p: they are few, not sure", () => {
  equal(pOverSeeds({ first: [0.5, 0.75], second: [0.25, 0.5] }), null);
  equal(pOverSeeds({ first: [0.5, 0.75], second: [0.5, 0.75] }), 1);
  equal(pOverSeeds({ first: [0.5], second: [0.25] }), null);
});

Deno.test("what can't be computed is its reason; a mistake of another kind is thrown", () => {
  deepEqual(orReason(() => 1), { value: 1 });
  const refuse = (error: Error) => () => {
    throw error;
  };
  deepEqual(orReason(refuse(new RangeError("too few"))), { value: null, reason: "too few" });
  throws(() => orReason(refuse(new TypeError("broken"))), TypeError);
});

Deno.test("with one seed there is no test over seeds", () => {
  const first = answersTo([run("Proposed", 1, 3)]), second = answersTo([run("MISA", 1, 4)]);
  equal(compare({ first, second }, samples).pOverSeeds, null);
});

Deno.test("systems that judged other samples, or other seeds, are not compared", () => {
  const first = answersTo([run("Proposed", 1)]);
  const other = answersTo([judged("x", { system: "MISA", seed: 1, labels, scores: wrongAt() })]);
  const message = new RangeError("Cannot compare: expected the same samples with seed 1");
  throws(() => compare({ first, second: other }, samples), message);
  throws(() => compare({ first, second: answersTo([run("MISA", 2)]) }, samples), message);
});

Deno.test("answersTo() takes an exam by name, and says which one is not there", () => {
  const runs = [run("Proposed", 2), run("Proposed", 1)];
  deepEqual(answersTo(runs, "audio").map(({ seed }) => seed), [1, 2]);
  throws(
    () => answersTo(runs, "noise"),
    new RangeError('Cannot compare: expected an exam "noise" with seed 2, got none'),
  );
});

Deno.test("a triple's cluster is its clip's speaker, a picture's its set", () => {
  const own = { system: "Proposed", seed: 1, labels: [0, 1], scores: [0, 1] } as const;
  const [triple] = judged("t", { ...own, head: "unified" }).exams;
  deepEqual(clustersOf(triple!, samples), ["group 0", "group 0"]);
  const [text] = judged("t", { ...own, head: "text" }).exams;
  deepEqual(clustersOf(text!, samples), ["group 0", "group 1"]);
});

Deno.test("a score from one half says positive", () => {
  deepEqual(correctness({ labels: [1, 0, 1, 0], scores: [0.5, 0.5, 0.49, 0.49] }), [1, 0, 0, 1]);
});
