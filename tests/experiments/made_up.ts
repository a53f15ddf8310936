/** Samples, jobs and predictions that no model made. @module */

import { type Job, named } from "../../lib/study/job.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";

/** Samples of both polarities in turn, `each` of them a group. */
export function samplesOf(modality: Modality, count: number, each: number): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${modality} ${i}`,
    modality,
    source: modality === "text" ? { text: `message number ${i}` } : { path: `${modality}/${i}` },
    emotion: i % 2 ? "joy" : "anger",
    label: i % 2 as 0 | 1,
    group: `group ${Math.floor(i / each)}`,
    hash: `${modality} hash ${i}`,
  }));
}

/** Sixty samples a modality: ten groups of images and of clips, every message its own. */
export const samples = {
  text: samplesOf("text", 60, 1),
  image: samplesOf("image", 60, 6),
  audio: samplesOf("audio", 60, 6),
};

/** A job of this kind and its answers: to `head`, of the first samples of the modalities shown. */
export function judged(
  kind: string,
  { labels, scores, head = "text", shown = head === "unified" ? modalities : [head], ...job }:
    & Pick<Job, "system" | "seed">
    & Partial<Job>
    & Pick<Predictions, "labels" | "scores">
    & { readonly head?: Predictions["head"]; readonly shown?: readonly Modality[] },
): JudgedJob {
  const split = { train: [], validation: [], test: [] };
  const ids = Object.fromEntries(shown.map((m) => [m, labels.map((_, i) => samples[m][i]!.id)]));
  return {
    job: named({
      kind,
      protocol: head === "unified" ? "label" : "single",
      present: shown,
      split: { text: split, image: split, audio: split },
      ...job,
    }),
    exams: [{ exam: head, head, ids, labels, scores }],
  };
}
