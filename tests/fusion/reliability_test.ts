import { deepEqual, equal, ok } from "node:assert/strict";
import { fitReliability, readDepartures, reliabilityOf } from "../../lib/fusion/reliability.ts";
import { polarities, type Target } from "../../lib/target.ts";

/** Rows of evidence ±1 in groups of one departure, of which a share is right. */
function judged(groups: readonly { readonly departure: number; readonly right: number }[]) {
  const rows = groups.flatMap(({ departure, right }) =>
    Array.from({ length: 4000 }, (_, i) => {
      const label = i % 2, isRight = Math.floor(i / 2) < 2000 * right;
      return { departure, label, evidence: (label === 1) === isRight ? 1 : -1 };
    })
  );
  return [{
    evidence: [Float64Array.from(rows, ({ evidence }) => evidence)],
    labels: rows.map(({ label }) => label),
    prior: Float64Array.of(0),
    target: polarities,
  }, { values: Float64Array.from(rows, ({ departure }) => departure), width: 1 }] as const;
}

const alphas = (fitted: ReturnType<typeof fitReliability>, ...values: number[]) => [
  ...reliabilityOf(fitted, { values: Float64Array.from(values), width: 1 })[0]!,
];

Deno.test("reliability is what came true: the log-odds of rows that are right, and 0 of mere chance", () => {
  const fitted = fitReliability(
    ...judged([{ departure: 0, right: 0.75 }, { departure: 2, right: 0.5 }]),
  );
  const [clean, noisy, noisier] = alphas(fitted, 0, 2, 5) as [number, number, number];
  // Three of four are right: e = ln 3.
  ok(Math.abs(clean - Math.log(3)) < 0.03, `${clean}`);
  ok(noisy < 0.1 && noisier < noisy / 2, `${noisy} ${noisier}`);
});

Deno.test("no departure raises the trust, whatever came true of it", () => {
  const [low, high] = [{ departure: 0, right: 0.6 }, { departure: 2, right: 0.9 }];
  const fitted = fitReliability(...judged([low, high])), { weight } = fitted.probes[0]!;
  ok(weight[0]! >= 0 && weight[0]! < 0.01, `${weight}`);
  const [first, second] = alphas(fitted, 0, 2) as [number, number];
  // As good as a slope for all: three of four are right.
  ok(Math.abs(first - Math.log(3)) < 0.02 && Math.abs(first - second) < 0.02);
});

Deno.test("of two probes each is believed where it came true", () => {
  // Three of four rows without a departure are told by the first probe, three of five of all by the second,
  // independently.
  const rows = Array.from(
    { length: 8000 },
    (_, i) => ({ label: i % 2, departs: i % 4 > 1, at: i >> 2 }),
  );
  const said = (isRight: (row: typeof rows[number]) => boolean) =>
    Float64Array.from(rows, (row) => (row.label === 1) === isRight(row) ? 1 : -1);
  const fitted = fitReliability({
    evidence: [
      said(({ departs, at }) => at % 4 > (departs ? 1 : 0)),
      said(({ at }) => Math.floor(at / 4) % 5 > 1),
    ],
    labels: rows.map(({ label }) => label),
    prior: Float64Array.of(0),
    target: polarities,
  }, { values: Float64Array.from(rows, ({ departs }) => departs ? 2 : 0), width: 1 });
  const [first, second] = reliabilityOf(fitted, { values: Float64Array.of(0, 2), width: 1 });
  const [ofFirst, ofSecond] = [[Math.log(3), 0], [Math.log(1.5), Math.log(1.5)]];
  first!.forEach((alpha, i) => ok(Math.abs(alpha - ofFirst![i]!) < 0.1, `${first}`));
  second!.forEach((alpha, i) => ok(Math.abs(alpha - ofSecond![i]!) < 0.05, `${second}`));
});

Deno.test("a row that counts twice is as two rows", () => {
  const [{ evidence: [told], labels, ...rest }, { values }] = judged([
    { departure: 0, right: 0.75 },
    { departure: 2, right: 0.5 },
  ]);
  const half = <T extends { slice(from: number): T }>(of: T) => of.slice(4000);
  const counted = fitReliability({
    ...{ ...rest, evidence: [told!], labels },
    counts: labels.map((_, i) => i < 4000 ? 1 : 2),
  }, { values, width: 1 });
  const repeated = fitReliability({
    ...rest,
    evidence: [Float64Array.of(...told!, ...half(told!))],
    labels: [...labels, ...half(labels)],
  }, { values: Float64Array.of(...values, ...half(values)), width: 1 });
  const [ofCounts, ofRows] = [counted, repeated].map((fitted) => alphas(fitted, 0, 2));
  ofCounts!.forEach((alpha, i) =>
    ok(Math.abs(alpha - ofRows![i]!) < 0.01, `${ofCounts} ${ofRows}`)
  );
});

Deno.test("reliability is fitted for several classes and for scores, too", () => {
  const three: Target = { kind: "classes", classes: ["a", "b", "c"] };
  const labels = Array.from({ length: 600 }, (_, i) => i % 3);
  const told = (i: number) => i % 2 === 0 || i % 5 === 0 ? i % 3 : (i + 1 + i % 2) % 3;
  const evidence = (i: number) => [0, 1, 2].map((k) => k === told(i) ? 1 : 0);
  const departures = {
    values: Float64Array.from(labels, (_, i) => i % 2 === 0 ? 0 : 3),
    width: 1,
  };
  const ofClasses = fitReliability({
    evidence: [Float64Array.from(labels.flatMap((_, i) => evidence(i)))],
    labels,
    prior: Float64Array.of(0, 0, 0).fill(Math.log(1 / 3)),
    target: three,
  }, departures);
  const [usual, strange] = alphas(ofClasses, 0, 3) as [number, number];
  ok(usual > 4 * strange, `${usual} ${strange}`);
  const ofScores = fitReliability({
    evidence: [Float64Array.from(labels, (y, i) => i % 2 === 0 ? y - 1 : 1 - y)],
    labels,
    prior: Float64Array.of(1),
    target: { kind: "score", low: 0, high: 2 },
  }, departures);
  const [clean, contrary] = alphas(ofScores, 0, 3) as [number, number];
  ok(clean > 0.8 && contrary < 0.1, `${clean} ${contrary}`);
});

Deno.test("departures are how far measures and states are outside of what is usual", () => {
  const table = (...values: number[]) => ({
    shape: [values.length, 1],
    data: Float32Array.from(values),
  });
  // Of the first two rows, which training has, the mean is 0 and the deviation 1.
  const quality = table(1, -1, 4, -3, 99);
  const states = {
    shape: [5, 1, 2],
    data: Float32Array.of(1, 1, -1, -1, 1, -1, 30, 40, 0.01, 0),
  };
  const mask = { shape: [5, 1], data: new Float32Array(5).fill(1) };
  const features = { tables: { quality, states, mask }, labels: [0, 1, 0, 1, 0] };
  const { values, width } = readDepartures(features, [0, 1])(features, [0, 2, 3, 4]);
  equal(width, 3);
  const rows = [0, 1, 2, 3].map((i) => [...values.subarray(3 * i, 3 * i + 3)]);
  deepEqual(rows.map((row) => row.slice(0, 2)), [
    [0, 0],
    [Math.log(4), 0],
    [0, Math.log(3)],
    [Math.log(99), 0],
  ]);
  // Both training rows are at the same distance, so that the deviation of distances is none: 1 in its place.
  const far = Math.log(1 + Math.log(Math.sqrt((30 ** 2 + 40 ** 2) / 2)));
  deepEqual(rows.map((row) => +row[2]!.toFixed(4)), [0, 0, +far.toFixed(4), 0]);
  const { tables: { quality: _, ...bare }, labels } = features;
  equal(readDepartures({ tables: bare, labels }, [0, 1])({ tables: bare, labels }, [3]).width, 1);
});
