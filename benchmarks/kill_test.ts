/**
 * Kills `deno task reproduce` at random moments, gives the same command again until the table is
 * there, and compares its files with an unbroken run's.
 *
 *     deno run --allow-all benchmarks/kill_test.ts [--kills 10] [--seed 1] [--cache DIR] [-- ARGS…]
 *
 * ARGS go to the task; `--quick --seeds 1` unless given. The unbroken run comes first and fills the
 * cache. Then runs are killed with SIGKILL, the whole process group at once, at moments drawn from
 * the seed between a tenth and the whole of the unbroken run's time. A run that ends first is
 * compared and begun anew, until there were enough kills. Exits with 1 where a file differs or
 * unfinished work is left.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { key, uniforms } from "../lib/tensor/random.ts";

/** What every run of a kill test has in common. */
interface Command {
  /** The task's own arguments. */
  readonly args: readonly string[];
  readonly cache: string;
}

/** Gives the command; kills it after so many seconds. Says whether it came to its end. */
async function reproduce(
  { args, cache }: Command,
  out: string,
  { killAfter = Infinity } = {},
): Promise<boolean> {
  // A process group of its own: the task runner's child dies with it.
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "reproduce", ...args, "--cache", cache, "--out", out],
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
  const said = new Response(child.stderr).text();
  const timer = killAfter < Infinity &&
    setTimeout(() => Deno.kill(-child.pid, "SIGKILL"), killAfter * 1000);
  const { success, signal } = await child.status;
  if (timer) clearTimeout(timer);
  const text = await said;
  for (const line of text.split("\n")) if (/damaged|Cannot|waiting/.test(line)) console.log(line);
  if (!success && signal === null) throw new Error(`Cannot run reproduce: ${text}`);
  return success;
}

/** SHA-256 of every prediction file and of the table's numbers, by path; and what should be gone. */
async function digests(out: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const path of paths(out)) {
    if (/\.(work|partial|previous)$/.test(path)) found[path] = "left over";
    if (!path.endsWith(".csv")) continue;
    const hash = createHash("sha256").update(await Deno.readFile(path));
    found[path.slice(out.length + 1)] = hash.digest("hex");
  }
  return found;
}

/** What a killed run has left beside its result: ended jobs, and checkpoints of others. */
async function leftOver(out: string): Promise<string> {
  let jobs = 0, checkpoints = 0;
  for await (const path of paths(out)) {
    if (/\.work\/[^/]+\.json$/.test(path)) jobs++;
    if (/\.work\/.+\/epoch-\d+\.json$/.test(path)) checkpoints++;
  }
  return `${jobs} jobs ended, ${checkpoints} checkpoints`;
}

async function* paths(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name, isDirectory } of entries) {
    yield `${folder}/${name}`;
    if (isDirectory) yield* paths(`${folder}/${name}`);
  }
}

async function compare(out: string, wanted: Record<string, string>): Promise<number> {
  const got = await digests(out);
  const names = new Set([...Object.keys(wanted), ...Object.keys(got)]);
  const different = [...names].filter((name) => got[name] !== wanted[name]);
  for (const name of different) console.log(`differs: ${name}`);
  console.log(`completed: ${names.size - different.length} of ${names.size} files are equal`);
  return different.length;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kills: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      cache: { type: "string" },
    },
  });
  const folder = await Deno.makeTempDir();
  const command: Command = {
    args: positionals.length > 0 ? positionals : ["--quick", "--seeds", "1"],
    cache: values.cache ?? `${folder}/cache`,
  };
  await reproduce(command, `${folder}/warm`); // Encodes: the time taken next is that of training.
  const start = performance.now();
  await reproduce(command, `${folder}/unbroken`);
  const seconds = (performance.now() - start) / 1000;
  const wanted = await digests(`${folder}/unbroken`);
  console.log(`unbroken: ${seconds.toFixed(1)} s, ${Object.keys(wanted).length} files`);

  const next = uniforms(key(Number(values.seed)));
  let kills = 0, differences = await compare(`${folder}/warm`, wanted);
  for (let round = 0; kills < Number(values.kills); round++) {
    const out = `${folder}/killed-${round}`;
    for (;;) {
      const killAfter = kills < Number(values.kills) ? seconds * (0.1 + 0.9 * next()) : Infinity;
      if (await reproduce(command, out, { killAfter })) break;
      kills++;
      console.log(`kill ${kills} after ${killAfter.toFixed(1)} s: ${await leftOver(out)}`);
    }
    differences += await compare(out, wanted);
  }
  await Deno.remove(folder, { recursive: true });
  console.log(`${kills} kills, ${differences} files differ`);
  return differences > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main());
