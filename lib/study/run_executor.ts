/** What executes the graphs of a run: chosen once, kept with its unfinished work, told of its results. @module */

import {
  type Arithmetic,
  arithmeticOf,
  type COptions,
  type Executor,
  type ExecutorChoice,
  whyNoC,
} from "../compile/mod.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { modalities } from "../modality.ts";
import type { Config } from "./settings.ts";
import type { WorkFolder } from "./work_folder.ts";

/** How `compile()` is told of a run's executor, and the arithmetic of its results. */
export interface RunExecutor {
  readonly executor: Executor;
  readonly c: COptions;
  readonly executionProviders: readonly string[];
  readonly arithmetic: Arithmetic;
}

/** What a command says of it. */
export interface ExecutorOptions {
  /** `auto` by default. */
  readonly executor?: ExecutorChoice | undefined;
  /** Where ONNX Runtime executes; its CPU kernels by default. */
  readonly provider?: string | undefined;
  /** The folder below which compiled files are kept. */
  readonly cache: string;
  /** Told in one line why it is not C, where `auto` was asked for. */
  readonly onFallback?: ((reason: string) => void) | undefined;
}

/**
 * The fewest steps of a fit for which `auto` takes C. A training step and its predictor take about two
 * seconds of processor time more than in ONNX Runtime before they first run, once, of which a step of
 * the tables' model wins back 6.5 ms: below so many steps a run that meets its graphs for the first time
 * would take longer.
 */
const fewestSteps = 300;

/**
 * Why `auto` does not take C here, in one line; undefined where it can. Cheap: nothing is compiled.
 *
 * @throws {Error} C is asked for, and can't be had.
 */
export async function assertExecutor(
  { executor: asked = "auto", provider = "cpu", cache }: ExecutorOptions,
): Promise<string | undefined> {
  if (asked === "onnxruntime") return undefined;
  const reason = provider === "cpu"
    ? await whyNoC({ cache: compiledIn(cache) })
    : `C runs on the CPU, not on ${provider}`;
  if (reason === undefined || asked === "auto") return reason;
  throw new Error(`Cannot use the executor c: ${reason}`);
}

/**
 * The executor of a run of `steps` a fit: that on which its unfinished work began, or else the one
 * that is asked for, which is kept with the work.
 *
 * @throws {RangeError} The work began on another one than is asked for.
 * @throws {Error} It began on C, or C is asked for, which can't be had; with what to do.
 */
export async function settleExecutor(
  options: ExecutorOptions,
  { work, steps }: {
    readonly work: Pick<WorkFolder, "begun" | "begin" | "folder">;
    readonly steps: number;
  },
): Promise<RunExecutor> {
  const { executor: asked = "auto", provider = "cpu", cache } = options;
  const begun = await work.begun();
  const chosen = begun === undefined
    ? await choose(options, steps)
    : await goOn(begun, { ...options, executor: asked }, work.folder);
  const told = { c: { cache: compiledIn(cache) }, executionProviders: [provider] };
  const arithmetic = await arithmeticOf({ ...told, executor: chosen })
    .catch((error: Error) => {
      // A compiler that is there, and fails at the first file.
      if (asked !== "auto" || begun !== undefined) throw error;
      options.onFallback?.(error.message);
      return arithmeticOf({ ...told, executor: "onnxruntime" });
    });
  const { executor } = arithmetic;
  if (begun === undefined) await work.begin(executor);
  return { ...told, executor, arithmetic };
}

async function choose(options: ExecutorOptions, steps: number): Promise<Executor> {
  const { executor = "auto" } = options;
  const reason = await assertExecutor(options);
  if (executor !== "auto") return executor;
  if (reason !== undefined) options.onFallback?.(reason);
  return reason === undefined && steps >= fewestSteps ? "c" : "onnxruntime";
}

async function goOn(begun: Executor, options: ExecutorOptions, folder: string): Promise<Executor> {
  const { executor: asked } = options;
  const isOther = asked !== "auto" && asked !== begun;
  const got = isOther ? asked : await assertExecutor({ ...options, executor: begun })
    .then(() => undefined, ({ message }: Error) => `none (${message})`);
  if (got === undefined) return begun;
  throw new RangeError(
    `Cannot go on in "${folder}": expected the executor ${begun}, on which its work began, got ` +
      `${got}; delete the folder to begin again`,
  );
}

/** The most steps of a fit: of all rows, in all epochs. */
export function stepsOf(
  counts: readonly number[],
  { training: { epochs, batch } }: Pick<Config, "training">,
): number {
  return epochs * Math.ceil(Math.max(0, ...counts) / batch);
}

/** How many rows each modality of some features has. */
export function rowCounts(features: CorpusFeatures): number[] {
  return modalities.map((m) => features[m].labels.length);
}

/** What of it `TrainOptions` has. */
export function sessionOf({ executor, c, executionProviders }: RunExecutor) {
  return { executor, c, executionProviders };
}

function compiledIn(cache: string): string {
  return `${cache}/c`;
}
