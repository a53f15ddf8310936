import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { answersTo, clustersOf, compare, correctness } from "../../lib/study/comparisons.ts";
import { judged, samples } from "../experiments/made_up.ts";

const labels = Array.from({ length: 24 }, (_, i) => i % 2);
/** Scores that are wrong at these places. */
const wrongAt = (...places: number[]) =>
  labels.map((label, i) => (label === 1) !== places.includes(i) ? 0.9 : 0.1);

const run = (system: "Proposed" | "MISA", seed: number, ...places: number[]) =>
  judged(`${system}-${seed}`, { system, seed, labels, scores: wrongAt(...places), head: "audio" });

Deno.test("a comparison is the mean difference of accuracy over seeds, with McNemar of the first", () => {
  const first = answersTo([run("Proposed", 2, 0), run("Proposed", 1, 0, 1)]);
  const second = answersTo([run("MISA", 1, 1, 2, 3, 4, 5, 6), run("MISA", 2, 0)]);
  const found = compare({ first, second }, samples);
  // Seed 1: 22 of 24 against 18 of 24; seed 2: no difference.
  deepEqual(found.seeds.map((d) => d.toFixed(6)), [(4 / 24).toFixed(6), "0.000000"]);
  equal(found.difference.toFixed(6), (2 / 24).toFixed(6));
  // Only the first errs at 0, only the second at 2 to 6: exact p = 2 (1 + 6) / 2^6.
  equal(found.mcnemar.p.toFixed(6), (14 / 64).toFixed(6));
  equal(found.mcnemar.method, "exact binomial");
  ok(found.interval[0] <= found.difference && found.difference <= found.interval[1]);
  // Student's t of 1/6 and 0 is 1 with one degree of freedom: p = 1/2.
  equal(found.pOverSeeds!.toFixed(6), "0.500000");
  ok(found.effect > 0);
  deepEqual(compare({ first, second }, samples), found);
});

Deno.test("groups are resampled whole: what one speaker decides has a wide interval", () => {
  // Twelve errors of the second system: all of two speakers' clips, or three of each speaker's.
  const first = answersTo([run("Proposed", 1)]);
  const speakers = answersTo([run("MISA", 1, ...Array.from({ length: 12 }, (_, i) => i))]);
  const spread = answersTo([run("MISA", 1, ...labels.keys().filter((i) => i % 6 < 3))]);
  const width = (second: typeof first) => {
    const { interval: [low, high], clusters, difference } = compare({ first, second }, samples);
    equal(clusters, 4);
    equal(difference, 0.5);
    return high - low;
  };
  equal(width(spread), 0);
  ok(width(speakers) > 0.5);
});

Deno.test("one speaker says nothing of others", () => {
  const own = { system: "Proposed", seed: 1, labels: [0, 1], head: "audio" } as const;
  const first = answersTo([judged("a", { ...own, scores: [0, 1] })]);
  const second = answersTo([judged("b", { ...own, scores: [1, 0] })]);
  const { interval, p, clusters, difference } = compare({ first, second }, samples);
  deepEqual([interval, p, clusters, difference], [[-1, 1], 1, 1, 1]);
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
