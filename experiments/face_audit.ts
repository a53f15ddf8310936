/**
 * Face audit: does a face alone give the label of an image away?
 *
 *     deno task reproduce face_audit
 *
 * The paper's limitations say that most of its negative images show a face,
 * that its positive ones have no such imbalance, and that its model calls most
 * images with a face negative, happy faces too; they give no numbers. Here a
 * detector looks for a face in every image that is used, a table of label and
 * face says how far the two go together, and each system is judged on the four
 * groups that they make.
 *
 * @module
 */

import { stringify } from "../lib/deps/csv_stringify.ts";
import { encodeCorpus, type Encoder, type EncoderInput } from "../lib/encoders/mod.ts";
import { faceDetector, faceThreshold } from "../lib/encoders/face_detector.ts";
import { matthewsCorrelation, meanAndDeviation } from "../lib/metrics/mod.ts";
import type { Sample } from "../lib/datasets/mod.ts";
import { answersTo, correctness } from "../lib/study/comparisons.ts";
import type { DataConfig } from "../lib/study/settings.ts";
import type { JudgedJob, Predictions } from "../lib/study/predictions.ts";
import { type Job, named } from "../lib/study/job.ts";
import { divideAll, type Samples } from "../lib/study/splits.ts";
import {
  dataCaption,
  finish,
  type Result,
  saveRun,
  shortCaption,
  type Study,
} from "../lib/study/study.ts";
import type { SystemName } from "../lib/study/systems.ts";
import { printNumber } from "../lib/numbers.ts";
import { markdownTable, overSeeds, printScore, type Score } from "./tables.ts";

/** The systems that are judged, in the order of the table. */
const judgedSystems = ["Proposed", "CLIP", "Linear probe"] as const satisfies SystemName[];

/** Images of one label, with a face or without. */
export type FaceGroup = `${"positive" | "negative"}, ${"face" | "no face"}`;

/** The four groups, as the table has them. */
export const faceGroups: readonly FaceGroup[] = [
  "positive, face",
  "positive, no face",
  "negative, face",
  "negative, no face",
];

// Of fewer tests over all seeds an accuracy says too little to be called the worst.
const leastTests = 10;

/** How many images are in each group, and whether label and face go together. */
export interface FaceTable {
  readonly counts: Readonly<Record<FaceGroup, number>>;
  /** The share of images with a face, by label. */
  readonly share: { readonly positive: number; readonly negative: number };
  /** The phi coefficient of "has a face" and "is negative": 0 no relation, 1 the same. */
  readonly phi: number;
}

/** One system, judged by group. */
export interface FaceRow {
  readonly system: SystemName | typeof faceRule;
  readonly accuracy: Score;
  /** Of each group that was tested: tests over all seeds, and the accuracy on them. */
  readonly groups: {
    readonly [G in FaceGroup]?: { readonly tests: number; readonly accuracy: number };
  };
  /** The group with the lowest accuracy, of those with 10 tests or more; null if none has. */
  readonly worst: { readonly group: FaceGroup; readonly accuracy: number } | null;
}

/** A classifier that sees nothing but whether there is a face. */
export const faceRule = "A face means negative";

/** The group of an image whose detector's score is `face`, in [0, 1]. */
export function faceGroupOf({ polarity }: Pick<Sample, "polarity">, face: number): FaceGroup {
  const label = polarity === 1 ? "positive" : "negative";
  return `${label}, ${face >= faceThreshold ? "face" : "no face"}`;
}

/** The table of label and face; `faces[i]` is the detector's score of `images[i]`. */
export function tabulateFaces(
  images: readonly Pick<Sample, "polarity">[],
  faces: ArrayLike<number>,
): FaceTable {
  const groups = images.map((image, i) => faceGroupOf(image, faces[i]!));
  const counts = Object.fromEntries(
    faceGroups.map((group) => [group, groups.filter((g) => g === group).length]),
  ) as Record<FaceGroup, number>;
  const share = (label: "positive" | "negative") =>
    counts[`${label}, face`] / (counts[`${label}, face`] + counts[`${label}, no face`]);
  return {
    counts,
    share: { positive: share("positive"), negative: share("negative") },
    phi: matthewsCorrelation({
      actual: images.map(({ polarity }) => 1 - polarity),
      predicted: Array.from(images, (_, i) => Number(faces[i]! >= faceThreshold)),
    }),
  };
}

/** Each system on images alone, as Table 1 has it: there the runs are found if it was made before. */
export function planFaceAudit(
  samples: Samples,
  { seeds, data }: { readonly seeds: readonly number[]; readonly data: DataConfig },
): Job[] {
  return seeds.flatMap((seed) => {
    const { split } = divideAll(samples, { seed, data });
    return judgedSystems.map((system): Job =>
      named({ system, kind: "single-image", seed, protocol: "single", present: ["image"], split })
    );
  });
}

/** A row per system, and one for the rule that a face means negative, on the same test images. */
export function collateFaceAudit(
  judged: readonly JudgedJob[],
  images: readonly Sample[],
  faces: ArrayLike<number>,
): FaceRow[] {
  const face = new Map(images.map(({ id }, i) => [id, faces[i]!]));
  const answers = judgedSystems.map((system) => ({
    system,
    files: answersTo(judged.filter(({ job }) => job.system === system))
      .map(({ predictions }) => predictions),
  }));
  const byRule = answers[0]!.files.map((file): Predictions => ({
    ...file,
    scores: file.ids.image!.map((id) => (face.get(id)! >= faceThreshold ? 0 : 1)),
  }));
  return [...answers, { system: faceRule, files: byRule } as const]
    .map(({ system, files }) => ({ system, ...judgeByGroup(files, face) }));
}

function judgeByGroup(
  files: readonly Predictions[],
  face: ReadonlyMap<string, number>,
): Omit<FaceRow, "system"> {
  const seeds = files.map((file) => meanAndDeviation(correctness(file)).mean);
  const tests = files.flatMap((file) => {
    const right = correctness(file);
    return file.ids.image!.map((id, i) => ({
      group: faceGroupOf({ polarity: file.labels[i] as 0 | 1 }, face.get(id)!),
      right: right[i]!,
    }));
  });
  const groups: { -readonly [G in keyof FaceRow["groups"]]: FaceRow["groups"][G] } = {};
  for (const group of faceGroups) {
    const own = tests.filter((test) => test.group === group);
    if (own.length === 0) continue;
    const accuracy = own.reduce((sum, { right }) => sum + right, 0) / own.length;
    groups[group] = { tests: own.length, accuracy };
  }
  const known = faceGroups.filter((group) => (groups[group]?.tests ?? 0) >= leastTests)
    .map((group) => ({ group, accuracy: groups[group]!.accuracy }));
  return {
    accuracy: overSeeds(seeds),
    groups,
    worst: known.toSorted((a, b) => a.accuracy - b.accuracy)[0] ?? null,
  };
}

/** Looks for faces in the images of the study, and judges the systems by label and face. */
export async function reproduceFaceAudit(study: Study): Promise<Result> {
  return await auditFaces(study, await findFaces(study));
}

/** The detector's score of every image, from the feature store or else now. */
async function findFaces({ samples, store, options }: Study): Promise<Float32Array> {
  const detector = await faceDetector();
  try {
    const { tables } = await encodeCorpus({
      samples: samples.image,
      encoders: [detector as Encoder<EncoderInput>],
      store,
      onProgress: ({ done, total }) => options.onProgress("looking for faces", done, total),
    });
    return tables[detector.id]!.face!.data;
  } finally {
    await detector.dispose();
  }
}

/** {@linkcode reproduceFaceAudit} of scores that are at hand, one per image. */
export async function auditFaces(study: Study, faces: ArrayLike<number>): Promise<Result> {
  const { samples, options: { seeds, config: { data: settings } } } = study;
  const files = new Map<string, string>();
  const outcomes = await study.run(planFaceAudit(samples, { seeds, data: settings }));
  const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
  const table = tabulateFaces(samples.image, faces);
  const rows = collateFaceAudit(judged, samples.image, faces);
  const title = "Face audit. Does a face alone give the label away?";
  const caption = `${dataCaption(study)} ${shortCaption(study)}. A face is what BlazeFace scores ` +
    `${faceThreshold} or more.`;
  const markdown = toMarkdown({ table, rows }, { title, caption });
  files.set("faces.csv", facesToCsv(samples.image, faces));
  return finish(study, {
    ...{ name: "face_audit", title, caption, markdown, files, rows },
    numbers: { faceThreshold, table, rows },
  });
}

function facesToCsv(images: readonly Sample[], faces: ArrayLike<number>): string {
  return stringify([
    ["image", "label", "face"],
    ...images.map(({ id, polarity }, i) => [id, polarity, faces[i]]),
  ]);
}

function toMarkdown(
  { table, rows }: { readonly table: FaceTable; readonly rows: readonly FaceRow[] },
  { title, caption }: { readonly title: string; readonly caption: string },
): string {
  const { counts, share, phi } = table;
  const cell = (row: FaceRow, group: FaceGroup) => {
    const own = row.groups[group];
    return own ? `${printNumber(own.accuracy)} (${own.tests})` : "none";
  };
  return [
    `## ${title}`,
    "",
    caption,
    "",
    "### Label and face",
    "",
    ...markdownTable(
      ["label", "face", "no face", "share with a face"],
      (["positive", "negative"] as const).map((label) => [
        ...[label, counts[`${label}, face`], counts[`${label}, no face`]],
        printNumber(share[label]),
      ]),
    ),
    "",
    `The phi coefficient of "has a face" and "is negative" is ${printNumber(phi)}: ` +
    "0 is no relation, 1 would make the two the same.",
    "",
    "### Accuracy by group",
    "",
    "In brackets the tests over all seeds; the worst group is of those with " +
    `${leastTests} or more.`,
    "",
    ...markdownTable(
      ["system", "accuracy", ...faceGroups, "worst group"],
      rows.map((row) => [
        row.system === faceRule ? `*${row.system}*` : row.system,
        printScore(row.accuracy),
        ...faceGroups.map((group) => cell(row, group)),
        row.worst ? `${row.worst.group}: ${printNumber(row.worst.accuracy)}` : "",
      ]),
      { lastIsText: true },
    ),
    "",
  ].join("\n");
}
