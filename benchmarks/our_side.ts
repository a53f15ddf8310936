/**
 * Our side of the benchmark as a process: answers line by line what it is asked over standard input,
 * as `peer.py` does.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { onnxruntime } from "../lib/deps/onnxruntime.ts";
import type { Case } from "./cases.ts";
import { makeEpoch, makeInference, makeProduct, makeStep } from "./ours.ts";
import { lines } from "./process.ts";
import type { Preparation, Request, Timing } from "./protocol.ts";
import { sweepPool } from "./sweep.ts";
import type { Session, Work } from "./work.ts";

/** Gets a case ready. */
export function makeWork(what: Case, session: Session): Promise<Work> {
  switch (what.kind) {
    case "step":
      return makeStep(what, session);
    case "epoch":
      return makeEpoch(what, session);
    case "sweep":
      return Promise.resolve(sweepPool(what, session));
    case "inference":
      return makeInference(what, session);
    case "product":
      return makeProduct(what, session);
  }
}

/** A case's work, or why this machine or executor can't do it. */
async function prepare(
  { what, side, threads }: Preparation,
): Promise<{ work?: Work; skipped?: string }> {
  const executor = side === "onnxruntime" ? "onnxruntime" : "c";
  try {
    return { work: await makeWork(what, { executor, threads, fresh: side === "c" }) };
  } catch (error) {
    const { message } = error as Error;
    if (!message.startsWith("Cannot execute C: ")) throw error;
    return { skipped: message };
  }
}

async function time({ run }: Work, iterations: number): Promise<Timing> {
  const begin = performance.now(), before = await cpuMilliseconds();
  let value = NaN;
  for (let i = 0; i < iterations; i++) value = await run();
  return {
    milliseconds: (performance.now() - begin) / iterations,
    cpuMilliseconds: (await cpuMilliseconds() - before) / iterations,
    value,
  };
}

// The unit of /proc on every Linux.
const ticksPerSecond = 100;

/** Processor time so far of all threads, and of compilers that have ended. */
async function cpuMilliseconds(): Promise<number> {
  const { user, system } = cpuUsage();
  const stat = await Deno.readTextFile("/proc/self/stat").catch(() => "");
  // After the name, which may hold blanks: of children in user mode 14th, in the kernel 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 1).trim().split(" ");
  const children = Number(fields[13] ?? 0) + Number(fields[14] ?? 0);
  return (user + system) / 1000 + 1000 * children / ticksPerSecond;
}

async function versions(): Promise<Record<string, string>> {
  const { env } = await onnxruntime();
  const compiler = await compilerVersion();
  return { deno: Deno.version.deno, onnxruntime: env.versions.node ?? "unknown", compiler };
}

async function compilerVersion(): Promise<string> {
  try {
    const { stdout } = await new Deno.Command("cc", { args: ["--version"], stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout).split("\n")[0]!;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "none";
    throw error;
  }
}

async function serve(): Promise<void> {
  let work: Work | undefined;
  const answer = async (request: Request): Promise<object> => {
    switch (request.kind) {
      case "versions":
        return await versions();
      case "prepare": {
        const prepared = await prepare(request);
        work = prepared.work;
        return { skipped: prepared.skipped };
      }
      case "run":
        return await time(work!, request.iterations);
    }
  };
  for await (const line of lines(Deno.stdin.readable)) {
    const said = await answer(JSON.parse(line)).catch((error: Error) => ({ error: error.message }));
    console.log(JSON.stringify(said));
  }
  await work?.close();
}

if (import.meta.main) await serve();
