/** The sides of a case, each a process or a few. @module */

import { fileURLToPath } from "node:url";
import type { Case } from "./cases.ts";
import { designs } from "./problem.ts";
import { type Process, startProcess } from "./process.ts";
import type { Preparation, Prepared, SideName, Timing } from "./protocol.ts";

/** One contestant, with its number of threads. */
export interface Side {
  readonly name: SideName;
  readonly threads: number;
  /** Why it cannot run on this machine, if it cannot. */
  readonly skipped?: string | undefined;
  /** Where there are several. */
  readonly processes?: number;
  run(iterations: number): Promise<Timing>;
  close(): Promise<void>;
}

/** The sides that can do a case. */
export function sidesOf(what: Case): SideName[] {
  if (what.kind === "product") return ["c", "onnxruntime", "eager"];
  if (what.kind === "sweep") return ["c", "c_cached", "onnxruntime", "eager"];
  const isOurs = !("config" in designs[what.design]);
  return isOurs ? ["c", "onnxruntime"] : ["c", "onnxruntime", "eager", "compiled"];
}

/** With what sides are started. */
export interface StartOptions {
  /** A Python that has the packages of `requirements.txt`, where PyTorch is a side. */
  readonly python?: string | undefined;
  /** The folder in which each of our processes leaves a profile of its JavaScript. */
  readonly profile?: string | undefined;
}

/** Whether a side is PyTorch. */
export function isPeer(side: SideName): boolean {
  return side === "eager" || side === "compiled";
}

/** Starts what times a side. */
export function startSide(
  side: SideName,
  { python = "python", profile }: StartOptions,
): Process {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  if (isPeer(side)) {
    const told = { who: "PyTorch", option: "--python to be a Python" };
    return startProcess([python, path("./peer.py")], told);
  }
  // Confined no more than what it is compared with.
  const args = ["run", "--allow-all", "--no-prompt", "--quiet"];
  if (profile !== undefined) args.push("--cpu-prof", `--cpu-prof-dir=${profile}`);
  const told = { who: "our side", option: "Deno" };
  return startProcess([Deno.execPath(), ...args, path("./our_side.ts")], told);
}

/** Gets a side ready, in a process of its own; one that fails is ended. */
export async function openSide(
  preparation: Preparation,
  options: StartOptions,
): Promise<Side> {
  const { side: name, threads } = preparation;
  const process = startSide(name, options);
  try {
    const { skipped } = await process.ask<Prepared>(preparation);
    return {
      ...{ name, threads, skipped },
      run: (iterations) => process.ask<Timing>({ kind: "run", iterations }),
      close: () => process.close(),
    };
  } catch (error) {
    await process.kill();
    throw error;
  }
}

/** Several processes that divide the trainings of a sweep, as one side. */
export function joinSides(parts: readonly Side[], threads: number): Side {
  const { name, skipped } = parts[0]!;
  return {
    ...{ name, threads, skipped, processes: parts.length },
    async run(iterations) {
      const begin = performance.now();
      const timings = await Promise.all(parts.map((part) => part.run(iterations)));
      return {
        milliseconds: (performance.now() - begin) / iterations,
        cpuMilliseconds: timings.reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds, 0),
        value: timings[0]!.value,
      };
    },
    close: async () => void await Promise.all(parts.map((part) => part.close())),
  };
}
