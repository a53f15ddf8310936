/** Runs a notebook's cells on the Deno kernel under Jupyter. @module */

import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Message, outputsOf } from "./kernel_messages.ts";
import type { Output } from "./notebook_file.ts";

/** What became of a cell. */
export interface CellRun {
  readonly outputs: readonly Output[];
  /** Why it failed, if it did: what it threw, what it threw after its output, the kernel's end. */
  readonly failure?: string;
}

/** How cells are run. */
export interface RunOptions {
  /** A Python with `jupyter_client`. */
  readonly python: string;
  /** The folder that the kernel runs in: the notebook's own. */
  readonly folder: string;
  /** What a cell may take, in seconds; 300 by default. */
  readonly seconds?: number;
}

const lateErrors = "application/x-late-errors+json";

// The kernel says nothing of an error in a timer, nor of a promise that nobody awaits: both leave
// its notebook green.
const setup = `{
  const late = [];
  const keep = (event, error) => {
    event.preventDefault();
    late.push(error instanceof Error ? error.name + ": " + error.message : String(error));
  };
  addEventListener("unhandledrejection", (event) => keep(event, event.reason));
  addEventListener("error", (event) => keep(event, event.error));
  globalThis.takeLateErrors = () => late.splice(0);
}`;

const settle = `await new Promise((resolve) => setTimeout(resolve, 25));
await Deno.jupyter.display({ "${lateErrors}": globalThis.takeLateErrors() }, { raw: true });`;

/**
 * Runs the cells in order, on a kernel of their own, and stops at the first
 * that fails. The kernel is this very Deno, whichever kernels are installed.
 *
 * @throws {Error} No kernel runs; with the last line of what Python says.
 */
export async function runCells(
  cells: readonly string[],
  { python, folder, seconds = 300 }: RunOptions,
): Promise<CellRun[]> {
  const place = await Deno.makeTempDir({ prefix: "kernel-" });
  try {
    await writeKernelSpec(join(place, "kernels", "deno"));
    const request = { kernel: "deno", cwd: folder, setup, settle, marker: lateErrors, cells };
    const lines = await callPython(python, JSON.stringify({ ...request, seconds }), {
      JUPYTER_PATH: [place, Deno.env.get("JUPYTER_PATH") ?? []].flat().join(delimiter),
    });
    const [, ...runs] = lines.map(toRun);
    return runs;
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

async function writeKernelSpec(folder: string): Promise<void> {
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    env: { NO_COLOR: "1" },
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "kernel.json"), JSON.stringify(spec));
}

interface Line {
  readonly messages: readonly Message[];
  readonly ended: string | null;
}

async function callPython(
  python: string,
  request: string,
  env: Record<string, string>,
): Promise<Line[]> {
  const script = fileURLToPath(new URL("run_cells.py", import.meta.url));
  const process = new Deno.Command(python, {
    args: [script],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = process.output();
  const writer = process.stdin.getWriter();
  // One that ends before it has read all says why on its error stream.
  await writer.write(new TextEncoder().encode(request)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await output;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
  if (code !== 0) {
    const reason = text(stderr).split("\n").at(-1);
    throw new Error(
      `Cannot run the cells: expected a Deno kernel under "${python}", got ${reason}`,
    );
  }
  return text(stdout).split("\n").map((line) => JSON.parse(line));
}

function toRun({ messages, ended }: Line): CellRun {
  const outputs = outputsOf(messages.filter(({ content }) => !isSettled(content)));
  const failure = failureOf(outputs) ?? ended ?? lateFailure(messages);
  return failure === undefined ? { outputs } : { outputs, failure };
}

function failureOf(outputs: readonly Output[]): string | undefined {
  const error = outputs.find((output) => output.output_type === "error");
  return error && `${error.ename}: ${error.evalue}`;
}

function lateFailure(messages: readonly Message[]): string | undefined {
  const late = messages.flatMap(({ content }) =>
    isSettled(content) ? content.data[lateErrors] as string[] : []
  );
  return late.length === 0 ? undefined : `after its output, ${late.join("; ")}`;
}

function isSettled(
  content: Message["content"],
): content is { readonly data: Readonly<Record<string, unknown>> } {
  return typeof content.data === "object" && content.data !== null && lateErrors in content.data;
}
