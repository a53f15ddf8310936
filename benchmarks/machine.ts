/** On what a benchmark was run: a claim names its machine. @module */

import { cpus, loadavg, release, type } from "node:os";

/** A machine. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Extensions of the instruction set on which the speed of products depends. */
  readonly instructions: string;
  readonly system: string;
}

// Those of x86 and of ARM that widen vectors, or multiply matrices.
const extensions = /^(avx2|fma|avx512f|avx512_bf16|amx_bf16|asimd|sve2?|sme)$/;

/** This machine. What it does not tell is unknown. */
export async function describeMachine(): Promise<Machine> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const flags = info.match(/^(?:flags|Features)\s*:\s*(.*)$/m)?.[1]?.split(" ") ?? [];
  const known = flags.filter((flag) => extensions.test(flag));
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: navigator.hardwareConcurrency,
    instructions: known.length > 0 ? known.join(" ") : Deno.build.arch,
    system: `${type()} ${release()}`,
  };
}

/** Threads that ran or waited for a core, on average over the last 1, 5 and 15 minutes; our own are among them. */
export function load(): number[] {
  return loadavg().map((x) => Number(x.toFixed(2)));
}
