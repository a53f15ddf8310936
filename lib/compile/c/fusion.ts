/**
 * Loops joined that go through the same elements, so that memory is read once, and what only they read
 * is not written at all.
 *
 * @module
 */

import { size } from "../trace.ts";
import { jointLoop } from "./assignments.ts";
import type { Assignment, Statement } from "./statement.ts";
import { type Buffer, readsOf, type View, viewsOf } from "./values.ts";

// Shorter loops have their elements in the level-1 cache anyway. Each array takes a register.
const fewest = 4096, mostArrays = 16;

/** Statements of one loop, and what they touch. */
interface Group {
  readonly statements: Statement[];
  readonly buffers: Set<Buffer>;
}

/** The same statements, of which those that can be are joined to earlier ones. */
export function fuse(statements: readonly Statement[]): Statement[] {
  const groups: Group[] = [];
  // The last group that writes a buffer, and that touches it.
  const written = new Map<Buffer, number>(), touched = new Map<Buffer, number>();
  for (const statement of scalarsFirst(statements)) {
    const { reads, writes } = statement;
    const earliest = Math.max(0, ...reads.map((buffer) => written.get(buffer) ?? 0));
    const at = groups.findLastIndex((group, i) =>
      i >= earliest && joins(statement, group) &&
      writes.every((buffer) => (touched.get(buffer) ?? -1) < i)
    );
    const place = at < 0 ? groups.length : at;
    groups[place] ??= { statements: [], buffers: new Set() };
    groups[place].statements.push(statement);
    for (const buffer of [...reads, ...writes]) {
      groups[place].buffers.add(buffer);
      touched.set(buffer, Math.max(place, touched.get(buffer) ?? 0));
    }
    for (const buffer of writes) written.set(buffer, Math.max(place, written.get(buffer) ?? 0));
  }
  const readers = new Map<Buffer, Set<Group>>();
  for (const group of groups) {
    for (const buffer of group.statements.flatMap(({ reads }) => reads)) {
      readers.set(buffer, (readers.get(buffer) ?? new Set()).add(group));
    }
  }
  return groups.map((group) => {
    if (group.statements.length === 1) return group.statements[0]!;
    const isKept = (buffer: Buffer) =>
      buffer.kind === "output" || [...readers.get(buffer) ?? []].some((other) => other !== group);
    return joint(group.statements, isKept);
  });
}

/**
 * With what is small and depends on inputs alone before all others, so that it parts no loops. What is
 * written piece by piece is there once all of its pieces are, and stays where it is.
 */
function scalarsFirst(statements: readonly Statement[]): Statement[] {
  const early = new Set<Buffer>();
  const writers = new Map<Buffer, number>();
  for (const buffer of statements.flatMap(({ writes }) => writes)) {
    writers.set(buffer, (writers.get(buffer) ?? 0) + 1);
  }
  const isEarly = statements.map(({ reads, writes }) => {
    const known = reads.every((b) => b.kind === "input" || b.kind === "constant" || early.has(b));
    const small = writes.every((buffer) => buffer.size <= 16 && writers.get(buffer) === 1);
    if (known && small) { for (const buffer of writes) early.add(buffer); }
    return known && small;
  });
  return [...statements.filter((_, i) => isEarly[i]), ...statements.filter((_, i) => !isEarly[i])];
}

/** Whether a loop has the elements of a group's, and shares an array of that size with it. */
function joins({ assignment }: Statement, { statements, buffers }: Group): boolean {
  const first = statements[0]!.assignment;
  if (assignment === undefined || first === undefined) return false;
  const { target, value } = assignment, { shape } = first.target;
  if (size(shape) < fewest || target.shape.length !== shape.length) return false;
  if (target.shape.some((d, axis) => d !== shape[axis])) return false;
  const own = new Set([target.buffer, ...readsOf(value)]);
  if (new Set([...own, ...buffers]).size > mostArrays) return false;
  const views = viewsOf(value), targets = statements.map((s) => s.assignment!.target);
  const others = statements.flatMap((s) => viewsOf(s.assignment!.value));
  return views.some((view) =>
    isFull(view) && [...targets, ...others].some((v) => isSame(v, view))
  ) &&
    // What the group writes is read as it is written, and not by a table.
    views.every(({ buffer, table }, i) =>
      targets.every((v) =>
        table?.buffer !== v.buffer && (buffer !== v.buffer || isSame(v, views[i]!))
      )
    );
}

/** Whether each element of a view is another one. */
function isFull({ shape, strides, table }: View): boolean {
  return table === undefined && shape.every((d, axis) => d === 1 || strides[axis] !== 0);
}

function isSame(a: View, b: View): boolean {
  return a.buffer === b.buffer && a.offset === b.offset && a.table === b.table &&
    a.strides.every((stride, axis) => a.shape[axis] === 1 || stride === b.strides[axis]);
}

function joint(statements: readonly Statement[], isKept: (buffer: Buffer) => boolean): Statement {
  const parts = statements.map(({ assignment }): Assignment => ({
    ...assignment!,
    isKept: isKept(assignment!.target.buffer),
  }));
  const inside = new Set(parts.map(({ target }) => target.buffer));
  return {
    ...jointLoop(parts),
    note: statements.map(({ note }) => note).join("; "),
    writes: parts.filter(({ isKept }) => isKept).map(({ target }) => target.buffer),
    reads: statements.flatMap(({ reads }) => reads).filter((buffer) => !inside.has(buffer)),
  };
}
