/** Operators along axes: reductions, softmax, cumulative sums, and the places of extremes. @module */

import { size } from "../trace.ts";
import type { Call, Lowering } from "./lowering.ts";
import {
  expression,
  forEach,
  literal,
  nest,
  padded,
  place,
  pointer,
  type ReductionKind,
  workOf,
} from "./loops.ts";
import type { Program } from "./program.ts";
import { shaped } from "./shapes.ts";
import { contiguous, permute, readsOf, type Value } from "./values.ts";

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

// Numbers that fit into a level-1 cache: rows of so many are worked on together.
const blockNumbers = 4096;

function softmax(isLogarithm: boolean): Lowering {
  return ({ operands: [x], program, number }) => {
    const rank = x!.shape.length, given = number("axis", -1);
    const { perm, back } = lastAxis(rank, given < 0 ? given + rank : given);
    const from = permute(x!, perm);
    const result = program.temporary(from.shape, "float");
    if (size(from.shape) === 0) return permute(result, back);
    const n = from.shape.at(-1)!, rows = from.shape.at(-2) ?? 1;
    const width = padded(n), count = rows * width <= blockNumbers ? rows : 1;
    const at = from.shape.map((_, axis) => `i${axis}`).with(-1, "j");
    const isBlock = rank > 1 && count === rows;
    const work = 20 * workOf(from);
    const outer = isBlock ? at.slice(0, -2) : at.slice(0, -1);
    const { loops, rows: divided } = nest(outer, from.shape, work);
    const read = expression(from, isBlock ? at.with(-2, "i") : at);
    const first = place(outer, contiguous(from.shape));
    program.add({
      shapes: [from.shape],
      code: [
        ...loops,
        "{",
        ...isBlock ? [forEach("i", count)] : [],
        `EACH ${forEach("j", n)} scratch[${isBlock ? `i * ${width} + ` : ""}j] = ${read};`,
        `${
          isLogarithm ? "log_" : ""
        }softmax_rows(${result.buffer.name} + ${first}, ${count}, ${n}, scratch);`,
        "}",
      ].join("\n"),
      writes: [result.buffer],
      reads: readsOf(from),
      scratch: 4 * (2 * count * width + count + width),
      rows: divided,
      work,
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

function cumulativeSum({ operands: [x], program, integers, number }: Call): Value {
  const rank = x!.shape.length, given = integers(1)[0]!;
  const { view, outer, n, inner } = around(program, x!, given < 0 ? given + rank : given);
  const result = program.temporary(x!.shape, x!.element);
  const i = number("reverse", 0) === 1 ? `(${n - 1} - l)` : "l";
  const at = `(o * ${n} + ${i}) * ${inner} + j`;
  const store = `${result.buffer.name}[${at}] = s;`;
  const join = `s = s + ${pointer(view)}[${at}];`;
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
        `const ${x!.element} *y = ${pointer(view)} + o * ${n * inner} + j;`,
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
      `const ${x!.element} *y = ${pointer(view)} + o * ${n};`,
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
