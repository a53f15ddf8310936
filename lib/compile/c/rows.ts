/** Operators along axes: reductions, softmax, cumulative sums, and the places of extremes. @module */

import { size } from "../trace.ts";
import type { Call, Lowering } from "./lowering.ts";
import { expression, forEach, literal, padded, type ReductionKind } from "./loops.ts";
import type { Program } from "./program.ts";
import { shaped } from "./shapes.ts";
import { permute, readsOf, type Value, type View } from "./values.ts";

function reduction(kind: ReductionKind): Lowering {
  return ({ operands: [x], program, integers, number }) => {
    const rank = x!.shape.length;
    const axes = integers(1).map((axis) => axis < 0 ? axis + rank : axis);
    const result = program.reduce(kind, x!, axes);
    if (number("keepdims", 1) === 1) return result;
    return shaped(program, result, x!.shape.filter((_, axis) => !axes.includes(axis)));
  };
}

/** The axes with `axis` last, and the permutation back. */
function lastAxis(rank: number, axis: number): { perm: number[]; back: number[] } {
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
  const perm = [...others, axis];
  return { perm, back: perm.map((_, i) => perm.indexOf(i)) };
}

// Rows that fit into a level-1 cache together are worked on together, stage by stage, so that no
// stage waits for the one before it.
const blockNumbers = 4096;

/** The stages of softmax, or of its logarithm, of `count` rows of `n` numbers. */
function softmaxCode(
  isLogarithm: boolean,
  { count, n, read, write }: {
    readonly count: number;
    readonly n: number;
    readonly read: string;
    readonly write: string;
  },
): string[] {
  const width = padded(n), each = forEach("i", count), row = `EACH ${forEach("j", width)}`;
  const exponentials = isLogarithm
    ? `e[i][j] = exponential(r[i][j] - s[i]);`
    : `r[i][j] = exponential(r[i][j] - s[i]);`;
  const scale = isLogarithm
    ? "s[i] = s[i] + logf(padded_sum(e[i], WIDE));"
    : "s[i] = 1.0f / padded_sum(r[i], WIDE);";
  return [
    `float (*r)[${width}] = (float (*)[${width}])scratch;`,
    ...isLogarithm ? [`float (*e)[${width}] = r + ${count};`] : [],
    `float *s = scratch + ${2 * count * width};`,
    each,
    "{",
    ...width > n ? [`for (long j = ${n}; j < ${width}; j++) r[i][j] = -INFINITY;`] : [],
    `EACH ${forEach("j", n)} r[i][j] = ${read};`,
    "}",
    `${each} s[i] = padded_top(r[i], ${width});`,
    each,
    `${row} ${exponentials}`,
    `${each} ${scale.replace("WIDE", String(width))}`,
    each,
    `EACH ${forEach("j", n)} ${write} = r[i][j] ${isLogarithm ? "-" : "*"} s[i];`,
  ];
}

function softmax(isLogarithm: boolean): Lowering {
  return ({ operands: [x], program, number }) => {
    const rank = x!.shape.length, given = number("axis", -1);
    const { perm, back } = lastAxis(rank, given < 0 ? given + rank : given);
    const from = permute(x!, perm);
    const result = program.temporary(from.shape, "float");
    if (size(from.shape) === 0) return permute(result, back);
    const n = from.shape.at(-1)!, rows = from.shape.at(-2) ?? 1;
    const count = rows * padded(n) <= blockNumbers ? rows : 1;
    const at = from.shape.map((_, axis) => `i${axis}`).with(-1, "j");
    const loops = at.slice(0, -1).map((v, axis) => forEach(v, from.shape[axis]!));
    if (rank > 1 && count === rows) {
      loops.pop();
      at[rank - 2] = "i";
    }
    const read = expression(from, at), write = expression(result, at);
    program.add({
      shapes: [from.shape],
      code: [...loops, "{", ...softmaxCode(isLogarithm, { count, n, read, write }), "}"].join("\n"),
      writes: [result.buffer],
      reads: readsOf(from),
      scratch: 4 * count * (2 * padded(n) + 1),
    });
    return permute(result, back);
  };
}

/** A value as `[outer, n, inner]` around one of its axes, in memory in that order. */
function around(program: Program, x: Value, axis: number) {
  const view = program.contiguous(x);
  const outer = size(x.shape.slice(0, axis)), n = x.shape[axis]!;
  return { view, outer, n, inner: size(x.shape.slice(axis + 1)) };
}

/** The address of the first element of a contiguous view. */
export function address({ buffer, offset }: View): string {
  return offset === 0 ? buffer.name : `(${buffer.name} + ${offset})`;
}

function cumulativeSum({ operands: [x], program, integers, number }: Call): Value {
  const rank = x!.shape.length, given = integers(1)[0]!;
  const { view, outer, n, inner } = around(program, x!, given < 0 ? given + rank : given);
  const result = program.temporary(x!.shape, x!.element);
  const i = number("reverse", 0) === 1 ? `(${n - 1} - l)` : "l";
  const at = `(o * ${n} + ${i}) * ${inner} + j`;
  const store = `${result.buffer.name}[${at}] = s;`;
  const join = `s = s + ${address(view)}[${at}];`;
  program.add({
    shapes: [x!.shape],
    code: [
      forEach("o", outer),
      `${forEach("j", inner)} {`,
      `${x!.element} s = ${literal(0, x!.element)};`,
      `${forEach("l", n)} {`,
      ...number("exclusive", 0) === 1 ? [store, join] : [join, store],
      "}",
      "}",
    ].join("\n"),
    writes: [result.buffer],
    reads: [view.buffer],
  });
  return result;
}

function placeOfExtreme(sign: string): Lowering {
  return ({ operands: [x], program, number }) => {
    const rank = x!.shape.length, given = number("axis", 0);
    const axis = given < 0 ? given + rank : given;
    const { view, outer, n, inner } = around(program, x!, axis);
    const shape = number("keepdims", 1) === 1
      ? x!.shape.with(axis, 1)
      : x!.shape.filter((_, i) => i !== axis);
    const result = program.temporary(shape, "int32_t");
    program.add({
      shapes: [x!.shape],
      code: [
        forEach("o", outer),
        `${forEach("j", inner)} {`,
        `const ${x!.element} *y = ${address(view)} + o * ${n * inner} + j;`,
        "int32_t best = 0;",
        `for (int32_t l = 1; l < ${n}; l++) if (y[l * ${inner}] ${sign} y[best * ${inner}]) best = l;`,
        `${result.buffer.name}[o * ${inner} + j] = best;`,
        "}",
      ].join("\n"),
      writes: [result.buffer],
      reads: [view.buffer],
    });
    return result;
  };
}

/** The k largest of each row, in order; of equal ones the first. */
function topK({ operands: [x], program, integers }: Call): Value[] {
  const k = integers(1)[0]!, n = x!.shape.at(-1)!;
  const view = program.contiguous(x!);
  const shape = x!.shape.with(-1, k);
  const values = program.temporary(shape, x!.element);
  const places = program.temporary(shape, "int32_t");
  program.add({
    shapes: [x!.shape],
    code: [
      `${forEach("o", size(x!.shape.slice(0, -1)))} {`,
      `const ${x!.element} *y = ${address(view)} + o * ${n};`,
      `${x!.element} *v = ${values.buffer.name} + o * ${k};`,
      `int32_t *p = ${places.buffer.name} + o * ${k}, count = 0;`,
      `for (int32_t i = 0; i < ${n}; i++) {`,
      "int32_t at = count;",
      "while (at > 0 && y[i] > v[at - 1]) at--;",
      `if (at == ${k}) continue;`,
      `if (count < ${k}) count++;`,
      "for (int32_t j = count - 1; j > at; j--) v[j] = v[j - 1], p[j] = p[j - 1];",
      "v[at] = y[i], p[at] = i;",
      "}",
      "}",
    ].join("\n"),
    writes: [values.buffer, places.buffer],
    reads: [view.buffer],
  });
  return [values, places];
}

/** The operators of this file. */
export const rows: Readonly<Record<string, Lowering>> = {
  ReduceSum: reduction("sum"),
  ReduceMean: reduction("mean"),
  ReduceMax: reduction("max"),
  ReduceMin: reduction("min"),
  ReduceProd: reduction("product"),
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  CumSum: cumulativeSum,
  ArgMax: placeOfExtreme(">"),
  ArgMin: placeOfExtreme("<"),
  TopK: topK,
};
