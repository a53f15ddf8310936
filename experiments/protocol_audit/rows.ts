/**
 * The protocol audit: what each fault in the handling of data adds to a score.
 *
 *     deno task reproduce protocol_audit
 *
 * Every fault is let in on purpose, one at a time, and stands beside the run of
 * Table 1 that does without it: same system, same seeds, same settings. The
 * paper leaves room for most of them: it names no validation part, 10,000 clips
 * where its sources have 2,452, no speakers kept apart, and no pairing.
 *
 * @module
 */

import {
  independencePrediction,
  meanAndDeviation,
  pairedTTest,
  scoreBinary,
} from "../../lib/metrics/mod.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import type { Config } from "../../lib/study/settings.ts";
import { copiedRows, exposure, faultySplitByRow, faultyValidation } from "./faulty_protocols.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { type Branch, branches, trainingRecord } from "../../lib/study/proposed_runs.ts";
import { type Job, named, type Outcome } from "../../lib/study/job.ts";
import { hasImageGroups, type Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { planTable1 } from "../table_1/rows.ts";
import { printP, signed } from "../../lib/numbers.ts";
import { overSeeds, printScore, type Score } from "../tables.ts";

/** The scores that the audit compares. */
export const auditMeasures = ["accuracy", "auc"] as const;

/** One of {@linkcode auditMeasures}. */
export type AuditMeasure = (typeof auditMeasures)[number];

/** The systems that faults are let into. */
export const auditedSystems = ["Proposed", "Linear probe"] as const;

/** One of {@linkcode auditedSystems}. */
export type AuditedSystem = (typeof auditedSystems)[number];

/** A fault, and the runs that show it. */
export interface Contrast {
  /** What goes wrong, as a table prints it; figures have room for 36 letters. */
  readonly fault: string;
  readonly system: AuditedSystem;
  /** The kinds of the honest runs, as Table 1 names them; of several the mean counts. */
  readonly honest: readonly string[];
  /** The kind of the run with the fault. */
  readonly faulty: string;
  /** By seed: the share of test rows that training has met, by themselves or by their group. */
  readonly exposed?: readonly number[];
}

/** What the audit runs and compares. */
export interface AuditPlan {
  readonly contrasts: readonly Contrast[];
  /** To be run by the study; the honest ones are jobs of Table 1. */
  readonly jobs: readonly Job[];
  /** Honest probes to be fitted once more with features scaled on all samples, under the faulty name. */
  readonly scaled: readonly Job[];
  /** The jobs among which a learning rate is chosen. */
  readonly rates: readonly Job[];
  /** Faults that these data can't have, and why. */
  readonly absent: readonly string[];
}

/** One system's score without the fault and with it, over the same seeds. */
export interface Gain {
  readonly honest: Score;
  readonly inflated: Score;
  /** Inflated less honest. */
  readonly difference: Score;
  /** Student's t over the seeds, two-sided; null with one seed, or where there is nothing to pair. */
  readonly p: number | null;
}

/** One row of the audit. */
export interface AuditedFault extends Readonly<Record<AuditMeasure, Gain>> {
  readonly fault: string;
  readonly system: AuditedSystem;
  /** Mean over seeds; see {@linkcode Contrast.exposed}. */
  readonly exposed?: number;
}

/** By what the configured learning rate is multiplied in the search that chooses on test. */
export const rateFactors = [1 / 3, 1, 3] as const;

/** How a fault is let in. */
interface Fault extends Omit<Contrast, "exposed"> {
  /** What differs from the honest job; without, the faulty run is one of Table 1's. */
  readonly spoil?: (honest: Job) => Partial<Job>;
  /** The features, and not the job, have the fault. */
  readonly scaled?: boolean;
  /** What test rows of a modality must not share with training rows. */
  readonly shared?: { readonly modality: Modality; readonly by: (sample: Sample) => string };
}

/** The plan for these seeds. Every faulty job is a job of Table 1 but for its name and its fault. */
export function planProtocolAudit(
  samples: Samples,
  { seeds, config }: { readonly seeds: readonly number[]; readonly config: Config },
): AuditPlan {
  const { jobs: table } = planTable1(samples, { seeds, data: config.data });
  const honest = (system: SystemName, kind: string) =>
    seeds.map((seed) => table.find((job) => isRun(job, { system, kind, seed }))!);
  const spoiled = ({ system, honest: [kind], faulty, spoil }: Fault) =>
    spoil
      ? honest(system, kind!).map((job): Job => named({ ...job, ...spoil(job), kind: faulty }))
      : honest(system, faulty);
  const faults = [
    ...pairingFaults(),
    ...groupFaults(samples, config),
    ...copyFaults(samples, config),
    ...selectionFaults(samples),
    ...scalingFaults(samples),
  ].map((fault) => ({ fault, jobs: spoiled(fault) }));
  const rates = rateJobs(honest("Proposed", "single-audio"), config);
  const jobs = [
    ...faults.flatMap(({ fault: { system, honest: kinds } }) =>
      kinds.flatMap((kind) => honest(system, kind))
    ),
    ...faults.filter(({ fault }) => !fault.scaled).flatMap(({ jobs }) => jobs),
    ...rates,
    ...honest("Proposed", "label").map(withoutCommonLabel),
    ...honest("Late fusion", "label"),
  ];
  return {
    contrasts: faults.map(({ fault, jobs }) => contrastOf(fault, jobs, samples)),
    // One run serves several contrasts.
    jobs: [...new Map(jobs.map((job) => [job.name, job])).values()],
    scaled: faults.filter(({ fault }) => fault.scaled).flatMap(({ jobs }) => jobs),
    rates,
    absent: absentFaults(samples, { seeds, config }),
  };
}

function contrastOf(
  { fault, system, honest, faulty, shared }: Fault,
  jobs: readonly Job[],
  samples: Samples,
): Contrast {
  if (!shared) return { fault, system, honest, faulty };
  const { modality: m, by } = shared;
  const exposed = jobs.map(({ split }) => exposure(samples[m], split[m], by));
  return { fault, system, honest, faulty, exposed };
}

function pairingFaults(): Fault[] {
  return auditedSystems.map((system) => ({
    fault: "Pairing: triples of one label",
    system,
    honest: modalities.map((m) => `single-${m}`),
    faulty: "label",
  }));
}

const byGroup = ({ group }: Sample) => group;
const byHash = ({ hash }: Sample) => hash;

function groupFaults(samples: Samples, { data }: Config): Fault[] {
  const images = auditedSystems.map((system): Fault => ({
    fault: "Image: icon sets on both sides",
    system,
    honest: ["held-out"],
    faulty: "single-image",
    shared: { modality: "image", by: byGroup },
  }));
  const byRow = (fault: string, m: Modality) =>
    auditedSystems.map((system): Fault => ({
      ...faultOf(fault, system, `single-${m}`),
      spoil: ({ split, seed }) => {
        const rows = [...samples[m].keys()];
        return { split: { ...split, [m]: faultySplitByRow(samples[m], { rows, seed, data }) } };
      },
      shared: { modality: m, by: byGroup },
    }));
  return [
    ...hasImageGroups(samples) ? images : [],
    ...byRow("Audio: actors on both sides", "audio"),
    ...hasLikeTexts(samples) ? byRow("Text: like messages on both sides", "text") : [],
  ];
}

function copyFaults(samples: Samples, { data, training: { epochs } }: Config): Fault[] {
  const copied = (
    fault: string,
    m: Modality,
    { times, systems = auditedSystems }: {
      readonly times: number;
      readonly systems?: readonly AuditedSystem[];
    },
  ) =>
    systems.map((system): Fault => ({
      ...faultOf(fault, system, `single-${m}`),
      spoil: ({ split, seed }) => {
        const rows = copiedRows(samples[m].length, times);
        return {
          split: { ...split, [m]: faultySplitByRow(samples[m], { rows, seed, data }) },
          // As many steps as the honest run: what is measured is the leak, not a longer training.
          variant: { training: { epochs: Math.max(1, Math.round(epochs / times)) } },
        };
      },
      shared: { modality: m, by: byHash },
    }));
  const times = data.cap / samples.audio.length;
  return [
    ...copied("Audio: every file twice", "audio", { times: 2 }),
    // The probe has no epochs to shorten: so many rows would take it longer than all else together.
    ...times > 1
      ? copied(`Audio: copied up to ${data.cap}`, "audio", {
        times,
        systems: ["Proposed"],
      })
      : [],
    ...copied("Text: every message twice", "text", { times: 2 }),
  ];
}

function selectionFaults(samples: Samples): Fault[] {
  return modalities.flatMap((m) =>
    auditedSystems.map((system): Fault => {
      const chosen = system === "Proposed" ? "best epoch" : "penalty";
      return {
        ...faultOf(`${capital(m)}: ${chosen} chosen on test`, system, strictest(samples, m)),
        spoil: ({ split }) => ({ split: faultyValidation(split) }),
      };
    })
  );
}

function scalingFaults(samples: Samples): Fault[] {
  return modalities.map((m) => ({
    ...faultOf(
      `${capital(m)}: scaled on all samples`,
      "Linear probe",
      strictest(samples, m),
    ),
    spoil: () => ({}),
    scaled: true,
  }));
}

function faultOf(fault: string, system: AuditedSystem, honest: string) {
  return { fault, system, honest: [honest], faulty: `audit-${slug(fault)}` };
}

// Validation and test differ most where whole groups are held out.
function strictest(samples: Samples, m: Modality): string {
  return m === "image" && hasImageGroups(samples) ? "held-out" : `single-${m}`;
}

function hasLikeTexts({ text }: Samples): boolean {
  return new Set(text.map(byGroup)).size < text.length;
}

function absentFaults(
  samples: Samples,
  { seeds, config: { data } }: { readonly seeds: readonly number[]; readonly config: Config },
): string[] {
  const reasons: [string, boolean][] = [
    ["icon sets on both sides; every image is a group of its own", !hasImageGroups(samples)],
    ["like messages on both sides; no two are alike", !hasLikeTexts(samples)],
    [`clips copied up to ${data.cap}; there are as many`, samples.audio.length >= data.cap],
    ["tests over seeds; there is one seed", seeds.length === 1],
  ];
  return reasons.filter(([, absent]) => absent).map(([reason]) => reason);
}

/** The kind of the runs on triples whose samples are drawn apart, each with a label of its own. */
const randomKind = "audit-random-pairs";

function rateJobs(honest: readonly Job[], config: Config): Job[] {
  const tuned = config.tuned.Proposed ?? {};
  const configured = tuned.learningRate ?? config.training.learningRate;
  return rateFactors.flatMap((factor, i) =>
    factor === 1 ? honest : honest.map((job): Job =>
      named({
        ...job,
        kind: `audit-rate-${i + 1}-single-audio`,
        variant: { tuned: { ...tuned, learningRate: factor * configured } },
      })
    )
  );
}

function isRun(job: Job, run: Pick<Job, "system" | "kind" | "seed">): boolean {
  return job.system === run.system && job.kind === run.kind && job.seed === run.seed;
}

function withoutCommonLabel(job: Job): Job {
  return named({ ...job, protocol: "random", kind: randomKind });
}

function slug(fault: string): string {
  return fault.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/** Accuracy and AUC of one run. */
type Marks = Readonly<Record<AuditMeasure, number>>;

/** The mean over a run's exams, of which the heads of random triples are three. */
function marksOf({ exams }: JudgedJob): Marks {
  return meanMarks(exams.map(({ labels, scores }) => scoreBinary({ actual: labels, scores })));
}

function meanMarks(all: readonly Marks[]): Marks {
  const mean = (of: AuditMeasure) => meanAndDeviation(all.map((marks) => marks[of])).mean;
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
      ...{ fault, system },
      ...gains(inflated.map((_, i) => meanMarks(kinds.map((kind) => kind[i]!))), inflated),
      ...exposed && { exposed: meanAndDeviation(exposed).mean },
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
      p: first.length > 1 ? pairedTTest({ first, second }).p : null,
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
    ...{ shown, system },
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

/** The audit as Markdown: a table of faults, one of pairing, and what was not run. */
export function auditToMarkdown(
  { faults, pairing, absent }: {
    readonly faults: readonly AuditedFault[];
    readonly pairing: readonly PairingRow[];
    readonly absent: readonly string[];
  },
  { title, caption }: { title: string; caption: string },
): string {
  return [
    `## ${title}`,
    "",
    caption,
    "",
    "| fault let in on purpose | system | test rows met in training | honest accuracy | with the fault | difference | p | honest AUC | with the fault | difference |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...faults.map(faultLine),
    ...absent.length > 0 ? ["", ...absent.map((what) => `- Not run: ${what}.`)] : [],
    "",
    "### Pairing",
    "",
    "Given their label, the three samples of a triple are independent: whoever adds up the evidence gains by arithmetic alone. " +
    "The prediction is that of normal scores with one variance; d′ adds in squares.",
    "",
    "| shown | system | accuracy | AUC |",
    "| --- | --- | ---: | ---: |",
    ...pairing.map(({ shown, system, accuracy, auc }) =>
      `| ${shown} | ${system} | ${printScore(accuracy)} | ${printScore(auc)} |`
    ),
    "",
  ].join("\n");
}

function faultLine({ fault, system, exposed, accuracy, auc }: AuditedFault): string {
  const scores = ({ honest, inflated, difference }: Gain) => [
    printScore(honest),
    printScore(inflated),
    `${signed(difference.mean)}${
      difference.seeds.length > 1 ? ` ± ${difference.sd.toFixed(3)}` : ""
    }`,
  ];
  const cells = [
    ...[fault, system, exposed === undefined ? "" : `${(100 * exposed).toFixed(0)} %`],
    ...scores(accuracy),
    accuracy.p === null ? "" : printP(accuracy.p),
    ...scores(auc),
  ];
  return `| ${cells.join(" | ")} |`;
}
