/** Jobs: what a worker is asked to fit and to judge, and what it answers. @module */

import type { Pair, PairingProtocol } from "../datasets/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import type { ModelSettings, ProposedTraining } from "../systems/settings.ts";
import type { Head, Inspected, Problem, Rows } from "../systems/system.ts";
import type { Target } from "../target.ts";
import { isScratchSystem } from "./scratch_systems.ts";
import type { Splits } from "./splits.ts";
import { rowNetworks, type SystemName } from "./systems.ts";
import { trainedSystems, type Tuned } from "./settings.ts";

/** What a job has other than its experiment's configuration. */
export interface Variant {
  readonly model?: Partial<ModelSettings>;
  readonly training?: Partial<ProposedTraining>;
  /** In place of what tuning chose for the job's system. */
  readonly tuned?: Tuned;
  /** Most segments per modality; neighbours are averaged. */
  readonly segments?: number;
}

/** What a fitted system is asked. */
export interface Exam {
  /** Unique in its job. */
  readonly name: string;
  /** Whose verdict is asked for. */
  readonly head: Head;
  /** The samples shown. */
  readonly rows: Rows;
  /** The true labels: places among the classes, or scores. */
  readonly labels: readonly number[];
  /** Whether what the system shows of its inside is kept as well, or only what has these names. */
  readonly inspect?: boolean | readonly string[];
}

/**
 * What a control asks:
 *
 * - `additive`: the verdict without interaction, its empirical multimodally-additive projection over
 *   the rows of the exam (`additiveProjection`), in the space of `evidenceOf`;
 * - `label-paired`: the verdict on the same samples paired anew among rows of the same label, of scores
 *   among those that round to the same whole score: the first modality that rows show stays, each
 *   other is permuted. What a system gains by it is what pairing by label makes up.
 */
export type Control = (typeof controls)[number];

/** Every control. */
export const controls = ["additive", "label-paired"] as const;

/** What a worker is asked to do. */
export interface Job {
  /** Names the run's files, as {@linkcode named} has it. */
  readonly name: string;
  /** What tells it from other jobs of its system and seed, such as `single-text` or `held-out`. */
  readonly kind: string;
  readonly system: SystemName;
  readonly protocol: PairingProtocol;
  /** The modalities to learn and to judge; all three under `label`. */
  readonly present: readonly Modality[];
  readonly seed: number;
  readonly split: Splits;
  /** Whether each class counts alike, however many samples it has. */
  readonly classesAlike?: boolean;
  /** Under `natural`, what belongs together. */
  readonly pairs?: readonly Pair[];
  /** As {@linkcode Problem.neutral}. */
  readonly neutral?: Problem["neutral"];
  /** As {@linkcode Problem.noisy}. */
  readonly noisy?: Problem["noisy"];
  /** What is learnt; by default two polarities. */
  readonly target?: Target;
  readonly variant?: Variant;
  /** As `TrainOptions.gradients`, of a system that learns by epochs. */
  readonly gradients?: true;
  /** Asked in place of {@linkcode testExams}. */
  readonly exams?: readonly Exam[];
  /** Asked of the same fit as well. */
  readonly controls?: readonly Control[];
  /** Whether it is asked of every subset of what whole rows show, too: {@linkcode wholeRowExams}. */
  readonly parts?: true;
}

/** A system's verdicts on an exam. */
export interface Verdicts extends Omit<Exam, "inspect"> {
  /**
   * Verdicts, as many numbers a sample as `verdictWidth` says: of two classes the probability of
   * the second.
   */
  readonly scores: ArrayLike<number>;
  /** What the system shows of its inside, if that was asked for. */
  readonly inspected?: Readonly<Record<string, Inspected>>;
}

/** The outcome of a job. */
export interface Outcome {
  readonly job: Job;
  readonly verdicts: readonly Verdicts[];
  readonly record: Readonly<Record<string, unknown>>;
  /**
   * Of fitting and judging, on the thread that did it; after an interruption, since then, and
   * where an earlier job had the same fit, of judging.
   */
  readonly seconds?: number;
  /** Memory that the process held when the job ended: of all that ran side by side. */
  readonly megabytes?: number;
}

/** A job with the name of its files: `proposed-single-text-seed1`. */
export function named<Unnamed extends Pick<Job, "system" | "kind" | "seed">>(
  job: Unnamed,
): Unnamed & Pick<Job, "name"> {
  const { system, kind, seed } = job;
  return { ...job, name: `${slug(system)}-${kind}-seed${seed}` };
}

/** A name as file names have it: `MSFNet (adaptation)` is `msfnet-adaptation`. */
export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/-$/, "");
}

/** The longest jobs first, so that no core is left waiting at the end. */
export function longestFirst(jobs: readonly Job[]): Job[] {
  const long = new Set<string>([
    ...trainedSystems,
    ...rowNetworks,
    "Shuffled labels",
    "Late fusion of Proposed",
  ]);
  const cost = ({ system, protocol }: Job) =>
    long.has(system) ? (protocol === "single" ? 1 : 2) : 0;
  return jobs.toSorted((a, b) => cost(b) - cost(a));
}

/** Says whether a system reads what encoders make of samples, and does not train its own. */
export function readsStates(system: SystemName): boolean {
  const readers: readonly SystemName[] = [
    "TF-IDF regression",
    "MFCC regression",
    "Majority",
    "CLIP",
    "CLIP zero-shot",
  ];
  if (system === "Linear probe, emotions" || system === "Branch on speech states") return true;
  if (readsStatesAndInputs(system)) return true;
  return !isScratchSystem(system) && !readers.includes(system);
}

/** Says whether a system reads what an encoder makes of samples, and raw inputs beside it. */
export function readsStatesAndInputs(system: SystemName): boolean {
  return system === "Branch on spectrogram and states" || system === "Speech ensemble";
}

/**
 * The modalities whose encoders a job needs: it is fitted on them or shown them, and there are
 * samples to train on. Natural pairs may have none of a modality.
 */
export function modalitiesOf(
  { present, exams = [], split }: Pick<Job, "present" | "exams" | "split">,
): Modality[] {
  return modalities.filter((m) =>
    split[m].train.length > 0 &&
    (present.includes(m) || exams.some(({ rows }) => rows[m] !== undefined))
  );
}
