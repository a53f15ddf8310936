/** The one training loop. @module */

import type { Arithmetic, CompileOptions, Executor, ExecutorChoice, Spec } from "../compile/mod.ts";
import {
  flatten,
  type Init,
  layoutOf,
  narrow,
  type Parameter,
  unflatten,
  widen,
} from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { compileGradientNorms, type GradientNorms, type ParameterParts } from "./gradient_norms.ts";
import { type GraphCache, graphCache } from "./graph_cache.ts";
import { type Batch, compileStep, type Objective, type StepState } from "./step.ts";

/** Settings of a run. The paper gives none; these are ours. */
export interface TrainConfig {
  /** Most epochs. */
  readonly epochs: number;
  /** Epochs without a better one on validation, by `keep`, after which training stops. */
  readonly patience: number;
  /** Rows a step; see `batches`. */
  readonly batch: number;
  /** η at its highest, after the warm-up. */
  readonly learningRate: number;
  /** Share of all steps in which η rises; afterwards it falls along half a cosine to 0. */
  readonly warmup: number;
  /** λ of AdamW. */
  readonly weightDecay: number;
  /** Largest norm of the whole gradient; unless given, its norm is not limited. */
  readonly clipNorm?: number;
  /** Largest value of a number of the gradient; unless given, none is limited. */
  readonly clipValue?: number;
  /**
   * Decay d of the parameters' exponential average, θ̄ ← d θ̄ + (1 - d) θ after
   * each step; θ̄ is what is validated and kept. 0 keeps θ itself.
   */
  readonly averaging: number;
  /** Probability that a modality is masked in a triple's second view; 0 for no second view. */
  readonly modalityDropout: number;
  /**
   * Which epoch is the best on validation, and kept: by default that of the lowest `loss`. With
   * `rate` that of the highest rate, averaged over it and the two epochs before it; of equal ones
   * that of the lower loss. A network that is trained for long becomes too sure where it is wrong,
   * so that its loss is lowest long before its rate is highest; over a few dozen samples the rate of
   * one epoch has steps, and is high by luck.
   */
  readonly keep?: "loss" | "rate";
}

/** What is trained, on what, and how it is judged. */
export interface TrainTask<P, B extends Tree<Spec>> {
  /** The parameters before the first step. */
  readonly initial: Init<P>;
  /** The loss of a batch, a scalar. */
  readonly objective: Objective<P, B>;
  /** The specs of a batch. */
  readonly batch: B;
  /** Names what decides objective and specs, for {@linkcode TrainOptions.graphs}. */
  readonly graph?: string;
  /** Whose gradients are kept with {@linkcode TrainOptions.gradients}. */
  readonly parts?: ParameterParts | undefined;
  /** Steps an epoch. */
  readonly steps: number;
  /** The batches of an epoch, counted from 0: a pure function, so that any epoch can be repeated. */
  batches(epoch: number): Iterable<Batch<B>>;
  /**
   * Scores on the validation part, where `executor` executes the steps. There is no way to hand in the
   * test part.
   */
  validate(parameters: Float32Array, executor: Executor): Promise<ValidationScores>;
}

/** How an epoch does on the validation part. */
export interface ValidationScores {
  /** The mean loss, without dropout. */
  readonly loss: number;
  /** In [0, 1]. */
  readonly accuracy: number;
  /** What {@linkcode TrainConfig.keep} calls the rate; the accuracy by default. */
  readonly rate?: number;
}

/** One line of a run's history. */
export interface Epoch {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean training loss of the epoch, dropout included. */
  readonly trainLoss: number;
  /** Mean loss on the validation part, without dropout, of the averaged parameters. */
  readonly validationLoss: number;
  /** In [0, 1], of the same parameters. */
  readonly validationAccuracy: number;
  /** In [0, 1], of the same parameters; where it chooses the epoch. */
  readonly validationRate?: number;
  /** On the epoch's last batch, after its last step; with {@linkcode TrainOptions.gradients} alone. */
  readonly gradients?: GradientNorms;
}

/** How far a run has come when an epoch has ended: what its history, which is kept, need not say. */
export interface TrainProgress {
  /** Most epochs. */
  readonly epochs: number;
  /** Steps done. */
  readonly step: number;
  /** η of the last of them. */
  readonly learningRate: number;
  /** The epoch that would be kept if this were the last, and its loss on the validation part. */
  readonly best: Pick<Standing["best"], "epoch" | "loss">;
  /** Which of several networks that are one fit; nothing of one. */
  readonly part?: string;
}

/**
 * Where a run stands between two epochs: all that the next one depends on. The
 * learning rate is a function of `step` and a batch one of key and epoch, so
 * neither the schedule nor the order of the data has a state of its own.
 */
export interface Standing {
  /** What executes its steps: a run is not continued on another. */
  readonly executor: Executor;
  /** θ and AdamW's moments. */
  readonly state: StepState;
  /** θ̄. */
  readonly average: Float32Array;
  /** Steps done. */
  readonly step: number;
  /** The epoch that is best on validation, and its θ̄; epoch 0 and infinity before the first. */
  readonly best: {
    readonly parameters: Float32Array;
    readonly epoch: number;
    readonly loss: number;
    /** Averaged over epochs, where it chooses the epoch. */
    readonly rate?: number;
  };
  /** A line for each epoch done. */
  readonly history: readonly Epoch[];
}

/** What is left of a run that came to its end. */
export type Ended = Pick<Standing, "executor" | "best" | "history">;

/** Where {@linkcode train} keeps its standing; `openCheckpoints` makes one of a folder. */
export interface Checkpoints {
  /** What an earlier run of a model of `size` numbers came to, if there is one. */
  ended?(size: number): Promise<Ended | undefined>;
  /** Called once training is over: the standing is of no use any more. */
  end?(ended: Ended): Promise<void>;
  /** The last standing kept of a model of `size` numbers, if there is one. */
  load(size: number): Promise<Standing | undefined>;
  /** Called after each epoch. */
  save(standing: Standing): Promise<void>;
  /** Those of one of several runs that are one fit, apart from all others of its name. */
  part?(name: string): Checkpoints;
  /** By what arithmetic the run came about so far, in the order of time: it may have gone on elsewhere. */
  arithmetics?(): readonly Arithmetic[];
}

/** The outcome of {@linkcode train}. */
export interface Trained<P> {
  /** The parameters of the epoch that is best on validation. */
  readonly parameters: Init<P>;
  /** Its number, counted from 1. */
  readonly bestEpoch: number;
  /** A line for each epoch done. */
  readonly history: readonly Epoch[];
  /** What executed the steps. */
  readonly executor: Executor;
}

// Early on the average is a plain mean: there is nothing older to remember.
function follow(average: Float32Array, parameters: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) {
    average[i] = decay * average[i]! + (1 - decay) * parameters[i]!;
  }
}

/** η at a step, counted from 0 of `steps`: linear warm-up, then half a cosine to 0. */
export function learningRateAt(
  step: number,
  steps: number,
  { learningRate, warmup }: Pick<TrainConfig, "learningRate" | "warmup">,
): number {
  const rising = Math.max(1, Math.round(warmup * steps));
  if (step < rising) return learningRate * (step + 1) / rising;
  const progress = (step - rising) / Math.max(1, steps - rising);
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** What {@linkcode train} may be told beside its task and settings. */
export interface TrainOptions extends Pick<CompileOptions, "executor" | "c"> {
  /** Threads of ONNX Runtime. */
  readonly threads?: number;
  /** Where ONNX Runtime executes; its CPU kernels by default. */
  readonly executionProviders?: readonly string[];
  /** Where the compiled step is kept for the next run of the same {@linkcode TrainTask.graph}. */
  readonly graphs?: GraphCache;
  /** Called after each epoch that this call runs. */
  readonly onEpoch?: (epoch: Epoch, progress: TrainProgress) => void;
  /** Where to go on from, and what to keep for a next time; by default nothing is kept. */
  readonly checkpoints?: Checkpoints;
  /**
   * Whether the history has the gradients of the task's `parts`, for one more pass an epoch; parameters
   * are the same without. A run that had ended without them is not run again for them.
   *
   * @default false
   */
  readonly gradients?: boolean | undefined;
}

/**
 * Minimises the objective and keeps the epoch that is best on validation. With
 * `checkpoints` a run that was cut off goes on after the last epoch kept, and
 * ends with the bytes of one that was not; one that had ended is not run again. It goes on with the
 * executor that it began on.
 *
 * @throws {TypeError} when gradients are asked for, and the task names no parts.
 * @throws {Error} when a loss is not a number, naming the epoch and, in training, the step; and when
 * a run that was cut off began on another executor than is asked for, or on one that can't be had.
 */
export async function train<P, B extends Tree<Spec>>(
  task: TrainTask<P, B>,
  config: TrainConfig,
  options: TrainOptions = {},
): Promise<Trained<P>> {
  const { threads = 1, executionProviders = ["cpu"], onEpoch = () => {}, checkpoints } = options;
  const { executor: asked = "onnxruntime", c = {} } = options;
  const { initial, objective, batch, steps } = task;
  const vector = flatten(initial as Tree<Parameter>);
  const outcome = ({ best, history, executor }: Ended): Trained<P> => {
    const parameters = unflatten(initial as Tree<Parameter>, best.parameters) as Init<P>;
    return { parameters, bestEpoch: best.epoch, history, executor };
  };
  const ended = await checkpoints?.ended?.(vector.length);
  if (ended) return outcome({ ...ended, executor: continuedOn(ended.executor, asked) });

  const graphs = task.graph === undefined ? graphCache() : options.graphs ?? graphCache();
  const kept = await checkpoints?.load(vector.length);
  const settings = {
    ...config,
    ...{ threads, executionProviders, c },
    executor: kept ? continuedOn(kept.executor, asked) : asked,
  };
  const compiled = await graphs.get(
    JSON.stringify(["step", task.graph, settings]),
    () => compileStep(objective, { initial, batch }, settings),
  );
  const { executor } = compiled;
  const from = kept ?? beginning(vector);
  const normsOf = options.gradients ? await compileNorms(task, graphs, settings) : undefined;
  let { step, best } = from;
  // The loop has what is learnt; what is validated and kept is whole.
  const part = { whole: layoutOf(initial as Tree<Parameter>), part: compiled.learnt };
  let state = mapState(from.state, (own) => narrow(own, part));
  let spare: StepState | undefined;
  const average = narrow(from.average, part);
  const whole = (own: Float32Array, all = vector) => widen(own, { all, ...part });
  const unmoved = new Float32Array(vector.length);
  const history = [...from.history];
  while (goesOn({ best, history }, config)) {
    const epoch = history.length;
    let total = 0;
    let last: Batch<B> | undefined;
    for (const values of task.batches(epoch)) {
      const learningRate = learningRateAt(step, steps * config.epochs, config);
      const result = await compiled.run({
        state,
        spare,
        step: ++step,
        learningRate,
        batch: values,
      });
      if (!Number.isFinite(result.loss)) {
        throw new Error(
          `Cannot train: expected a finite loss in epoch ${
            epoch + 1
          }, step ${step}, got ${result.loss}`,
        );
      }
      total += result.loss;
      spare = state;
      state = result.state;
      if (config.averaging > 0) {
        follow(average, state.parameters, Math.min(config.averaging, 1 - 1 / step));
      }
      last = values;
    }
    const parameters = whole(config.averaging > 0 ? average : state.parameters);
    const { loss, accuracy, rate = accuracy } = await task.validate(parameters, executor);
    if (!Number.isFinite(loss)) {
      throw new Error(
        `Cannot train: expected a finite validation loss in epoch ${epoch + 1}, got ${loss}`,
      );
    }
    const line = {
      epoch: epoch + 1,
      trainLoss: total / steps,
      validationLoss: loss,
      validationAccuracy: accuracy,
      ...config.keep === "rate" && { validationRate: rate },
      ...normsOf && { gradients: await normsOf.run(state.parameters, last!) },
    };
    history.push(line);
    const reached = config.keep === "rate" ? { loss, rate: steadyRate(history) } : { loss };
    if (isBetter(reached, best)) best = { parameters, epoch: epoch + 1, ...reached };
    onEpoch(line, {
      ...{ epochs: config.epochs, step, best: { epoch: best.epoch, loss: best.loss } },
      learningRate: learningRateAt(step - 1, steps * config.epochs, config),
    });
    await checkpoints?.save({
      executor,
      state: {
        parameters: whole(state.parameters),
        first: whole(state.first, unmoved),
        second: whole(state.second, unmoved),
      },
      average: parameters,
      step,
      best,
      history,
    });
  }
  if (graphs !== options.graphs) await graphs.dispose();
  await checkpoints?.end?.({ executor, best, history });
  return outcome({ executor, best, history });
}

function compileNorms<P, B extends Tree<Spec>>(
  { objective, initial, batch, parts, graph }: TrainTask<P, B>,
  graphs: GraphCache,
  { threads, executionProviders }: { threads: number; executionProviders: readonly string[] },
) {
  if (parts === undefined) {
    throw new TypeError("Cannot keep gradients: expected a network that names its parts, got none");
  }
  const session = { threads, executionProviders };
  return graphs.get(
    JSON.stringify(["gradients", graph, parts, session]),
    () => compileGradientNorms(objective, { initial, batch, parts }, session),
  );
}

// Epochs whose rates are averaged.
const steadyEpochs = 3;

/** The mean rate of the last epochs, of fewer where there are no more. */
function steadyRate(history: readonly Epoch[]): number {
  const last = history.slice(-steadyEpochs);
  return last.reduce((sum, { validationRate = 0 }) => sum + validationRate, 0) / last.length;
}

type Reached = Pick<Standing["best"], "loss" | "rate">;

function isBetter({ loss, rate }: Reached, best: Reached): boolean {
  if (rate === undefined) return loss < best.loss;
  const least = best.rate ?? -Infinity;
  return rate > least || rate === least && loss < best.loss;
}

function mapState(
  { parameters, first, second }: StepState,
  fn: (vector: Float32Array) => Float32Array,
): StepState {
  return { parameters: fn(parameters), first: fn(first), second: fn(second) };
}

/**
 * The executor that a run goes on with: the one that it began on, whose rounding its numbers have.
 *
 * @throws {RangeError} Another one is asked for.
 */
function continuedOn(begun: Executor, asked: ExecutorChoice): Executor {
  if (asked === "auto" || asked === begun) return begun;
  throw new RangeError(
    `Cannot go on with training: expected the executor ${begun}, on which it began, got ${asked}; ` +
      "delete what was kept of it to begin again",
  );
}

function beginning(parameters: Float32Array): Omit<Standing, "executor"> {
  const { length } = parameters;
  return {
    state: { parameters, first: new Float32Array(length), second: new Float32Array(length) },
    average: parameters.slice(),
    step: 0,
    best: { parameters, epoch: 0, loss: Infinity },
    history: [],
  };
}

// At least one epoch, as many as `epochs`, and no more once patience has run out.
function goesOn(
  { best, history }: Pick<Standing, "best" | "history">,
  { epochs, patience }: TrainConfig,
): boolean {
  const done = history.length;
  return done < epochs && (done === 0 || done - best.epoch < patience);
}
