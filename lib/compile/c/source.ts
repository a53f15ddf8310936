/** The text of a C file from a program. @module */

import { arrange, liveStatements } from "./arena.ts";
import { fuse } from "./fusion.ts";
import type { Program } from "./program.ts";
import type { Statement } from "./statement.ts";
import { type Buffer, bytesOf } from "./values.ts";
import header from "./runtime.h" with { type: "text" };
import kernels from "./kernels.c" with { type: "text" };
import convolution from "./convolution.c" with { type: "text" };
import steps from "./steps.c" with { type: "text" };

/** Products, sums and convolutions: the same for every graph, and compiled once for all. */
export const kernelSource: string = [header, kernels, convolution, steps].join("\n");

/** Of memory that begins with a cache line. */
export const lineBytes = 64;

/** A function in C and the memory that it needs. */
export interface Source {
  /** The file's text. */
  readonly text: string;
  /** Bytes that the function computes in, from where a cache line begins. */
  readonly arenaBytes: number;
  /** Bytes that each thread needs for itself, undefined between steps. */
  readonly scratchBytes: number;
}

/**
 * A file with the function `call(threads, scratch_bytes, inputs…, outputs…, constants, arena,
 * scratch)`, which gives 0, or 1 where an index was out of range. It has a table of the steps, one for
 * each statement in order, and a function for each loop nest, however many of them differ in their
 * arrays alone.
 */
export function sourceOf(program: Program): Source {
  const statements = fuse(liveStatements(program.statements, program.outputs));
  const { places, bytes } = arrange(statements);
  const scratch = Math.max(0, ...statements.map((s) => s.scratch ?? 0));
  const loops = new Map<string, Loop>();
  const steps = statements.map((statement, i) => {
    const { note, kernel, rows = 1, work = 0 } = statement;
    const pointers = pointersOf(statement);
    const name = kernel?.name ?? loopOf(statement, pointers, loops);
    const sizes = kernel === undefined ? "0" : `&(const ${kernel.sizes[0]}){${kernel.sizes[1]}}`;
    const at = pointers.map((pointer) => `{${baseOf(pointer, places, program.inputs.length)}}`);
    return [
      `  /* ${i}. ${note} */`,
      `  {${name}, ${sizes}, AT(${at.join(", ")}), ${rows}, ${Math.ceil(work)}},`,
    ].join("\n");
  });
  const text = [
    header,
    ...[...loops.values()].map(({ text }) => text),
    "static const step steps[] = {",
    ...steps,
    "};",
    "",
    ...entryOf(program, steps.length),
    "",
  ].join("\n");
  return { text, arenaBytes: bytes, scratchBytes: Math.ceil(scratch / 64) * 64 };
}

/**
 * `call`: addresses as arguments, since a list of them takes the permission to load any library.
 * Arena and scratch are given with a line to spare, so that they can begin with one.
 */
function entryOf({ inputs, outputs }: Program, steps: number): string[] {
  const names = [...inputs, ...outputs].map((_, i) => `p${i}`);
  const buffers = [...names, "constants", "arena", "scratch"].map((name) => `char *${name}`);
  const parameters = ["long threads", "long scratch_bytes", ...buffers];
  const aligned = (name: string) => `  ${name} += -(size_t)${name} % ${lineBytes};`;
  return [
    '__attribute__((visibility("default")))',
    `int call(${parameters.join(", ")}) {`,
    aligned("arena"),
    aligned("scratch"),
    `  char *const bases[] = {${["arena", "constants", ...names].join(", ")}};`,
    `  return run_steps(steps, ${steps}, bases, (float *)scratch, scratch_bytes, threads);`,
    "}",
  ];
}

interface Loop {
  readonly name: string;
  readonly text: string;
}

interface Pointer {
  readonly name: string;
  readonly buffer: Buffer;
  readonly offset: number;
}

const names = /\b(?:t|in|out|c)\d+(?:_\d+)?\b/g;

/** The places that a statement names, those that it writes first. */
function pointersOf({ code, kernel, writes, reads }: Statement): Pointer[] {
  const buffers = new Map([...reads, ...writes].map((buffer) => [buffer.name, buffer]));
  const named = code.match(names) ?? [];
  // A kernel is given an array twice that is both of its operands.
  const all = (kernel === undefined ? [...new Set(named)] : named).map((name) => {
    const [own, offset = "0"] = name.split("_") as [string, string?];
    return { name, buffer: buffers.get(own)!, offset: Number(offset) };
  });
  if (kernel !== undefined) return all;
  const isWritten = ({ buffer }: Pointer) => writes.includes(buffer);
  return [...all.filter(isWritten), ...all.filter((pointer) => !isWritten(pointer))];
}

/** A base and an offset in bytes. */
function baseOf(
  { buffer: { kind, index, element }, buffer, offset }: Pointer,
  places: ReadonlyMap<Buffer, number>,
  inputs: number,
): string {
  const bytes = offset * bytesOf[element];
  if (kind === "temporary") return `ARENA, ${places.get(buffer)! + bytes}`;
  if (kind === "constant") return `CONSTANTS, ${index + bytes}`;
  return `IN + ${kind === "input" ? index : inputs + index}, ${bytes}`;
}

/** The name of a loop's function, in which its arrays are y0, y1, … where it writes, and x0, x1, …. */
function loopOf(
  { note, code, writes, scratch }: Statement,
  pointers: readonly Pointer[],
  loops: Map<string, Loop>,
): string {
  const count = pointers.filter(({ buffer }) => writes.includes(buffer)).length;
  const own = new Map(
    pointers.map(({ name }, i) => [name, i < count ? `y${i}` : `x${i - count}`]),
  );
  const body = code.replace(names, (name) => own.get(name)!);
  const lines = [
    ...pointers.map(({ name, buffer: { element } }, i) => {
      const type = `${i < count ? "" : "const "}${element} *`;
      return `${type}restrict ${own.get(name)} = (${type})t->at[${i}];`;
    }),
    ...scratch && body.includes("scratch") ? ["float *scratch = t->scratch;"] : [],
    ...body.includes("*status") ? ["int *status = t->status;"] : [],
    ...body.includes("from") ? ["long from = t->from, to = t->to;"] : [],
    ...indented(body),
  ].map((line) => `  ${line}`);
  const key = lines.join("\n"), known = loops.get(key);
  if (known !== undefined) return known.name;
  const name = `loop_${loops.size}`;
  const text = [`/* ${note} */`, `APART void ${name}(const task *t) {`, key, "}", ""].join("\n");
  loops.set(key, { name, text });
  return name;
}

/** Lines indented by the braces and the `for`s that they are in. */
function indented(code: string): string[] {
  const open: ("{" | "for")[] = [];
  const endLoops = () => {
    while (open.at(-1) === "for") open.pop();
  };
  return code.split("\n").map((line) => {
    if (line.startsWith("}")) open.length = open.lastIndexOf("{");
    const text = "  ".repeat(open.length) + line;
    if (line.endsWith("{")) open.push("{");
    else if (/^(EACH )?for \([^;]*;[^;]*;[^;]*\)$/.test(line)) open.push("for");
    else endLoops();
    return text;
  });
}
