/** Frozen encoders: samples in, features of fixed shape out, kept in a store. @module */

import { join } from "node:path";
import { type ClipEncoders, clipGraphs, loadClip } from "./clip.ts";
import { ensureEmbeddedEncoders, ensureSmallClip } from "./embedded/mod.ts";
import type { Clip, Encoder, ImageFile } from "./encoder.ts";
import { loadImageEncoder } from "./image_encoder.ts";
import { ensureModelFolders, type ModelOptions } from "./model_folder.ts";
import { spectralFeatures } from "./spectral_features.ts";
import { loadSpeechEncoder } from "./speech_encoder.ts";
import { loadTextEncoder } from "./text_encoder.ts";

export * from "./embedded/mod.ts";
export * from "./clip.ts";
export * from "./encode_corpus.ts";
export * from "./encoder.ts";
export * from "./feature_store.ts";
export * from "./image_encoder.ts";
export type { Pixels } from "./decode_image.ts";
export type { ModelOptions } from "./model_folder.ts";
export * from "./spectral_features.ts";
export { spectrogramPicture } from "./spectrogram_picture.ts";
export * from "./speech_encoder.ts";
export * from "./text_encoder.ts";

/** One encoder a modality, two for audio, all frozen. */
export interface Encoders {
  /** Of messages. */
  readonly text: Encoder<string>;
  /** Of image files. */
  readonly image: Encoder<ImageFile>;
  /** Of clips: speech, then spectral. */
  readonly audio: readonly [Encoder<Clip>, Encoder<Clip>];
}

/** Which encoders: the small ones made here, or those the paper names. */
export type EncoderChoice = "embedded" | "paper";

/** Segments a sample, by encoder. */
export interface SegmentCounts {
  /** 8 unless told. */
  readonly text?: number;
  /** 4 unless told. */
  readonly image?: number;
  /** Of both audio encoders, 8 unless told. */
  readonly audio?: number;
}

/**
 * The paper's encoders, as exported for ONNX Runtime. The widths tell a feature
 * export from one with a head: ResNet-50's main revision gives 1000 class scores, and the
 * fine-tuned wav2vec 2.0 letters.
 */
const paperModels = {
  text: { model: "Xenova/bert-base-uncased", revision: "default", width: 768 },
  image: { model: "Xenova/resnet-50", revision: "feature-extraction", width: 2048 },
  audio: { model: "onnx-community/wav2vec2-base-ONNX", revision: "main", width: 768 },
} as const;

/**
 * Loads the encoders of all modalities. Models are looked for in `cache/models/<id>`;
 * `"embedded"` makes those that are missing, `"paper"` downloads them if Deno may
 * reach the hub. The paper names BERT, ResNet50 and Wav2Vec2.0 and no checkpoints: the
 * base, uncased and not fine-tuned ones are our choice.
 *
 * @throws {Deno.errors.NotFound} Models are missing: one message for all of them, with the
 * commands that would fetch them.
 */
export async function loadEncoders(
  choice: EncoderChoice,
  { cache, segments = {}, threads, onProgress }: {
    /** A folder that may be deleted at any time. */
    readonly cache: string;
    readonly segments?: SegmentCounts;
    /** As many as there are cores unless told. */
    readonly threads?: number;
    readonly onProgress?: (message: string) => void;
  },
): Promise<Encoders> {
  const models = choice === "embedded"
    ? await embeddedModels(cache, onProgress)
    : await findPaperModels(cache);
  const options = (modality: keyof typeof models): ModelOptions => ({
    ...models[modality],
    ...(segments[modality] === undefined ? {} : { segments: segments[modality] }),
    ...(threads === undefined ? {} : { threads }),
  });
  return {
    text: await loadTextEncoder(options("text")),
    image: await loadImageEncoder(options("image")),
    audio: [
      await loadSpeechEncoder(options("audio")),
      spectralFeatures(segments.audio === undefined ? {} : { segments: segments.audio }),
    ],
  };
}

const paperClip = {
  model: "Xenova/clip-vit-base-patch32",
  revision: "main",
  width: 512,
  graphs: clipGraphs,
} as const;

/**
 * Loads CLIP as {@linkcode loadEncoders} does the others: `"embedded"` is the small CLIP
 * (glyphs), which is trained if it is missing; `"paper"` is ViT-B/32. The paper names CLIP and
 * no size.
 *
 * @throws {Deno.errors.NotFound} `"paper"` is missing and the hub is out of reach.
 */
export async function loadClipEncoders(
  choice: EncoderChoice,
  { cache, threads, onProgress }: {
    /** A folder that may be deleted at any time. */
    readonly cache: string;
    /** As many as there are cores unless told. */
    readonly threads?: number;
    readonly onProgress?: (message: string) => void;
  },
): Promise<ClipEncoders> {
  const place = choice === "embedded"
    ? await ensureSmallClip(cache, onProgress ? { onProgress } : {})
    : { ...paperClip, root: join(cache, "models"), allowRemote: await mayAskHub() };
  return await loadClip({ ...place, ...(threads === undefined ? {} : { threads }) });
}

type Models = Readonly<Record<"text" | "image" | "audio", ModelOptions>>;

async function embeddedModels(
  cache: string,
  onProgress: ((message: string) => void) | undefined,
): Promise<Models> {
  const { root, ...ids } = await ensureEmbeddedEncoders(cache, onProgress ? { onProgress } : {});
  return {
    text: { model: ids.text, root },
    image: { model: ids.image, root },
    audio: { model: ids.audio, root },
  };
}

async function findPaperModels(cache: string): Promise<Models> {
  const root = join(cache, "models");
  const place = { root, allowRemote: await mayAskHub() };
  const models = {
    text: { ...paperModels.text, ...place },
    image: { ...paperModels.image, ...place },
    audio: { ...paperModels.audio, ...place },
  };
  await ensureModelFolders(Object.values(models));
  return models;
}

async function mayAskHub(): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "net", host: "huggingface.co" });
  return state === "granted";
}
