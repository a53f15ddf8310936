/** Operators that read or write elements at indices. @module */

import { size } from "../trace.ts";
import type { Call, Lowering } from "./lowering.ts";
import { forEach, pointer } from "./loops.ts";
import { contiguous, type Value, type View } from "./values.ts";

function gather(call: Call): Value {
  const { operands: [x, indices], program, knownIntegers, number } = call;
  const axis = number("axis", 0), known = knownIntegers(1);
  if (known === undefined) return gatherAtRunTime(call, axis);
  const view = program.view(x!);
  const n = x!.shape[axis]!;
  if (known.some((i) => i < -n || i >= n)) {
    throw new Error(`Cannot write C: Gather has an index that is not in [-${n}, ${n})`);
  }
  const table = program.constant(Int32Array.from(known, (i) => i < 0 ? i + n : i), indices!.shape);
  const before = view.strides.slice(0, axis), after = view.strides.slice(axis + 1);
  const zeros = (strides: readonly number[]) => strides.map(() => 0);
  return {
    ...view,
    shape: x!.shape.toSpliced(axis, 1, ...indices!.shape),
    strides: [...before, ...zeros(indices!.shape), ...after],
    table: {
      buffer: table.buffer,
      offset: 0,
      strides: [...zeros(before), ...contiguous(indices!.shape), ...zeros(after)],
      step: view.strides[axis]!,
    },
  };
}

/** An index `i` of `n`, counted from the end below 0; out of range it stops the run. */
const checked = (n: number) =>
  `if (i < 0) i += ${n};\nif (i < 0 || i >= ${n}) { *status = 1; return; }`;

function gatherAtRunTime({ operands, program }: Call, axis: number): Value {
  const [x, indices] = operands.map((value) => program.contiguous(value)) as [View, View];
  const n = x.shape[axis]!, inner = size(x.shape.slice(axis + 1)), count = size(indices.shape);
  const result = program.temporary(x.shape.toSpliced(axis, 1, ...indices.shape), x.element);
  program.add({
    shapes: [x.shape, indices.shape],
    code: [
      forEach("o", size(x.shape.slice(0, axis))),
      `${forEach("j", count)} {`,
      `long i = ${pointer(indices)}[j];`,
      checked(n),
      `EACH ${forEach("l", inner)} ${result.buffer.name}[(o * ${count} + j) * ${inner} + l] = ` +
      `${pointer(x)}[(o * ${n} + i) * ${inner} + l];`,
      "}",
    ].join("\n"),
    writes: [result.buffer],
    reads: [x.buffer, indices.buffer],
  });
  return result;
}

/** The place in `dims` that a tuple of indices at `p` names, as C that leaves it in `at`. */
function placeOf(dims: readonly number[]): string[] {
  return [
    "long at = 0;",
    ...dims.flatMap((n, axis) => [
      "{",
      `long i = p[${axis}];`,
      checked(n),
      `at = at * ${n} + i;`,
      "}",
    ]),
  ];
}

function gatherTuples({ operands, program, number }: Call): Value {
  const [x, indices] = operands.map((value) => program.contiguous(value)) as [View, View];
  const batchAxes = number("batch_dims", 0), depth = indices.shape.at(-1)!;
  const batch = size(x.shape.slice(0, batchAxes));
  const dims = x.shape.slice(batchAxes, batchAxes + depth);
  const rest = x.shape.slice(batchAxes + depth), inner = size(rest);
  const count = size(indices.shape.slice(batchAxes, -1));
  const result = program.temporary([...indices.shape.slice(0, -1), ...rest], x.element);
  program.add({
    shapes: [x.shape, indices.shape],
    code: [
      forEach("o", batch),
      `${forEach("j", count)} {`,
      `const int32_t *p = ${pointer(indices)} + (o * ${count} + j) * ${depth};`,
      ...placeOf(dims),
      `EACH ${forEach("l", inner)} ${result.buffer.name}[(o * ${count} + j) * ${inner} + l] = ` +
      `${pointer(x)}[(o * ${size(dims)} + at) * ${inner} + l];`,
      "}",
    ].join("\n"),
    writes: [result.buffer],
    reads: [x.buffer, indices.buffer],
  });
  return result;
}

function scatterTuples({ operands, program, node }: Call): Value {
  const [, indices, updates] = operands.map((value, i) =>
    i === 0 ? undefined : program.contiguous(value)
  ) as [undefined, View, View];
  const target = operands[0]!, depth = indices.shape.at(-1)!;
  const inner = size(target.shape.slice(depth));
  const result = program.temporary(target.shape, target.element);
  program.assign(result, target);
  const name = result.buffer.name, to = `${name}[at * ${inner} + l]`;
  const update = `${pointer(updates)}[j * ${inner} + l]`;
  const written = node.attributes.reduction === "add" ? `${to} + ${update}` : update;
  program.add({
    shapes: [target.shape, indices.shape],
    code: [
      `${forEach("j", size(indices.shape.slice(0, -1)))} {`,
      `const int32_t *p = ${pointer(indices)} + j * ${depth};`,
      ...placeOf(target.shape.slice(0, depth)),
      `EACH ${forEach("l", inner)} ${to} = ${written};`,
      "}",
    ].join("\n"),
    writes: [result.buffer],
    reads: [indices.buffer, updates.buffer],
  });
  return result;
}

/** The operators of this file. */
export const indexing: Readonly<Record<string, Lowering>> = {
  Gather: gather,
  GatherND: gatherTuples,
  ScatterND: scatterTuples,
};
