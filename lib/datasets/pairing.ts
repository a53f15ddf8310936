/** How samples of three corpora that share none become (text, image, audio) triples. @module */

import { fold, type Key, permutation } from "../tensor/random.ts";
import { byModality, type Modality } from "../modality.ts";
import { polarities, type Target } from "../target.ts";

/** The names of the ways to form a triple; see {@linkcode pairTriples}. */
export const pairingProtocols = ["single", "label", "random"] as const;

/**
 * One of {@linkcode pairingProtocols}, which draw; or `natural`, for a set whose samples belong
 * together as they are, such as `readPairedTable` reads, where nothing is drawn.
 */
export type PairingProtocol = (typeof pairingProtocols)[number] | "natural";

/** Triples by column: the t-th is `text[t]`, `image[t]`, `audio[t]`, indices into each corpus. */
export interface Triples extends Readonly<Record<Modality, Uint32Array>> {
  /** The label of each modality's sample, a place among the classes, `[count]` each. */
  readonly labels: Readonly<Record<Modality, Uint8Array>>;
  /** The triple's one label, `[count]`, where the protocol gives it one: `label` only. */
  readonly unified?: Uint8Array;
}

/** What {@linkcode pairTriples} draws from, and how. */
export interface PairingOptions {
  /** The samples of one part of the split, by modality. */
  readonly indices: Readonly<Record<Modality, readonly number[]>>;
  /** The labels of the corpus, by sample index. */
  readonly labels: Readonly<Record<Modality, ArrayLike<number>>>;
  /** Whose classes the labels are; by default the two polarities. */
  readonly target?: Target | undefined;
  /** What the samples of a triple have in common. */
  readonly protocol: PairingProtocol;
  /** How many triples. */
  readonly count: number;
  /** Fold the epoch in, to draw afresh each time. */
  readonly key: Key;
}

/**
 * Forms `count` triples from the samples of one part of a split.
 *
 * The paper's three corpora share no samples, its model takes a text, an image and a clip at once,
 * and it says neither how the three are put together nor what the unified label is when they
 * disagree. That choice decides every fused score, so it is named and written into each result:
 *
 * - `single`: three independent draws with a label each. The caller shows the model one modality at
 *   a time and masks the others, so the triple is no more than a container.
 * - `label`: three samples of one label, which is also the unified label.
 * - `random`: three independent draws shown together. Each head has its own label, and the triple
 *   has none.
 *
 * Scores under `label` look better than any single modality and prove nothing about attention across
 * modalities: given the label, the three samples are independent, so whoever adds the three heads'
 * evidence gains by arithmetic. With equal-variance normal scores, d′ = √2 Φ⁻¹(AUC) adds in squares;
 * the paper's own AUCs of 0.962, 0.923 and 0.922 make
 *
 *     d′ = √(2.51² + 2.02² + 2.01²) = 3.79,   AUC = Φ(3.79 / √2) = 0.996
 *
 * and so late fusion under the same pairing belongs beside every such score.
 *
 * Labels are equally frequent, within one. Each modality goes through its samples of
 * a label in random order, all of them before any comes again, and in a new order each round: within
 * a label no sample is used more than once oftener than another.
 *
 * @throws {RangeError} `count` is no positive integer, the protocol has another name, the target is a
 * score, an index has no label of a class, or a label has no sample in a modality.
 */
export function pairTriples(
  { indices, labels, protocol, count, key, target = polarities }: PairingOptions,
): Triples {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`Cannot pair samples: expected a count from 1, got ${count}`);
  }
  if (protocol === "natural" || !pairingProtocols.includes(protocol)) {
    throw new RangeError(
      `Cannot pair samples: expected protocol ${pairingProtocols.join(", ")}, got "${protocol}"`,
    );
  }
  if (target.kind === "score") {
    throw new RangeError("Cannot pair samples by label: expected classes, got scores");
  }
  const { classes } = target;
  const unified = balancedLabels(fold(key, "labels"), count, classes.length);
  const drawn = byModality((modality) => {
    const own = fold(key, modality);
    const wanted = protocol === "label"
      ? unified
      : balancedLabels(fold(own, "labels"), count, classes.length);
    const pools = poolsOf({
      modality,
      indices: indices[modality],
      labels: labels[modality],
      classes,
    });
    return { wanted, chosen: draw(fold(own, "samples"), { pools, wanted }) };
  });
  return {
    ...byModality((modality) => drawn[modality].chosen),
    labels: byModality((modality) => drawn[modality].wanted.slice()),
    ...(protocol === "label" ? { unified } : {}),
  };
}

/** The labels of all classes in random order, equally many of each. */
function balancedLabels(key: Key, count: number, classes: number): Uint8Array {
  return Uint8Array.from(permutation(key, count), (i) => i % classes);
}

type Pools = readonly (readonly number[])[];

function poolsOf({ modality, indices, labels, classes }: {
  readonly modality: Modality;
  readonly indices: readonly number[];
  readonly labels: ArrayLike<number>;
  readonly classes: readonly string[];
}): Pools {
  const pools = classes.map((): number[] => []);
  for (const index of indices) {
    const pool = pools[labels[index] ?? NaN];
    if (pool === undefined) {
      throw new RangeError(
        `Cannot pair samples: expected a label from 0 to ${classes.length - 1} for ${modality} ` +
          `sample ${index}, got ${labels[index]}`,
      );
    }
    pool.push(index);
  }
  if (pools.some(({ length }) => length === 0)) {
    const counts = pools.map(({ length }, label) => `${length} ${classes[label]}`).toReversed();
    throw new RangeError(
      `Cannot pair samples: expected ${modality} samples of ` +
        `${classes.length === 2 ? "both" : "all"} labels, got ${counts.join(" and ")}`,
    );
  }
  return pools;
}

/** A sample of each label wanted, `[count]`. */
function draw(
  key: Key,
  { pools, wanted }: { readonly pools: Pools; readonly wanted: Uint8Array },
): Uint32Array {
  const streams = pools.map((pool, label) => rounds(fold(key, label), pool));
  return Uint32Array.from(wanted, (label) => streams[label]!.next().value!);
}

/** Goes through `pool` again and again, each time in a new order. */
function* rounds(key: Key, pool: readonly number[]): Generator<number, never> {
  for (let round = 0;; round++) {
    for (const i of permutation(fold(key, round), pool.length)) yield pool[i]!;
  }
}
