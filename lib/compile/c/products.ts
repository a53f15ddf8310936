/** Products of matrices, sums over labelled axes, and convolution. @module */

import * as tf from "../../deps/tf.ts";
import { size } from "../trace.ts";
import { forEach, literal, place, pointer } from "./loops.ts";
import type { Call, Lowering } from "./lowering.ts";
import type { Program } from "./program.ts";
import type { Statement } from "./statement.ts";
import { broadcast, contiguous, reshape, type Value, type View } from "./values.ts";

/** `Σ_k a[…, i, k] b[…, k, j]`. */
function matrixProduct({ operands: [left, right], program }: Call): Value {
  const element = left!.element;
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(
    left!.shape.slice(0, -2),
    right!.shape.slice(0, -2),
  );
  const m = left!.shape.at(-2)!, k = left!.shape.at(-1)!, n = right!.shape.at(-1)!;
  const a = broadcast(program.view(left!), [...batch, m, k]) as View;
  const b = broadcast(program.view(right!), [...batch, k, n]) as View;
  const result = program.temporary([...batch, m, n], element);
  if (size(result.shape) === 0) return result;
  if (element !== "float" || k === 0) return plainProduct(program, { a, b, result });
  program.add({
    shapes: [left!.shape, right!.shape],
    writes: [result.buffer],
    reads: [a.buffer, b.buffer],
    ...multiply(a, b, result),
  });
  return result;
}

/** The call of the kernel, with axes joined that are rows for both sides. */
function multiply(
  a: View,
  b: View,
  c: View,
): Pick<Statement, "code" | "kernel" | "scratch" | "rows" | "work"> {
  const [k, n] = b.shape.slice(-2) as [number, number];
  let m = a.shape.at(-2)!, row = a.strides.at(-2)!, batches = c.shape.length - 2;
  // One matrix b for several matrices a, whose rows follow each other: these are one matrix.
  while (batches > 0) {
    const count = a.shape[batches - 1]!, stride = a.strides[batches - 1]!;
    const joins = count === 1 || b.strides[batches - 1] === 0 && (m === 1 || stride === row * m);
    if (!joins) break;
    if (m === 1 && count > 1) row = stride;
    m *= count;
    batches--;
  }
  const [bRow, bColumn] = b.strides.slice(-2) as [number, number];
  const list = (numbers: readonly number[]) => `{${numbers.slice(0, batches).join(", ")}}`;
  const members = [
    `.m = ${m}, .n = ${n}, .k = ${k}, .a_row = ${row}, .a_step = ${a.strides.at(-1)}`,
    `.b_row = ${bRow}, .b_column = ${bColumn}`,
    ...batches > 0
      ? [`.batch = ${list(c.shape)}, .a = ${list(a.strides)}, .b = ${list(b.strides)}`]
      : [],
  ];
  return {
    code: [c, a, b].map(pointer).join(", "),
    kernel: { name: "multiply", sizes: ["matrices", members.join(", ")] },
    scratch: n > 1 && bColumn !== 1 ? 4 * k * n : 0,
    rows: batches > 0 ? size(c.shape.slice(0, batches)) : m,
    work: size(c.shape) * k / 8,
  };
}

/** A product of integers, or of nothing, term by term. */
function plainProduct(
  program: Program,
  { a, b, result }: { a: View; b: View; result: View },
): Value {
  const at = result.shape.map((_, axis) => `i${axis}`);
  const k = a.shape.at(-1)!, rank = at.length;
  const element = (view: View, variables: readonly string[]) =>
    `${pointer(view)}[${place(variables, view.strides)}]`;
  program.add({
    shapes: [a.shape, b.shape],
    code: [
      ...at.map((v, axis) => forEach(v, result.shape[axis]!)),
      "{",
      `${result.element} s = ${literal(0, result.element)};`,
      `${forEach("l", k)} s = s + ${element(a, at.with(-1, "l"))} * ${
        element(b, at.with(rank - 2, "l"))
      };`,
      `${element(result, at)} = s;`,
      "}",
    ].join("\n"),
    writes: [result.buffer],
    reads: [a.buffer, b.buffer],
  });
  return result;
}

/** The sum over the labels that the result does not have, term by term. */
function einsum({ operands, program, node }: Call): Value {
  const [given, wanted] = (node.attributes.equation as string).replace(/\s/g, "").split("->");
  const labels = given!.split(",");
  const out = wanted ??
    [...new Set(given!.replace(/,/g, ""))].filter((l) => given!.split(l).length === 2).toSorted()
      .join("");
  const views = operands.map((value) => program.view(value));
  const sizes = new Map(labels.flatMap((own, i) =>
    [...own].map((l, axis) => [
      l,
      views[i]!.shape[axis]!,
    ])
  ));
  const shape = [...out].map((label) => sizes.get(label)!);
  const summed = [...sizes.keys()].filter((label) => !out.includes(label));
  const result = program.temporary(shape, views[0]!.element);
  const variable = (label: string) => `i_${label}`;
  const loop = (label: string) => forEach(variable(label), sizes.get(label)!);
  const terms = views.map((view, i) =>
    `${pointer(view)}[${place([...labels[i]!].map(variable), view.strides)}]`
  );
  const target = place([...out].map(variable), contiguous(shape));
  program.add({
    shapes: views.map((view) => view.shape),
    code: [
      ...[...out].map(loop),
      "{",
      `${result.element} s = ${literal(0, result.element)};`,
      ...summed.map(loop),
      `s = s + ${terms.join(" * ")};`,
      `${result.buffer.name}[${target}] = s;`,
      "}",
    ].join("\n"),
    writes: [result.buffer],
    reads: views.map((view) => view.buffer),
  });
  return result;
}

/** The numbers of `windows` in runtime.h, in its order. */
type Windows = readonly [
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
  outputs: number,
  filterHeight: number,
  filterWidth: number,
  stepY: number,
  stepX: number,
  spreadY: number,
  spreadX: number,
  top: number,
  left: number,
];

/** A convolution or one of its gradients, which the trace keeps whole: its result, and its rows. */
function convolution(
  name: string,
  shapeOf: (w: Windows) => [rows: number, ...shape: number[]],
): Lowering {
  return ({ operands, program, node }) => {
    const w = node.attributes.windows as unknown as Windows;
    const [x, y] = operands.map((value) => program.contiguous(value)) as [View, View];
    const shape = shapeOf(w);
    const result = program.temporary(shape, "float");
    const [, , , channels, outHeight, outWidth, outputs, height, width, stepY, stepX] = w;
    const tall = (outHeight - 1) * stepY + (height - 1) * w[11] + 1;
    const wide = (outWidth - 1) * stepX + (width - 1) * w[12] + 1;
    const run = width * channels;
    const numbers = tall * wide * channels + height * run * outputs + outWidth * run;
    program.add({
      shapes: [x.shape, y.shape],
      code: [result, x, y].map(pointer).join(", "),
      kernel: { name, sizes: ["windows", [...w, partsOf(w)].join(", ")] },
      rows: shape[0],
      work: w[0] * outHeight * outWidth * outputs * height * run / 8,
      writes: [result.buffer],
      reads: [x.buffer, y.buffer],
      scratch: 4 * numbers,
    });
    return result;
  };
}

// A filter so large is written once: the parts of its gradient would take more memory than they save.
const largeFilter = 65_536;

/**
 * In how many parts of the batch a filter's gradient is added up, whatever the number of threads, so
 * that it is the same for all.
 */
function partsOf([batch, , , channels, , , outputs, height, width]: Windows): number {
  return height * width * channels * outputs > largeFilter ? 1 : Math.max(1, Math.min(4, batch));
}

const filterGradientParts = convolution(
  "convolve_filter_gradient",
  (w) => [partsOf(w), w[7], w[8], w[3], w[6]],
);

function filterGradient(call: Call): Value {
  const parts = filterGradientParts(call) as View, [count, ...shape] = parts.shape;
  return reshape(count === 1 ? parts : call.program.reduce("sum", parts, [0]), shape)!;
}

/** The operators of this file. */
export const products: Readonly<Record<string, Lowering>> = {
  MatMul: matrixProduct,
  Einsum: einsum,
  Conv2D: convolution("convolve", (w) => [w[0], w[4], w[5], w[6]]),
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: convolution("convolve_input_gradient", (w) => [w[0], w[1], w[2], w[3]]),
};
