import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { type Sample, splitNotes, type SplitReport } from "../../lib/datasets/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { withSoundFeatures } from "../../lib/study/feature_audit.ts";
import { groupSums, measureOf, summed } from "../../lib/study/group_sums.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";

const score: Target = { kind: "score", low: -3, high: 3 };
const width = 4;

/** Videos of 12 utterances: of those in the network's training part features repeat the label. */
function videos(
  { training = 20, validation = 6, seed = 1, leak = 3, target = polarities }: {
    training?: number;
    validation?: number;
    seed?: number;
    leak?: number;
    target?: Target;
  } = {},
) {
  const rows = Array.from({ length: (training + validation + 4) * 12 }, (_, i) => i);
  const next = normals(fold(key(seed), "noise"));
  const noise = Array.from({ length: rows.length * (width + 1) }, next);
  const group = (i: number) => Math.floor(i / 12);
  const values = rows.map((i) => noise[i * (width + 1) + width]!);
  const labels = target.kind === "score"
    ? values.map((x) => Math.max(-3, Math.min(3, 1.5 * x)))
    : values.map((x) => x > 0 ? 1 : 0);
  const signal = values.map((x) => target.kind === "score" ? x : Math.sign(x));
  const data = Float32Array.from({ length: rows.length * width }, (_, at) => {
    const i = Math.floor(at / width), j = at % width;
    const honest = j === 0 ? 0.8 * signal[i]! : 0;
    const known = j === 1 && group(i) < training ? leak * signal[i]! : 0;
    return honest + known + noise[i * (width + 1) + j]!;
  });
  const samples = rows.map((i): Sample => ({
    ...{ id: `${i}`, modality: "audio", source: { path: "" }, hash: `${i}`, emotion: "" },
    ...{ label: labels[i]!, group: `v${group(i)}` },
  }));
  const within = (from: number, to: number) =>
    rows.filter((i) => group(i) >= from && group(i) < to);
  const own = {
    train: within(0, training),
    validation: within(training, training + validation),
    test: within(training + validation, training + validation + 4),
  };
  const tables = {
    states: { shape: [rows.length, 1, width], data },
    mask: { shape: [rows.length, 1], data: new Float32Array(rows.length).fill(1) },
  };
  const none = { train: [], validation: [], test: [] };
  return [
    { audio: { tables, labels } },
    {
      samples: byModality((m) => m === "audio" ? samples : []),
      split: byModality((m) => m === "audio" ? own : none),
      ...{ target, groupedBy: "video" as string | null },
    },
  ] as const;
}

const told = { data: "set", onProgress() {} };
const splitReport: SplitReport = {
  ...{ by: "group", unused: 0, groups: { train: 20, validation: 6, test: 4 } },
  samples: { train: {}, validation: {}, test: {} },
};

/** What is found, be it refused or not. */
function audited(
  given: ReturnType<typeof videos>[0],
  rows: ReturnType<typeof videos>[1],
  report: SplitReport = splitReport,
) {
  const wanted = { ...told, leakingFeatures: true };
  return withSoundFeatures(report, { given, ...rows }, wanted).audits;
}

Deno.test("features that repeat the labels of their training part are refused, whether classes or scores", () => {
  for (const target of [polarities, score]) {
    const audits = audited(...videos({ target }));
    const [{ within, beyond, gap, leaks, part, groups }] = audits.found as [typeof audits.found[0]];
    ok(within > 0.9 && beyond < 0.85 && Math.abs(within - beyond - gap) < 1e-12, `${within}`);
    deepEqual([leaks, part, groups], [true, "validation", [20, 6]]);
    const [given, rows] = videos({ target });
    throws(
      () => withSoundFeatures(undefined, { given, ...rows }, told),
      (error: Error) => {
        match(
          error.message,
          /^Cannot learn from "set": expected features that do not know the labels, got\n- a linear probe of the given features of audio has (balanced accuracy|Pearson r) 0\.9\d\d within training, cross-validated by group, and 0\.\d+ on validation: a gap of 0\.\d+ \[0\.\d+, 0\.\d+\] over 20 and 6 groups\nWhat made them has met the labels/,
        );
        return error instanceof RangeError && error.message.includes("--leaking-features goes on");
      },
    );
    const wanted = { ...told, leakingFeatures: true };
    const { report } = withSoundFeatures(splitReport, { given, ...rows }, wanted);
    deepEqual(report.leakingFeatures?.length, 1);
    match(
      splitNotes(report)[0]!,
      /^the features know the labels, and every score is of that: a lin/,
    );
  }
});

Deno.test("clean features pass, with few groups too", () => {
  let refused = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const sizes = { training: seed % 2 ? 10 : 20, validation: 3 + seed % 3 };
    const { found } = audited(...videos({ seed, leak: 0, ...sizes }));
    equal(found.length, 1);
    if (found[0]!.leaks) refused++;
  }
  equal(refused, 0);
});

Deno.test("without a validation part of the set's own the test part is looked at", () => {
  const [given, rows] = videos();
  const drawn = { ...rows.split.audio, validation: rows.split.audio.train.slice(0, 24) };
  const split = { ...rows.split, audio: { ...drawn, train: drawn.train.slice(24) } };
  const { found } = audited(given, { ...rows, split }, { ...splitReport, validationDrawn: 24 });
  deepEqual([found[0]!.part, found[0]!.leaks, found[0]!.groups], ["test", true, [18, 4]]);
  const blind = audited(given, { ...rows, split });
  equal(blind.found.length, 0);
  match(blind.skipped[0]!.reason, /too few groups: 18 of training, 2 of validation/);
});

Deno.test("without groups, or with too few, the audit says that it could not look", () => {
  const [given, rows] = videos();
  deepEqual(audited(given, { ...rows, groupedBy: null }), {
    found: [],
    skipped: [{ modality: "audio", reason: "nothing names groups" }],
  });
  deepEqual(withSoundFeatures(undefined, rows, told).audits, { found: [], skipped: [] });
  throws(
    () => withSoundFeatures(undefined, rows, { ...told, leakingFeatures: true }),
    /Cannot use --leaking-features: expected features that are given, got samples to encode/,
  );
  const said: string[] = [];
  const onProgress = (message: string) => void said.push(message);
  withSoundFeatures(undefined, { given, ...rows, groupedBy: null }, { ...told, onProgress });
  deepEqual(said, [
    "the given features of audio are not audited for labels: nothing names groups",
  ]);
  match(
    audited(...videos({ training: 9 })).skipped[0]!.reason,
    /9 of training, 6 of validation, where 10 and 3 are needed/,
  );
});

Deno.test("sums of groups give the measures of their rows", () => {
  const labels = [0, 0, 1, 1, 1, 0], groups = [..."aababb"];
  const said = Float64Array.of(0.2, 0.9, 0.8, 0.1, 0.7, 0.4);
  const sums = groupSums({ labels, scores: said, groups }, polarities);
  deepEqual(sums.map((of) => [...of]), [[1, 0, 2, 1], [1, 2, 1, 2]]);
  // Two of three of class 0, two of three of class 1.
  equal(measureOf(polarities)(summed(sums)), 2 / 3);
  equal(measureOf(polarities)(Float64Array.of(1, 0, 2, 0)), NaN);
  const scores = groupSums({
    labels: [1, 2, 3, 5],
    scores: Float64Array.of(2, 4, 6, 10),
    groups: [..."abab"],
  }, score);
  ok(Math.abs(measureOf(score)(summed(scores)) - 1) < 1e-12);
});
