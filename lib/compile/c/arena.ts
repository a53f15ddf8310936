/** Places in one piece of memory for buffers that are needed at different times. @module */

import { byteLength } from "./program.ts";
import type { Statement } from "./statement.ts";
import type { Buffer } from "./values.ts";

/** Vectors are loaded from whole cache lines where buffers begin with one. */
const line = 64;

interface Hole {
  readonly at: number;
  readonly bytes: number;
}

/** Statements that an output depends on; the others are left out. */
export function liveStatements(
  statements: readonly Statement[],
  outputs: readonly Buffer[],
): Statement[] {
  const wanted = new Set(outputs);
  return statements.toReversed().filter(({ writes, reads }) => {
    if (!writes.some((buffer) => wanted.has(buffer))) return false;
    for (const buffer of reads) wanted.add(buffer);
    return true;
  }).reverse();
}

/** Where each temporary buffer begins, and how many bytes all of it take. */
export function arrange(
  statements: readonly Statement[],
): { places: Map<Buffer, number>; bytes: number } {
  const last = new Map<Buffer, number>();
  statements.forEach(({ reads, writes }, i) => {
    for (const buffer of [...reads, ...writes]) {
      if (buffer.kind === "temporary") last.set(buffer, i);
    }
  });
  const dying = statements.map((): Buffer[] => []);
  for (const [buffer, i] of last) dying[i]!.push(buffer);

  const places = new Map<Buffer, number>();
  let holes: Hole[] = [], bytes = 0;
  const lines = (buffer: Buffer) => Math.max(1, Math.ceil(byteLength(buffer) / line)) * line;
  statements.forEach(({ writes }, i) => {
    for (const buffer of writes) {
      if (buffer.kind !== "temporary" || places.has(buffer)) continue;
      const wanted = lines(buffer);
      // The smallest hole that is large enough.
      const [best] = holes.filter((hole) => hole.bytes >= wanted)
        .sort((a, b) => a.bytes - b.bytes);
      if (best === undefined) {
        places.set(buffer, bytes);
        bytes += wanted;
        continue;
      }
      places.set(buffer, best.at);
      holes = holes.filter((hole) => hole !== best);
      if (best.bytes > wanted) {
        holes.push({ at: best.at + wanted, bytes: best.bytes - wanted });
      }
    }
    for (const buffer of dying[i]!) {
      holes = withHole(holes, { at: places.get(buffer)!, bytes: lines(buffer) });
    }
  });
  return { places, bytes };
}

/** Holes with one more, joined to its neighbours. */
function withHole(holes: readonly Hole[], { at, bytes }: Hole): Hole[] {
  const before = holes.find((hole) => hole.at + hole.bytes === at);
  const after = holes.find((hole) => hole.at === at + bytes);
  const joined = {
    at: before?.at ?? at,
    bytes: bytes + (before?.bytes ?? 0) + (after?.bytes ?? 0),
  };
  return [...holes.filter((hole) => hole !== before && hole !== after), joined];
}
