/** Batches by pairing protocol, each a pure function of seed and position. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import { labelOfPair, type Pair, pairsAmong, shownBy } from "../datasets/paired.ts";
import { type PairingProtocol, pairTriples } from "../datasets/pairing.ts";
import type { Values } from "../compile/mod.ts";
import { fold, keepMask, type Key, permutation, uniforms } from "../tensor/random.ts";
import { type CorpusFeatures, gatherInputs } from "./features.ts";
import { type GroupShape, mapNamed, type Reader } from "./network.ts";
import { drawCopies } from "./noisy_copies.ts";
import type { Problem, Rows } from "./system.ts";
import type { SampleWeights } from "./weights.ts";

/** What batches are drawn from, and how. */
export interface BatchSource {
  /** Standardised features and labels. */
  readonly features: CorpusFeatures;
  /** The training samples of each modality. */
  readonly indices: Readonly<Record<Modality, readonly number[]>>;
  /** How samples are put together. */
  readonly protocol: PairingProtocol;
  /** As `Problem.pairs`. */
  readonly pairs?: readonly Pair[] | undefined;
  /** As `Problem.noisy`. */
  readonly noisy?: Problem["noisy"];
  /** What each sample counts, if they differ. */
  readonly weights?: SampleWeights | undefined;
  /** The modalities to train on under `single`; all three otherwise. */
  readonly present: readonly Modality[];
  /** Samples of the largest corpus a step under `single`, triples a step otherwise. */
  readonly batch: number;
  /** Share of the second views of a triple in which modalities are masked at random; 0 for no such views. */
  readonly modalityDropout: number;
  /** What reads the batches: it names the tables and the dropout masks, and may change the inputs. */
  readonly network: Reader;
  /** Order, pairs, masks and dropout come from it. */
  readonly key: Key;
}

/** Places among classes, or scores. */
export type LabelValues = Int32Array | Float32Array;

/** A tree of values in the shape of `BatchSpecs`. */
export interface BatchValues {
  /** A group by its name: features, presence, labels and dropout masks, as `GroupSpecs` has them. */
  readonly [group: string]: {
    readonly inputs: Record<string, Record<string, Values>>;
    readonly targets: Record<string, Record<string, Values>>;
    readonly presence: Float32Array;
    readonly labels: Record<string, LabelValues>;
    readonly unified: { readonly labels: LabelValues; readonly weights: Float32Array };
    readonly weights: Record<string, Float32Array>;
    readonly keep: Record<string, Record<string, Float32Array>>;
  };
}

/** The batches of one training run. */
export interface Batches {
  /** The groups of every batch. */
  readonly groups: Readonly<Record<string, GroupShape>>;
  /** Steps an epoch. */
  readonly steps: number;
  /** The batches of an epoch, counted from 0. */
  epoch(epoch: number): Generator<BatchValues>;
}

/**
 * Under `single` a batch has a group for each modality, alone, of a size in
 * proportion to its corpus: an epoch shows every sample about once. Under
 * `label` and `random` it has one group of triples, and an epoch has as many
 * as the smallest corpus has samples, rounded up to whole batches, so that
 * hardly a sample is seen twice; each triple is seen whole and, with `modalityDropout`, a second
 * time with modalities missing. Under `natural` the triples are the rows of the training part, each
 * once per epoch, and what a row lacks is missing in both views. Of samples that have noisy copies each
 * epoch shows the clean one or one of the copies (`drawCopies`), in both views of a triple the same.
 *
 * @throws {RangeError} `natural` without a row in the training part; what `pairTriples` refuses.
 */
export function batches(source: BatchSource): Batches {
  return source.protocol === "single" ? singleBatches(source) : tripleBatches(source);
}

function singleBatches(
  { features, indices, noisy, weights, present, batch, network, key }: BatchSource,
): Batches {
  const drawn = drawCopies(noisy);
  const largest = Math.max(...present.map((m) => indices[m].length));
  const steps = Math.ceil(largest / batch);
  const read = reading(features, network);
  const groups: Record<string, GroupShape> = Object.fromEntries(
    present.map((m) => [m, {
      present: [m],
      batch: Math.ceil(indices[m].length / steps),
      views: 1,
      ...weights && { weighted: true },
    }]),
  );
  return {
    groups,
    steps,
    *epoch(epoch) {
      const orders = present.map((m) => {
        const size = groups[m]!.batch;
        const order = cycle(fold(key, m, epoch), indices[m], steps * size);
        return { m, size, order: drawn(m, order, fold(key, "noisy", m, epoch)) };
      });
      for (let step = 0; step < steps; step++) {
        const values: Record<string, BatchValues[string]> = {};
        for (const { m, size, order } of orders) {
          const rows = order.slice(step * size, (step + 1) * size);
          const labels = labelsOf(Array.from(rows, (i) => features[m].labels[i]!), network);
          const counted = Float32Array.from(rows, (i) => weights?.[m][i] ?? 1);
          values[m] = {
            ...read([m], { [m]: rows }, fold(key, "augment", m, epoch, step)),
            presence: presenceRows(Array.from(rows, () => [m])),
            labels: { [m]: labels },
            unified: { labels, weights: counted },
            weights: weights ? { rows: counted } : {},
            keep: keepMasks(fold(key, "keep", m, epoch, step), groups[m]!, network),
          };
        }
        yield values;
      }
    },
  };
}

function labelsOf(labels: ArrayLike<number>, { target }: Pick<Reader, "target">): LabelValues {
  return target?.kind === "score" ? Float32Array.from(labels) : Int32Array.from(labels);
}

// What a network reads of samples in training.
function reading(features: CorpusFeatures, network: Reader) {
  const { targets = () => ({}), augment = (inputs) => inputs } = network;
  return (present: readonly Modality[], rows: Rows, key: Key) => {
    const size = rows[present[0]!]!.length;
    const inputs = gatherInputs(features, network.inputs(present, size), rows);
    return {
      inputs: augment.call(network, inputs, key),
      targets: gatherInputs(features, targets.call(network, present, size), rows),
    };
  };
}

// `count` indices: one random order after another.
function cycle(key: Key, indices: readonly number[], count: number): number[] {
  const result: number[] = [];
  for (let round = 0; result.length < count; round++) {
    for (const i of permutation(fold(key, round), indices.length)) result.push(indices[i]!);
  }
  return result.slice(0, count);
}

function tripleBatches(source: BatchSource): Batches {
  const { features, noisy, batch, modalityDropout, network, weights, key } = source;
  const shownCopies = drawCopies(noisy);
  const { size, draw } = source.protocol === "natural" ? naturalTriples(source) : drawn(source);
  const steps = Math.ceil(size / batch);
  const shape: GroupShape = {
    ...{ present: modalities, batch, views: modalityDropout > 0 ? 2 : 1 },
    ...weights && { weighted: true },
  };
  const read = reading(features, network);
  return {
    groups: { triples: shape },
    steps,
    *epoch(epoch) {
      const triples = draw(fold(key, "pairs", epoch), steps * batch);
      const samples = byModality((m) => shownCopies(m, triples[m], fold(key, "noisy", m, epoch)));
      for (let step = 0; step < steps; step++) {
        const range = (column: Uint32Array) => column.subarray(step * batch, (step + 1) * batch);
        const labelled = (column: ArrayLike<number>) =>
          labelsOf(Array.from(column).slice(step * batch, (step + 1) * batch), network);
        const whole = triples.shown.slice(step * batch, (step + 1) * batch);
        const views = [whole];
        if (shape.views === 2) {
          views.push(partialViews(fold(key, "views", epoch, step), whole, modalityDropout));
        }
        const rows = batch * shape.views;
        const unified = labelsOf(new Uint8Array(rows), network);
        const ofTriple = triples.unified && labelled(triples.unified);
        // Under `random` a triple has no label of its own: only the heads learn.
        const counted = new Float32Array(rows).fill(ofTriple ? 1 : 0);
        const weights = triples.weights?.subarray(step * batch, (step + 1) * batch);
        for (let v = 0; ofTriple && v < shape.views; v++) {
          unified.set(ofTriple, v * batch);
          if (weights) counted.set(weights, v * batch);
        }
        yield {
          triples: {
            ...read(
              modalities,
              byModality((m) => range(samples[m])),
              fold(key, "augment", epoch, step),
            ),
            presence: presenceRows(views.flat()),
            labels: byModality((m) => labelled(triples.labels[m])),
            unified: { labels: unified, weights: counted },
            weights: weights ? { rows: counted } : {},
            keep: keepMasks(fold(key, "keep", epoch, step), shape, network),
          },
        };
      }
    },
  };
}

/** Triples, and the modalities that each has; where one is lacking, its place holds a stand-in. */
interface ShownTriples extends Readonly<Record<Modality, Uint32Array>> {
  readonly labels: Readonly<Record<Modality, ArrayLike<number>>>;
  readonly unified?: ArrayLike<number>;
  readonly shown: readonly (readonly Modality[])[];
  readonly weights?: Float32Array;
}

/** How many triples an epoch has room for, and how they are drawn. */
interface TripleSource {
  readonly size: number;
  draw(key: Key, count: number): ShownTriples;
}

function drawn({ features, indices, protocol, network: { target } }: BatchSource): TripleSource {
  const labels = byModality((m) => features[m].labels);
  return {
    size: Math.min(...modalities.map((m) => indices[m].length)),
    draw: (key, count) => ({
      ...pairTriples({ indices, labels, protocol, count, key, target }),
      shown: Array<readonly Modality[]>(count).fill(modalities),
    }),
  };
}

function naturalTriples({ features, indices, pairs = [], weights }: BatchSource): TripleSource {
  const labels = byModality((m) => features[m].labels);
  const own = pairsAmong(pairs, indices);
  if (own.length === 0) {
    throw new RangeError("Cannot make batches: expected pairs in the training part, got none");
  }
  const places = [...own.keys()];
  return {
    size: own.length,
    draw(key, count) {
      const rows = cycle(key, places, count).map((i) => own[i]!);
      const unified = rows.map((pair) => labelOfPair(pair, labels));
      return {
        ...byModality((m) => Uint32Array.from(rows, (pair) => pair[m] ?? indices[m][0] ?? 0)),
        labels: byModality(() => unified),
        unified,
        shown: rows.map(shownBy),
        ...weights && { weights: Float32Array.from(rows, (pair) => weightOfPair(pair, weights)) },
      };
    },
  };
}

function weightOfPair(pair: Pair, weights: SampleWeights): number {
  const m = shownBy(pair)[0]!;
  return weights[m][pair[m]!]!;
}

// Each modality that is there is masked with the probability `rate`, but never all of them.
function partialViews(
  key: Key,
  whole: readonly (readonly Modality[])[],
  rate: number,
): (readonly Modality[])[] {
  const next = uniforms(key);
  return whole.map((own) => {
    for (;;) {
      const shown = own.filter(() => next() >= rate);
      if (shown.length > 0) return shown;
    }
  });
}

/** `[rows, 3]`: 1 for each modality that a row shows. */
function presenceRows(rows: readonly (readonly Modality[])[]): Float32Array {
  return Float32Array.from(
    rows.flatMap((shown) => modalities.map((m) => shown.includes(m) ? 1 : 0)),
  );
}

function keepMasks(
  key: Key,
  shape: GroupShape,
  network: Pick<Reader, "masks">,
): BatchValues[string]["keep"] {
  return mapNamed(network.masks(shape), ({ shape, rate }, part, layer) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return keepMask(fold(key, part, layer), length, rate);
  });
}
