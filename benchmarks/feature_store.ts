/**
 * What a large feature store takes to write, pack, look samples up in, read, list and prune: seconds or
 * milliseconds, medians where it is done several times.
 *
 *     deno run --allow-read --allow-write benchmarks/feature_store.ts [--rows 1000000] [--shape 64] [--folder DIR]
 *
 * Samples are made up, and so are their features; files are in the page cache when they are read.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { openFeatureStore } from "../lib/encoders/mod.ts";
import { listFeatures, packFeatures, pruneFeatures } from "../lib/encoders/stored_features.ts";
import { sha256 } from "../lib/files.ts";
import { key, uniforms } from "../lib/tensor/random.ts";

const { values: { rows, shape, folder: parent } } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    shape: { type: "string", default: "64" },
    folder: { type: "string" },
  },
});
const count = Number(rows);
const encoder = {
  id: "made up",
  digest: sha256("made up"),
  shapes: { states: shape.split("x").map(Number) },
};
const size = encoder.shapes.states.reduce((a, b) => a * b, 1);
const next = uniforms(key(1));
const hashes = Array.from({ length: count }, (_, i) => sha256(`sample ${i}`));
const folder = await Deno.makeTempDir({ prefix: "feature-store-", ...parent && { dir: parent } });

try {
  const store = openFeatureStore(folder);
  await told("written, 64 samples a file", 1, async () => {
    for (let first = 0; first < count; first += 64) {
      const some = hashes.slice(first, first + 64);
      const numbers = Float32Array.from({ length: size * some.length }, () => next());
      await store.write(
        encoder,
        some.map((hash, i) => ({
          hash,
          features: { states: numbers.subarray(i * size, (i + 1) * size) },
        })),
      );
    }
  });
  await measure("files of 64 samples");
  await told("packed", 1, () => Array.fromAsync(packFeatures(folder, { onDamage: console.error })));
  await measure("packed");
  await told("pruned", 1, () => pruneFeatures(folder, { drop: () => true }));
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measure(how: string): Promise<void> {
  const [listed] = await listFeatures(folder);
  console.log(
    `${how}: ${listed!.samples} samples, ${listed!.shards} files, ${listed!.bytes} bytes`,
  );
  const store = openFeatureStore(folder);
  const some = drawn(100_000);
  await told("  opened, 100,000 looked up", 5, () => store.find(encoder, some));
  await told("  opened, all looked up", 3, () => store.find(encoder, hashes));
  await told("  opened, 64 looked up", 5, () => store.find(encoder, drawn(64)));
  const { tables: { states } } = await store.find(encoder, hashes);
  const into = new Float32Array(64 * size);
  // A file of 64 is checked as a whole the first time that it is read.
  await told("  64 fetched, first", 1, () => states!.read(drawnRows(64), into));
  await told("  64 fetched", 51, () => states!.read(drawnRows(64), into));
  await told("  100,000 read", 3, () => store.read(encoder, some));
  await told("  listed", 3, () => listFeatures(folder));
  await told(
    "  prune, dry run",
    3,
    () => pruneFeatures(folder, { drop: () => true, dryRun: true }),
  );
}

function drawnRows(n: number): number[] {
  return Array.from({ length: n }, () => Math.floor(next() * count));
}

function drawn(n: number): string[] {
  return drawnRows(Math.min(n, count)).map((row) => hashes[row]!);
}

async function told(what: string, times: number, task: () => unknown): Promise<void> {
  const all: { wall: number; processor: number }[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now(), before = cpuUsage();
    await task();
    const { user, system } = cpuUsage(before);
    all.push({ wall: performance.now() - start, processor: (user + system) / 1000 });
  }
  const median = (of: "wall" | "processor") =>
    all.map((one) => one[of]).sort((a, b) => a - b)[Math.floor(times / 2)]!.toFixed(1);
  console.log(`${what}: ${median("processor")} ms of processor, ${median("wall")} in all`);
}
