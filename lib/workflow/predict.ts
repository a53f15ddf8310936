/** The last step: verdicts on new texts, images and clips. @module */

import * as checks from "../checks.ts";
import { describeExtent } from "../encoders/mod.ts";
import * as inference from "../inference/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fitReliability } from "../study/fit_reliability.ts";
import { metSpeakers } from "../study/speakers.ts";
import type { CorpusFeatures, Table } from "../systems/features.ts";
import type { TrainedModel } from "../systems/system.ts";
import { verdictWidth } from "../target.ts";
import type { Model } from "./fit.ts";
import type { SavedModel } from "./save.ts";

/** The verdict on one sample. */
export interface Verdict extends inference.JudgedSample {
  /** Of the proposed model: what each modality contributed, and the audio gate. */
  readonly explanation?: inference.Explanation;
  /** What was cut, is unknown, was left out since there is nothing to judge, or is unlike the training part. */
  readonly notes: readonly string[];
}

/** How samples are judged. */
export interface PredictOptions {
  /**
   * Withholds the least certain verdicts: so many that on the validation part this share of them would
   * be; between 0 and 1, none by default. Of the proposed model.
   */
  readonly abstain?: number;
  /**
   * Of a model that was trained by speaker, whose clips they are: a name a sample, undefined where it
   * has no clip. Statistics are of each speaker's clips among the samples.
   */
  readonly speakers?: readonly (string | undefined)[];
  /** In place of names: further sound files of the one speaker of all samples. */
  readonly speakerClips?: readonly string[];
  /** Likewise the name of a speaker of all samples who is known from training. */
  readonly speaker?: string;
}

/** The checks of what is said of speakers. */
export const spokenChecks = {
  speakers: checks.list(checks.anything),
  speakerClips: checks.list(checks.text),
  speaker: checks.text,
};

const optionChecks = checks.record(
  { abstain: checks.between(0, 1, { open: true }), ...spokenChecks },
  { optional: "all" },
);

/** The checks of samples. */
export const sampleChecks: checks.Check = checks.list(
  checks.record(byModality(() => checks.text), { optional: "all" }),
);

/**
 * Judges samples: a text itself, an image and a sound file by path, any of the three. They go
 * through the encoders that the model was trained on. The proposed model also says what each modality
 * contributed ({@linkcode explain}). A text of which no token is known, a picture of one colour and
 * silence are not shown to the model.
 *
 * @throws {RangeError} A sample shows nothing, or modalities that the model has not learnt; a file
 * can't be read; an encoder is not the one of training; the system can't abstain; a model that was
 * trained by speaker is not told whose clips they are, or of too few of a speaker.
 */
export async function predict(
  model: Model | SavedModel,
  samples: readonly inference.SampleInput[],
  options: PredictOptions = {},
): Promise<Verdict[]> {
  sampleChecks(samples, "the samples");
  optionChecks(options, "the options of predict");
  assertLearnt(model, samples);
  const opened = openEncodersOf(model);
  try {
    const spoken = spokenIn(model, options);
    const read = await opened.readAll(samples, { ...spoken && { spoken } });
    const known = await knownOf(model, options);
    return known ? await judgeAll(known, read) : await ask(model as Model, read, samples);
  } finally {
    await opened.dispose();
  }
}

/** A proposed model, and what is known of its verdicts. */
interface Known extends inference.JudgeOptions {
  readonly onnx: Uint8Array;
  readonly trained: TrainedModel;
}

async function knownOf(
  model: Model | SavedModel,
  { abstain }: PredictOptions,
): Promise<Known | undefined> {
  if (!("fitted" in model)) {
    const { folder, onnx, description: { outliers } } = model;
    const trained = trainedOf(model);
    const path = `${folder}/${inference.reliabilityFile}`;
    const reliability = model.reliability &&
      inference.reliabilityFromBytes(model.reliability, { path });
    return { onnx, trained, reliability, outliers, abstain };
  }
  const { fitted: { model: trained }, data, split, ...problem } = model;
  if (trained === undefined) {
    if (abstain === undefined) return undefined;
    throw new RangeError(
      `Cannot abstain: expected the proposed model, got ${model.system}, which has not been asked ` +
        "how certain it is on validation data",
    );
  }
  const onnx = inference.exportOnnx(trained);
  if (abstain === undefined) return { onnx, trained };
  const fitted = await fitReliability(trained, {
    ...problem,
    ...{ features: data.features, split: split.parts, pairs: data.pairs },
  });
  return { onnx, trained, ...fitted, abstain };
}

/** The proposed model that was saved. */
export function trainedOf({ folder, safetensors, description }: SavedModel): TrainedModel {
  const path = `${folder}/model.safetensors`;
  return inference.modelFromSafetensors(safetensors, { path, config: description.model });
}

/** Whose clips samples are, by the options of a call. */
export function spokenIn(
  model: Model | SavedModel,
  options: inference.SpokenOptions,
): inference.Spoken | undefined {
  if (!("fitted" in model)) {
    const { description: { encoders: { bySpeaker } }, speakers, folder } = model;
    const path = `${folder}/${inference.speakersFile}`;
    return inference.spokenOf(options, { record: bySpeaker, bytes: speakers, path });
  }
  const { data: { encoders: { bySpeaker }, speakers, samples }, split: { parts } } = model;
  const bytes = speakers && inference.speakersToBytes(metSpeakers(speakers, samples, parts));
  return inference.spokenOf(options, { record: bySpeaker, bytes, path: "the fit" });
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

async function judgeAll(
  { onnx, trained, ...options }: Known,
  samples: readonly inference.ReadSample[],
): Promise<Verdict[]> {
  const exported = await inference.loadExportedModel(onnx);
  try {
    const verdicts: Verdict[] = [];
    for (const sample of samples) {
      const { verdict, explanation, notes } = await inference.judge(
        exported,
        sample,
        trained,
        options,
      );
      verdicts.push({ ...verdict, ...explanation && { explanation }, notes });
    }
    return verdicts;
  } finally {
    await exported.dispose();
  }
}

// Samples that show the same modalities are asked together.
async function ask(
  { fitted, data }: Model,
  read: readonly inference.ReadSample[],
  samples: readonly inference.SampleInput[],
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(read.length);
  const shownBy = (i: number) =>
    modalities.filter((m) => read[i]!.features[m] && !read[i]!.extents[m]?.blank);
  const notesOn = (i: number) =>
    modalities.flatMap((m) => {
      const extent = read[i]!.extents[m];
      return extent ? describeExtent(m, extent) : [];
    });
  for (const some of Map.groupBy(read.keys(), (i) => shownBy(i).join()).values()) {
    const shown = shownBy(some[0]!);
    if (shown.length === 0) {
      for (const i of some) {
        verdicts[i] = { label: "abstained", notes: notesOn(i) };
      }
      continue;
    }
    const asked = some.map((i) => ({
      features: read[i]!.features,
      text: samples[i]!.text ?? "",
    }));
    const rows = Object.fromEntries(shown.map((m) => [m, some.map((_, row) => row)]));
    const heads = await fitted.predict(rows, asCorpus(asked, shown, data.features));
    const scores = heads[shown.length === 1 ? shown[0]! : "unified"] ?? heads.unified!;
    const width = verdictWidth(data.target);
    some.forEach((i, row) => {
      const own = Array.from({ length: width }, (_, k) => scores[row * width + k]!);
      verdicts[i] = { ...inference.judgedSample(own, data.target), notes: notesOn(i) };
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
