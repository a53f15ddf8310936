/** What a model's folder says of it, and the files that it holds. @module */

import { onnxruntime } from "../deps/onnxruntime.ts";
import * as tf from "../deps/tf.ts";
import { parts, type ValenceMap } from "../datasets/mod.ts";
import * as inference from "../inference/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { describeConfig } from "../model/config.ts";
import type { Target } from "../target.ts";
import type { TrainedModel } from "../systems/system.ts";
import { type Corpora, dataHash } from "./corpora.ts";
import type { Verdicts } from "./job.ts";
import type { Samples, Splits } from "./splits.ts";
import { scoreVerdicts } from "../inference/verdict_scores.ts";

/** What {@linkcode describeModel} is told of a model beside its parameters. */
export interface Origin
  extends
    Pick<inference.ModelDescription, "training" | "protocol" | "seed" | "bestEpoch" | "encoders"> {
  readonly data: {
    /** `embedded` for the synthetic corpus. */
    readonly name: string;
    readonly valence: ValenceMap;
    readonly corpora: Corpora;
    /** Those that were used. */
    readonly samples: Samples;
    readonly split: Splits;
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
  { data, verdicts, versions, ...told }: Origin,
): Promise<inference.ModelDescription> {
  return {
    ...told,
    model: describeConfig(config),
    data: {
      label: data.name,
      hash: dataHash(data.samples),
      valence: data.valence,
      corpora: byModality((m) => recordCorpus(data, m)),
    },
    scores: verdicts.filter(hasTwoLabels).map((verdict) => ({
      ...told.protocol === "natural" && { exam: verdict.name },
      ...scoreOf(verdict, config.target),
    })),
    versions: {
      ...versions,
      tfjs: tf.version_core,
      onnxruntime: (await onnxruntime()).env.versions.common,
    },
  };
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

function recordCorpus({ corpora, samples, split }: Origin["data"], m: Modality) {
  const [train, validation, test] = parts.map((part) => split[m][part].length);
  return {
    name: corpora[m].name,
    used: samples[m].length,
    train: train!,
    validation: validation!,
    test: test!,
  };
}

/** The files of a model folder. The check's values come from the very bytes of `model.onnx`. */
export async function modelFiles(
  trained: TrainedModel,
  description: inference.ModelDescription,
  { met }: { readonly met?: inference.MetSamples } = {},
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
    "check.json": encode(JSON.stringify(check)),
    "README.md": encode(inference.modelCard(description)),
  };
}
