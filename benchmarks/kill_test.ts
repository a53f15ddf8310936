/**
 * Kills a task at random moments, gives the same command again until its result is there, and
 * compares the result with an unbroken run's.
 *
 *     deno run --allow-all benchmarks/kill_test.ts [--what training|encoding]
 *         [--task reproduce|train] [--kills 10] [--seed 1] [--cache DIR] [-- ARGS…]
 *
 * ARGS go to the task; unless given, `--quick`, with `table_1` and `--seeds 1` for `reproduce`.
 * Runs are killed with SIGKILL, the whole process group at once, at moments drawn from the seed. One
 * that ends first, or was killed five times and is then left to end, is compared and begun anew,
 * until there were enough kills.
 *
 * - `training` (the default): the features are there, and a kill comes between a tenth and the
 *   whole of an unbroken run's time.
 * - `encoding`: each round has a new cache, and a kill comes between a tenth and the whole of the
 *   time that an unbroken run takes to make its encoders and its features; never after they are
 *   there. The encoders and every sample's features are compared too.
 *
 * Exits with 1 where something differs or unfinished work is left.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { key, uniforms } from "../lib/tensor/random.ts";
import { type NamedArray, readSafetensors } from "../lib/tensor/safetensors.ts";

/** The tasks that can be killed. */
const tasks = {
  reproduce: {
    args: ["table_1", "--quick", "--seeds", "1"],
    out: (folder: string) => folder,
    // The other files tell durations.
    compared: (path: string) => path.endsWith(".csv"),
  },
  train: {
    args: ["--quick"],
    out: (folder: string) => `${folder}/model`,
    compared: () => true,
  },
} as const;

// Many rounds are many comparisons; many kills in a round add up what they may do.
const killsPerRound = 5;

/** What every run of a kill test has in common. */
interface Command {
  readonly task: keyof typeof tasks;
  /** The task's own arguments. */
  readonly args: readonly string[];
  /** Whether to kill only while encoders and features are made. */
  readonly encoding: boolean;
}

/** The folders of one round. */
interface Place {
  /** Where the task's result goes. */
  readonly folder: string;
  readonly cache: string;
}

/** What became of a run. */
interface Run {
  /** Whether it came to its end. */
  readonly ended: boolean;
  /** Wall-clock time until then. */
  readonly seconds: number;
  /** Wall-clock time until the features were there, if they were. */
  readonly encodedSeconds: number;
}

/** Gives the command; kills it after so many seconds. */
async function run(
  { task, args, encoding }: Command,
  { folder, cache }: Place,
  { killAfter = Infinity } = {},
): Promise<Run> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  // A process group of its own: the task runner's child dies with it.
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["task", "--quiet", task, ...args],
      ...["--cache", cache, "--out", tasks[task].out(folder)],
    ],
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
  const said = new Response(child.stderr).text();
  let encodedSeconds = Infinity, over = false;
  // Unfinished work is in a folder that is opened when the features are there.
  const watch = setInterval(async () => {
    if (encodedSeconds === Infinity && await hasWork(folder)) encodedSeconds = elapsed();
    if (over || elapsed() < killAfter || encoding && encodedSeconds < Infinity) return;
    over = true;
    Deno.kill(-child.pid, "SIGKILL");
  }, 20);
  const { success, signal } = await child.status;
  over = true;
  clearInterval(watch);
  const text = await said;
  for (const line of text.split("\n")) if (/damaged|Cannot|waiting/.test(line)) console.log(line);
  if (!success && signal === null) throw new Error(`Cannot run ${task}: ${text}`);
  return { ended: success, seconds: elapsed(), encodedSeconds };
}

async function hasWork(folder: string): Promise<boolean> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
  return names.some((name) => /^(.+\.)?work$/.test(name));
}

/** SHA-256 of what the task made, by path; and what should be gone. */
async function resultDigests(task: keyof typeof tasks, folder: string) {
  const found: Record<string, string> = {};
  for await (const { path, isFile } of entries(folder)) {
    const name = path.slice(folder.length + 1);
    if (/(^|\/)(\.[^/]+|([^/]+\.)?(work|partial|previous))$/.test(name)) found[name] = "left over";
    else if (isFile && tasks[task].compared(path)) found[name] = await digest(path);
  }
  return found;
}

/** SHA-256 of each encoder's files, and of all samples' features by each encoder. */
async function cacheDigests(cache: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { path, isFile } of entries(`${cache}/models`)) {
    // A folder that was cut short has another name, and nothing reads it.
    if (isFile && !path.includes("/.partial-")) {
      found[path.slice(cache.length + 1)] = await digest(path);
    }
  }
  // Kills decide which samples share a file, and nothing else: a line for each sample, in order.
  for (const [encoder, samples] of Object.entries(await readFeatures(cache))) {
    const lines = [...samples].sort().join("\n");
    found[`features/${encoder}`] = createHash("sha256").update(lines).digest("hex");
  }
  return found;
}

/** By encoder, the key and the digest of the features of each sample in the cache. */
async function readFeatures(cache: string): Promise<Record<string, Set<string>>> {
  const found: Record<string, Set<string>> = {};
  for await (const { path } of entries(`${cache}/features`)) {
    if (!path.endsWith(".safetensors")) continue;
    const { arrays } = readSafetensors(await Deno.readFile(path), { path });
    const { key, row_sums: _, ...tables } = arrays;
    // Packed ones are in folders of the encoder's.
    const [digest] = path.slice(`${cache}/features/`.length).split("/");
    const samples = found[digest!] ??= new Set();
    const rows = key!.shape[0]!;
    const row = ({ data }: NamedArray, i: number) => {
      const size = data.byteLength / rows;
      return new Uint8Array(data.buffer, data.byteOffset + i * size, size);
    };
    for (let i = 0; i < rows; i++) {
      const hash = createHash("sha256");
      for (const name of Object.keys(tables).sort()) hash.update(row(tables[name]!, i));
      samples.add(`${row(key!, i).toHex()} ${hash.digest("hex")}`);
    }
  }
  return found;
}

/** What a killed run has left: stored features, ended jobs, and checkpoints of others. */
async function leftOver({ folder, cache }: Place): Promise<string> {
  let jobs = 0, checkpoints = 0, features = 0;
  for await (const { path } of entries(folder)) {
    if (/\bwork\/[^/]+\.json$/.test(path)) jobs++;
    if (/\bwork\/.+\/epoch-\d+\.json$/.test(path)) checkpoints++;
  }
  for (const samples of Object.values(await readFeatures(cache))) features += samples.size;
  return `${features} features, ${jobs} jobs ended, ${checkpoints} checkpoints`;
}

async function* entries(folder: string): AsyncGenerator<{ path: string; isFile: boolean }> {
  const found = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name, isFile, isDirectory } of found) {
    yield { path: `${folder}/${name}`, isFile };
    if (isDirectory) yield* entries(`${folder}/${name}`);
  }
}

async function digest(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}

/** Says what differs from what is wanted, and returns how much does. */
function compare(got: Record<string, string>, wanted: Record<string, string>): number {
  const names = new Set([...Object.keys(wanted), ...Object.keys(got)]);
  const different = [...names].filter((name) => got[name] !== wanted[name]);
  for (const name of different) console.log(`differs: ${name}`);
  console.log(`completed: ${names.size - different.length} of ${names.size} are equal`);
  return different.length;
}

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      what: { type: "string", default: "training" },
      task: { type: "string", default: "reproduce" },
      kills: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      cache: { type: "string" },
    },
  });
  const { what, task, cache } = values;
  if (what !== "training" && what !== "encoding") {
    throw new RangeError(`Cannot use --what: expected training or encoding, got "${what}"`);
  }
  if (task !== "reproduce" && task !== "train") {
    throw new RangeError(`Cannot use --task: expected reproduce or train, got "${task}"`);
  }
  if (what === "encoding" && cache !== undefined) {
    throw new RangeError(`Cannot use --cache: expected none with encoding, got "${cache}"`);
  }
  const args = positionals.length > 0 ? positionals : tasks[task].args;
  return {
    command: { task, args, encoding: what === "encoding" } satisfies Command,
    wantedKills: Number(values.kills),
    seed: Number(values.seed),
    cache,
  };
}

async function main(): Promise<number> {
  const { command, wantedKills, seed, cache } = parse();
  // Where tasks may write.
  await Deno.mkdir("out", { recursive: true });
  const root = await Deno.makeTempDir({ dir: "out" });
  const place = (name: string): Place => ({
    folder: `${root}/${name}`,
    cache: cache ?? (command.encoding ? `${root}/${name}-cache` : `${root}/cache`),
  });
  const digests = async ({ folder, cache }: Place) => ({
    ...await resultDigests(command.task, folder),
    ...command.encoding ? await cacheDigests(cache) : {},
  });
  // The time taken next is that of training: this run encodes.
  if (!command.encoding) await run(command, place("warm"));
  const { seconds, encodedSeconds } = await run(command, place("unbroken"));
  const wanted = await digests(place("unbroken"));
  const span = command.encoding ? encodedSeconds : seconds;
  console.log(
    `unbroken: ${seconds.toFixed(1)} s, killed within ${span.toFixed(1)} s, ` +
      `${Object.keys(wanted).length} compared`,
  );
  const next = uniforms(key(seed));
  let kills = 0, rounds = 0;
  let differences = command.encoding ? 0 : compare(await digests(place("warm")), wanted);
  for (; kills < wantedKills; rounds++) {
    const round = place(`killed-${rounds}`);
    for (let left = Math.min(killsPerRound, wantedKills - kills);; left--) {
      const killAfter = left > 0 ? span * (0.1 + 0.9 * next()) : Infinity;
      const { ended, seconds } = await run(command, round, { killAfter });
      if (ended) break;
      kills++;
      console.log(`kill ${kills} after ${seconds.toFixed(1)} s: ${await leftOver(round)}`);
    }
    differences += compare(await digests(round), wanted);
    await Deno.remove(round.folder, { recursive: true });
    if (command.encoding) await Deno.remove(round.cache, { recursive: true });
  }
  await Deno.remove(root, { recursive: true });
  console.log(`${kills} kills in ${rounds} rounds, ${differences} differences`);
  return differences > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main());
