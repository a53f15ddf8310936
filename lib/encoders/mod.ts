/**
 * Frozen encoders: samples in, features of fixed shape out, kept in a store.
 *
 * @module
 */

import { join } from "node:path";
import { byModality, type Modality } from "../modality.ts";
import { type ClipEncoders, clipGraphs, loadClip } from "./clip.ts";
import {
  ensureEmbeddedEncoders,
  ensureSmallClip,
  ensureSpeechEncoder,
  type SpeechName,
} from "./embedded/mod.ts";
import type { Clip, Encoder, ImageFile, SpeechLayers } from "./encoder.ts";
import { loadImageEncoder } from "./image_encoder.ts";
import { defaultEndpoint, type HubOptions } from "./hub.ts";
import { ensureModelFolders, findModelFolder, type ModelOptions } from "./model_folder.ts";
import type { GraphPrecision } from "./model_layout.ts";
import { readManifest } from "./model_manifest.ts";
import { loadOwnEncoder, type OwnEncoders, ownFolders, ownNotes } from "./own_encoders.ts";
import paper from "./paper_models.json" with { type: "json" };
import { spectralFeatures } from "./spectral_features.ts";
import { loadSpeechEncoder } from "./speech_encoder.ts";
import type { SpeechOptions } from "./speech_options.ts";
import { loadTextEncoder } from "./text_encoder.ts";

export * from "./embedded/mod.ts";
export * from "./clip.ts";
export type {
  AnswerOfEncoder,
  Attempt,
  BatchAnswer,
  BatchRequest,
  BatchRunner,
  BatchWork,
  WantedOfEncoder,
} from "./encode_batch.ts";
export type { StoredIdentities } from "./stored_extents.ts";
export * from "./encode_corpus.ts";
export * from "./encoder.ts";
export {
  type EncoderIdentity,
  type FeatureStore,
  type FeatureStoreOptions,
  type FeatureTable,
  openFeatureStore,
  type Precision,
  type RowReader,
} from "./feature_store.ts";
export * from "./image_encoder.ts";
export {
  countInputs,
  describeExtent,
  describeInputCounts,
  type InputCounts,
} from "./input_counts.ts";
export type { DecodeImageOptions, Pixels } from "./decode_image.ts";
export type { HubOptions } from "./hub.ts";
export { loadInput, type LoadOptions } from "./load_input.ts";
export type { ModelOptions } from "./model_folder.ts";
export type { GraphPrecision } from "./model_layout.ts";
export type { OwnEncoders } from "./own_encoders.ts";
export * from "./spectral_features.ts";
export { spectrogramPicture } from "./spectrogram_picture.ts";
export { loadSpeechEncoder } from "./speech_encoder.ts";
export type { SpeechOptions } from "./speech_options.ts";
export * from "./text_encoder.ts";
export { openVideo, type Video, type VideoFiles, videoFiles } from "./video.ts";
export type { VideoOptions } from "../signal/video_by_ffmpeg.ts";

/** One encoder per modality, two for audio, all frozen. */
export interface Encoders {
  /** Of messages. */
  readonly text: Encoder<string>;
  /** Of image files. */
  readonly image: Encoder<ImageFile>;
  /** Of clips: speech, then spectral. */
  readonly audio: readonly [Encoder<Clip>, Encoder<Clip>];
  /** What a reader of any result has to know of them, such as that one stands for another. */
  readonly notes?: readonly string[];
}

/** Which encoders: the small ones made here, or those the paper names. */
export type EncoderChoice = "embedded" | "paper";

/** Segments per sample, by encoder. */
export interface SegmentCounts {
  /** 8 by default. */
  readonly text?: number;
  /** 4 by default. */
  readonly image?: number;
  /** Of both audio encoders, 8 by default. */
  readonly audio?: number;
}

/**
 * The paper's encoders, as exported for ONNX Runtime. The widths tell a feature
 * export from one with a head: ResNet-50's main revision gives 1000 class scores, and the
 * fine-tuned wav2vec 2.0 letters.
 *
 * Branches stand where we do not know the commit, since the hub was out of our reach. The first
 * download resolves a branch to a commit and records it, with the digest of each file, in the
 * model's folder (`trivalence.json`); from then on the model is pinned to that record.
 */
const paperModels = paper.models;

const paperClip = { ...paper.clip, graphs: clipGraphs };

/** Where encoders are, and in what precision. */
export interface EncoderPlace {
  /** A folder that may be deleted at any time. */
  readonly cache: string;
  /**
   * `int8` takes the quantised graphs of the paper's encoders: a quarter of the size, and other
   * features; `fp32` by default. The embedded ones are made in `fp32` alone.
   */
  readonly precision?: GraphPrecision;
  /** How the hub is asked. */
  readonly hub?: HubOptions;
  /** What is made or downloaded, and how far it is. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Sees to it that the paper's encoders are in `cache/models`, CLIP with them if `clip`, and
 * downloads those that are missing if Deno may reach the hub. The embedded ones are made when
 * they are loaded, and in the place of one's own there is nothing to see to.
 *
 * @throws {Deno.errors.NotFound} Models are missing: one message for all of them, with the
 * commands that would fetch them.
 * @throws {RangeError} The hub sent something else than it declares.
 */
export async function ensureEncoders(
  choice: EncoderChoice,
  { clip = false, textEncoder, imageEncoder, ...place }:
    & EncoderPlace
    & OwnEncoders
    & { readonly clip?: boolean },
): Promise<void> {
  if (choice === "embedded") return;
  const own = ownFolders({ textEncoder, imageEncoder });
  const models = Object.entries(await paperOptions(place)).filter(([m]) => !(m in own))
    .map(([, model]) => model as ModelOptions);
  await ensureModelFolders(clip ? [...models, await clipOptions(place)] : models);
}

/** Which of a choice of encoders are loaded, and how. */
export interface LoadEncodersOptions extends EncoderPlace, OwnEncoders {
  /** That features of a sample have. */
  readonly segments?: SegmentCounts;
  /** As many as there are cores by default. */
  readonly threads?: number;
  /**
   * With `"embedded"`: the speech encoder. By default Whisper-tiny or, where its package can't be had,
   * `wav2vec2-mini`, and `notes` of the encoders says so.
   */
  readonly speech?: SpeechName | undefined;
  /**
   * Whose states the speech encoder gives; by default those of the last layer or, of Whisper, of the
   * layer in the middle that says most of the voice.
   */
  readonly speechLayers?: SpeechLayers | undefined;
}

/**
 * Loads the encoders of all modalities. Models are looked for in `cache/models/<id>`;
 * `"embedded"` makes those that are missing, `"paper"` downloads them if Deno may
 * reach the hub. The paper names BERT, ResNet50 and Wav2Vec2.0 and no checkpoints: the
 * base, uncased and not fine-tuned ones are our choice.
 *
 * @throws {Deno.errors.NotFound} Models are missing: one message for all of them, with the
 * commands that would fetch them; or the package of `speech` can't be had.
 * @throws {RangeError} A downloaded file has changed since, there is no such speech encoder or layer,
 * or a folder of one's own lacks files.
 */
export async function loadEncoders(
  choice: EncoderChoice,
  { segments = {}, threads, speech, speechLayers, textEncoder, imageEncoder, ...place }:
    LoadEncodersOptions,
): Promise<Encoders> {
  const own = { textEncoder, imageEncoder };
  if (choice === "paper" && speech !== undefined) {
    throw new RangeError(
      `Cannot use speech: expected the embedded encoders with it, got ${choice} and ${speech}`,
    );
  }
  await ensureEncoders(choice, { ...place, ...own });
  const { notes: told = [], ...models } = choice === "embedded"
    ? await embeddedModels(place, { speech, layers: speechLayers })
    : await paperOptions(place);
  const options = <M extends Modality>(modality: M): Models[M] => ({
    ...models[modality],
    segments: segments[modality],
    threads,
  });
  const folders = ownFolders(own);
  const notes = [...told, ...ownNotes(own), ...precisionNotes(place)];
  return {
    text: folders.text === undefined
      ? await loadTextEncoder(options("text"))
      : await loadOwnEncoder("text", folders.text, options("text")),
    image: folders.image === undefined
      ? await loadImageEncoder(options("image"))
      : await loadOwnEncoder("image", folders.image, options("image")),
    audio: await audioEncoders(options("audio"), speechLayers),
    ...notes.length > 0 && { notes },
  };
}

/**
 * Loads the embedded encoders of audio as {@linkcode loadEncoders} does, and makes no other.
 *
 * @throws {Deno.errors.NotFound | RangeError} As {@linkcode loadEncoders}.
 */
export async function loadAudioEncoders(
  { segments = {}, threads, speech, speechLayers, ...place }: LoadEncodersOptions,
): Promise<Pick<Encoders, "audio" | "notes">> {
  const { notes, ...model } = await embeddedSpeech(place, { speech, layers: speechLayers });
  await assertPrecision([model]);
  return {
    audio: await audioEncoders({ ...model, segments: segments.audio, threads }, speechLayers),
    ...notes.length > 0 && { notes },
  };
}

async function audioEncoders(
  options: SpeechOptions,
  layers: SpeechLayers | undefined,
): Promise<Encoders["audio"]> {
  const { segments } = options;
  return [await loadSpeechEncoder({ layers, ...options }), spectralFeatures({ segments })];
}

/**
 * Loads CLIP as {@linkcode loadEncoders} does the others: `"embedded"` is the small CLIP
 * (glyphs), which is trained if it is missing; `"paper"` is ViT-B/32. The paper names CLIP and
 * no size.
 *
 * @throws {Deno.errors.NotFound} `"paper"` is missing and the hub is out of reach.
 * @throws {RangeError} A downloaded file has changed since.
 */
export async function loadClipEncoders(
  choice: EncoderChoice,
  { threads, ...place }: EncoderPlace & {
    /** As many as there are cores by default. */
    readonly threads?: number;
  },
): Promise<ClipEncoders> {
  const { cache, precision, onProgress } = place;
  const options = choice === "embedded"
    ? { ...await ensureSmallClip(cache, { onProgress }), precision }
    : await clipOptions(place);
  return await loadClip({ ...options, threads });
}

function precisionNotes({ precision }: Pick<EncoderPlace, "precision">): string[] {
  return precision === "int8"
    ? ["Texts, images and speech are encoded in 8 bits (int8), by other features than in fp32"]
    : [];
}

interface Models extends Readonly<Record<Modality, ModelOptions>> {
  readonly audio: SpeechOptions;
  readonly notes?: readonly string[];
}

async function embeddedModels(place: EncoderPlace, speech: SpeechChoice): Promise<Models> {
  const { cache, precision, onProgress } = place;
  const { root, text, image } = await ensureEmbeddedEncoders(cache, { onProgress });
  const { notes, ...audio } = await embeddedSpeech(place, speech);
  const common = { root, precision };
  const models = { text: { model: text, ...common }, image: { model: image, ...common }, audio };
  await assertPrecision(Object.values(models));
  return { ...models, notes };
}

interface SpeechChoice {
  readonly speech: SpeechName | undefined;
  readonly layers: SpeechLayers | undefined;
}

async function embeddedSpeech(
  { cache, precision, onProgress }: EncoderPlace,
  speech: SpeechChoice,
) {
  return { ...await ensureSpeechEncoder(cache, { ...speech, onProgress }), precision };
}

async function assertPrecision(models: readonly ModelOptions[]): Promise<void> {
  for (const options of models.filter(({ precision }) => precision === "int8")) {
    if (await findModelFolder(options) !== undefined) continue;
    throw new Deno.errors.NotFound(
      `Cannot load encoders: expected "${
        join(options.root, options.model, "onnx/model_quantized.onnx")
      }", ` +
        `got nothing; embedded encoders are made in fp32`,
    );
  }
}

async function paperOptions(place: EncoderPlace): Promise<Models> {
  const common = await commonOptions(place);
  return byModality((m) => ({ ...paperModels[m], ...common }));
}

async function clipOptions(place: EncoderPlace): Promise<ModelOptions> {
  const options = { ...paperClip, ...await commonOptions(place) };
  const folder = await findModelFolder(options);
  // What somebody put there without a download, such as an export of their own, is theirs.
  const isOwn = folder !== undefined && await readManifest(folder.path) === undefined;
  return isOwn ? options : { ...options, files: paper.clipFiles };
}

async function commonOptions({ cache, precision, hub, onProgress }: EncoderPlace) {
  return {
    root: join(cache, "models"),
    allowRemote: await mayAskHub(hub),
    hub: { onProgress, ...hub },
    precision,
  };
}

async function mayAskHub({ endpoint = defaultEndpoint }: HubOptions = {}): Promise<boolean> {
  const { host } = new URL(endpoint);
  const { state } = await Deno.permissions.query({ name: "net", host });
  return state === "granted";
}
