/** The statements of a function in C, in order, and the buffers that they write. @module */

import { size } from "../trace.ts";
import { broadcastLoop } from "./assignments.ts";
import { type Loop, type ReductionKind, reductionLoop } from "./loops.ts";
import type { Assignment, Statement } from "./statement.ts";
import {
  broadcast,
  type Buffer,
  bytesOf,
  type Element,
  isContiguous,
  permute,
  readsOf,
  type Value,
  type View,
  viewsOf,
  whole,
} from "./values.ts";

/** Constants as they lie in memory, and where the next one begins. */
const alignment = 64;

/** What a graph is lowered into. */
export class Program {
  readonly statements: Statement[] = [];
  readonly inputs: Buffer[] = [];
  readonly outputs: Buffer[] = [];
  #constants: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #constantBytes = 0;
  #count = 0;
  /** What the statements to come are for: a tfjs kernel and the graph's operator. */
  origin = "";

  /** Memory of a size in elements that one statement writes and others read. */
  temporary(shape: readonly number[], element: Element): View {
    const name = `t${this.#count++}`;
    return whole({ name, kind: "temporary", element, size: size(shape), index: 0 }, shape);
  }

  /** The next input of the function. */
  input(shape: readonly number[], element: Element): View {
    const index = this.inputs.length;
    const buffer: Buffer = { name: `in${index}`, kind: "input", element, size: size(shape), index };
    this.inputs.push(buffer);
    return whole(buffer, shape);
  }

  /** Declares a value as the next output of the function. */
  output(value: Value): void {
    const index = this.outputs.length;
    if (value.kind === "view" && value.buffer.kind === "temporary" && isAll(value)) {
      const { buffer } = value;
      buffer.kind = "output";
      buffer.index = index;
      this.outputs.push(buffer);
      return;
    }
    const { shape, element } = value;
    const name = `out${index}`;
    const buffer: Buffer = { name, kind: "output", element, size: size(shape), index };
    this.outputs.push(buffer);
    this.assign(whole(buffer, shape), value);
  }

  /** Known numbers, which the caller of the function hands in beside the inputs. */
  constant(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[]): View {
    const element = values instanceof Float32Array
      ? "float"
      : values instanceof Int32Array
      ? "int32_t"
      : "uint8_t";
    const at = this.#constantBytes;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#constants.push({ at, bytes });
    this.#constantBytes = at + Math.ceil(bytes.length / alignment) * alignment;
    const name = `c${this.#constants.length - 1}`;
    return whole({ name, kind: "constant", element, size: values.length, index: at }, shape);
  }

  /** All constants. */
  constants(): Uint8Array {
    const all = new Uint8Array(this.#constantBytes);
    for (const { at, bytes } of this.#constants) all.set(bytes, at);
    return all;
  }

  /** Adds a statement; without a note, under the present origin and these shapes. */
  add(
    { note, shapes, ...rest }: Omit<Statement, "note"> & {
      readonly note?: string;
      readonly shapes?: readonly (readonly number[])[];
    },
  ): void {
    const text = note ?? `${this.origin}: ${shapes!.map((s) => `[${s.join(", ")}]`).join(", ")}`;
    this.statements.push({ ...rest, note: text });
  }

  /** Computes a value into the elements of a view. */
  assign(target: View, value: Value): void {
    if (size(target.shape) === 0) return;
    const loop = broadcastLoop(target, broadcast(value, target.shape));
    const { value: repeated } = loop;
    this.#loop(loop, target.shape, { target, value: repeated });
  }

  /** Adds up, or takes the largest, and so on, along axes that the result has with size 1. */
  reduce(kind: ReductionKind, value: Value, axes: readonly number[]): View {
    const shape = value.shape.map((d, axis) => axes.includes(axis) ? 1 : d);
    const result = this.temporary(shape, value.element);
    this.#loop(reductionLoop(kind, result, value, axes), value.shape);
    return result;
  }

  #loop(
    { target, value, ...rest }: Loop,
    shape: readonly number[],
    assignment?: Assignment,
  ): void {
    const touched = { writes: [target.buffer], reads: readsOf(value) };
    this.add({ ...rest, ...touched, shapes: [shape], ...assignment && { assignment } });
  }

  /**
   * A value as a view, computed if it is none. `inOrder`, its elements lie in reading order;
   * otherwise in the order of its largest operand, so that a transposed one is read as it lies.
   */
  view(value: Value, { inOrder = false } = {}): View {
    if (value.kind === "view" && !inOrder && value.table === undefined) return value;
    if (value.kind === "view" && isContiguous(value)) return value;
    const perm = inOrder ? undefined : memoryOrder(value);
    if (perm === undefined) {
      const result = this.temporary(value.shape, value.element);
      this.assign(result, value);
      return result;
    }
    const ordered = permute(value, perm);
    const result = this.temporary(ordered.shape, value.element);
    this.assign(result, ordered);
    return permute(result, perm.map((_, axis) => perm.indexOf(axis))) as View;
  }

  /** A value in the memory that another statement may take by its address: contiguous. */
  contiguous(value: Value): View {
    return this.view(value, { inOrder: true });
  }
}

function isAll(view: View): boolean {
  return isContiguous(view) && view.offset === 0 && view.buffer.size === size(view.shape);
}

/** The axes from the longest stride to the shortest, of the first operand that has all elements. */
function memoryOrder(value: Value): number[] | undefined {
  const views = viewsOf(value);
  if (views.some(({ table }) => table !== undefined)) return undefined;
  const full = views.find(({ shape, strides }) =>
    shape.every((d, i) => d === 1 || strides[i]! > 0)
  );
  if (full === undefined) return undefined;
  // An axis of size 1 stays where it is, before the next longer one.
  const stride = (axis: number): number => full.shape[axis] === 1 ? -1 : full.strides[axis]!;
  const long = full.shape.map((_, axis) => axis).filter((axis) => stride(axis) >= 0);
  const sorted = long.toSorted((a, b) => stride(b) - stride(a) || a - b);
  if (sorted.every((axis, i) => axis === long[i])) return undefined;
  let next = 0;
  return full.shape.map((_, axis) => stride(axis) < 0 ? axis : sorted[next++]!);
}

/** How many bytes a buffer takes. */
export function byteLength({ element, size }: Buffer): number {
  return size * bytesOf[element];
}
