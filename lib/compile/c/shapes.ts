/** Operators that move elements without changing them: most of them only change how views count. @module */

import { size } from "../trace.ts";
import type { Call, Lowering } from "./lowering.ts";
import type { Program } from "./program.ts";
import { broadcast, crop, permute, reshape, type Value, type View } from "./values.ts";
import { spread } from "./elementwise.ts";

/** A value with another shape of the same size; its elements are moved only where they have to be. */
export function shaped(program: Program, value: Value, shape: readonly number[]): Value {
  return reshape(value, shape) ?? reshape(program.contiguous(value), shape)!;
}

/** The elements of `target` from `begin` on, as many along each axis as `shape` says. */
function part(target: View, begin: readonly number[], shape: readonly number[]): View {
  return crop(target, { begin, steps: begin.map(() => 1), shape }) as View;
}

function slice({ operands: [x], integers, knownIntegers }: Call): Value {
  const begin = x!.shape.map(() => 0), steps = x!.shape.map(() => 1), shape = [...x!.shape];
  const [starts, ends] = [1, 2].map(integers) as number[][];
  const axes = knownIntegers(3) ?? begin.map((_, axis) => axis);
  const strides = knownIntegers(4) ?? axes.map(() => 1);
  axes.forEach((given, i) => {
    const axis = given < 0 ? given + shape.length : given;
    const length = shape[axis]!, step = strides[i]!;
    const fromEnd = (at: number) => at < 0 ? at + length : at;
    const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
    const [start, end] = [starts![i]!, ends![i]!].map((at) =>
      Math.min(Math.max(fromEnd(at), least!), most!)
    ) as [number, number];
    begin[axis] = Math.max(start, 0);
    steps[axis] = step;
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return crop(x!, { begin, steps, shape });
}

function concat({ operands, program, number }: Call): Value {
  const axis = number("axis");
  const shape = operands[0]!.shape.map((d, i) =>
    i === axis ? operands.reduce((sum, x) => sum + x.shape[axis]!, 0) : d
  );
  const result = program.temporary(shape, operands[0]!.element);
  const begin = shape.map(() => 0);
  for (const operand of operands) {
    program.assign(part(result, begin, operand.shape), operand);
    begin[axis]! += operand.shape[axis]!;
  }
  return result;
}

function pad({ operands: [x, , padding], program, integers, node }: Call): Value {
  if (node.attributes.mode !== undefined) throw new Error("Cannot write C: Pad has a mode");
  const pads = integers(1), rank = x!.shape.length;
  const shape = x!.shape.map((d, axis) => d + pads[axis]! + pads[rank + axis]!);
  const result = program.temporary(shape, x!.element);
  program.assign(result, broadcast(padding!, shape));
  program.assign(part(result, pads.slice(0, rank), x!.shape), x!);
  return result;
}

function tile({ operands: [x], program, integers }: Call): Value {
  const times = integers(1);
  const apart = shaped(program, x!, x!.shape.flatMap((d) => [1, d]));
  const repeated = spread(program, apart, x!.shape.flatMap((d, axis) => [times[axis]!, d]));
  return shaped(program, repeated, x!.shape.map((d, axis) => d * times[axis]!));
}

/** The operators of this file. */
export const shapes: Readonly<Record<string, Lowering>> = {
  Reshape: ({ operands: [x], program, integers }) => {
    const shape = integers(1);
    if (size(shape) !== size(x!.shape)) throw new Error("Cannot write C: Reshape infers a size");
    return shaped(program, x!, shape);
  },
  Transpose: ({ operands: [x], node }) => permute(x!, node.attributes.perm as number[]),
  // ONNX lets a 1 in the shape stand for the axis as it is.
  Expand: ({ operands: [x], program, integers }) => {
    const wanted = integers(1), added = wanted.length - x!.shape.length;
    const shape = wanted.map((d, axis) => d === 1 && axis >= added ? x!.shape[axis - added]! : d);
    return spread(program, x!, shape);
  },
  Slice: slice,
  Concat: concat,
  Pad: pad,
  Tile: tile,
};
