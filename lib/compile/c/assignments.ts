/** C for loops that write views element by element. @module */

import { size } from "../trace.ts";
import { expression, forEach, type Loop, nest, pointer, workOf, worthDividing } from "./loops.ts";
import type { Assignment, Statement } from "./statement.ts";
import { bytesOf, mapViews, type Value, type View, viewsOf } from "./values.ts";

// Elements of a long loop that are computed together.
const run = 1024;

/** Writes each element of a view from that of a value. */
export function broadcastLoop(target: View, value: Value): Loop {
  const one = collapse([{ target, value }])[0]!;
  const made = one.value.kind === "view" ? copyOf(one.target, one.value) : undefined;
  return { ...made ?? jointLoop([{ target, value }]), target, value };
}

/** One loop for assignments of one shape, of which each may read what earlier ones write. */
export function jointLoop(
  parts: readonly Assignment[],
): Pick<Statement, "code" | "rows" | "work"> {
  const joint = collapse(parts), { shape } = joint[0]!.target;
  const variables = shape.map((_, axis) => `i${axis}`), last = shape.at(-1) ?? 1;
  const work = joint.reduce((sum, { value }) => sum + workOf(value), 0);
  const body = joint.length === 1
    ? joint.map(({ target, value }) =>
      `${expression(target, variables)} = ${expression(value, variables)};`
    )
    : ["{", ...locals(joint, variables), "}"];
  if (variables.length === 1 && work >= worthDividing) {
    const code = [
      `long end = to * ${run} < ${last} ? to * ${run} : ${last};`,
      `EACH for (long i0 = from * ${run}; i0 < end; i0++)`,
      ...body,
    ];
    return { code: code.join("\n"), rows: Math.ceil(last / run), work };
  }
  const { loops, rows } = nest(variables.slice(0, -1), shape, work);
  const inner = variables.length > 0 ? [`EACH ${forEach(variables.at(-1)!, last)}`] : [];
  return { code: [...loops, ...inner, ...body].join("\n"), rows, work };
}

/** The assignments with their elements in variables, by which later ones read them. */
function locals(parts: readonly Assignment[], variables: readonly string[]): string[] {
  const known: [element: RegExp, name: string][] = [];
  return parts.flatMap(({ target, value, isKept }, i) => {
    const element = expression(target, variables), name = `v${i}`;
    const code = known.reduce(
      (text, [element, name]) => text.replace(element, name),
      expression(value, variables),
    );
    known.push([new RegExp(`\\b${RegExp.escape(element)}`, "g"), name]);
    return [
      `${target.element} ${name} = ${code};`,
      ...isKept === false ? [] : [`${element} = ${name};`],
    ];
  });
}

/** Axes joined where every view counts through them as through one, and axes of size 1 dropped. */
function collapse(parts: readonly Assignment[]): Assignment[] {
  const views = parts.flatMap(({ target, value }) => [target, ...viewsOf(value)]);
  const { shape: full } = parts[0]!.target;
  const groups: number[][] = [];
  full.forEach((d, axis) => {
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
  const shape = groups.map((axes) => size(axes.map((axis) => full[axis]!)));
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
  return parts.map(({ target, value, ...rest }) => ({
    ...rest,
    target: joined(target),
    value: mapViews(value, shape, joined),
  }));
}

/** Rows that only have to be copied, as the kernel that does it. */
function copyOf(to: View, from: View): Pick<Loop, "code" | "kernel" | "rows" | "work"> | undefined {
  const { shape } = to, bytes = bytesOf[to.element];
  if (from.table !== undefined || shape.length === 0 || shape.length > 2) return undefined;
  if (to.strides.at(-1) !== 1 || from.strides.at(-1) !== 1) return undefined;
  const [rows, length] = shape.length === 2 ? shape as [number, number] : [1, shape[0]!];
  if (length < 16) return undefined;
  const [toRow, fromRow] = rows === 1 ? [0, 0] : [to.strides[0]!, from.strides[0]!];
  return {
    code: `${pointer(to)}, ${pointer(from)}`,
    kernel: {
      name: "copy",
      sizes: ["block", `${rows}, ${length * bytes}, ${toRow * bytes}, ${fromRow * bytes}`],
    },
    rows,
    work: rows * length,
  };
}
