/** `small-clip-glyphs`: a small CLIP, trained here on drawings of emoji and their names. @module */

import { sha256 } from "../../files.ts";
import { captionedIconSets } from "../../deps/iconify.ts";
import { flatten, isParameter, layoutOf, type Parameter } from "../../tensor/parameter.ts";
import { fold, key } from "../../tensor/random.ts";
import { writeSafetensors } from "../../tensor/safetensors.ts";
import { leaves, type Tree } from "../../tensor/tree.ts";
import type { Epoch } from "../../training/train.ts";
import { type CaptionedGlyph, captionedGlyphs } from "./captioned_glyphs.ts";
import { imageTowerGraph, textTowerGraph } from "./clip_graphs.ts";
import { logScaleRange } from "./clip_towers.ts";
import files from "./small_clip.json" with { type: "json" };
import type { ModelFiles } from "./model_files.ts";
import {
  type ClipTraining,
  defaultClipTraining,
  trainClip,
  type TrainedClip,
  wordTable,
} from "./train_clip.ts";
import { wholeWordTokenizer } from "./word_tokenizer.ts";
import type { WordVectors } from "./parse_word_vectors.ts";

/** The name by which tables and texts call it. */
export const smallClipName = "small CLIP (glyphs)";

const specialTokens = ["[PAD]", "[UNK]"] as const;

/** What `small_clip.json` in the model's folder says. */
export interface SmallClipInfo {
  /** Tells it from a published CLIP. */
  readonly name: typeof smallClipName;
  /** What it is, in a sentence. */
  readonly about: string;
  /** Whose drawings and words it learnt from, and on which terms. */
  readonly credits: readonly string[];
  /** What its weights were drawn from. */
  readonly seed: number;
  /** Trained weights; the word vectors come on top and are GloVe's. */
  readonly weights: number;
  /** Settings of its training. */
  readonly training: ClipTraining;
  /** Emoji by part. */
  readonly emoji: TrainedClip["counts"];
  /** The epoch that was kept, counted from 1. */
  readonly bestEpoch: number;
  /** Of pictures of the test emoji: how often the right caption of all of theirs is found. */
  readonly retrieval: TrainedClip["test"];
  /** e^s, by which similarities are multiplied before a softmax. */
  readonly scale: number;
  /** SHA-256 of the trained weights. */
  readonly digest: string;
}

/** What {@linkcode smallClip} may be told. */
export interface SmallClipOptions {
  /** 1 by default. */
  readonly seed?: number;
  /** Other pairs than {@linkcode captionedGlyphs}. */
  readonly glyphs?: readonly CaptionedGlyph[];
  /** Settings of the training; those of the embedded model by default. */
  readonly training?: ClipTraining;
  /** Called after each epoch. */
  readonly onEpoch?: (epoch: Epoch) => void;
}

/**
 * Trains the small CLIP and gives its files: weights as safetensors, a tower each as
 * ONNX, tokenizer and preprocessor in the layout of CLIP, and `small_clip.json`.
 *
 * It has CLIP's objective (Radford et al. 2021), two towers of 0.1 million weights and
 * 64 joint dimensions, on GloVe word vectors. What it has seen is some 1,200 emoji, none of
 * them a face of the embedded corpus. It stands for CLIP where no hub can be had, and its
 * scores say nothing of CLIP's.
 */
export async function smallClip(
  glove: WordVectors,
  { seed = 1, glyphs, training = defaultClipTraining, onEpoch }: SmallClipOptions = {},
): Promise<ModelFiles> {
  const words = wordTable(glove);
  const trained = await trainClip(glyphs ?? await captionedGlyphs(), words, {
    key: fold(key(seed), "small clip"),
    training,
    ...onEpoch && { onEpoch },
  });
  const { params } = trained;
  const special = specialTokens.length;
  const table = new Float32Array(special * words.width + words.rows.length);
  table.set(words.rows, special * words.width);
  return {
    ...files,
    "config.json": {
      ...files["config.json"],
      projection_dim: training.size.width,
      logit_scale_init_value: logScaleRange.initial,
      // Where s ended; CLIP's own configuration has no place for it.
      logit_scale: Math.min(params.logScale.values[0]!, logScaleRange.highest),
    },
    "tokenizer.json": wholeWordTokenizer([...specialTokens, ...glove.words], {
      special: specialTokens,
    }),
    "model.safetensors": weightsFile(params as Tree<Parameter>),
    "onnx/text_model.onnx": textTowerGraph(params.text, { table, special }).toBytes(),
    "onnx/vision_model.onnx": imageTowerGraph(params.image).toBytes(),
    "small_clip.json": describe(trained, { seed, training }),
  };
}

function weightsFile(params: Tree<Parameter>): Uint8Array {
  const arrays = leaves<Parameter>(params, isParameter).map(({ path, leaf }) => [
    path,
    { shape: leaf.shape, data: leaf.values },
  ]);
  return writeSafetensors(Object.fromEntries(arrays), { metadata: { name: smallClipName } });
}

function describe(
  { params, counts, bestEpoch, test }: TrainedClip,
  { seed, training }: { seed: number; training: ClipTraining },
): SmallClipInfo {
  const tree = params as Tree<Parameter>, vector = flatten(tree);
  return {
    name: smallClipName,
    about: "Contrastive language-image pre-training in miniature, on drawings of emoji and " +
      "their Unicode names and keywords; no weights of CLIP are in it.",
    credits: [
      ...Object.values(captionedIconSets).map(({ credit, licence }) => `${credit} (${licence})`),
      "Names and keywords: emojilib, Mu-An Chiou (MIT)",
      "Word vectors: GloVe 6B, Pennington et al. 2014 (PDDL)",
    ],
    seed,
    weights: layoutOf(tree).size,
    training,
    emoji: counts,
    bestEpoch,
    retrieval: test,
    scale: Math.exp(Math.min(params.logScale.values[0]!, logScaleRange.highest)),
    digest: sha256(new Uint8Array(vector.buffer)),
  };
}
