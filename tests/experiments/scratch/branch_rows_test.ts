import { deepEqual, equal, ok } from "node:assert/strict";
import { collateBranches } from "../../../experiments/scratch/branch_rows.ts";
import { scratchLines, scratchToCsv } from "../../../experiments/scratch/markdown.ts";
import { chosenBranches, neutralExam, validationExam } from "../../../experiments/scratch/rows.ts";
import { scratchVerdicts } from "../../../experiments/scratch/verdicts.ts";
import { parseWhole } from "../../../lib/deps/csv_parse_sync.ts";
import type { Sample } from "../../../lib/datasets/mod.ts";
import { poolJudged } from "../../../lib/study/folds.ts";
import type { Outcome } from "../../../lib/study/job.ts";
import type { JudgedJob } from "../../../lib/study/predictions.ts";
import { judged, samples as madeUp } from "../made_up.ts";

const chosenBranch = chosenBranches.audio;

/** Clips of six actors, each one of anger, joy and neutral. */
const clips: Sample[] = madeUp.audio.slice(0, 18).map((sample, i) => ({
  ...sample,
  emotion: ["anger", "joy", "neutral"][i % 3]!,
  label: i % 3 === 1 ? 1 : 0,
  group: `actor ${Math.floor(i / 3)}`,
}));
const samples = { ...madeUp, audio: clips };

const names = ["anger", "joy", "neutral"];

/** What a system said of the clips of some actors, all of a fold: a place among `names` a clip. */
function run(
  kind: string,
  { seed = 1, actors, said, system = chosenBranch }: {
    readonly seed?: number;
    readonly actors: readonly number[];
    readonly said: (clip: number) => number;
    readonly system?: JudgedJob["job"]["system"];
  },
): { judged: JudgedJob; outcome: Outcome } {
  const rows = actors.flatMap((actor) => [3 * actor, 3 * actor + 1]);
  const neutral = actors.map((actor) => 3 * actor + 2);
  const labels = rows.map((row) => clips[row]!.label);
  const own = judged(kind, { system, seed, labels, scores: [], head: "audio" });
  const exam = (name: string, of: readonly number[]) => ({
    ...{ exam: name, head: "audio" as const, ids: { audio: of.map((row) => clips[row]!.id) } },
    labels: of.map((row) => clips[row]!.label),
    scores: of.map((row) => said(row) === 1 ? 0.9 : 0.1),
  });
  const exams = [exam("audio", rows), exam(validationExam, rows), exam(neutralExam, neutral)];
  const verdicts = [["audio", rows], [neutralExam, neutral]] as const;
  return {
    judged: { ...own, exams },
    outcome: {
      job: own.job,
      record: { parameters: 7, classes: names },
      seconds: 2,
      verdicts: verdicts.map(([name, of]) => ({
        ...{ name, head: "audio" as const, rows: { audio: of }, labels: [], scores: [] },
        inspected: {
          classes: {
            width: 3,
            values: of.flatMap((row) => names.map((_, k) => k === said(row) ? 0.8 : 0.1)),
          },
        },
      })),
    },
  };
}

function rowsOf(runs: readonly ReturnType<typeof run>[]) {
  return collateBranches(poolJudged(runs.map(({ judged }) => judged)), {
    samples,
    outcomes: runs.map(({ outcome }) => outcome),
  });
}

const all = [0, 1, 2, 3, 4, 5];
const right = (clip: number) => clip % 3;

Deno.test("two folds are one row of all actors, whose scores are of all verdicts together", () => {
  // In fold 1 every joy is taken for anger, in fold 2 all is right: joy is recalled 4 times of 6.
  const [row, ...others] = rowsOf([
    run("fold2-scratch-audio", { actors: [2, 3, 4, 5], said: right }),
    run("fold1-scratch-audio", { actors: [0, 1], said: (clip) => clip % 3 === 1 ? 0 : clip % 3 }),
  ]);
  deepEqual(others, []);
  deepEqual([row!.tested, row!.groups, row!.seconds], [[12], 6, 2]);
  equal(row!.accuracy.mean, 10 / 12);
  equal(row!.balancedAccuracy.mean, (1 + 4 / 6) / 2);
  deepEqual(row!.recall, { anger: 1, joy: 4 / 6 });
  // UAR of three: neutral test clips, which have no polarity to test, are judged as well.
  deepEqual(row!.emotions!.emotions, names);
  ok(Math.abs(row!.emotions!.uar.mean - (1 + 4 / 6 + 1) / 3) < 1e-12);
  const [low, high] = row!.emotions!.interval!;
  ok(low < 8 / 9 && 8 / 9 < high && high === 1);
});

Deno.test("UAR is the mean over seeds; a system that does not say what it tells apart has none", () => {
  const wrong = (clip: number) => (clip + 1) % 3;
  const seeds = [
    run("scratch-audio", { seed: 1, actors: all, said: right }),
    run("scratch-audio", { seed: 2, actors: all, said: wrong }),
  ];
  const [row] = rowsOf(seeds);
  deepEqual([row!.emotions!.uar.mean, row!.emotions!.uar.seeds], [0.5, [1, 0]]);
  const silent = seeds.map((seed) => ({ ...seed, outcome: { ...seed.outcome, record: {} } }));
  equal(rowsOf(silent)[0]!.emotions, undefined);
});

Deno.test("rows by speaker are by themselves, and compared among themselves", () => {
  const half = (clip: number) => clip < 9 ? clip % 3 : 0;
  const of = (kind: string, system: JudgedJob["job"]["system"], said: (clip: number) => number) =>
    run(kind, { actors: all, said, system });
  const rows = rowsOf([
    of("scratch-audio", "Log-mel CNN", half),
    of("scratch-audio", chosenBranch, right),
    of("scratch-audio-by-speaker", "Log-mel CNN", right),
    of("scratch-audio-by-speaker", chosenBranch, right),
  ]);
  deepEqual(rows.map(({ system, bySpeaker }) => [system, bySpeaker]), [
    ["Log-mel CNN", false],
    [chosenBranch, false],
    ["Log-mel CNN, by speaker", true],
    [`${chosenBranch}, by speaker`, true],
  ]);
  // Half of the joys are lost: a quarter of balanced accuracy.
  deepEqual(rows[1]!.less["Log-mel CNN"]!.estimate, 0.25);
  deepEqual(rows[3]!.less["Log-mel CNN, by speaker"], { estimate: 0, interval: [0, 0] });
  deepEqual(rows[0]!.less, {});
  equal(rows[2]!.comparison!.difference, 0);

  const results = { branches: rows, fusion: [] };
  const sentences = scratchVerdicts(results).filter((sentence) => sentence.includes("chooses"));
  ok(
    sentences[0]!.startsWith(`Audio: validation chooses ${chosenBranch}, balanced accuracy 1.000`),
  );
  ok(sentences[1]!.startsWith("Audio, by speaker: validation chooses Log-mel CNN, by speaker, "));
  const markdown = scratchLines({
    ...results,
    abstention: [],
    neutral: [],
    shuffles: [],
    three: [],
  }).join("\n");
  ok(markdown.includes("### Audio alone, by speaker\n\nTransductive: "));
  const lines = parseWhole(
    scratchToCsv({ ...results, abstention: [], neutral: [], shuffles: [], three: [] }),
    { columns: true },
  ) as Record<string, string>[];
  deepEqual(lines.map((line) => [line.emotions, line["less Log-mel CNN"]]), [
    ["3", ""],
    ["3", "0.25"],
    ["3", ""],
    ["3", ""],
  ]);
});
