/** The last step: verdicts on new texts, images and clips. @module */

import * as checks from "../checks.ts";
import * as inference from "../inference/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { CorpusFeatures, Table } from "../systems/features.ts";
import { type Target, verdictWidth } from "../target.ts";
import type { Model } from "./fit.ts";
import type { SavedModel } from "./save.ts";

/** The verdict on one sample. */
export interface Verdict extends inference.JudgedSample {
  /** Of the proposed model: what each modality contributed, and the audio gate. */
  readonly explanation?: inference.Explanation;
}

/** The checks of samples. */
export const sampleChecks: checks.Check = checks.list(
  checks.record(byModality(() => checks.text), { optional: "all" }),
);

/**
 * Judges samples: a text itself, an image and a sound file by path, any of the three. They go
 * through the encoders that the model was trained on. The proposed model also says what each modality
 * contributed ({@linkcode explain}).
 *
 * @throws {RangeError} A sample shows nothing, or modalities that the model has not learnt; a file
 * can't be read; an encoder is not the one of training.
 */
export async function predict(
  model: Model | SavedModel,
  samples: readonly inference.SampleInput[],
): Promise<Verdict[]> {
  sampleChecks(samples, "the samples");
  assertLearnt(model, samples);
  const opened = openEncodersOf(model);
  try {
    const features = await opened.encodeAll(samples);
    if (!("fitted" in model)) {
      return await explainAll(model.onnx, features, model.description.model.target);
    }
    const { model: trained } = model.fitted;
    return trained
      ? await explainAll(inference.exportOnnx(trained), features, trained.config.target)
      : await ask(model, features, samples);
  } finally {
    await opened.dispose();
  }
}

/** The encoders of a model's training, for new samples. */
export function openEncodersOf(model: Model | SavedModel): inference.InputEncoders {
  if ("fitted" in model) return inference.openInputEncoders(model.data.encoders, model.data);
  return inference.openInputEncoders(model.description.encoders, model);
}

function assertLearnt(
  model: Model | SavedModel,
  samples: readonly inference.SampleInput[],
): void {
  const learnt = "fitted" in model
    ? model.present.filter((m) => model.split.parts[m].train.length > 0)
    : inference.learntModalities(model.description);
  samples.forEach((sample, i) => {
    const other = modalities.find((m) => sample[m] !== undefined && !learnt.includes(m));
    if (other === undefined) return;
    throw new RangeError(
      `Cannot judge sample ${i}: expected ${learnt.join(", ")}, which the model has learnt, ` +
        `got ${other}`,
    );
  });
}

async function explainAll(
  onnx: Uint8Array,
  features: readonly inference.SampleFeatures[],
  target: Target | undefined,
): Promise<Verdict[]> {
  const exported = await inference.loadExportedModel(onnx);
  try {
    const verdicts: Verdict[] = [];
    for (const sample of features) {
      const explanation = await inference.explain(exported, sample, target);
      const { label, probability, probabilities, score } = explanation;
      verdicts.push({
        label,
        ...probability !== undefined && { probability },
        ...probabilities && { probabilities },
        ...score !== undefined && { score },
        explanation,
      });
    }
    return verdicts;
  } finally {
    await exported.dispose();
  }
}

// Samples that show the same modalities are asked together.
async function ask(
  { fitted, data }: Model,
  features: readonly inference.SampleFeatures[],
  samples: readonly inference.SampleInput[],
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(features.length);
  const shownBy = (i: number) => modalities.filter((m) => features[i]![m] !== undefined);
  for (const some of Map.groupBy(features.keys(), (i) => shownBy(i).join()).values()) {
    const shown = shownBy(some[0]!);
    const asked = some.map((i) => ({ features: features[i]!, text: samples[i]!.text ?? "" }));
    const rows = Object.fromEntries(shown.map((m) => [m, some.map((_, row) => row)]));
    const heads = await fitted.predict(rows, asCorpus(asked, shown, data.features));
    const scores = heads[shown.length === 1 ? shown[0]! : "unified"] ?? heads.unified!;
    const width = verdictWidth(data.target);
    some.forEach((i, row) => {
      const own = Array.from({ length: width }, (_, k) => scores[row * width + k]!);
      verdicts[i] = inference.judgedSample(own, data.target);
    });
  }
  return verdicts;
}

/** The samples as rows of the tables that training had. */
function asCorpus(
  samples: readonly { readonly features: inference.SampleFeatures; readonly text: string }[],
  shown: readonly Modality[],
  like: CorpusFeatures,
): CorpusFeatures {
  const stacked = (m: Modality, name: string): Table => {
    const parts = samples.map(({ features }) => features[m]![name]!);
    const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.forEach((part, i) => data.set(part, i * part.length));
    return { shape: [samples.length, ...like[m].tables[name]!.shape.slice(1)], data };
  };
  return byModality((m) => {
    const names = shown.includes(m) ? Object.keys(samples[0]!.features[m]!) : [];
    const tables = Object.fromEntries(names.map((name) => [name, stacked(m, name)]));
    return { tables, labels: [], ...m === "text" && { texts: samples.map(({ text }) => text) } };
  });
}
