/** What a model's folder says of it, and the files that it holds. @module */

import { onnxruntime } from "../deps/onnxruntime.ts";
import * as tf from "../deps/tf.ts";
import { parts, type SplitReport, type ValenceMap } from "../datasets/mod.ts";
import { countInputs } from "../encoders/mod.ts";
import * as inference from "../inference/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { describeConfig } from "../model/config.ts";
import type { Target } from "../target.ts";
import type { TrainedModel } from "../systems/system.ts";
import { type Corpora, dataHash, type Extents } from "./corpora.ts";
import { historyToCsv, type TrainedHistory } from "./history_csv.ts";
import type { Verdicts } from "./job.ts";
import type { DataConfig } from "./settings.ts";
import type { Samples, Splits } from "./splits.ts";
import { trainingSvg } from "./training_figure.ts";
import { testedToCsv } from "./tested_csv.ts";
import { scoreVerdicts } from "../inference/verdict_scores.ts";

/** What {@linkcode describeModel} is told of a model beside its parameters. */
export interface Origin extends
  Pick<
    inference.ModelDescription,
    | "training"
    | "protocol"
    | "seed"
    | "bestEpoch"
    | "encoders"
    | "outliers"
    | "calibration"
    | "arithmetic"
  > {
  /** How samples were drawn and divided, where settings decided it. */
  readonly settings?: Partial<DataConfig>;
  readonly data: {
    /** `embedded` for the synthetic corpus. */
    readonly name: string;
    readonly valence: ValenceMap;
    readonly corpora: Corpora;
    /** Those that were used. */
    readonly samples: Samples;
    /** What the encoders took in of them; nothing where features came with the data. */
    readonly extents?: Extents;
    readonly split: Splits;
    /** Of rows, what the audit of their split found. */
    readonly audit?: SplitReport | undefined;
  };
  /** On the test part. */
  readonly verdicts: readonly Verdicts[];
  /** Beside those of the packages that computed it. */
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string | null;
}

/** What `config.json` says of a model. */
export async function describeModel(
  { config }: Pick<TrainedModel, "config">,
  { data, verdicts, versions, settings, ...told }: Origin,
): Promise<inference.ModelDescription> {
  const { inputs: _, target: __, ...model } = describeConfig(config);
  return {
    ...told,
    model: describeConfig(config),
    configuration: { model, training: told.training, ...settings && { data: settings } },
    data: {
      label: data.name,
      synthetic: data.name === "embedded",
      hash: dataHash(data.samples),
      valence: data.valence,
      corpora: byModality((m) => recordCorpus(data, m)),
      ...data.audit && { split: data.audit },
    },
    scores: testScores(verdicts, told.protocol, config.target),
    versions: {
      ...versions,
      tfjs: tf.version_core,
      onnxruntime: (await onnxruntime()).env.versions.common,
    },
  };
}

/** Scores on the test part, of each exam that has some. */
export function testScores(
  verdicts: readonly Verdicts[],
  protocol: inference.ModelDescription["protocol"],
  target: Target | undefined,
): inference.TestScore[] {
  return verdicts.filter(hasTwoLabels).map((verdict) => ({
    ...protocol === "natural" && { exam: verdict.name },
    ...scoreOf(verdict, target),
  }));
}

// Rows that show the same modalities may all be of one class, where a score says nothing.
function hasTwoLabels({ labels }: Verdicts): boolean {
  return new Set(labels).size > 1;
}

function scoreOf(verdict: Verdicts, target: Target | undefined): inference.TestScore {
  const { head, rows, labels } = verdict;
  const shown = modalities.filter((m) => rows[m] !== undefined);
  const scores = Object.entries(scoreVerdicts(verdict, target)).filter(([, value]) =>
    Number.isFinite(value)
  );
  return { head, shown, tested: labels.length, ...Object.fromEntries(scores) };
}

function recordCorpus({ corpora, samples, extents, split }: Origin["data"], m: Modality) {
  const [train, validation, test] = parts.map((part) => split[m][part].length);
  return {
    name: corpora[m].name,
    used: samples[m].length,
    train: train!,
    validation: validation!,
    test: test!,
    excluded: corpora[m].excluded,
    emotions: countEmotions(samples[m]),
    ...extents && { inputs: countInputs(extents[m]) },
  };
}

function countEmotions(samples: Samples[Modality]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { emotion } of samples) counts[emotion] = (counts[emotion] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1));
}

/** The files of a model folder. The check's values come from the very bytes of `model.onnx`. */
export async function modelFiles(
  trained: TrainedModel,
  description: inference.ModelDescription,
  { met, reliability, history, tested }: {
    readonly met?: inference.MetSamples;
    readonly reliability?: inference.Reliability;
    readonly history?: TrainedHistory;
    /** What it said of its test part. */
    readonly tested?: { readonly verdicts: readonly Verdicts[]; readonly samples: Samples };
  } = {},
): Promise<inference.SavedFiles> {
  const onnx = inference.exportOnnx(trained, { metadata: inference.trainingMetadata(description) });
  const model = await inference.loadExportedModel(onnx);
  const check = await inference.checkValues(model, trained);
  await model.dispose();
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    "model.safetensors": inference.modelToSafetensors(trained),
    "model.onnx": onnx,
    ...met && { [inference.metFile]: inference.metToBytes(met) },
    ...reliability && { [inference.reliabilityFile]: inference.reliabilityToBytes(reliability) },
    "check.json": encode(JSON.stringify(check)),
    "README.md": encode(inference.modelCard(description, { curves: history !== undefined })),
    ...history && {
      "history.csv": encode(historyToCsv(history, description.training)),
      [inference.curvesFile]: encode(await trainingSvg(history, description)),
    },
    ...tested && { "test.csv": encode(testedToCsv(tested.verdicts, tested.samples)) },
  };
}
