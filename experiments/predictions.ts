/** Per-sample predictions as CSV: every number of a table is computed from these files. @module */

import { parseWhole } from "../lib/deps/csv_parse.ts";
import type { Sample } from "../lib/datasets/mod.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import type { Verdicts } from "./run.ts";

/** One file's labels and scores. */
export interface Predictions {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/**
 * `text,image,audio,label,score`: the ids of the samples shown (empty for an
 * absent modality), the true label, and the probability of the positive class.
 */
export function predictionsToCsv(
  { rows, labels, scores }: Verdicts,
  samples: Readonly<Record<Modality, readonly Sample[]>>,
): string {
  const lines = Array.from(labels, (label, i) => {
    const ids = modalities.map((m) => rows[m] ? quote(samples[m][rows[m][i]!]!.id) : "");
    return [...ids, label, scores[i]].join(",");
  });
  return ["text,image,audio,label,score", ...lines, ""].join("\n");
}

function quote(id: string): string {
  return /[",\r\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id;
}

/** Reads what {@linkcode predictionsToCsv} wrote. */
export function predictionsFromCsv(text: string): Predictions {
  const rows = parseWhole(text, { columns: true }) as { label: string; score: string }[];
  return { labels: rows.map((r) => Number(r.label)), scores: rows.map((r) => Number(r.score)) };
}
