/** A trained encoder of one modality: a branch from raw inputs to states, and the network that trains it alone. @module */

import * as tf from "../deps/tf.ts";
import { float32, type Spec } from "../compile/mod.ts";
import { defaultValence, polarityOf, type ValenceMap } from "../datasets/valence.ts";
import { byModality, type Modality, type Polarity } from "../modality.ts";
import { dropout, initLinear, linear, type LinearParams, maskedMean } from "../tensor/layers.ts";
import { crossEntropy } from "../tensor/losses.ts";
import type { Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import { type Mask, type NamedTensors, type Network, viewsOf } from "../systems/network.ts";
import { targetLoss } from "../systems/target_loss.ts";
import { outputsOf, type Target } from "../target.ts";

/** From the raw inputs of a modality to states, as a frozen encoder would give them. */
// deno-lint-ignore no-explicit-any -- branches of several modalities have no parameters in common.
export interface Branch<P = any> {
  /** Whose samples it reads. */
  readonly modality: Modality;
  /** Says all that decides its graph. */
  readonly graph: string;
  /** n, states a sample. */
  readonly segments: number;
  /** d, numbers a state. */
  readonly width: number;
  /** Initial parameters; the same key gives the same numbers. */
  init(key: Key): Init<P>;
  /** The tables that it reads, for B samples. */
  inputs(batch: number): { readonly [table: string]: Spec };
  /** The dropout masks of a training step. */
  masks(batch: number): { readonly [layer: string]: Mask };
  /** As `Network.augment`, of this modality's tables. */
  augment?(tables: Record<string, Float32Array>, key: Key): Record<string, Float32Array>;
  /** States `[B, n, d]` and the mask `[B, n]` of those that exist; `keep` is empty in inference. */
  states(
    params: P,
    given: { inputs: NamedTensors[string]; keep: NamedTensors[string] },
  ): { states: tf.Tensor; mask: tf.Tensor };
  /** As `states` in inference, of fewer views of a sample: an epoch is chosen by them. */
  quickStates?(
    params: P,
    given: { inputs: NamedTensors[string] },
  ): { states: tf.Tensor; mask: tf.Tensor };
}

/** What a classifier tells apart: K classes, each of a polarity or, as neutral is, of none. */
export interface Classes {
  /** Emotions, or `negative` and `positive`. */
  readonly names: readonly string[];
  /** Of each class; one without takes no part in the verdict. */
  readonly polarities: readonly (Polarity | undefined)[];
}

/** The two polarities themselves. */
export const polarityClasses: Classes = { names: ["negative", "positive"], polarities: [0, 1] };

/** The two polarities, and neutral, which is neither: places in the order of their names. */
export const threeClasses: Classes = {
  names: ["negative", "positive", "neutral"],
  polarities: [0, 1, undefined],
};

/** The emotions of a corpus, in alphabetical order, with their polarities. */
export function emotionClasses(
  emotions: Iterable<string>,
  valence: ValenceMap = defaultValence,
): Classes {
  const names = [...new Set(emotions)].sort();
  return { names, polarities: names.map((name) => polarityOf(name, valence)) };
}

/** Features with a table `emotion` `[N]`: the place of each sample's emotion among its corpus's classes. */
export function withEmotionTables(
  features: CorpusFeatures,
  valence: ValenceMap = defaultValence,
): CorpusFeatures {
  return byModality((m) => {
    const { emotions } = features[m];
    if (emotions === undefined) return features[m];
    return withClassTable(features[m], emotionClasses(emotions, valence));
  });
}

/**
 * The emotions of the samples at `rows`, in alphabetical order, each with the polarity that
 * most of those samples have. {@linkcode polarityClasses} where the features name no emotions, or
 * those of one polarity only.
 */
export function learntClasses(
  { emotions, labels }: Pick<ModalityFeatures, "emotions" | "labels">,
  rows: readonly number[],
): Classes {
  if (emotions === undefined) return polarityClasses;
  const groups = [...Map.groupBy(rows, (row) => emotions[row]!)].sort(([a], [b]) => a < b ? -1 : 1);
  const polarities = groups.map(([, own]): Polarity => {
    const positive = own.filter((row) => labels[row] === 1).length;
    return 2 * positive > own.length ? 1 : 0;
  });
  if (new Set(polarities).size < 2) return polarityClasses;
  return { names: groups.map(([emotion]) => emotion), polarities };
}

/** Classes with the emotions of further samples, neutral ones, which have no polarity. */
export function withNeutral(
  { names, polarities }: Classes,
  neutral: Iterable<string>,
): Classes {
  const all = [...new Set([...names, ...neutral])].sort();
  return { names: all, polarities: all.map((name) => polarities[names.indexOf(name)]) };
}

/**
 * Features of one modality with a table `emotion` `[N]`: the place of each sample's emotion among
 * `names`, -1 where it is none of them.
 */
export function withClassTable(features: ModalityFeatures, { names }: Classes): ModalityFeatures {
  const data = Float32Array.from(features.emotions ?? [], (emotion) => names.indexOf(emotion));
  const emotion = { shape: [data.length], data };
  return { ...features, tables: { ...features.tables, emotion } };
}

/** What counts alike in training, however many samples it has: each polarity, or in it each emotion too. */
export type Alike = "polarities" | "emotions";

/**
 * Features of one modality with weights by which polarities, or emotions too, count alike among the
 * samples at `rows`:
 *
 *     polarities: w_n = v_n V / (P V_p)        emotions: w_n = v_n V / (P K_p V_k)
 *
 * with v the weights that the features have, 1 by default, V_k and V_p their sums over class k and
 * over polarity p, V = Σ_p V_p, and P and K_p the numbers of polarities, and of classes of polarity p,
 * that are there. Samples of a class without polarity keep v, those of one that is not at `rows` have 0.
 */
export function withClassesAlike(
  features: ModalityFeatures,
  classes: Classes,
  { rows, alike }: { readonly rows: readonly number[]; readonly alike: Alike },
): ModalityFeatures {
  const { labels, tables, weights } = features;
  const { polarities } = classes;
  const places = classes === polarityClasses ? labels : tables.emotion!.data;
  const own = (row: number) => weights?.[row] ?? 1;
  const sums = polarities.map(() => 0);
  for (const row of rows) sums[places[row]!]! += own(row);
  const there = [...sums.keys()].filter((k) => sums[k]! > 0 && polarities[k] !== undefined);
  const groups = Map.groupBy(there, (k) => polarities[k]!);
  const sumOf = (classes: readonly number[]) => classes.reduce((sum, k) => sum + sums[k]!, 0);
  const factors = polarities.map((polarity, k) => {
    if (polarity === undefined) return 1;
    if (!sums[k]) return 0;
    const group = groups.get(polarity)!;
    const share = alike === "polarities" ? sumOf(group) : group.length * sums[k]!;
    return sumOf(there) / (groups.size * share);
  });
  const counted = Float32Array.from(places, (place, row) => own(row) * (factors[place] ?? 0));
  return { ...features, weights: counted };
}

/**
 * Logits of the two polarities `[B, 2]` (negative, positive) from those of
 * classes `[B, K]`: a polarity's probability is the sum of its classes',
 *
 *     z_p = log Σ_{k of polarity p} exp z_k
 *
 * Where a class has no polarity, that is its probability given that one has.
 */
export function polarityLogits(logits: tf.Tensor, { polarities }: Classes): tf.Tensor {
  if (polarities.length === 2 && polarities[0] === 0 && polarities[1] === 1) return logits;
  const columns = tf.unstack(logits, 1); // K of [B]
  const ofPolarity = (polarity: Polarity) => {
    const own = columns.filter((_, k) => polarities[k] === polarity);
    return tf.logSumExp(tf.stack(own, 1), 1, true); // [B, 1]
  };
  return tf.concat([ofPolarity(0), ofPolarity(1)], 1); // [B, 2]
}

/** Parameters of {@linkcode branchNetwork}. */
export type BranchNetworkParams<P> = { branch: P; output: LinearParams };

/** Settings of {@linkcode branchNetwork}. */
export interface BranchNetworkOptions {
  /** What it learns to tell apart; the polarities by default. Others need the table `emotion`. */
  readonly classes?: Classes;
  /** What it learns in place of classes of a polarity: other classes, or a score. */
  readonly target?: Target | undefined;
  /** Rate at which the pooled state is dropped, 0.3 by default. */
  readonly dropout?: number;
  /** ε of `crossEntropy`, 0 by default. */
  readonly smoothing?: number;
}

/**
 * A branch alone, with a classifier upon the mean of its states:
 *
 *     h = mean of the states that exist      [B, d]
 *     z = dropout(h) W + b                   [B, K]
 *
 * It minimises the cross-entropy of the classes; its verdict is that of the
 * polarities ({@linkcode polarityLogits}). With a `target` it minimises that
 * one's loss ({@linkcode targetLoss}), K is the target's outputs, and so is the verdict. `inspect` gives
 * `states`, their `mask`, and `classes`, the probabilities of the K classes, of a score none.
 */
export function branchNetwork<P>(
  branch: Branch<P>,
  { classes = polarityClasses, target, dropout: rate = 0.3, smoothing = 0 }: BranchNetworkOptions =
    {},
): Network<BranchNetworkParams<P>> {
  const { modality: m, width } = branch;
  const direct = target !== undefined || classes === polarityClasses;
  const outputs = target ? outputsOf(target) : classes.names.length;
  const forward = (
    { branch: params, output }: BranchNetworkParams<P>,
    inputs: NamedTensors,
    keep: NamedTensors,
    quick = false,
  ) => {
    const given = { inputs: inputs[m]!, keep: keep.branch ?? {} };
    const { states, mask } = quick
      ? branch.quickStates!(params, given)
      : branch.states(params, given);
    const logits = linear(output, dropout(maskedMean(states, mask), keep.output?.pooled));
    return { states, mask, logits };
  };
  const verdict = (logits: tf.Tensor) => target ? logits : polarityLogits(logits, classes);
  return {
    graph: JSON.stringify(["branch", branch.graph, target ?? classes, rate, smoothing]),
    ...target && { target },
    init: (key) => ({
      branch: branch.init(fold(key, "branch")),
      output: initLinear(fold(key, "output"), { in: width, out: outputs }, 1),
    }),
    inputs: (_, batch) => ({ [m]: branch.inputs(batch) }),
    ...!direct && { targets: (_, batch) => ({ [m]: { emotion: float32(batch) } }) },
    ...branch.augment && {
      augment: (inputs, key) => ({ ...inputs, [m]: branch.augment!(inputs[m]!, key) }),
    },
    masks: ({ batch }) => ({
      branch: branch.masks(batch),
      output: { pooled: { shape: [batch, width], rate } },
    }),
    loss(params, group) {
      if (viewsOf(group) !== 1) {
        throw new RangeError("Cannot train a branch: expected protocol single, got several views");
      }
      const { inputs, keep, labels, targets, unified: { weights } } = group;
      const { logits } = forward(params, inputs, keep);
      if (target) return targetLoss({ logits, labels: labels[m]!, weights }, target);
      const wanted = direct ? labels[m]! : tf.cast(targets[m]!.emotion!, "int32");
      return crossEntropy({ logits, labels: wanted, weights }, { smoothing });
    },
    logits: (params, inputs) => ({ [m]: verdict(forward(params, inputs, {}).logits) }),
    ...branch.quickStates && {
      quickLogits: (params, inputs) => ({
        [m]: verdict(forward(params, inputs, {}, true).logits),
      }),
    },
    inspect(params, inputs) {
      const { states, mask, logits } = forward(params, inputs, {});
      return { states, mask, ...target?.kind !== "score" && { classes: tf.softmax(logits) } };
    },
  };
}
