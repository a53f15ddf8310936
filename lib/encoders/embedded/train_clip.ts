/** Trains the small CLIP on pictures and words of emoji. @module */

import { compile, float32 } from "../../compile/mod.ts";
import type * as tf from "../../deps/tf.ts";
import * as parameter from "../../tensor/parameter.ts";
import { fold, type Key, permutation, uniforms } from "../../tensor/random.ts";
import type { Tree } from "../../tensor/tree.ts";
import { type Epoch, train, type TrainConfig } from "../../training/train.ts";
import type { CaptionedGlyph } from "./captioned_glyphs.ts";
import {
  caption,
  captionLength,
  fullCaption,
  picture,
  pictureSize,
  plainPicture,
} from "./clip_pictures.ts";
import {
  type ClipParams,
  type ClipSize,
  contrastiveLoss,
  imageTower,
  initClip,
  similarities,
  textTower,
} from "./clip_towers.ts";
import type { WordVectors } from "./parse_word_vectors.ts";

/** What `trainClip` trains with beside its pairs. */
export interface ClipTraining extends TrainConfig {
  /** Widths of the towers. */
  readonly size: ClipSize;
}

/** How often the right one of `pairs` others is found. */
export interface Retrieval {
  /** Pairs of the part. */
  readonly pairs: number;
  /** Share of pictures whose own caption is the nearest, in [0, 1]. */
  readonly top1: number;
  /** Share of pictures whose own caption is among the five nearest. */
  readonly top5: number;
}

/** A trained small CLIP. */
export interface TrainedClip {
  /** Of the epoch with the lowest validation loss. */
  readonly params: parameter.Init<ClipParams>;
  /** A line per epoch. */
  readonly history: readonly Epoch[];
  /** Counted from 1. */
  readonly bestEpoch: number;
  /** On emoji that neither training nor the choice of the epoch saw. */
  readonly test: Retrieval;
  /** Emoji by part. */
  readonly counts: Readonly<Record<"train" | "validation" | "test", number>>;
}

/**
 * The settings of the embedded model: 0.1 million weights, some 40 s on one core. They were
 * chosen on the validation emoji.
 */
export const defaultClipTraining: ClipTraining = {
  size: { channels: [32, 64, 128], words: 100, hidden: 128, width: 64 },
  epochs: 40,
  patience: 40,
  batch: 64,
  learningRate: 3e-3,
  warmup: 0.05,
  weightDecay: 0.05,
  clipNorm: 1,
  averaging: 0.98,
  modalityDropout: 0,
};

/** Word vectors as the text tower takes them. */
export interface WordTable {
  readonly width: number;
  /** `[words, width]`, each row of mean square 1. */
  readonly rows: Float32Array;
  readonly rowOf: ReadonlyMap<string, number>;
}

/**
 * Takes the mean of all words from each and brings them to the same length √width: what GloVe's
 * vectors share, and how long they are, tells how frequent a word is and not what it means.
 */
export function wordTable({ words, vectors, width }: WordVectors): WordTable {
  const mean = new Float64Array(width);
  vectors.forEach((x, i) => mean[i % width]! += x / words.length);
  const rows = vectors.map((x, i) => x - mean[i % width]!);
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const squares = row.reduce((sum, x) => sum + x * x, 0);
    if (squares > 0) row.set(row.map((x) => x * Math.sqrt(width / squares)));
  }
  return { width, rows, rowOf: new Map(words.map((word, i) => [word, i])) };
}

/**
 * Trains on 80 per cent of the emoji, keeps the epoch with the lowest loss on 10, and
 * scores it on the last 10. A batch holds no emoji twice, so that every other caption of
 * it is a wrong one. Equal keys give equal weights on one machine.
 *
 * @throws {RangeError} Fewer training emoji than a batch.
 */
export async function trainClip(
  glyphs: readonly CaptionedGlyph[],
  words: WordTable,
  { key, training = defaultClipTraining, onEpoch = () => {} }: {
    readonly key: Key;
    readonly training?: ClipTraining;
    readonly onEpoch?: (epoch: Epoch) => void;
  },
): Promise<TrainedClip> {
  const { size, ...config } = training;
  const parts = divide(glyphs, fold(key, "split"));
  const { batch } = config, steps = Math.floor(parts.train.length / batch);
  if (steps === 0) {
    throw new RangeError(
      `Cannot train the small CLIP: expected ${batch} training emoji or more, ` +
        `got ${parts.train.length}`,
    );
  }
  const initial = initClip(fold(key, "initial"), size);
  const exam = await retrievalExam(initial, parts.validation.length, size);
  const validation = plainPairs(parts.validation, words);
  const trained = await train(
    {
      initial,
      objective: (params: ClipParams, pairs) => contrastiveLoss(compare(params, pairs)),
      batch: pairSpecs(batch, size),
      steps,
      *batches(epoch) {
        const epochKey = fold(key, "epoch", epoch);
        const order = permutation(fold(epochKey, "order"), parts.train.length);
        for (let step = 0; step < steps; step++) {
          const chosen = order.slice(step * batch, (step + 1) * batch);
          yield drawnPairs(chosen.map((i) => parts.train[i]!), words, fold(epochKey, step));
        }
      },
      validate: async (parameters) => {
        const { loss, top1 } = score(await exam.run(parameters, validation));
        return { loss, accuracy: top1 };
      },
    },
    config,
    { onEpoch },
  );
  await exam.dispose();
  const last = await retrievalExam(initial, parts.test.length, size);
  const best = parameter.flatten(trained.parameters as Tree<parameter.Parameter>);
  const { top1, top5 } = score(await last.run(best, plainPairs(parts.test, words)));
  await last.dispose();
  return {
    params: trained.parameters,
    history: trained.history,
    bestEpoch: trained.bestEpoch,
    test: { pairs: parts.test.length, top1, top5 },
    counts: {
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
    },
  };
}

type Part = "train" | "validation" | "test";

function divide(
  glyphs: readonly CaptionedGlyph[],
  key: Key,
): Record<Part, CaptionedGlyph[]> {
  const order = permutation(key, glyphs.length).map((i) => glyphs[i]!);
  const tenth = Math.ceil(glyphs.length / 10);
  return {
    test: order.slice(0, tenth),
    validation: order.slice(tenth, 2 * tenth),
    train: order.slice(2 * tenth),
  };
}

function pairSpecs(batch: number, { words }: ClipSize) {
  return {
    pixels: float32(batch, pictureSize, pictureSize, 3),
    vectors: float32(batch, captionLength, words),
    mask: float32(batch, captionLength),
  };
}

type Pairs = Readonly<Record<keyof ReturnType<typeof pairSpecs>, Float32Array>>;

function compare(
  params: ClipParams,
  { pixels, vectors, mask }: Readonly<Record<keyof Pairs, tf.Tensor>>,
): tf.Tensor {
  return similarities(params.logScale, {
    image: imageTower(params.image, { pixels }),
    text: textTower(params.text, { vectors, mask }),
  });
}

function toPairs(
  items: readonly { readonly pixels: Float32Array; readonly words: readonly string[] }[],
  { rows, rowOf, width }: WordTable,
): Pairs {
  const pixels = new Float32Array(items.length * pictureSize * pictureSize * 3);
  const vectors = new Float32Array(items.length * captionLength * width);
  const mask = new Float32Array(items.length * captionLength);
  items.forEach((item, i) => {
    pixels.set(item.pixels, i * item.pixels.length);
    const known = item.words.flatMap((word) => rowOf.get(word) ?? []);
    known.forEach((row, j) => {
      const at = i * captionLength + j;
      vectors.set(rows.subarray(row * width, (row + 1) * width), at * width);
      mask[at] = 1;
    });
  });
  return { pixels, vectors, mask };
}

function drawnPairs(glyphs: readonly CaptionedGlyph[], words: WordTable, key: Key): Pairs {
  const items = glyphs.map((glyph, i) => {
    const uniform = uniforms(fold(key, i));
    const drawing = glyph.drawings[Math.floor(uniform() * glyph.drawings.length)]!;
    return { pixels: picture(drawing, uniform, uniform()), words: caption(glyph, uniform) };
  });
  return toPairs(items, words);
}

function plainPairs(glyphs: readonly CaptionedGlyph[], words: WordTable): Pairs {
  const items = glyphs.map((glyph) => ({
    pixels: plainPicture(glyph.drawings[0]!),
    words: fullCaption(glyph),
  }));
  return toPairs(items, words);
}

/** The similarities of `count` pairs, compiled. */
async function retrievalExam(initial: parameter.Init<ClipParams>, count: number, size: ClipSize) {
  const tree = initial as Tree<parameter.Parameter>, layout = parameter.layoutOf(tree);
  const compiled = await compile(
    // deno-lint-ignore no-explicit-any -- the parameters are one vector here and a tree there.
    ({ parameters, pairs }: any) => ({
      z: compare(parameter.asTree(tree, parameter.split(layout, parameters)) as ClipParams, pairs),
    }),
    { parameters: float32(layout.size), pairs: pairSpecs(count, size) },
  );
  return {
    run: async (parameters: Float32Array, pairs: Pairs): Promise<Float32Array> =>
      (await compiled.run({ parameters, pairs } as never) as { z: Float32Array }).z,
    dispose: () => compiled.dispose(),
  };
}

/** Loss over the rows of similarities `[n, n]`, and where the diagonal ranks in its row. */
export function score(z: Float32Array): { loss: number; top1: number; top5: number } {
  const n = Math.sqrt(z.length);
  let loss = 0, top1 = 0, top5 = 0;
  for (let i = 0; i < n; i++) {
    const row = z.subarray(i * n, (i + 1) * n), own = row[i]!;
    const highest = row.reduce((a, b) => Math.max(a, b));
    const total = row.reduce((sum, value) => sum + Math.exp(value - highest), 0);
    loss += highest + Math.log(total) - own;
    const better = row.reduce((count, value) => count + (value > own ? 1 : 0), 0);
    if (better < 1) top1++;
    if (better < 5) top5++;
  }
  return { loss: loss / n, top1: top1 / n, top5: top5 / n };
}
