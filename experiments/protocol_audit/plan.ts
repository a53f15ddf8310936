/** The faults, and the runs that show each beside the honest ones. @module */

import type { Sample } from "../../lib/datasets/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { capOf, type Config } from "../../lib/study/settings.ts";
import { copiedRows, exposure, faultySplitByRow, faultyValidation } from "./faulty_protocols.ts";
import { type Job, named, slug } from "../../lib/study/job.ts";
import { kindOf } from "../../lib/study/proposed_runs.ts";
import { hasImageGroups, type Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { planTable1 } from "../table_1/rows.ts";
import { capital } from "../tables.ts";

/** The systems that faults are let into. */
export const auditedSystems = ["Proposed", "Linear probe"] as const;

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

/** By what the configured learning rate is multiplied in the search that chooses on test. */
const rateFactors = [1 / 3, 1, 3] as const;

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
  const faults = faultsOf(samples, config).map((fault) => ({ fault, jobs: spoiled(fault) }));
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

const byGroup = ({ group }: Sample) => group;
const byHash = ({ hash }: Sample) => hash;

/** The faults that these data can have. */
function faultsOf(samples: Samples, { data, training: { epochs } }: Config): Fault[] {
  const of = (
    fault: string,
    honest: string,
    how: Partial<Fault>,
    systems: readonly AuditedSystem[] = auditedSystems,
  ) =>
    systems.map((system): Fault => (
      { fault, system, honest: [honest], faulty: `audit-${slug(fault)}`, ...how }
    ));
  // What shares a group, or is a copy, comes on both sides.
  const byRow = (fault: string, m: Modality, times = 1, systems?: readonly AuditedSystem[]) =>
    of(fault, kindOf(m), {
      spoil: ({ split, seed }) => {
        const rows = copiedRows(samples[m].length, times);
        return {
          split: { ...split, [m]: faultySplitByRow(samples[m], { rows, seed, data }) },
          // As many steps as the honest run: what is measured is the leak, not a longer training.
          ...times > 1 &&
            { variant: { training: { epochs: Math.max(1, Math.round(epochs / times)) } } },
        };
      },
      shared: { modality: m, by: times > 1 ? byHash : byGroup },
    }, systems);
  const times = capOf(data) / samples.audio.length;
  return [
    ...of("Pairing: triples of one label", "", { honest: modalities.map(kindOf), faulty: "label" }),
    ...hasImageGroups(samples)
      ? of("Image: icon sets on both sides", "held-out", {
        faulty: "single-image",
        shared: { modality: "image", by: byGroup },
      })
      : [],
    ...byRow("Audio: actors on both sides", "audio"),
    ...hasLikeTexts(samples) ? byRow("Text: like messages on both sides", "text") : [],
    ...byRow("Audio: every file twice", "audio", 2),
    // The probe has no epochs to shorten: so many rows would take it longer than all else together.
    ...times > 1 ? byRow(`Audio: copied up to ${capOf(data)}`, "audio", times, ["Proposed"]) : [],
    ...byRow("Text: every message twice", "text", 2),
    ...modalities.flatMap((m) =>
      auditedSystems.flatMap((system) => {
        const chosen = system === "Proposed" ? "best epoch" : "penalty";
        return of(`${capital(m)}: ${chosen} chosen on test`, strictest(samples, m), {
          spoil: ({ split }) => ({ split: faultyValidation(split) }),
        }, [system]);
      })
    ),
    ...modalities.flatMap((m) =>
      of(`${capital(m)}: scaled on all samples`, strictest(samples, m), {
        spoil: () => ({}),
        scaled: true,
      }, ["Linear probe"])
    ),
  ];
}

// Validation and test differ most where whole groups are held out.
function strictest(samples: Samples, m: Modality): string {
  return m === "image" && hasImageGroups(samples) ? "held-out" : kindOf(m);
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
    [`clips copied up to ${capOf(data)}; there are as many`, samples.audio.length >= capOf(data)],
    ["tests over seeds; there is one seed", seeds.length === 1],
  ];
  return reasons.filter(([, absent]) => absent).map(([reason]) => reason);
}

/** The kind of the runs on triples whose samples are drawn apart, each with a label of its own. */
export const randomKind = "audit-random-pairs";

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

/** Says whether a job is this run. */
export function isRun(job: Job, run: Pick<Job, "system" | "kind" | "seed">): boolean {
  return job.system === run.system && job.kind === run.kind && job.seed === run.seed;
}

function withoutCommonLabel(job: Job): Job {
  return named({ ...job, protocol: "random", kind: randomKind });
}
