/** Products of matrices, sums over labelled axes, and convolution. @module */

import * as tf from "../../deps/tf.ts";
import { size } from "../trace.ts";
import { forEach, literal, place } from "./loops.ts";
import type { Call, Lowering } from "./lowering.ts";
import type { Program } from "./program.ts";
import { address } from "./rows.ts";
import { broadcast, contiguous, type Value, type View } from "./values.ts";

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
  const code = productCode(a, b, result);
  program.add({
    shapes: [left!.shape, right!.shape],
    writes: [result.buffer],
    reads: [a.buffer, b.buffer],
    ...code,
  });
  return result;
}

/** The call of the kernel in loops over the batch; axes that are rows for both sides are joined. */
function productCode(a: View, b: View, c: View): { code: string; scratch: number } {
  const rank = c.shape.length, [k, n] = b.shape.slice(-2) as [number, number];
  let m = a.shape.at(-2)!, rowStride = a.strides.at(-2)!, loops = rank - 2;
  // One matrix b for several matrices a, whose rows follow each other: these are one matrix.
  while (loops > 0) {
    const count = a.shape[loops - 1]!, stride = a.strides[loops - 1]!;
    const joins = count === 1 ||
      b.strides[loops - 1] === 0 && (m === 1 || stride === rowStride * m);
    if (!joins) break;
    if (m === 1 && count > 1) rowStride = stride;
    m *= count;
    loops--;
  }
  const at = Array.from({ length: loops }, (_, axis) => `i${axis}`);
  const from = ({ buffer, offset, strides }: View) =>
    `${buffer.name} + ${place(offset, at, strides.slice(0, loops))}`;
  const [bRow, bColumn] = b.strides.slice(-2) as [number, number];
  const packed = n > 1 && bColumn !== 1;
  const nest = at.map((v, axis) => forEach(v, c.shape[axis]!));
  // A matrix b that all share is packed before the loops.
  const packedOnce = packed && b.strides.slice(0, loops).every((stride) => stride === 0);
  const packing = `pack(${k}, ${n}, ${from(b)}, ${bRow}, ${bColumn}, scratch);`;
  const right = packed ? `scratch, ${n}` : `${from(b)}, ${bRow}`;
  const call = `product(${m}, ${n}, 1, ${k}, ${from(a)}, 0, ${rowStride}, ${
    a.strides.at(-1)
  }, ${right}, ${from(c)}, ${n}, 0);`;
  const code = packedOnce
    ? [packing, ...nest, call]
    : [...nest, ...packed ? ["{", packing, call, "}"] : [call]];
  return { code: code.join("\n"), scratch: packed ? 4 * k * n : 0 };
}

/** A product of integers, or of nothing, term by term. */
function plainProduct(
  program: Program,
  { a, b, result }: { a: View; b: View; result: View },
): Value {
  const at = result.shape.map((_, axis) => `i${axis}`);
  const k = a.shape.at(-1)!, rank = at.length;
  const element = (view: View, variables: readonly string[]) =>
    `${view.buffer.name}[${place(view.offset, variables, view.strides)}]`;
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
  const terms = views.map(({ buffer, offset, strides }, i) =>
    `${buffer.name}[${place(offset, [...labels[i]!].map(variable), strides)}]`
  );
  const target = place(0, [...out].map(variable), contiguous(shape));
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

/** A convolution or one of its gradients, which the trace keeps whole. */
function convolution(kernel: string, shapeOf: (w: Windows) => number[]): Lowering {
  return ({ operands, program, node }) => {
    const w = node.attributes.windows as unknown as Windows;
    const [x, y] = operands.map((value) => program.contiguous(value)) as [View, View];
    const result = program.temporary(shapeOf(w), "float");
    const [, , , channels, outHeight, outWidth, outputs, height, width, stepY, stepX] = w;
    const tall = (outHeight - 1) * stepY + (height - 1) * w[11] + 1;
    const wide = (outWidth - 1) * stepX + (width - 1) * w[12] + 1;
    const run = width * channels;
    const numbers = tall * wide * channels + height * run * outputs + outWidth * run;
    program.add({
      shapes: [x.shape, y.shape],
      code: `${kernel}((windows){${w.join(", ")}}, ${address(x)}, ${
        address(y)
      }, ${result.buffer.name}, scratch);`,
      writes: [result.buffer],
      reads: [x.buffer, y.buffer],
      scratch: 4 * numbers,
    });
    return result;
  };
}

/** The operators of this file. */
export const products: Readonly<Record<string, Lowering>> = {
  MatMul: matrixProduct,
  Einsum: einsum,
  Conv2D: convolution("convolution", (w) => [w[0], w[4], w[5], w[6]]),
  Conv2DBackpropFilter: convolution(
    "convolution_filter_gradient",
    (w) => [w[7], w[8], w[3], w[6]],
  ),
  Conv2DBackpropInput: convolution("convolution_input_gradient", (w) => [w[0], w[1], w[2], w[3]]),
};
