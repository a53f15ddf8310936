/** Per-sample predictions as CSV: every number of a result is computed from these files. @module */

import { parseWhole } from "../deps/csv_parse_sync.ts";
import { modalities, type Modality } from "../modality.ts";
import type { Head } from "../systems/system.ts";
import type { Job, Verdicts } from "./job.ts";
import type { Samples } from "./splits.ts";

/** One exam's samples, labels and scores. */
export interface Predictions {
  readonly exam: string;
  readonly head: Head;
  /** Ids by modality; one that was not shown is left out. */
  readonly ids: { readonly [M in Modality]?: readonly string[] };
  readonly labels: readonly number[];
  /** As `Verdicts.scores`. */
  readonly scores: readonly number[];
}

/** A job and what its predictions file says. */
export interface JudgedJob {
  readonly job: Job;
  readonly exams: readonly Predictions[];
}

/**
 * `exam,head,text,image,audio,label,score`: the ids of the samples shown
 * (empty for an absent modality), the true label, and the verdict: the probability of the
 * positive class, a score, or the probabilities of several classes with spaces between.
 */
export function predictionsToCsv(verdicts: readonly Verdicts[], samples: Samples): string {
  const lines = verdicts.flatMap(({ name, head, rows, labels, scores }) => {
    const width = scores.length / labels.length;
    return Array.from(labels, (label, i) => {
      const ids = modalities.map((m) => rows[m] ? quote(samples[m][rows[m][i]!]!.id) : "");
      const own = Array.from({ length: width }, (_, k) => scores[i * width + k]);
      return [quote(name), head, ...ids, label, own.join(" ")].join(",");
    });
  });
  return ["exam,head,text,image,audio,label,score", ...lines, ""].join("\n");
}

function quote(id: string): string {
  return /[",\r\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id;
}

type Line = { exam: string; head: Head; label: string; score: string } & Record<Modality, string>;

/** Reads what {@linkcode predictionsToCsv} wrote. */
export function predictionsFromCsv(text: string): Predictions[] {
  const lines = parseWhole(text, { columns: true }) as Line[];
  return [...Map.groupBy(lines, ({ exam }) => exam)].map(([exam, own]) => {
    const shown = modalities.filter((m) => own[0]![m] !== "");
    return {
      exam,
      head: own[0]!.head,
      ids: Object.fromEntries(shown.map((m) => [m, own.map((line) => line[m])])),
      labels: own.map(({ label }) => Number(label)),
      scores: own.flatMap(({ score }) => score.split(" ").map(Number)),
    };
  });
}
