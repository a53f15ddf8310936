/** C for loops over the elements of values. @module */

import { size } from "../trace.ts";
import { type Element, mapViews, permute, type Value, type View, viewsOf } from "./values.ts";

/** A loop nest that writes a view from a value. */
export interface Loop {
  readonly code: string;
  /** Bytes of scratch memory. Arrays are there and not on the stack, which GCC 12 misaligns. */
  readonly scratch: number;
  readonly target: View;
  readonly value: Value;
}

/** How elements are joined along axes. */
export type ReductionKind = "sum" | "mean" | "max" | "min" | "product";

/** A number in C. */
export function literal(value: number, element: Element): string {
  if (element === "uint8_t") return value ? "1" : "0";
  if (element === "int32_t") return value <= -(2 ** 31) ? "(-2147483647 - 1)" : String(value | 0);
  if (Number.isNaN(value)) return "NAN";
  if (!Number.isFinite(value)) return value > 0 ? "INFINITY" : "(-INFINITY)";
  const number = element === "float" ? Math.fround(value) : value;
  const text = Object.is(number, -0) ? "-0" : String(number);
  const decimal = /[.e]/.test(text) ? text : `${text}.0`;
  const suffixed = element === "float" ? `${decimal}f` : decimal;
  return text.startsWith("-") ? `(${suffixed})` : suffixed;
}

/** `offset + Σ variable · stride`. */
export function place(
  offset: number,
  variables: readonly string[],
  strides: readonly number[],
): string {
  const terms = variables.flatMap((variable, axis) => {
    const stride = strides[axis]!;
    if (stride === 0 || variable === "0") return [];
    return [stride === 1 ? variable : `${variable} * ${stride}`];
  });
  if (offset !== 0 || terms.length === 0) terms.unshift(String(offset));
  return terms.join(" + ");
}

/** The C expression of a value's element at the loop variables. */
export function expression(value: Value, variables: readonly string[]): string {
  if (value.kind === "fill") return literal(value.value, value.element);
  if (value.kind === "op") return value.code(value.operands.map((v) => expression(v, variables)));
  const { buffer, offset, strides, table } = value;
  const own = place(offset, variables, strides);
  if (table === undefined) return `${buffer.name}[${own}]`;
  const index = `${table.buffer.name}[${place(table.offset, variables, table.strides)}]`;
  return `${buffer.name}[${own} + (long)${index} * ${table.step}]`;
}

/** `for` over a variable from 0. */
export function forEach(variable: string, count: number): string {
  return `for (long ${variable} = 0; ${variable} < ${count}; ${variable}++)`;
}

/** Axes joined where every view counts through them as through one, and axes of size 1 dropped. */
function collapse(target: View, value: Value): { target: View; value: Value } {
  const views = [target, ...viewsOf(value)];
  const groups: number[][] = [];
  target.shape.forEach((d, axis) => {
    if (d === 1) return;
    const last = groups.at(-1)?.at(-1);
    const joins = last !== undefined &&
      views.every(({ strides, table }) =>
        strides[last] === strides[axis]! * d &&
        (table === undefined || table.strides[last] === table.strides[axis]! * d)
      );
    if (joins) groups.at(-1)!.push(axis);
    else groups.push([axis]);
  });
  const shape = groups.map((axes) => size(axes.map((axis) => target.shape[axis]!)));
  const joined = (view: View): View => {
    const pick = (strides: readonly number[]) => groups.map((axes) => strides[axes.at(-1)!]!);
    const { table } = view;
    return {
      ...view,
      shape,
      strides: pick(view.strides),
      ...table && { table: { ...table, strides: pick(table.strides) } },
    };
  };
  return { target: joined(target), value: mapViews(value, shape, joined) };
}

/** Writes each element of `target` from that of `value`, which has its shape. */
export function broadcastLoop(target: View, value: Value): Loop {
  const { target: to, value: from } = collapse(target, value);
  const variables = to.shape.map((_, axis) => `i${axis}`);
  const nest = variables.slice(0, -1).map((v, axis) => forEach(v, to.shape[axis]!));
  const inner = variables.length > 0
    ? [`EACH ${forEach(variables.at(-1)!, to.shape.at(-1)!)}`]
    : [];
  const statement = `${expression(to, variables)} = ${expression(from, variables)};`;
  return { code: [...nest, ...inner, statement].join("\n"), target, value, scratch: 0 };
}

// Numbers of a row of columns, or of a row, that are worked on at a time.
const chunk = 512, rowChunk = 1024;

interface Reduction {
  readonly start: (element: Element) => string;
  readonly join: (a: string, b: string, element: Element) => string;
  /** The function of the runtime that joins floats that lie one after another. */
  readonly row?: string;
}

const reductions: Readonly<Record<ReductionKind, Reduction>> = {
  sum: { start: (e) => literal(0, e), join: (a, b) => `${a} + ${b}`, row: "sum" },
  mean: { start: (e) => literal(0, e), join: (a, b) => `${a} + ${b}`, row: "sum" },
  product: { start: (e) => literal(1, e), join: (a, b) => `${a} * ${b}` },
  max: {
    start: (e) => literal(e === "int32_t" ? -(2 ** 31) : -Infinity, e),
    join: (a, b, e) => e === "float" ? `larger(${a}, ${b})` : `(${a} > ${b} ? ${a} : ${b})`,
    row: "largest",
  },
  min: {
    start: (e) => literal(e === "int32_t" ? 2 ** 31 - 1 : Infinity, e),
    join: (a, b, e) => e === "float" ? `smaller(${a}, ${b})` : `(${a} < ${b} ? ${a} : ${b})`,
  },
};

/** Joins a value along `axes` into `target`, which has them with size 1. */
export function reductionLoop(
  kind: ReductionKind,
  target: View,
  value: Value,
  axes: readonly number[],
): Loop {
  const long = value.shape.map((_, axis) => axis).filter((axis) => value.shape[axis] !== 1);
  const kept = long.filter((axis) => !axes.includes(axis));
  const gone = long.filter((axis) => axes.includes(axis));
  // Along which axis more numbers lie one after another.
  const steps = (axis: number) =>
    viewsOf(value).filter(({ strides }) => strides[axis] === 1)
      .reduce(
        (sum, { strides }) => sum + size(long.map((a) => strides[a] ? value.shape[a]! : 1)),
        0,
      );
  const columns = kept.length > 0 &&
    (gone.length === 0 || steps(kept.at(-1)!) > steps(gone.at(-1)!));
  const code = columns
    ? byColumns(kind, { target, value, kept, gone })
    : byRows(kind, { target, value, kept, gone });
  return { code, target, value, scratch: 8 * Math.max(chunk, rowChunk) };
}

interface Axes {
  readonly target: View;
  readonly value: Value;
  readonly kept: readonly number[];
  readonly gone: readonly number[];
}

/** The value and the result with the axes that are not of size 1, in the order `axes`. */
function inOrder({ target, value }: Axes, axes: readonly number[]) {
  const short = value.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const drop = (v: Value) => {
    const ordered = permute(v, [...axes, ...short]);
    return mapViews(ordered, ordered.shape.slice(0, axes.length), (view) => ({
      ...view,
      shape: view.shape.slice(0, axes.length),
      strides: view.strides.slice(0, axes.length),
      ...view.table && {
        table: { ...view.table, strides: view.table.strides.slice(0, axes.length) },
      },
    }));
  };
  return { from: drop(value), to: drop({ ...target, shape: target.shape }) as View };
}

/** The result's last axis is innermost: a chunk of it is kept in an array. */
function byColumns(kind: ReductionKind, given: Axes): string {
  const { kept, gone, value } = given;
  const { element } = value;
  const { start, join } = reductions[kind];
  const { from, to } = inOrder(given, [...kept.slice(0, -1), ...gone, kept.at(-1)!]);
  const outer = kept.length - 1, width = from.shape.at(-1)!;
  const at = from.shape.slice(0, -1).map((_, axis) => `i${axis}`);
  const loops = at.map((v, axis) => forEach(v, from.shape[axis]!));
  const one = width <= chunk;
  const column = one ? "j" : "b + j";
  const spread = `EACH ${one ? forEach("j", width) : "for (long j = 0; j < n; j++)"}`;
  const target = expression(to, [...at.slice(0, outer), ...gone.map(() => "0"), `(${column})`]);
  const mean = kind === "mean"
    ? ` / ${literal(size(gone.map((a) => value.shape[a]!)), element)}`
    : "";
  return [
    ...loops.slice(0, outer),
    "{",
    ...one ? [] : [
      `for (long b = 0; b < ${width}; b += ${chunk}) {`,
      `long n = ${width} - b < ${chunk} ? ${width} - b : ${chunk};`,
    ],
    `${element} *a = (${element} *)scratch;`,
    `${spread} a[j] = ${start(element)};`,
    ...loops.slice(outer),
    `${spread} a[j] = ${join("a[j]", expression(from, [...at, `(${column})`]), element)};`,
    `${spread} ${target} = a[j]${mean};`,
    ...one ? [] : ["}"],
    "}",
  ].join("\n");
}

/** The axis that goes is innermost: rows of it are joined one by one. */
function byRows(kind: ReductionKind, given: Axes): string {
  const { kept, gone, value } = given;
  const { element } = value;
  const { start, join, row } = reductions[kind];
  const { from, to } = inOrder(given, [...kept, ...gone]);
  const at = from.shape.map((_, axis) => `i${axis}`);
  const loops = at.map((v, axis) => forEach(v, from.shape[axis]!));
  const target = expression(to, [...at.slice(0, kept.length), ...gone.map(() => "0")]);
  const mean = kind === "mean"
    ? ` / ${literal(size(gone.map((a) => value.shape[a]!)), element)}`
    : "";
  const width = gone.length > 0 ? from.shape.at(-1)! : 1;
  const body = row === undefined || element !== "float" || width < 8
    ? [...loops.slice(kept.length), `s = ${join("s", expression(from, at), element)};`]
    : [...loops.slice(kept.length, -1), ...joinedRow({ from, at, width, row, join })];
  return [
    ...loops.slice(0, kept.length),
    "{",
    `${element} s = ${start(element)};`,
    ...body,
    `${target} = s${mean};`,
    "}",
  ].join("\n");
}

function joinedRow({ from, at, width, row, join }: {
  readonly from: Value;
  readonly at: readonly string[];
  readonly width: number;
  readonly row: string;
  readonly join: Reduction["join"];
}): string[] {
  if (width <= 256) return paddedRow({ from, at, width, row, join });
  const first = at.slice(0, -1);
  const several = width > rowChunk;
  const begin = several ? "b" : "0", count = several ? "n" : String(width);
  const direct = from.kind === "view" && from.strides.at(-1) === 1 &&
    (from.table === undefined || from.table.strides.at(-1) === 0);
  const joined = (floats: string) => `s = ${join("s", `${row}(${floats}, ${count})`, "float")};`;
  const body = direct ? [joined(`&${expression(from, [...first, begin])}`)] : [
    `float *r = scratch;`,
    `EACH for (long j = 0; j < ${count}; j++) r[j] = ${
      expression(from, [...first, several ? "(b + j)" : "j"])
    };`,
    joined("r"),
  ];
  if (!several) return ["{", ...body, "}"];
  return [
    `for (long b = 0; b < ${width}; b += ${rowChunk}) {`,
    `long n = ${width} - b < ${rowChunk} ? ${width} - b : ${rowChunk};`,
    ...body,
    "}",
  ];
}

/** The numbers of a short row with its padding: whole vectors, or a power of 2. */
export function padded(n: number): number {
  return n <= 4 ? 4 : n <= 8 ? 8 : Math.ceil(n / 16) * 16;
}

/** A short row, joined where it is, or copied to where padding follows it. */
function paddedRow({ from, at, width, row, join }: {
  readonly from: Value;
  readonly at: readonly string[];
  readonly width: number;
  readonly row: string;
  readonly join: Reduction["join"];
}): string[] {
  const wide = padded(width), isSum = row === "sum";
  const name = isSum ? "padded_sum" : "padded_top";
  const joined = (floats: string) => `s = ${join("s", `${name}(${floats}, ${wide})`, "float")};`;
  const direct = from.kind === "view" && from.strides.at(-1) === 1 && from.table === undefined;
  if (direct && wide === width) return [joined(`&${expression(from, at.with(-1, "0"))}`)];
  return [
    "{",
    "float *r = scratch;",
    `EACH ${forEach("j", width)} r[j] = ${expression(from, at.with(-1, "j"))};`,
    ...wide > width
      ? [`for (long j = ${width}; j < ${wide}; j++) r[j] = ${isSum ? "0.0f" : "-INFINITY"};`]
      : [],
    joined("r"),
    "}",
  ];
}
