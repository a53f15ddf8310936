import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";

const encoder = { digest: "d".repeat(64), shapes: { states: [2, 2], mask: [2] } };
const row = (hash: string, first: number) => ({
  hash,
  features: { states: Float32Array.of(first, 2, 3, 4), mask: Float32Array.of(1, 0) },
});

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function shards(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(`${folder}/${encoder.digest}`));
  return names.map(({ name }) => `${folder}/${encoder.digest}/${name}`).sort();
}

Deno.test("a store gives rows in the order asked for, and says what it lacks", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder);
    await store.write(encoder, [row("a", 10), row("b", 20)]);
    await store.write(encoder, [row("c", 30)]);
    const { table, missing } = await openFeatureStore(folder).read(
      encoder,
      ["c", "x", "a", "x", "c"],
    );
    deepEqual(table.states!.shape, [5, 2, 2]);
    deepEqual(table.states!.data.filter((_, i) => i % 4 === 0), Float32Array.of(30, 0, 10, 0, 30));
    deepEqual(table.mask!.data, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0));
    deepEqual(missing, [1]);
  }));

Deno.test("a store knows nothing of another encoder's samples", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder);
    await store.write(encoder, [row("a", 10)]);
    const other = { ...encoder, digest: "e".repeat(64) };
    deepEqual((await store.read(other, ["a"])).missing, [0]);
  }));

Deno.test("a damaged shard is removed and reported, and its samples are missing", () =>
  inFolder(async (folder) => {
    const messages: string[] = [];
    const store = openFeatureStore(folder, { onDamage: (message) => messages.push(message) });
    await store.write(encoder, [row("a", 10), row("b", 20)]);
    await store.write(encoder, [row("c", 30)]);
    const [first] = await shards(folder);
    const bytes = await Deno.readFile(first!);
    bytes[bytes.length - 1]! ^= 4;
    await Deno.writeFile(first!, bytes);
    const { missing } = await store.read(encoder, ["a", "b", "c"]);
    equal(missing.length + (missing.includes(0) ? 1 : 2), 3);
    match(messages.join("\n"), /^Cannot read ".*safetensors": .* will be encoded again$/);
    equal((await shards(folder)).length, 1);
  }));

Deno.test("a shard cut off, or moved from another encoder, is damaged too", () =>
  inFolder(async (folder) => {
    let damaged = 0;
    const store = openFeatureStore(folder, { onDamage: () => damaged++ });
    await store.write(encoder, [row("a", 10)]);
    const [path] = await shards(folder);
    await Deno.truncate(path!, 100);
    deepEqual((await store.read(encoder, ["a"])).missing, [0]);
    const wide = { ...encoder, shapes: { states: [2, 3], mask: [2] } };
    await store.write(encoder, [row("a", 10)]);
    deepEqual((await store.read(wide, ["a"])).missing, [0]);
    equal(damaged, 2);
  }));

Deno.test("what a killed writer leaves is not read", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder, {
      onDamage: (message) => {
        throw new Error(message);
      },
    });
    await store.write(encoder, [row("a", 10)]);
    const [path] = await shards(folder);
    await Deno.writeFile(`${path}.999.partial`, (await Deno.readFile(path!)).subarray(0, 90));
    deepEqual((await store.read(encoder, ["a"])).missing, []);
  }));

Deno.test("equal rows make one file", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder);
    await store.write(encoder, [row("a", 10)]);
    await store.write(encoder, [row("a", 10)]);
    equal((await shards(folder)).length, 1);
  }));

Deno.test("features of another size than declared are refused", () =>
  inFolder((folder) => {
    const features = { states: new Float32Array(3), mask: new Float32Array(2) };
    const writing = openFeatureStore(folder).write(encoder, [{ hash: "a", features }]);
    return rejects(writing, /Cannot store "states": expected 4 numbers a sample, got 3/);
  }));
