/** What the protocol audit's runs come to: the rows of its tables, from saved predictions. @module */

import { independencePrediction, scoreBinary } from "../../lib/metrics/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { pOverSeeds } from "../../lib/study/comparisons.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { type Branch, branches, trainingRecord } from "../../lib/study/proposed_runs.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { average, capital, overSeeds, type Score } from "../tables.ts";
import { type AuditedSystem, auditedSystems, type Contrast, isRun, randomKind } from "./plan.ts";

/** The scores that the audit compares. */
export type AuditMeasure = "accuracy" | "auc";

/** One system's score without the fault and with it, over the same seeds. */
export interface Gain {
  readonly honest: Score;
  readonly inflated: Score;
  /** Inflated less honest. */
  readonly difference: Score;
  /** Student's t over the seeds, two-sided; null as `pOverSeeds` has it, or where there is nothing to pair. */
  readonly p: number | null;
}

/** One row of the audit. */
export interface AuditedFault extends Readonly<Record<AuditMeasure, Gain>> {
  readonly fault: string;
  readonly system: AuditedSystem;
  /** Mean over seeds; see {@linkcode Contrast.exposed}. */
  readonly exposed?: number;
}

/** Accuracy and AUC of one run. */
type Marks = Readonly<Record<AuditMeasure, number>>;

/** The mean over a run's exams, of which the heads of random triples are three. */
function marksOf({ exams }: JudgedJob): Marks {
  return meanMarks(exams.map(({ labels, scores }) => scoreBinary({ actual: labels, scores })));
}

function meanMarks(all: readonly Marks[]): Marks {
  const mean = (of: AuditMeasure) => average(all.map((marks) => marks[of]));
  return { accuracy: mean("accuracy"), auc: mean("auc") };
}

/** The marks of a kind of run, in the order of the seeds. */
function marksByKind(judged: readonly JudgedJob[]) {
  const seeds = [...new Set(judged.map(({ job }) => job.seed))].toSorted((a, b) => a - b);
  return (system: SystemName, kind: string): Marks[] =>
    seeds.map((seed) => marksOf(judged.find(({ job }) => isRun(job, { system, kind, seed }))!));
}

/** The faults that are shown by a run with and a run without, from saved predictions. */
export function collateContrasts(
  contrasts: readonly Contrast[],
  judged: readonly JudgedJob[],
): AuditedFault[] {
  const marks = marksByKind(judged);
  return contrasts.map(({ fault, system, honest, faulty, exposed }) => {
    const kinds = honest.map((kind) => marks(system, kind));
    const inflated = marks(system, faulty);
    return {
      fault,
      system,
      ...gains(inflated.map((_, i) => meanMarks(kinds.map((kind) => kind[i]!))), inflated),
      ...exposed && { exposed: average(exposed) },
    };
  });
}

function gains(honest: readonly Marks[], inflated: readonly Marks[]): Record<AuditMeasure, Gain> {
  const of = (measure: AuditMeasure): Gain => {
    const first = inflated.map((marks) => marks[measure]);
    const second = honest.map((marks) => marks[measure]);
    const differences = first.map((value, i) => value - second[i]!);
    return {
      honest: overSeeds(second),
      inflated: overSeeds(first),
      difference: overSeeds(differences),
      p: pOverSeeds({ first, second }),
    };
  };
  return { accuracy: of("accuracy"), auc: of("auc") };
}

/**
 * The learning rate chosen by accuracy on test, beside the one chosen by the
 * validation loss of the epoch kept, each seed by itself.
 */
export function collateRates(
  outcomes: readonly Outcome[],
  judged: readonly JudgedJob[],
): AuditedFault {
  const marks = new Map(judged.map((run) => [run.job.name, marksOf(run)]));
  const validationLoss = (outcome: Outcome) => {
    const { history, bestEpoch } = trainingRecord(outcome);
    return history[bestEpoch - 1]!.validationLoss;
  };
  const testAccuracy = ({ job }: Outcome) => marks.get(job.name)!.accuracy;
  const best = (of: (outcome: Outcome) => number) =>
    [...Map.groupBy(outcomes, ({ job }) => job.seed).values()]
      .map((own) => own.reduce((a, b) => of(b) > of(a) ? b : a))
      .map(({ job }) => marks.get(job.name)!);
  return {
    fault: "Audio: learning rate chosen on test",
    system: "Proposed",
    ...gains(best((outcome) => -validationLoss(outcome)), best(testAccuracy)),
  };
}

/** The seed with the best accuracy alone, beside the mean over all; nothing of one seed. */
export function collateLuckySeeds(
  runs: Readonly<Record<Branch, readonly JudgedJob[]>>,
): AuditedFault[] {
  return branches.filter((branch) => runs[branch].length > 1).map((branch) => {
    const all = runs[branch].map(marksOf);
    const best = all.reduce((a, b) => b.accuracy > a.accuracy ? b : a);
    const of = (measure: AuditMeasure): Gain => {
      const honest = overSeeds(all.map((marks) => marks[measure]));
      const inflated = overSeeds([best[measure]]);
      return { honest, inflated, difference: overSeeds([inflated.mean - honest.mean]), p: null };
    };
    return {
      fault: `${capital(branch)}: the best of ${all.length} seeds`,
      system: "Proposed",
      accuracy: of("accuracy"),
      auc: of("auc"),
    };
  });
}

/** One line of the study of pairing. */
export interface PairingRow extends Readonly<Record<AuditMeasure, Score>> {
  /** What is judged. */
  readonly shown: string;
  readonly system: SystemName;
}

/**
 * How much of a score on triples is pairing: each modality alone, triples
 * without a common label, triples of one label, and what the best fusion of
 * independent views with the AUCs of the single modalities would reach by
 * arithmetic.
 */
export function collatePairing(judged: readonly JudgedJob[]): PairingRow[] {
  const marks = marksByKind(judged);
  const row = (shown: string, system: SystemName, own: readonly Marks[]): PairingRow => ({
    shown,
    system,
    accuracy: overSeeds(own.map(({ accuracy }) => accuracy)),
    auc: overSeeds(own.map(({ auc }) => auc)),
  });
  const rows = auditedSystems.flatMap((system) => {
    const alone = modalities.map((m) => marks(system, `single-${m}`));
    const bySeed = alone[0]!.map((_, seed) => alone.map((own) => own[seed]!));
    const best = bySeed.map((own) => own.reduce((a, b) => b.accuracy > a.accuracy ? b : a));
    const predicted = bySeed.map((own) =>
      independencePrediction({ aucs: own.map(({ auc }) => auc) })
    );
    return [
      row("each modality alone, mean of three", system, bySeed.map(meanMarks)),
      row("the best modality alone", system, best),
      ...system === "Proposed"
        ? [row("random triples, each label by its head, mean", system, marks(system, randomKind))]
        : [],
      row("triples of one label", system, marks(system, "label")),
      row("predicted for independent views", system, predicted),
    ];
  });
  return [...rows, row("triples of one label", "Late fusion", marks("Late fusion", "label"))];
}
