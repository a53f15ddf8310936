/** What `train` and `sweep` have in common: their options, and what a training is told. @module */

import { currentCommit, sourceDigest } from "../experiments/results/folder.ts";
import { holdsRows, isFeatureFile, printCorpusReport } from "../lib/datasets/mod.ts";
import type { ModelDescription } from "../lib/inference/model_folder.ts";
import { type ScoreName, verdictScores } from "../lib/inference/verdict_scores.ts";
import { modalities } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import type { NamedSettings } from "../lib/study/setting_names.ts";
import type { Config } from "../lib/study/settings.ts";
import type { TrainModelOptions } from "../lib/study/train_model.ts";
import type { Target } from "../lib/target.ts";
import { callerFolder } from "./caller.ts";
import { corpusFolder } from "./corpus.ts";
import type { FailureLog } from "./failures.ts";
import { executor, fallbackLine } from "./executor.ts";
import { labelOptions, readLabelMap } from "./label_options.ts";
import { choice, flag, type Values } from "./option.ts";
import {
  assertFeaturesFit,
  context,
  seed,
  settingOptions,
  studyOptions,
  target,
} from "./options.ts";
import type { Steps } from "./progress.ts";
import { partsUnused, rowReports } from "./row_reports.ts";
import { assertSplit, leakingFeatures, readSplit, splitOptions } from "./split_options.ts";
import { tensorboard } from "./tensorboard.ts";
import project from "../deno.json" with { type: "json" };

/** What decides a training. */
export const trainingOptions = {
  quick: flag("small corpus, 12 epochs: a model that has learnt something, in seconds"),
  ...studyOptions,
  data: {
    ...studyOptions.data,
    help: studyOptions.data.help.replace(" (default:", "; or features of MMSA (.pkl) (default:"),
  },
  protocol: choice(
    ["label", "single", "natural"],
    "label: triples of one label, with modalities missing at random; single: one modality at a " +
      "time; natural: the rows of a table, whose text, image and audio belong together (default: " +
      "natural for a table and for features, label for corpora)",
  ),
  ...labelOptions,
  target,
  ...splitOptions,
  leakingFeatures,
  context,
  ...settingOptions,
  executor,
  tensorboard,
  seed: { ...seed, help: "another split and model for each whole number from 0" },
};

/** What the command line asks to be trained. */
export type TrainingRequest =
  & Omit<Values<typeof trainingOptions>, "protocol" | keyof typeof settingOptions>
  & {
    readonly protocol: TrainModelOptions["protocol"];
    /** The settings that were given, and all of them. */
    readonly asked: NamedSettings;
    readonly config: Config;
  };

/**
 * The protocol that is asked for, or the usual one of the data. Natural pairs are the rows of a
 * table, and none can be left out of them.
 */
export async function protocolOf(
  given: Omit<Values<typeof trainingOptions>, keyof typeof settingOptions>,
): Promise<TrainingRequest["protocol"]> {
  const { protocol: asked, data, labels, several, target, keepGoing } = given;
  const isGiven = data !== undefined && isFeatureFile(data);
  if (isGiven) assertFeaturesFit(given);
  // What can't be looked into is told when it is read.
  const isRows = isGiven || data !== undefined && await holdsRows(data).catch(() => true);
  const protocol = asked ?? (isRows ? "natural" : "label");
  assertSplit(given, { isRows: isRows && protocol === "natural", isFeatures: isGiven });
  const ofTables = [labels && "--labels", several && "--several", target && "--target"].find(
    Boolean,
  );
  if (!isRows && (protocol === "natural" || ofTables)) {
    const option = ofTables ?? "--protocol natural";
    const got = data === undefined ? "none" : `"${data}"`;
    throw new RangeError(`Cannot use ${option}: expected a table as --data, got ${got}`);
  }
  if (protocol === "natural" && keepGoing) {
    throw new RangeError(
      "Cannot use --keep-going: expected --protocol label or single with it, got natural",
    );
  }
  return protocol;
}

/** What a training is told of a request; a table is told of as soon as it is read. */
export async function trainingOf(
  { data, quick, labels, split, fold, ...settings }: TrainingRequest,
  { steps: { show, end }, onFailure }: {
    readonly steps: Steps;
    readonly onFailure: FailureLog["onFailure"];
  },
): Promise<Omit<TrainModelOptions, "openWork">> {
  const root = new URL("../", import.meta.url);
  const reports = rowReports({ end });
  return {
    ...settings,
    ...await corpusFolder({ data, quick }, show, { takes: "features too" }),
    from: callerFolder(),
    labels: await readLabelMap(labels),
    split: await readSplit({ split, fold }),
    ...reports,
    onReport(report) {
      reports.onReport(report);
      if (settings.protocol === "natural") return;
      console.error(repaired);
      if (report.split) console.error(partsUnused);
    },
    onCorpora(corpora) {
      end();
      for (const m of modalities) console.log(printCorpusReport(corpora[m]));
    },
    version: project.version,
    commit: await currentCommit(root),
    code: await sourceDigest(root),
    onProgress: show,
    onFallback: fallbackLine({ end }),
    onFailure,
  };
}

const repaired = "Warning: samples of different rows are put together by their labels; " +
  "--protocol natural keeps those of a row together.";

/** The scores on the test part, a line each below what it is the test part of. */
export function testLines(
  { data, protocol, scores, target, unbalanced = false }:
    & Pick<ModelDescription, "protocol" | "scores">
    & {
      readonly data: Pick<ModelDescription["data"], "label">;
      /** What was learnt. */
      readonly target: Target | undefined;
      /** Whether classes are as frequent as they are: balanced accuracy then leads. */
      readonly unbalanced?: boolean | undefined;
    },
): string[] {
  const data_ = data.label === "embedded" ? "the embedded corpus, which is synthetic" : data.label;
  const titles = new Map(verdictScores(target).map(({ name, title }) => [name, title]));
  const names: readonly ScoreName[] = target?.kind === "score"
    ? ["mae", "pearson", "acc2NegativePositive", "acc2NonPositivePositive", "acc7Rounded"]
    : unbalanced
    ? ["balancedAccuracy", "accuracy", "f1", "auc"]
    : ["accuracy", "balancedAccuracy", "f1", "auc"];
  const lines = scores.map((score) => {
    const numbers = names.filter((name) => score[name] !== undefined).map((name) =>
      `${name === "f1" ? "macro F1" : titles.get(name)} ${printNumber(score[name])}`
    );
    const what = score.exam ?? score.shown.join("+");
    return `  ${what}: ${numbers.join(", ")} (${score.tested} tested)`;
  });
  return [`Test part of ${data_}, protocol ${protocol}:`, ...lines];
}
