/** What the training loop asks of an architecture. @module */

import * as tf from "../deps/tf.ts";
import { float32, int32, type Spec, type Tensors } from "../compile/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import type { Init } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";
import type { ParameterParts } from "../training/gradient_norms.ts";
import type { GatheredInputs } from "./features.ts";
import type { Head } from "./system.ts";

/** Rows of a batch that show a network the same modalities. */
export interface GroupShape {
  /** The modalities that these rows have; the others are absent. */
  readonly present: readonly Modality[];
  /** B, samples of each modality. */
  readonly batch: number;
  /**
   * V, how often each is seen, with other modalities masked: what belongs to
   * one modality runs once per sample, what joins them once per view.
   */
  readonly views: number;
  /** Whether samples have weights; absent if not. */
  readonly weighted?: true;
}

/** Specs by modality and table, or by part and layer. */
export type NamedSpecs = { readonly [part: string]: { readonly [name: string]: Spec } };

/** A dropout mask: its shape and the rate p at which it holds 0. */
export interface Mask {
  /** Of the layer that it is multiplied with. */
  readonly shape: readonly number[];
  /** p in [0, 1). */
  readonly rate: number;
}

/** The specs of one group's inputs, labels and dropout masks. */
export type GroupSpecs = {
  readonly inputs: NamedSpecs;
  /** As {@linkcode Network.targets}; empty in a network without. */
  readonly targets: NamedSpecs;
  /** `[V B, 3]`, 1 for what a view shows; the views of the first sample are at rows 0, B, 2B, … */
  readonly presence: Spec;
  /** `[B]` a modality; int32 of classes, float32 of scores. */
  readonly labels: { readonly [modality: string]: Spec };
  /** The label of the whole, and whether there is one (1 or 0), `[V B]` each. */
  readonly unified: { readonly labels: Spec; readonly weights: Spec };
  /** Of samples that have weights, `rows`: those of every view, `[V B]`; else empty. */
  readonly weights: { readonly [rows: string]: Spec };
  /** As {@linkcode Network.masks}. */
  readonly keep: NamedSpecs;
};

/** The specs of a batch: its groups by name. */
export type BatchSpecs = { readonly [group: string]: GroupSpecs };

/** A group's tensors. */
export type Group = Tensors<GroupSpecs>;

/** Features of samples by modality and table; a modality that all of them lack is left out. */
export type NamedTensors = { readonly [part: string]: { readonly [name: string]: tf.Tensor } };

/** An architecture with parameters `P` that can be trained and asked. */
// deno-lint-ignore no-explicit-any -- a list of networks has no parameters in common.
export interface Network<P = any> {
  /** Says all that decides its graphs: networks with one name share what was compiled. */
  readonly graph: string;
  /** What it learns; by default two polarities. */
  readonly target?: Target | undefined;
  /** Initial parameters; the same key gives the same numbers. */
  init(key: Key): Init<P>;
  /** The tables of features that it reads, for B samples of the modalities `present`. */
  inputs(present: readonly Modality[], batch: number): NamedSpecs;
  /** Tables of features that its loss alone reads, such as the emotion behind a polarity. */
  targets?(present: readonly Modality[], batch: number): NamedSpecs;
  /**
   * Changes the inputs of a training step, in shapes that stay: noise, shifts, masked words. They are
   * copies; samples that are judged are never changed. All randomness comes from `key`.
   */
  augment?(inputs: GatheredInputs, key: Key): GatheredInputs;
  /** The dropout masks of a group's training step, by part and layer. */
  masks(group: GroupShape): { readonly [part: string]: { readonly [layer: string]: Mask } };
  /** The loss of a group, a scalar. */
  loss(params: P, group: Group): tf.Tensor;
  /**
   * Outputs `[B, C]` by head, without dropout, of samples that show `inputs`: logits (negative,
   * positive), or as the target has it.
   */
  logits(params: P, inputs: NamedTensors): { readonly [H in Head]?: tf.Tensor };
  /** As {@linkcode logits}, for less work: what an epoch is chosen by, where that differs. */
  quickLogits?: Network<P>["logits"];
  /**
   * The modules that read one modality alone: by a name, how the paths of their parameters begin. What
   * `TrainOptions.gradients` keeps, for each and for a modality's together.
   */
  readonly modules?: { readonly [M in Modality]?: { readonly [module: string]: string } };
  /** What figures show of such samples beside the verdict, `[B, …]` by name. */
  inspect?(params: P, inputs: NamedTensors): Readonly<Record<string, tf.Tensor>>;
}

/** What of a network decides the batches that it is trained on. */
export type Reader = Pick<Network, "inputs" | "targets" | "augment" | "masks" | "target">;

/** The specs of a group of the given shape. */
function groupSpecs(
  network: Reader,
  shape: GroupShape,
): GroupSpecs {
  const { present, batch, views } = shape;
  const rows = batch * views;
  const labels = network.target?.kind === "score" ? float32 : int32;
  return {
    inputs: network.inputs(present, batch),
    targets: network.targets?.(present, batch) ?? {},
    presence: float32(rows, modalities.length),
    labels: Object.fromEntries(present.map((m) => [m, labels(batch)])),
    unified: { labels: labels(rows), weights: float32(rows) },
    weights: shape.weighted ? { rows: float32(rows) } : {},
    keep: mapNamed(network.masks(shape), ({ shape }) => float32(...shape)),
  };
}

/** `fn` of every entry of a record of records. */
export function mapNamed<A, B>(
  of: { readonly [part: string]: { readonly [name: string]: A } },
  fn: (value: A, part: string, name: string) => B,
): Record<string, Record<string, B>> {
  const inner = (part: string, named: { readonly [name: string]: A }) =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [name, fn(value, part, name)]));
  return Object.fromEntries(Object.entries(of).map(([part, named]) => [part, inner(part, named)]));
}

/** The specs of a batch of the given groups. */
export function batchSpecs(
  network: Reader,
  groups: Readonly<Record<string, GroupShape>>,
): BatchSpecs {
  return Object.fromEntries(
    Object.entries(groups).map(([name, shape]) => [name, groupSpecs(network, shape)]),
  );
}

/** What training minimises, a scalar: the network's loss, summed over the groups of a batch. */
export function objective<P>(
  network: Pick<Network<P>, "loss">,
): (params: P, batch: Tensors<BatchSpecs>) => tf.Tensor {
  return (params, batch) =>
    tf.addN(Object.values(batch).map((group) => network.loss(params, group)));
}

/** The parts whose gradients training keeps: each modality's modules together, and each of them. */
export function partsOf({ modules }: Pick<Network, "modules">): ParameterParts | undefined {
  if (modules === undefined) return undefined;
  return Object.fromEntries(
    modalitiesIn(modules).flatMap((m) => [
      [m, Object.values(modules[m]!)],
      ...Object.entries(modules[m]!).map(([name, path]) => [`${m} ${name}`, [path]]),
    ]),
  );
}

/** The modalities that a group or a set of features has, in their usual order. */
export function modalitiesIn(of: Readonly<Record<string, unknown>>): Modality[] {
  return modalities.filter((m) => of[m] !== undefined);
}

/** `mask` `[V B]` times the samples' weights, where they have some. */
export function weighted(mask: tf.Tensor, { weights }: Group): tf.Tensor {
  return weights.rows ? tf.mul(mask, weights.rows) : mask;
}

/** V, the views of a group's samples. */
export function viewsOf({ presence, labels }: Group): number {
  return presence.shape[0]! / Object.values(labels)[0]!.shape[0]!;
}

/** `x` `[B, …]` once per view: `[V B, …]`. */
export function repeatViews(x: tf.Tensor, views: number): tf.Tensor {
  return views === 1 ? x : tf.concat(Array<tf.Tensor>(views).fill(x), 0);
}

/** `[rows]` a modality: the columns of a presence matrix `[rows, 3]`. */
export function presenceColumns(presence: tf.Tensor): Record<Modality, tf.Tensor> {
  const columns = tf.unstack(presence, 1); // 3 of [V B]
  return Object.fromEntries(modalities.map((m, i) => [m, columns[i]!])) as Record<
    Modality,
    tf.Tensor
  >;
}
