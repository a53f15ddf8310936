/** A verdict as a person reads it. @module */

import type { JudgedSample } from "../lib/inference/explain.ts";
import { abstained, type Judgement } from "../lib/inference/judge.ts";
import {
  describeCalibration,
  type VerdictCalibration,
} from "../lib/inference/verdict_temperature.ts";
import { modalities } from "../lib/modality.ts";
import { signed } from "../lib/numbers.ts";

/**
 * Label and probability, then a line for each modality, for the log-odds and for the gate; of a row
 * also the notes.
 */
export function verdictToText(
  { verdict, explanation, calibration, notes }: Judgement,
  line?: number,
): string {
  const told = line === undefined ? [] : notes.map((note) => `  ${note}`);
  if (explanation === null) {
    return [`${line === undefined ? "" : `line ${line}: `}${verdict.label}`, ...told].join("\n");
  }
  const { heads, contributions, logOdds, baseline, gate, score } = explanation;
  const where = line === undefined ? "" : `line ${line}: `;
  const rows = modalities.flatMap((m) => {
    const share = contributions[m];
    if (share === undefined) return [];
    return [`  ${m.padEnd(6)} head ${heads[m]!.toFixed(3)}  contribution ${signed(share)}`];
  });
  const ofNone = `${signed(baseline)} with no modality`;
  const blend = gate === null
    ? []
    : [`  audio gate ${gate.toFixed(3)} spectral, ${(1 - gate).toFixed(3)} contextual`];
  return [
    where + headline(verdict),
    ...rows,
    `  ${score === undefined ? "log-odds" : "score"} ${signed(logOdds)}, of which ${ofNone}`,
    ...blend,
    ...calibration ? [`  ${calibrated(verdict, calibration)}`] : [],
    ...told,
  ].join("\n");
}

/** The calibrated probability of what the headline gives one of. */
function calibrated(
  { label, probabilities, calibrated, calibratedProbabilities }: JudgedSample,
  calibration: VerdictCalibration,
): string {
  const told = describeCalibration(calibration);
  if (calibrated === undefined) return told;
  const each = Object.entries(calibratedProbabilities ?? {});
  const values = each.length > 0
    ? each.toSorted(([a], [b]) => Number(b === label) - Number(a === label))
      .map(([name, p]) => `${name} ${p.toFixed(3)}`)
    : [(isFirst(label, probabilities, calibrated) ? 1 - calibrated : calibrated).toFixed(3)];
  return `calibrated ${values.join("; ")} (${told})`;
}

function isSentiment(label: string): boolean {
  return ["positive", "negative", abstained].includes(label);
}

function isFirst(
  label: string,
  probabilities: JudgedSample["probabilities"],
  probability: number,
): boolean {
  return !isSentiment(label) && probabilities === undefined && probability < 0.5;
}

function headline({ label, probability, probabilities, score }: JudgedSample): string {
  if (label === abstained) return label;
  if (score !== undefined) return `score ${score.toFixed(2)}`;
  if (probabilities === undefined && isSentiment(label)) {
    return `${label}, probability of positive ${probability!.toFixed(3)}`;
  }
  const p = isFirst(label, probabilities, probability!) ? 1 - probability! : probability!;
  const others = Object.entries(probabilities ?? {}).filter(([name]) => name !== label)
    .map(([name, p]) => `${name} ${p.toFixed(3)}`);
  return [`${label}, probability ${p.toFixed(3)}`, ...others].join("; ");
}
