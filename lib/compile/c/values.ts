/**
 * What a value of the graph is while C is written: a view of a buffer, one number everywhere, or an
 * operation on such values that no loop has computed yet. Transpositions, slices, shapes and
 * repetitions change how a view counts, and move no element.
 *
 * @module
 */

import { size } from "../trace.ts";

/** Element types by their names in C. The graph's 64-bit integers are indices: 32 bits hold them. */
export type Element = "float" | "double" | "int32_t" | "uint8_t";

/** Bytes of one element. */
export const bytesOf = { float: 4, double: 8, int32_t: 4, uint8_t: 1 } as const satisfies Record<
  Element,
  number
>;

/** Memory that a loop writes or reads. */
export interface Buffer {
  /** Its name in the source. */
  readonly name: string;
  /** Whose memory it is; `index` tells inputs, and outputs, apart. */
  kind: "input" | "output" | "constant" | "temporary";
  readonly element: Element;
  /** In elements. */
  readonly size: number;
  /** Of an input, an output or a constant: its place among them, or its first byte. */
  index: number;
}

/** Adds to a view's place `step` times an index that is looked up in a buffer of integers. */
export interface Table {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly step: number;
}

/** Elements of a buffer, at `offset` and `strides` from one to the next along each axis. */
export interface View {
  readonly kind: "view";
  readonly buffer: Buffer;
  readonly element: Element;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly strides: readonly number[];
  readonly table?: Table;
}

/** The same number everywhere. */
export interface Fill {
  readonly kind: "fill";
  readonly element: Element;
  readonly shape: readonly number[];
  readonly value: number;
}

/** An element-wise operation: `code` has the C expression of its operands' expressions. */
export interface Op {
  readonly kind: "op";
  readonly element: Element;
  readonly shape: readonly number[];
  readonly code: (operands: readonly string[]) => string;
  readonly operands: readonly Value[];
}

/** A value of the graph. */
export type Value = View | Fill | Op;

/** The strides of elements in reading order. */
export function contiguous(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  }
  return strides;
}

/** All of a buffer in reading order. */
export function whole(buffer: Buffer, shape: readonly number[]): View {
  const { element } = buffer;
  return { kind: "view", buffer, element, shape, offset: 0, strides: contiguous(shape) };
}

/** Whether the elements of a view lie in memory one after another, in reading order. */
export function isContiguous({ shape, strides, table }: View): boolean {
  const wanted = contiguous(shape);
  return table === undefined && shape.every((d, axis) => d === 1 || strides[axis] === wanted[axis]);
}

/** The views that a value is computed from. */
export function viewsOf(value: Value): View[] {
  if (value.kind === "view") return [value];
  return value.kind === "op" ? value.operands.flatMap(viewsOf) : [];
}

/** The buffers that computing a value reads. */
export function readsOf(value: Value): Buffer[] {
  return viewsOf(value).flatMap(({ buffer, table }) =>
    table === undefined ? [buffer] : [buffer, table.buffer]
  );
}

/** A value whose views are others, all of them of one new shape. */
export function mapViews(value: Value, shape: readonly number[], map: (view: View) => View): Value {
  if (value.kind === "view") return map(value);
  if (value.kind === "fill") return { ...value, shape };
  return { ...value, shape, operands: value.operands.map((v) => mapViews(v, shape, map)) };
}

/** The change that `change` makes to the strides of a view, and to those of its table. */
function restride(
  view: View,
  shape: readonly number[],
  change: (strides: readonly number[]) => number[],
): View {
  const { table } = view;
  return {
    ...view,
    shape,
    strides: change(view.strides),
    ...table && { table: { ...table, strides: change(table.strides) } },
  };
}

/** A value repeated along its axes of size 1, and along new ones before them. */
export function broadcast(value: Value, shape: readonly number[]): Value {
  return mapViews(value, shape, (view) => {
    const added = shape.length - view.shape.length;
    return restride(view, shape, (strides) =>
      shape.map((_, axis) => {
        const own = axis - added;
        return own < 0 || view.shape[own] === 1 ? 0 : strides[own]!;
      }));
  });
}

/** A value with its axes in the order `perm`. */
export function permute(value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis]!);
  return mapViews(
    value,
    shape,
    (view) => restride(view, shape, (strides) => perm.map((axis) => strides[axis]!)),
  );
}

/** The box of a value that begins at `begin`, every `steps`-th element of it. */
export function crop(
  value: Value,
  { begin, steps, shape }: {
    readonly begin: readonly number[];
    readonly steps: readonly number[];
    readonly shape: readonly number[];
  },
): Value {
  const along = (strides: readonly number[]) =>
    begin.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  return mapViews(value, shape, (view) => {
    const { offset, strides, table } = view;
    const scaled = restride(view, shape, (own) => own.map((stride, axis) => stride * steps[axis]!));
    return {
      ...scaled,
      offset: offset + along(strides),
      ...table && {
        table: { ...scaled.table!, offset: table.offset + along(table.strides) },
      },
    };
  });
}

/** A value with another shape, or undefined where its elements can't be counted that way. */
export function reshape(value: Value, shape: readonly number[]): Value | undefined {
  const fits = viewsOf(value).every(({ shape: from, strides, table }) =>
    reshapeStrides(from, strides, shape) !== undefined &&
    (table === undefined || reshapeStrides(from, table.strides, shape) !== undefined)
  );
  if (!fits) return undefined;
  return mapViews(
    value,
    shape,
    (view) => restride(view, shape, (strides) => reshapeStrides(view.shape, strides, shape)!),
  );
}

/** Strides for another shape of the same elements, if there are any. */
function reshapeStrides(
  from: readonly number[],
  strides: readonly number[],
  to: readonly number[],
): number[] | undefined {
  const result: number[] = to.map(() => 0);
  if (size(to) === 0) return result;
  const axes = from.map((d, axis) => ({ d, stride: strides[axis]! })).filter(({ d }) => d !== 1);
  // Axes are taken in groups of the same size before and after.
  const targets = to.map((d, axis) => ({ d, axis })).filter(({ d }) => d !== 1);
  let at = 0, next = 0;
  while (at < axes.length && next < targets.length) {
    const group = [axes[at++]!], wanted = [targets[next++]!];
    let before = group[0]!.d, after = wanted[0]!.d;
    while (before !== after) {
      if (before < after) {
        group.push(axes[at]!);
        before *= axes[at++]!.d;
      } else {
        wanted.push(targets[next]!);
        after *= targets[next++]!.d;
      }
    }
    const joined = group.every((axis, i) => {
      const inner = group[i + 1];
      return inner === undefined || axis.stride === inner.stride * inner.d;
    });
    if (!joined) return undefined;
    let stride = group.at(-1)!.stride;
    for (const { d, axis } of wanted.toReversed()) {
      result[axis] = stride;
      stride *= d;
    }
  }
  return result;
}
