/** Trainable parameters as plain arrays: named trees, and one flat vector for the optimiser. @module */

import * as tf from "../deps/tf.ts";
import { fold, type Key, uniforms } from "./random.ts";
import { type IsLeaf, leaves, type MapTree, mapTree, type Tree } from "./tree.ts";

/** One array of trainable numbers. */
export interface Parameter {
  /** The size of each axis. */
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly values: Float32Array;
}

/** A tree of tensors `P` before it has tensors: what `init…` functions return. */
export type Init<P> = MapTree<P, tf.Tensor, Parameter>;

/** Tells a {@linkcode Parameter} from a record of parameters. */
export const isParameter: IsLeaf<Parameter> = (node): node is Parameter =>
  typeof node === "object" && node !== null &&
  (node as Parameter).values instanceof Float32Array;

/**
 * Uniform on ±√(6 / fanIn) (He et al. 2015), for layers that a ReLU follows;
 * with `gain` 1 on ±√(3 / fanIn), which keeps the variance of its input.
 */
export function heUniform(key: Key, shape: readonly number[], fanIn: number, gain = 2): Parameter {
  const next = uniforms(key);
  const bound = Math.sqrt(3 * gain / fanIn);
  const length = shape.reduce((a, b) => a * b, 1);
  return { shape, values: Float32Array.from({ length }, () => (2 * next() - 1) * bound) };
}

/** A parameter with one value everywhere. */
export function constant(shape: readonly number[], value: number): Parameter {
  return { shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) };
}

/** Where each leaf of a tree is in the flat vector. */
export interface Layout {
  /** The leaves in their order, each with its place. */
  readonly entries: readonly {
    readonly path: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly size: number;
  }[];
  /** Length of the flat vector: the number of trainable numbers. */
  readonly size: number;
}

/** The layout of a tree of parameters, in the order of insertion. */
export function layoutOf(tree: Tree<Parameter>): Layout {
  let offset = 0;
  const entries = leaves<Parameter>(tree, isParameter).map(({ path, leaf: { shape, values } }) => {
    const entry = { path, shape, offset, size: values.length };
    offset += values.length;
    return entry;
  });
  return { entries, size: offset };
}

/** All numbers of a tree in one vector, leaf after leaf in the order of insertion, each in row-major order. */
export function flatten(tree: Tree<Parameter>): Float32Array {
  const { size } = layoutOf(tree);
  const vector = new Float32Array(size);
  let offset = 0;
  for (const { leaf: { values } } of leaves<Parameter>(tree, isParameter)) {
    vector.set(values, offset);
    offset += values.length;
  }
  return vector;
}

/**
 * The tree that {@linkcode flatten} made a vector of, on that vector's own memory.
 *
 * @throws {RangeError} A vector of another length.
 */
export function unflatten<T extends Tree<Parameter>>(like: T, vector: Float32Array): T {
  const { size } = layoutOf(like);
  if (vector.length !== size) {
    throw new RangeError(`Cannot unflatten: expected ${size} numbers, got ${vector.length}`);
  }
  let offset = 0;
  return mapTree<Parameter, Parameter, T>(like, isParameter, ({ shape, values }) => {
    offset += values.length;
    return { shape, values: vector.subarray(offset - values.length, offset) };
  }) as unknown as T;
}

/** The parts of a flat tensor `[size]` as tensors in the order of `layout`. */
export function split(layout: Layout, vector: tf.Tensor): tf.Tensor[] {
  return layout.entries.map(({ offset, size, shape }) =>
    tf.reshape(tf.slice(vector, [offset], [size]), [...shape])
  );
}

/** The layout of some leaves alone: of those for whose number, in the order of `layout`, `kept` says so. */
export function partOf(layout: Layout, kept: (leaf: number) => boolean): Layout {
  let offset = 0;
  const entries = layout.entries.filter((_, i) => kept(i)).map((entry) => {
    offset += entry.size;
    return { ...entry, offset: offset - entry.size };
  });
  return { entries, size: offset };
}

/** A vector of all leaves with one of some of them: see {@linkcode narrow} and {@linkcode widen}. */
export interface Part {
  /** Where each leaf is in the vector of all. */
  readonly whole: Layout;
  /** As {@linkcode partOf} makes it. */
  readonly part: Layout;
}

/** The numbers of a part, out of a vector of all. */
export function narrow(vector: Float32Array, { whole, part }: Part): Float32Array {
  const narrowed = new Float32Array(part.size);
  for (const [own, { offset, size }] of places({ whole, part })) {
    narrowed.set(vector.subarray(offset, offset + size), own);
  }
  return narrowed;
}

/** The vector `all` with the numbers of a part in their place; a new one. */
export function widen(
  vector: Float32Array,
  { all, ...of }: Part & { readonly all: Float32Array },
): Float32Array {
  const widened = all.slice();
  for (const [own, { offset, size }] of places(of)) {
    widened.set(vector.subarray(own, own + size), offset);
  }
  return widened;
}

function places({ whole, part }: Part) {
  const byPath = new Map(whole.entries.map((entry) => [entry.path, entry]));
  return part.entries.map(({ path, offset }) => [offset, byPath.get(path)!] as const);
}

/** A tree shaped like `like` with the tensors given in the order of its leaves. */
export function asTree<T extends Tree<Parameter>>(
  like: T,
  tensors: readonly tf.Tensor[],
): MapTree<T, Parameter, tf.Tensor> {
  let next = 0;
  return mapTree<Parameter, tf.Tensor, T>(like, isParameter, () => tensors[next++]!);
}

/** Eager tensors of a tree of parameters, in its shape: what stages take. They are the caller's to dispose of. */
export function tensors<T extends Tree<Parameter>>(tree: T): MapTree<T, Parameter, tf.Tensor> {
  return mapTree<Parameter, tf.Tensor, T>(
    tree,
    isParameter,
    ({ shape, values }) => tf.tensor(values, [...shape]),
  );
}

/** One key per name, so that adding a layer changes the numbers of no other. */
export function keys<Name extends string>(
  key: Key,
  ...names: readonly Name[]
): Record<Name, Key> {
  return Object.fromEntries(names.map((name) => [name, fold(key, name)])) as Record<Name, Key>;
}
