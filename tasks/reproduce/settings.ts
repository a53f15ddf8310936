/** From a command line to what all experiments are made with. @module */

import { comparingWithClip, experiments } from "../../experiments/mod.ts";
import { setFolders } from "../../experiments/natural/sets.ts";
import { currentCommit, sourceDigest } from "../../experiments/results/folder.ts";
import { chooseProviders } from "../../lib/backends/mod.ts";
import { ensureSmallClip } from "../../lib/encoders/embedded/mod.ts";
import { type DataConfig, defaults, smoke } from "../../lib/study/settings.ts";
import type { Options } from "../../lib/study/study.ts";
import { frozenOf } from "../../lib/study/study_encoders.ts";
import { callerFolder } from "../caller.ts";
import { type CorpusFolder, corpusFolder } from "../corpus.ts";
import { fallbackLine } from "../executor.ts";
import type { FailureLog } from "../failures.ts";
import type { Values } from "../option.ts";
import type { studyOptions } from "../options.ts";
import type { Steps } from "../progress.ts";
import { withEvents } from "../tensorboard.ts";

/** What all experiments are made with. */
export type Settings = Omit<Options, "openWork">;

/** What of a command line decides the settings. */
interface Request extends Omit<Values<typeof studyOptions>, "keepGoing"> {
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly seeds: number;
  readonly jobs: number;
  readonly providers: readonly string[];
  readonly executor: Options["executor"];
  readonly protocol: Options["protocol"];
  /** What is changed of the usual settings of the data. */
  readonly dataOf: (usual: DataConfig) => DataConfig;
  readonly elsewhere: string | undefined;
  readonly context: number | undefined;
  readonly leakingFeatures: boolean;
  readonly tensorboard: string | undefined;
}

/** The settings; makes the embedded corpus if they are of it and it is not there. */
export async function settingsOf(
  { quick, encoders, speech, speechLayers, precision, cache, jobs, data, ...request }: Request,
  { args, lines, onFailure }: Pick<FailureLog, "onFailure"> & {
    readonly args: readonly string[];
    readonly lines: Steps;
  },
): Promise<Settings> {
  const { show, end } = lines;
  const { provider, skipped } = await chooseProviders(request.providers);
  for (const { provider, reason } of skipped) show(`Without ${provider}: ${reason}`);
  const usual = quick ? smoke : defaults;
  const project = new URL("../../", import.meta.url);
  return {
    ...await ensureCorpus({ names: request.names, quick, encoders, cache, data }, show),
    from: callerFolder(),
    config: { ...usual, data: request.dataOf(usual.data) },
    seeds: Array.from({ length: request.seeds }, (_, i) => i + 1),
    encoders,
    speech,
    speechLayers,
    textEncoder: request.textEncoder,
    imageEncoder: request.imageEncoder,
    precision,
    cache,
    memory: request.memory,
    jobs,
    provider,
    executor: request.executor,
    onFallback: fallbackLine({ end }),
    protocol: request.protocol,
    elsewhere: request.elsewhere,
    context: request.context,
    leakingFeatures: request.leakingFeatures,
    command: ["deno task reproduce", ...args].join(" "),
    commit: await currentCommit(project),
    code: await sourceDigest(project),
    onProgress: show,
    watcher: withEvents(lines, request.tensorboard),
    onFailure,
  };
}

// The embedded corpus and the small CLIP take most of a minute each to make: side by side, less.
async function ensureCorpus(
  { names, quick, encoders, cache, data }: Pick<
    Request,
    "names" | "quick" | "encoders" | "cache" | "data"
  >,
  show: Options["onProgress"],
): Promise<CorpusFolder> {
  const ofCorpora = names.filter((name) => name in experiments);
  if (ofCorpora.length === 0) return await corpusFolder({ data, quick }, show, { takes: "sets" });
  if (
    ofCorpora.length < names.length && data !== undefined && (await setFolders(data)).length > 0
  ) {
    throw new RangeError(
      `Cannot make ${ofCorpora.join(", ")} of "${data}": expected corpora, or ${
        names.filter((name) => !ofCorpora.includes(name)).join(", ")
      } alone, got a folder of sets`,
    );
  }
  const compares = names.some((name) => comparingWithClip.includes(name));
  const alsoClip = data === undefined && frozenOf(encoders) === "embedded" && compares;
  const [corpus] = await Promise.all([
    corpusFolder({ data, quick }, show),
    alsoClip && ensureSmallClip(cache, { onProgress: (message) => show(message) }),
  ]);
  return corpus;
}
