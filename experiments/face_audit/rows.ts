/** Images by label and face, and how the systems judge each group. @module */

import { faceThreshold } from "../../lib/encoders/face_detector.ts";
import { matthewsCorrelation } from "../../lib/metrics/mod.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { answersTo, correctness } from "../../lib/study/comparisons.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import { type Job, named } from "../../lib/study/job.ts";
import { divideAll, type Draws, type Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { accuracyOver, average, type Score } from "../tables.ts";

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
export const leastTests = 10;

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
function faceGroupOf({ label }: Pick<Sample, "label">, face: number): FaceGroup {
  return `${label === 1 ? "positive" : "negative"}, ${face >= faceThreshold ? "face" : "no face"}`;
}

/** The table of label and face; `faces[i]` is the detector's score of `images[i]`. */
export function tabulateFaces(
  images: readonly Pick<Sample, "label">[],
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
      actual: images.map(({ label }) => 1 - label),
      predicted: Array.from(images, (_, i) => Number(faces[i]! >= faceThreshold)),
    }),
  };
}

/** Each system on images alone, as Table 1 has it: there the runs are found if it was made before. */
export function planFaceAudit(samples: Samples, { seeds, data }: Draws): Job[] {
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
  const tests = files.flatMap((file) => {
    const right = correctness(file);
    return file.ids.image!.map((id, i) => ({
      group: faceGroupOf({ label: file.labels[i] as 0 | 1 }, face.get(id)!),
      right: right[i]!,
    }));
  });
  const tested = faceGroups.flatMap((group) => {
    const ofGroup = tests.filter((test) => test.group === group);
    if (ofGroup.length === 0) return [];
    return [{ group, tests: ofGroup.length, accuracy: average(ofGroup.map(({ right }) => right)) }];
  });
  const [worst] = tested.filter(({ tests }) => tests >= leastTests)
    .toSorted((a, b) => a.accuracy - b.accuracy);
  return {
    accuracy: accuracyOver(files),
    groups: Object.fromEntries(tested.map(({ group, ...judged }) => [group, judged])),
    worst: worst ? { group: worst.group, accuracy: worst.accuracy } : null,
  };
}
