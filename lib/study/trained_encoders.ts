/**
 * Encoders that each job's own training part trains: which a job needs, and the features that they
 * give. No sample of a split's test part takes part in the encoders that it is tested upon.
 *
 * @module
 */

import { sha256 } from "../files.ts";
import type { Split } from "../datasets/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { InputSizes } from "../model/mod.ts";
import {
  type CorpusFeatures,
  inputSizes,
  type ModalityFeatures,
  type Table,
} from "../systems/features.ts";
import { type PoolOptions, runJobs, shareFeatures } from "./pool.ts";
import { type NeutralToLearn, withNeutralBehind } from "./neutral.ts";
import { digestOf } from "./fit_key.ts";
import { type Job, modalitiesOf, type Outcome, readsStates, readsStatesAndInputs } from "./job.ts";
import { rawInputsOf, recipes } from "./scratch_systems.ts";

// More at a time would be a matter of memory: at the paper's sizes one has up to 10 MB of states.
const encodersAtOnce = 24;

/** The one exam of an encoder: the states of every sample. */
const statesExam = "states";

/** The tables that a frozen encoder gives. */
type StateTables = Readonly<Record<"states" | "mask", Table>>;

/** What of a job decides its encoders. */
type EncoderPlan = Pick<Job, "seed" | "split" | "target" | "classesAlike">;

/** What an encoder made of every sample, and which encoder that was. */
interface States extends StateTables {
  /** SHA-256 of the encoder's parameters. */
  readonly digest: string;
}

/** Trained encoders as long as they are needed. */
export interface TrainedStates {
  /**
   * What each of the jobs learns from: `features`, with the states of the encoders that its split
   * has trained in place of the raw inputs. Encoders that no earlier call has trained are trained.
   */
  featuresOf(
    jobs: readonly Job[],
    options: TrainedStatesOptions,
  ): Promise<(job: Job) => CorpusFeatures>;
  /** The modalities whose encoders a job needs to be trained. */
  encodedOf(job: Job): readonly Modality[];
  /** SHA-256 of the parameters of the encoders that features of {@linkcode featuresOf} come from. */
  digestsOf(features: CorpusFeatures): EncoderDigests | undefined;
}

/** By modality, of those that encoders were trained for. */
export type EncoderDigests = { readonly [M in Modality]?: string };

/** What {@linkcode TrainedStates} is given beside the jobs: that of `runJobs`, for the encoders. */
export interface TrainedStatesOptions extends Omit<PoolOptions, "features" | "onOutcome"> {
  /** The tables of `rawInputEncoders`, of modalities that are not trained those of frozen ones. */
  readonly features: CorpusFeatures;
  /** What encoders of polarities learn besides, by the splits of the samples that `features` are of. */
  readonly neutral?: NeutralToLearn | undefined;
  /** How many encoders are trained, of those that the jobs need and that were not at hand. */
  readonly onEncoder?: (done: number, total: number) => void;
}

/**
 * The job that trains the encoder of modality `m` for `job`, and shows the states of all `samples`.
 * It knows of the split only that modality's training and validation rows: all jobs with the
 * same, and the same neutral samples, have one encoder, whatever else they differ in. It learns what
 * the job learns, and the samples `neutral`, counted from the first row behind those of `labels`.
 *
 * @throws {RangeError} There is nothing to validate on.
 */
export function encoderJob(
  { seed, split, target, classesAlike }: EncoderPlan,
  m: Modality,
  { labels }: Pick<ModalityFeatures, "labels">,
  neutral: readonly number[] = [],
): Job {
  const { train, validation } = split[m];
  if (validation.length === 0) {
    throw new RangeError(
      `Cannot train the ${m} encoder: expected samples of ${m} to validate on, got none; frozen ` +
        "encoders, as of --encoders embedded, need none",
    );
  }
  const rows = Array.from(labels, (_, row) => row);
  return {
    name: `encoder-${m}-seed${seed}`,
    kind: "encoder",
    system: "Trained encoder",
    seed,
    protocol: "single",
    present: [m],
    ...target && { target },
    ...classesAlike && { classesAlike },
    ...neutral.length > 0 && { neutral: { [m]: neutral.map((i) => labels.length + i) } },
    split: byModality((own) =>
      own === m ? { train, validation, test: [] } : { train: [], validation: [], test: [] }
    ),
    exams: [{
      name: statesExam,
      head: m,
      inspect: true,
      rows: { [m]: rows },
      labels: Array.from(labels),
    }],
  };
}

/** The tables that an encoder gives, out of the outcome of its {@linkcode encoderJob}. */
export function statesOf(
  { verdicts: [verdict], record }: Pick<Outcome, "verdicts" | "record">,
): States {
  const { states, mask } = verdict!.inspected!;
  const segments = mask!.width, rows = mask!.values.length / segments;
  return {
    states: shared([rows, segments, states!.width / segments], states!.values),
    mask: shared([rows, segments], mask!.values),
    digest: String(record.digest),
  };
}

function shared(shape: readonly number[], values: ArrayLike<number>): Table {
  const data = new Float32Array(new SharedArrayBuffer(4 * values.length));
  data.set(values);
  return { shape, data };
}

/**
 * Features with these states in place of the raw inputs that encoders of the modalities `trained`
 * read. Such a modality without any has tables of no row, which say how many numbers there would be.
 */
export function withStates(
  features: CorpusFeatures,
  states: { readonly [M in Modality]?: StateTables },
  trained: readonly Modality[] = modalities,
): CorpusFeatures {
  return byModality((m) => {
    if (!trained.includes(m)) return features[m];
    const raw = rawInputsOf(m);
    const kept = Object.entries(features[m].tables).filter(([name]) => !raw.includes(name));
    const { states: own, mask } = states[m] ?? noStates(m, features);
    const tables = { ...Object.fromEntries(kept), states: own, mask };
    return { ...features[m], tables };
  });
}

/** Features with the raw inputs of others beside their own tables. */
function withInputs(features: CorpusFeatures, others: CorpusFeatures): CorpusFeatures {
  return byModality((m) => ({
    ...features[m],
    tables: { ...others[m].tables, ...features[m].tables },
  }));
}

function noStates(m: Modality, features: CorpusFeatures): StateTables {
  const { segments, width } = recipes[m].design(features);
  const data = new Float32Array();
  return { states: { shape: [0, segments, width], data }, mask: { shape: [0, segments], data } };
}

/**
 * The sizes of the model upon encoders that are yet to be trained: `features` are of the raw inputs of
 * the modalities `trained`.
 */
export function trainedSizes(
  features: CorpusFeatures,
  trained: readonly Modality[] = modalities,
): InputSizes {
  return inputSizes(withStates(features, {}, trained));
}

/** Trains encoders of the modalities `trained` when they are first needed, and keeps the latest. */
export function trainedStates(trained: readonly Modality[] = modalities): TrainedStates {
  const encodedOf = (job: Job) =>
    readsStates(job.system) ? modalitiesOf(job).filter((m) => trained.includes(m)) : [];
  const memories = new WeakMap<CorpusFeatures, Memory>();
  const digests = new WeakMap<CorpusFeatures, EncoderDigests>();
  return {
    encodedOf,
    digestsOf: (features) => digests.get(features),
    async featuresOf(jobs, { features, onEncoder = () => {}, work, neutral, ...options }) {
      const memory = memories.get(features) ?? newMemory(features, neutral);
      memories.set(features, memory);
      const needed = new Map<string, Job>();
      for (const job of jobs) {
        for (const m of encodedOf(job)) {
          needed.set(
            encoderName(job, m, neutral),
            encoderJob(job, m, features[m], neutralRows(job, m, neutral)),
          );
        }
      }
      const known = new Map([...needed.keys()].flatMap((name) => {
        const states = memory.states.get(name);
        return states ? [[name, states] as const] : [];
      }));
      const missing = [...needed].filter(([name]) => !known.has(name));
      const outcomes = await runJobs(missing.map(([, job]) => job), {
        ...options,
        features: memory.learnt,
        // What a fit learnt is kept, by its checkpoints; the states of all samples follow from it.
        ...work &&
          { work: { ...work, outcome: nothing, keep: (outcome) => Promise.resolve(outcome) } },
        onOutcome: (_, done) => onEncoder(done, missing.length),
      });
      outcomes.forEach((outcome, i) => known.set(missing[i]![0], statesOf(outcome)));
      for (const [name, states] of known) memory.states.set(name, states);
      const forgotten = memory.states.size - Math.max(encodersAtOnce, known.size);
      for (const name of [...memory.states.keys()].slice(0, Math.max(0, forgotten))) {
        memory.states.delete(name);
      }
      const made = new Map<string, CorpusFeatures>();
      return (job) => {
        if (!readsStates(job.system)) return memory.features;
        const own = encodedOf(job).map((m) => [m, encoderName(job, m, neutral)] as const);
        const isBoth = readsStatesAndInputs(job.system);
        const name = [...own.map(([, name]) => name), isBoth].join();
        const before = made.get(name);
        if (before) return before;
        const states = Object.fromEntries(own.map(([m, name]) => [m, known.get(name)!]));
        const upon = withStates(memory.features, states, trained);
        const found = isBoth ? withInputs(upon, memory.features) : upon;
        made.set(name, found);
        if (own.length === 0) return found;
        digests.set(found, Object.fromEntries(own.map(([m]) => [m, states[m]!.digest])));
        return found;
      };
    },
  };
}

/** Of some features: themselves, in memory that workers share, and the latest states of encoders. */
interface Memory {
  readonly features: CorpusFeatures;
  /** What encoders are trained on: these, and neutral samples behind. */
  readonly learnt: CorpusFeatures;
  readonly states: Map<string, States>;
}

function newMemory(features: CorpusFeatures, neutral?: NeutralToLearn): Memory {
  const own = shareFeatures(features);
  const learnt = neutral ? shareFeatures(withNeutralBehind(own, neutral)) : own;
  return { features: own, learnt, states: new Map() };
}

/** The neutral samples that the encoder of a job learns. */
export function neutralRows(
  { split, target }: EncoderPlan,
  m: Modality,
  neutral?: NeutralToLearn,
): readonly number[] {
  return target ? [] : neutral?.rowsOf(split, m) ?? [];
}

const nothing = () => Promise.resolve(undefined);

// Rows are many, and of one split the same for many jobs.
const digests = new WeakMap<Split, string>();

/** One name for each encoder that there is upon some features. */
function encoderName(
  plan: EncoderPlan,
  m: Modality,
  neutral?: NeutralToLearn,
): string {
  const { seed, split, classesAlike = false } = plan;
  const { train, validation } = split[m];
  const digest = digests.get(split[m]) ??
    sha256(JSON.stringify([train, validation]));
  digests.set(split[m], digest);
  const rows = neutralRows(plan, m, neutral);
  const besides = rows.length > 0 ? [`neutral ${rows}`] : [];
  return [m, seed, digest, ...classesAlike ? ["classes alike"] : [], ...besides].join(" ");
}

/**
 * Names the encoders that a job's split trains: jobs of one key are one part's, so that each encoder is
 * trained once, whatever modalities its jobs read.
 */
export function encodersKey({ seed, split }: Pick<Job, "seed" | "split">): string {
  return sha256(`encoders ${seed} ${digestOf(split)}`);
}

/**
 * Runs jobs as `runJobs` does, each upon the encoders that its split has trained. For jobs that
 * ended before no encoder is trained.
 */
export async function runOnTrained(
  jobs: readonly Job[],
  states: TrainedStates,
  { onOutcome = () => {}, ...options }: TrainedStatesOptions & Pick<PoolOptions, "onOutcome">,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const ended = new Set<number>();
  for (const [at, job] of jobs.entries()) {
    if (await options.work?.outcome(job)) ended.add(at);
  }
  let done = 0;
  for (const part of parts(jobs, { ended, states, neutral: options.neutral })) {
    const own = part.map((at) => jobs[at]!);
    const running = part.filter((at) => !ended.has(at)).map((at) => jobs[at]!);
    const featuresOf = await states.featuresOf(running, options);
    const found = await runJobs(own, {
      ...options,
      features: featuresOf,
      noteOf: (job) => {
        const encoders = states.digestsOf(featuresOf(job));
        return encoders ? { encoders } : {};
      },
      onOutcome: (outcome) => onOutcome(outcome, ++done),
    });
    found.forEach((outcome, i) => outcomes[part[i]!] = outcome);
  }
  return outcomes;
}

/** The places of the jobs in parts that need no more encoders than there may be at once. */
function parts(
  jobs: readonly Job[],
  { ended, states: { encodedOf }, neutral }: {
    readonly ended: ReadonlySet<number>;
    readonly states: Pick<TrainedStates, "encodedOf">;
    readonly neutral?: NeutralToLearn | undefined;
  },
): number[][] {
  const namesOf = (at: number) => {
    const job = jobs[at]!;
    return ended.has(at) ? [] : encodedOf(job).map((m) => encoderName(job, m, neutral));
  };
  const found: number[][] = [];
  let names = new Set<string>();
  for (const group of Map.groupBy(jobs.keys(), (at) => namesOf(at).join()).values()) {
    const together = names.union(new Set(namesOf(group[0]!)));
    if (found.length === 0 || together.size > encodersAtOnce) {
      found.push([]);
      names = new Set(namesOf(group[0]!));
    } else names = together;
    found.at(-1)!.push(...group);
  }
  return found;
}
