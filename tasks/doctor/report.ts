/** All that the doctor finds. @module */

import { join } from "node:path";
import { executionProviders, startProvider } from "../../lib/backends/execution_providers.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { reasonAgainstDeno } from "../deno_version.ts";
import { type DataReport, examineData, examineEmbedded } from "./data.ts";
import { type EncoderReport, examineEncoders } from "./encoders.ts";
import { type Size, sizeOf } from "./folders.ts";
import {
  examineMachine,
  listPackages,
  type Machine,
  type Package,
  type Trial,
  tryEach,
  tryEagerBackends,
  tryExecutor,
  tryFfmpeg,
} from "./machine.ts";

/** Everything that {@linkcode examine} finds. Sizes are in bytes. */
export interface Report {
  readonly machine: Machine;
  /** The packages that files in `lib/deps` name, whether downloaded or not. */
  readonly packages: readonly Package[];
  readonly executionProviders: readonly Trial[];
  readonly eagerBackends: readonly Trial[];
  /** Other native parts that every run needs. */
  readonly libraries: readonly Trial[];
  /** What reads sound and video of other formats; a run needs none but for these. */
  readonly ffmpeg: Trial;
  /** What executes training where nothing is said. */
  readonly executor: Trial;
  readonly cache: CacheReport;
  readonly encoders: readonly EncoderReport[];
  readonly data: readonly DataReport[];
  /** What a run would fail on; empty if all is well. */
  readonly problems: readonly string[];
}

/** What the cache holds. */
export interface CacheReport {
  readonly folder: string;
  readonly models: Size;
  readonly features: Size;
  /** Graphs as C. */
  readonly compiled: Size;
}

/** What to look at. */
export interface ExamineOptions {
  /** The folder of models and features. */
  readonly cache: string;
  /** A folder with `emotions/`, `faces/` and `ravdess/`, all or some. */
  readonly data?: string;
  /** The folder that holds the embedded corpora: `data`, as the other tasks have it. */
  readonly made?: string;
  /** Whether eager backends that Deno may have to download are tried too. */
  readonly all?: boolean;
}

/** Looks at everything and changes nothing. */
export async function examine(
  { cache, data, made = "data", all = false }: ExamineOptions,
): Promise<Report> {
  const machine = examineMachine();
  const tooOld = reasonAgainstDeno(machine.deno);
  const trials = {
    executionProviders: await tryEach(executionProviders, startProvider),
    eagerBackends: await tryEagerBackends({ all }),
    libraries: await tryEach(["sharp"], async () => void await sharp()),
  };
  const encoders = await examineEncoders(join(cache, "models"));
  const folders = [
    await examineEmbedded(join(made, "embedded"), "full"),
    await examineEmbedded(join(made, "embedded-quick"), "quick"),
    ...(data === undefined ? [] : [await examineData(data)]),
  ];
  return {
    machine,
    packages: await listPackages(),
    ...trials,
    ffmpeg: tryFfmpeg(),
    executor: await tryExecutor(),
    cache: {
      folder: cache,
      models: await sizeOf(join(cache, "models")),
      features: await sizeOf(join(cache, "features")),
      compiled: await sizeOf(join(cache, "c")),
    },
    encoders,
    data: folders,
    problems: [
      ...tooOld === undefined ? [] : [tooOld],
      ...[trials.executionProviders, trials.eagerBackends].flatMap((list) =>
        failures(list.filter(({ name }) => name === "cpu"))
      ),
      ...failures(trials.libraries),
      ...encoders.flatMap(({ kind, id, problem }) =>
        kind === "embedded" && problem ? [`${id}: ${problem}`] : []
      ),
      ...folders.flatMap(({ folder, problem }) => problem ? [`${folder}: ${problem}`] : []),
    ],
  };
}

function failures(trials: readonly Trial[]): string[] {
  return trials.flatMap(({ name, state, reason }) =>
    state === "works" ? [] : [`${name} ${state}: ${reason}`]
  );
}
