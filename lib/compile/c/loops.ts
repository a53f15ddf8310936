/** C for loops over the elements of values. @module */

import { size } from "../trace.ts";
import type { Statement } from "./statement.ts";
import {
  type Buffer,
  type Element,
  mapViews,
  permute,
  type Value,
  type View,
  viewsOf,
} from "./values.ts";

/**
 * A loop nest that writes a view from a value. Arrays of its own are in scratch memory and not on the
 * stack, which GCC 12 misaligns.
 */
export interface Loop extends Pick<Statement, "code" | "kernel" | "scratch" | "rows" | "work"> {
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

/** The place in memory where a view begins, by a name that the source has for it. */
export function pointer({ buffer, offset }: { buffer: Buffer; offset: number }): string {
  return offset === 0 ? buffer.name : `${buffer.name}_${offset}`;
}

/** `Σ variable · stride`. */
export function place(variables: readonly string[], strides: readonly number[]): string {
  const terms = variables.flatMap((variable, axis) => {
    const stride = strides[axis]!;
    if (stride === 0 || variable === "0") return [];
    return [stride === 1 ? variable : `${variable} * ${stride}`];
  });
  return terms.length === 0 ? "0" : terms.join(" + ");
}

/** The C expression of a value's element at the loop variables. */
export function expression(value: Value, variables: readonly string[]): string {
  if (value.kind === "fill") return literal(value.value, value.element);
  if (value.kind === "op") return value.code(value.operands.map((v) => expression(v, variables)));
  const { strides, table } = value;
  const own = place(variables, strides);
  if (table === undefined) return `${pointer(value)}[${own}]`;
  const index = `${pointer(table)}[${place(variables, table.strides)}]`;
  return `${pointer(value)}[${own} + (long)${index} * ${table.step}]`;
}

/** `for` over a variable from 0. */
export function forEach(variable: string, count: number): string {
  return `for (long ${variable} = 0; ${variable} < ${count}; ${variable}++)`;
}

/** `for` over the rows that are asked for. */
function forRows(variable: string): string {
  return `for (long ${variable} = from; ${variable} < to; ${variable}++)`;
}

/** Loops over axes: over rows of the first one, if there are several, where that is worth dividing. */
export function nest(
  variables: readonly string[],
  counts: readonly number[],
  work: number,
): { loops: string[]; rows: number } {
  const loops = variables.map((variable, axis) => forEach(variable, counts[axis]!));
  if (variables.length === 0 || work < worthDividing) return { loops, rows: 1 };
  return { loops: loops.with(0, forRows(variables[0]!)), rows: counts[0]! };
}

/** From how many operations on a step has rows. `run_steps` decides whether they are divided. */
export const worthDividing = 16_384;

/** About how many operations a value is. */
export function workOf(value: Value): number {
  const each = (v: Value): number =>
    v.kind === "op" ? v.operands.map(each).reduce((a, b) => a + b, 1) : 1;
  return size(value.shape) * each(value);
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
    row: "smallest",
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
  const made = (columns ? byColumns : byRows)(kind, { target, value, kept, gone });
  return { ...made, work: workOf(value), target, value, scratch: 8 * Math.max(chunk, rowChunk) };
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
function byColumns(kind: ReductionKind, given: Axes): Pick<Loop, "code" | "rows"> {
  const { kept, gone, value } = given;
  const { element } = value;
  const { start, join } = reductions[kind];
  const { from, to } = inOrder(given, [...kept.slice(0, -1), ...gone, kept.at(-1)!]);
  const outer = kept.length - 1, width = from.shape.at(-1)!;
  const at = from.shape.slice(0, -1).map((_, axis) => `i${axis}`);
  const { loops, rows } = nest(at, from.shape, outer > 0 ? workOf(from) : 0);
  const one = width <= chunk;
  const column = one ? "j" : "b + j";
  const spread = `EACH ${one ? forEach("j", width) : "for (long j = 0; j < n; j++)"}`;
  const target = expression(to, [...at.slice(0, outer), ...gone.map(() => "0"), `(${column})`]);
  const mean = kind === "mean"
    ? ` / ${literal(size(gone.map((a) => value.shape[a]!)), element)}`
    : "";
  const code = [
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
  ];
  return { code: code.join("\n"), rows };
}

/** The axis that goes is innermost: rows of it are joined one by one. */
function byRows(kind: ReductionKind, given: Axes): Pick<Loop, "code" | "rows"> {
  const { kept, gone, value } = given;
  const { element } = value;
  const { start, join, row } = reductions[kind];
  const { from, to } = inOrder(given, [...kept, ...gone]);
  const at = from.shape.map((_, axis) => `i${axis}`);
  const { loops, rows } = nest(at, from.shape, kept.length > 0 ? workOf(from) : 0);
  const target = expression(to, [...at.slice(0, kept.length), ...gone.map(() => "0")]);
  const mean = kind === "mean"
    ? ` / ${literal(size(gone.map((a) => value.shape[a]!)), element)}`
    : "";
  const width = gone.length > 0 ? from.shape.at(-1)! : 1;
  const body = row === undefined || element !== "float" || width < 8
    ? [...loops.slice(kept.length), `s = ${join("s", expression(from, at), element)};`]
    : [...loops.slice(kept.length, -1), ...joinedRow({ from, at, width, row, join })];
  const code = [
    ...loops.slice(0, kept.length),
    "{",
    `${element} s = ${start(element)};`,
    ...body,
    `${target} = s${mean};`,
    "}",
  ];
  return { code: code.join("\n"), rows };
}

function joinedRow({ from, at, width, row, join }: {
  readonly from: Value;
  readonly at: readonly string[];
  readonly width: number;
  readonly row: string;
  readonly join: Reduction["join"];
}): string[] {
  if (width <= 256 && row !== "smallest") return paddedRow({ from, at, width, row, join });
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
