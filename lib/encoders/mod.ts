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
import paper from "./paper_models.json" with { type: "json" };
import { spectralFeatures } from "./spectral_features.ts";
import { loadSpeechEncoder, type SpeechOptions } from "./speech_encoder.ts";
import { loadTextEncoder } from "./text_encoder.ts";

export * from "./embedded/mod.ts";
export * from "./clip.ts";
export * from "./encode_corpus.ts";
export * from "./encoder.ts";
export {
  type EncoderIdentity,
  type FeatureStore,
  type FeatureStoreOptions,
  type FeatureTable,
  openFeatureStore,
  type Precision,
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
export * from "./spectral_features.ts";
export { spectrogramPicture } from "./spectrogram_picture.ts";
export * from "./speech_encoder.ts";
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
 * they are loaded.
 *
 * @throws {Deno.errors.NotFound} Models are missing: one message for all of them, with the
 * commands that would fetch them.
 * @throws {RangeError} The hub sent something else than it declares.
 */
export async function ensureEncoders(
  choice: EncoderChoice,
  { clip = false, ...place }: EncoderPlace & { readonly clip?: boolean },
): Promise<void> {
  if (choice === "embedded") return;
  const models = Object.values(await paperOptions(place));
  await ensureModelFolders(clip ? [...models, await clipOptions(place)] : models);
}

/** Which of a choice of encoders are loaded, and how. */
export interface LoadEncodersOptions extends EncoderPlace {
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
 * @throws {RangeError} A downloaded file has changed since, or there is no such speech encoder or layer.
 */
export async function loadEncoders(
  choice: EncoderChoice,
  { segments = {}, threads, speech, speechLayers, ...place }: LoadEncodersOptions,
): Promise<Encoders> {
  if (choice === "paper" && speech !== undefined) {
    throw new RangeError(
      `Cannot use speech: expected the embedded encoders with it, got ${choice} and ${speech}`,
    );
  }
  await ensureEncoders(choice, place);
  const { notes = [], ...models } = choice === "embedded"
    ? await embeddedModels(place, { speech, layers: speechLayers })
    : await paperOptions(place);
  const options = <M extends Modality>(modality: M): Models[M] => ({
    ...models[modality],
    segments: segments[modality],
    threads,
  });
  return {
    text: await loadTextEncoder(options("text")),
    image: await loadImageEncoder(options("image")),
    audio: [
      await loadSpeechEncoder({ layers: speechLayers, ...options("audio") }),
      spectralFeatures({ segments: segments.audio }),
    ],
    ...notes.length > 0 && { notes },
  };
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

interface Models extends Readonly<Record<Modality, ModelOptions>> {
  readonly audio: SpeechOptions;
  readonly notes?: readonly string[];
}

async function embeddedModels(
  { cache, precision, onProgress }: EncoderPlace,
  speech: { readonly speech: SpeechName | undefined; readonly layers: SpeechLayers | undefined },
): Promise<Models> {
  const { root, text, image } = await ensureEmbeddedEncoders(cache, { onProgress });
  const { model, layers, notes } = await ensureSpeechEncoder(cache, { ...speech, onProgress });
  const common = { root, precision };
  const models = {
    text: { model: text, ...common },
    image: { model: image, ...common },
    audio: { model, layers, ...common },
  };
  for (const options of precision === "int8" ? Object.values(models) : []) {
    if (await findModelFolder(options) !== undefined) continue;
    throw new Deno.errors.NotFound(
      `Cannot load encoders: expected "${
        join(root, options.model, "onnx/model_quantized.onnx")
      }", ` +
        `got nothing; embedded encoders are made in fp32`,
    );
  }
  return { ...models, notes };
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
