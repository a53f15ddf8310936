/** What the doctor finds of the machine: versions, packages, and what can be started. @module */

import {
  type EagerBackend,
  eagerBackends,
  startEagerBackend,
} from "../../lib/backends/eager_backends.ts";
import { findCompiler } from "../../lib/compile/c/compiler.ts";
import { NoExecutor } from "../../lib/compile/c/no_executor.ts";
import { reasonAgainst } from "../../lib/backends/preference.ts";

/** What the programs run on. */
export interface Machine {
  readonly deno: string;
  readonly v8: string;
  readonly typescript: string;
  readonly os: string;
  readonly architecture: string;
  readonly cores: number;
  readonly memory: number;
  readonly availableMemory: number;
}

/** Whether one thing could be started. */
export interface Trial {
  readonly name: string;
  readonly state:
    | "works"
    | "does not start"
    | "not tried"
    | "not there"
    | "takes c"
    | "takes onnxruntime";
  /** Why it is not working or was not tried. */
  readonly reason?: string;
}

/** A package of the project. */
export interface Package {
  readonly name: string;
  readonly version: string;
}

/** The versions, and how much there is of what. */
export function examineMachine(): Machine {
  const { total, available } = Deno.systemMemoryInfo();
  return {
    ...Deno.version,
    os: `${Deno.build.os} ${Deno.osRelease()}`,
    architecture: Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memory: total,
    availableMemory: available,
  };
}

/** The packages that files in `lib/deps` name, in alphabetical order. */
export async function listPackages(): Promise<Package[]> {
  const folder = new URL("../../lib/deps/", import.meta.url);
  const versions = new Map<string, string>();
  for await (const { name: file } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(new URL(file, folder));
    for (const [, name, version] of source.matchAll(/"npm:(@?[^@"]+)@([^/"]+)/g)) {
      versions.set(name!, version!);
    }
  }
  return [...versions].map(([name, version]) => ({ name, version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Starts each, and says why one does not. */
export async function tryEach<Name extends string>(
  names: readonly Name[],
  start: (name: Name) => Promise<void>,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const name of names) {
    const reason = await reasonAgainst(() => start(name));
    trials.push(
      reason === undefined ? { name, state: "works" } : { name, state: "does not start", reason },
    );
  }
  return trials;
}

/** Whether there is an ffmpeg; none is needed but for what it reads. */
export function tryFfmpeg(): Trial {
  const name = "ffmpeg";
  try {
    const { success } = new Deno.Command(name, { args: ["-version"], clearEnv: true }).outputSync();
    return success ? { name, state: "works" } : { name, state: "does not start" };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      return { name, state: "not tried", reason: "--allow-run=ffmpeg is not given" };
    }
    return {
      name,
      state: "not there",
      reason: "needed for M4A, AAC, WebM, AIFF and for videos only",
    };
  }
}

/** Which executor `--executor auto` takes for training, and why. */
export async function tryExecutor(): Promise<Trial> {
  const name = "auto";
  try {
    const { command, version } = await findCompiler();
    return { name, state: "takes c", reason: `${command}, ${version}` };
  } catch (error) {
    if (!(error instanceof NoExecutor)) throw error;
    return { name, state: "takes onnxruntime", reason: error.message };
  }
}

// Megabytes, packed: the package, and what it needs besides tfjs. The native binding of tfjs-node is
// no part of it.
const downloads: Readonly<Record<EagerBackend, number>> = {
  "tfjs-node-gpu": 1,
  "tfjs-node": 1,
  "webgpu": 3,
  "wasm": 2.5,
  "cpu": 0,
};

/** Those that need no download, or all of them. */
export async function tryEagerBackends({ all }: { all: boolean }): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const name of eagerBackends) {
    if (all || downloads[name] === 0) {
      trials.push(...await tryEach([name], (name) => startEagerBackend(name, { alone: false })));
    } else {
      const reason = `downloads ${downloads[name]} MB; ask with --all`;
      trials.push({ name, state: "not tried", reason });
    }
  }
  await startEagerBackend("cpu");
  return trials;
}
