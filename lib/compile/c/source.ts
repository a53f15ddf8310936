/** The text of a C file from a program. @module */

import { arrange, liveStatements } from "./arena.ts";
import type { Program, Statement } from "./program.ts";
import type { Buffer } from "./values.ts";
import header from "./runtime.h" with { type: "text" };
import kernels from "./kernels.c" with { type: "text" };
import convolution from "./convolution.c" with { type: "text" };

/** Products, sums and convolutions: the same for every graph, and compiled once for all. */
export const kernelSource: string = [header, kernels, convolution].join("\n");

/** Of memory that begins with a cache line. */
export const lineBytes = 64;

/** A function in C and the memory that it needs. */
export interface Source {
  /** The file's text. */
  readonly text: string;
  /** Bytes that the function computes in, from where a cache line begins. */
  readonly arenaBytes: number;
}

/**
 * A file with the function `call(inputs…, outputs…, constants, arena)`, which gives 0, or 1 where an
 * index was out of range. It has a function for each statement, in order.
 */
export function sourceOf(program: Program): Source {
  const statements = liveStatements(program.statements, program.outputs);
  const { places, bytes } = arrange(statements);
  const scratch = Math.max(0, ...statements.map((s) => s.scratch ?? 0));
  const functions = statements.map((statement, i) => functionOf(statement, i, places, bytes));
  const text = [
    header,
    "typedef struct { void **in, **out; const char *constants; char *arena; int status; } state;",
    "",
    ...functions,
    "static int run(void **in, void **out, const char *constants, char *arena) {",
    "  state s = {in, out, constants, arena, 0};",
    ...statements.map((_, i) => `  s${i}(&s);`),
    "  return s.status;",
    "}",
    "",
    ...entryOf(program),
    "",
  ].join("\n");
  return { text, arenaBytes: bytes + scratch };
}

/**
 * `call(inputs…, outputs…, constants, arena)`: addresses as arguments, since a list of them takes the
 * permission to load any library.
 */
function entryOf({ inputs, outputs }: Program): string[] {
  const names = [...inputs, ...outputs].map((_, i) => `void *p${i}`);
  const list = (from: number, { length }: readonly unknown[]) =>
    length === 0 ? "0" : Array.from({ length }, (_, i) => `p${from + i}`).join(", ");
  return [
    '__attribute__((visibility("default")))',
    `int call(${[...names, "const char *constants", "char *arena"].join(", ")}) {`,
    `  void *in[] = {${list(0, inputs)}}, *out[] = {${list(inputs.length, outputs)}};`,
    `  arena += -(size_t)arena % ${lineBytes};`,
    "  return run(in, out, constants, arena);",
    "}",
  ];
}

function functionOf(
  { note, code, reads, writes, scratch }: Statement,
  index: number,
  places: ReadonlyMap<Buffer, number>,
  scratchAt: number,
): string {
  const written = new Set(writes);
  const buffers = [...new Set([...writes, ...reads])];
  const lines = [
    ...buffers.map((buffer) => declaration(buffer, written.has(buffer), places)),
    ...scratch && code.includes("scratch")
      ? [`float *scratch = (float *)(s->arena + ${scratchAt});`]
      : [],
    ...code.includes("*status") ? ["int *status = &s->status;"] : [],
    ...indented(code),
  ];
  return [
    `/* ${note} */`,
    `APART void s${index}(state *s) {`,
    ...lines.map((l) => `  ${l}`),
    "}",
    "",
  ].join("\n");
}

function declaration(
  buffer: Buffer,
  isWritten: boolean,
  places: ReadonlyMap<Buffer, number>,
): string {
  const { name, kind, element, index } = buffer;
  const memory = {
    input: `s->in[${index}]`,
    output: `s->out[${index}]`,
    constant: `(s->constants + ${index})`,
    temporary: `(s->arena + ${places.get(buffer)})`,
  }[kind];
  const type = `${isWritten ? "" : "const "}${element} *`;
  return `${type}restrict ${name} = (${type})${memory};`;
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
