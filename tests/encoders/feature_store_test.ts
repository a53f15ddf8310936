import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import { sha256 } from "../../lib/files.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";
import { writeOlder } from "./older_shard.ts";

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

Deno.test("a store finds rows, which are read later, in any order", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder);
    await store.write(encoder, [row("a", 10), row("b", 20)]);
    await store.write(encoder, [row("c", 30)]);
    const { missing, tables } = await store.find(encoder, ["c", "x", "a", "x", "b", "c"]);
    deepEqual(missing, [1]);
    deepEqual([tables.states!.shape, tables.mask!.shape], [[6, 2, 2], [6, 2]]);
    const into = new Float32Array(24);
    tables.states!.read([4, 0, 2, 5, 4, 3], into);
    deepEqual(into.filter((_, i) => i % 4 === 0), Float32Array.of(20, 30, 10, 30, 20, 0));
    deepEqual(into.subarray(0, 4), Float32Array.of(20, 2, 3, 4));
    const mask = new Float32Array(2);
    tables.mask!.read(Int32Array.of(2), mask);
    deepEqual(mask, Float32Array.of(1, 0));
    throws(() => tables.mask!.read([6], mask), /Cannot read row 6 of "mask": expected one of 6/);
  }));

Deno.test("a store knows nothing of another encoder's samples", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder);
    await store.write(encoder, [row("a", 10)]);
    const other = { ...encoder, digest: "e".repeat(64) };
    deepEqual((await store.read(other, ["a"])).missing, [0]);
  }));

Deno.test("shards of older versions are read, beside those of this one", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder);
    const hash = sha256("a sample");
    await writeOlder(folder, encoder, [row(hash, 10), row("b", 20)]);
    await store.write(encoder, [row("c", 30)]);
    const { table, missing } = await store.read(encoder, ["c", "b", "x", hash]);
    deepEqual(table.states!.data.filter((_, i) => i % 4 === 0), Float32Array.of(30, 20, 0, 10));
    deepEqual(missing, [2]);
    const { tables } = await store.find(encoder, [hash]);
    const into = new Float32Array(4);
    tables.states!.read([0], into);
    deepEqual(into, Float32Array.of(10, 2, 3, 4));
  }));

Deno.test("a shard in the folder of another encoder is not believed", () =>
  inFolder(async (folder) => {
    const messages: string[] = [];
    const store = openFeatureStore(folder, { onDamage: (message) => messages.push(message) });
    await store.write(encoder, [row("a", 10)]);
    const other = { ...encoder, digest: "e".repeat(64) };
    await Deno.rename(`${folder}/${encoder.digest}`, `${folder}/${other.digest}`);
    deepEqual((await store.read(other, ["a"])).missing, [0]);
    match(
      messages.join("\n"),
      /^Cannot read .*: expected features of e{16}, got d{16} sample; rem/,
    );
  }));

Deno.test("rows that are gone or damaged when they are read are told, and never guessed", () =>
  inFolder(async (folder) => {
    const messages: string[] = [];
    const store = openFeatureStore(folder, { onDamage: (message) => messages.push(message) });
    await store.write(encoder, [row("a", 10)]);
    const into = new Float32Array(4);
    const lost = /Cannot read row 0 of "states": .*: they were damaged or removed since; run again/;
    for (const harm of [Deno.removeSync, (path: string) => Deno.truncateSync(path, 100)]) {
      await store.write(encoder, [row("a", 10)]);
      const { tables: { states } } = await store.find(encoder, ["a", "b"]);
      harm((await shards(folder))[0]!);
      throws(() => states!.read([1, 0], new Float32Array(8)), lost);
      throws(() => states!.read([0], into), lost);
      states!.read([1], into);
      deepEqual(into, new Float32Array(4));
      throws(() => states!.read([0], new Float32Array(3)), /expected room for 4 numbers, got 3/);
    }
    equal(messages.length, 1);
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

Deno.test("a store of halves gives back what it wrote, rounded once, in a file of half the size", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder, { precision: "float16" });
    // One in a thousand steps of 2^-10 above 1; half a step below the least normal half.
    const numbers = [1 + 2 ** -11, 1 + 3 * 2 ** -11, -65504, 2 ** -14];
    const features = { states: Float32Array.from(numbers), mask: Float32Array.of(1, 0) };
    const stored = await store.write(encoder, [{ hash: "a", features }]);
    // To the nearest, and of two to the even one.
    deepEqual(stored.states!.data, Float32Array.of(1, 1 + 2 ** -9, -65504, 2 ** -14));
    const { table } = await openFeatureStore(folder).read(encoder, ["a"]);
    deepEqual(table, stored);
    const many = Array.from({ length: 100 }, (_, i) => row(`${i}`, i));
    const size = async (precision: "float16" | "float32") => {
      await openFeatureStore(`${folder}/${precision}`, { precision }).write(encoder, many);
      return (await Deno.stat((await shards(`${folder}/${precision}`))[0]!)).size;
    };
    // Six numbers and a key of 32 bytes a row.
    equal(await size("float32") - await size("float16"), 100 * 6 * 2);
  }));

Deno.test("a number that no half can hold keeps its feature in single precision, never infinite", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder, { precision: "float16" });
    for (const large of [65520, -1e30]) {
      const features = {
        states: Float32Array.of(large, 0.1, 0, 0),
        mask: Float32Array.of(0.1, 0),
      };
      await store.write(encoder, [{ hash: `${large}`, features }]);
      const { table } = await store.read(encoder, [`${large}`]);
      deepEqual(table.states!.data, features.states);
      deepEqual(table.mask!.data, Float32Array.of(Math.f16round(0.1), 0));
    }
    const features = { states: Float32Array.of(65519, 0.1, 0, 0), mask: Float32Array.of(1, 1) };
    const { states } = await store.write(encoder, [{ hash: "largest", features }]);
    equal(states!.data[0], 65504);
  }));

Deno.test("files of both precisions are read together, and single precision comes first", () =>
  inFolder(async (folder) => {
    const half = openFeatureStore(folder, { precision: "float16" });
    const single = openFeatureStore(folder);
    await half.write(encoder, [row("a", 0.1), row("b", 0.1)]);
    await single.write(encoder, [row("b", 0.1)]);
    for (const store of [half, single]) {
      const { table, missing } = await store.read(encoder, ["a", "b"]);
      deepEqual(missing, []);
      equal(table.states!.data[0], Math.f16round(0.1));
      equal(table.states!.data[4], Math.fround(0.1));
    }
  }));

Deno.test("a shard that is flipped or cut anywhere is never believed, and is rebuilt", () =>
  inFolder(async (folder) => {
    const messages: string[] = [];
    const store = openFeatureStore(folder, { onDamage: (message) => messages.push(message) });
    const rows = [row("a", 10), row("b", 20)];
    await store.write(encoder, rows);
    const [path] = await shards(folder);
    const whole = await Deno.readFile(path!);
    const { table } = await store.read(encoder, ["a", "b"]);
    const next = uniforms(key(1));
    let noticed = 0;
    const damages = [
      ...Array.from({ length: 150 }, () => (bytes: Uint8Array) => {
        bytes[Math.floor(next() * bytes.length)]! ^= 1 << Math.floor(8 * next());
        return bytes;
      }),
      ...Array.from(
        { length: 40 },
        () => (bytes: Uint8Array) => bytes.subarray(0, Math.floor(next() * bytes.length)),
      ),
      (bytes: Uint8Array) => Uint8Array.of(...bytes, 0),
    ];
    for (const damage of damages) {
      await Deno.writeFile(path!, damage(whole.slice()));
      messages.length = 0;
      const found = await store.read(encoder, ["a", "b"]);
      for (const i of [0, 1].filter((i) => !found.missing.includes(i))) {
        const own = found.table.states!.data.subarray(4 * i, 4 * i + 4);
        deepEqual(own, table.states!.data.subarray(4 * i, 4 * i + 4));
      }
      if (found.missing.length === 0) continue;
      noticed++;
      await store.write(encoder, rows.filter((_, i) => found.missing.includes(i)));
      const again = await store.read(encoder, ["a", "b"]);
      deepEqual(again, { table, missing: [] });
      for (const other of await shards(folder)) await Deno.remove(other);
    }
    // All but changes of what is noted for people, of spaces, and of the encoder's digest.
    ok(noticed > 0.7 * damages.length, `${noticed} of ${damages.length}`);
  }));

Deno.test("where one of two shards with a sample is damaged, the other serves", () =>
  inFolder(async (folder) => {
    let damaged = 0;
    const store = openFeatureStore(folder, { onDamage: () => damaged++ });
    await store.write(encoder, [row("a", 10)]);
    await store.write(encoder, [row("a", 10), row("b", 20)]);
    for (const path of await shards(folder)) {
      const bytes = await Deno.readFile(path);
      const changed = bytes.slice();
      // The last byte of the last number: behind it is a key of 32 bytes a row.
      changed[changed.length - 32 * (path === await largest(folder) ? 2 : 1) - 1]! ^= 1;
      await Deno.writeFile(path, changed);
      const { table, missing } = await store.read(encoder, ["a"]);
      deepEqual([table.states!.data[0], missing], [10, []]);
      await Deno.writeFile(path, bytes);
    }
    // The second is not asked where the first is whole.
    equal(damaged, 1);
  }));

async function largest(folder: string): Promise<string> {
  const sizes = new Map<number, string>();
  for (const path of await shards(folder)) sizes.set((await Deno.stat(path)).size, path);
  return sizes.get(Math.max(...sizes.keys()))!;
}

Deno.test("shards without a sample that is asked for are read no further than their keys", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder, {
      onDamage: (message) => {
        throw new Error(message);
      },
    });
    await store.write(encoder, [row("a", 10)]);
    const [path] = await shards(folder);
    const bytes = await Deno.readFile(path!);
    bytes[bytes.length - 33]! ^= 1;
    await Deno.writeFile(path!, bytes);
    await store.write(encoder, [row("b", 20)]);
    deepEqual((await store.read(encoder, ["b", "c"])).missing, [1]);
    await rejects(store.read(encoder, ["a"]), /the file is damaged/);
  }));

Deno.test("a shard that another process removes while it is read is no damage", () =>
  inFolder(async (folder) => {
    const store = openFeatureStore(folder, {
      onDamage: (message) => {
        throw new Error(message);
      },
    });
    await store.write(encoder, [row("a", 10)]);
    const { openSync } = Deno;
    Deno.openSync = (path, options) => {
      Deno.removeSync(path);
      return openSync(path, options);
    };
    try {
      deepEqual((await store.read(encoder, ["a"])).missing, [0]);
    } finally {
      Deno.openSync = openSync;
    }
  }));

Deno.test("a writer removes what others have left an hour ago, and nothing younger", () =>
  inFolder(async (folder) => {
    const own = `${folder}/${encoder.digest}`;
    await Deno.mkdir(own);
    const [old, young] = ["0", "1"].map((digit) =>
      `${own}/${digit.repeat(32)}.safetensors.999.partial`
    );
    for (const path of [old!, young!, `${own}/notes.partial`]) await Deno.writeTextFile(path, "");
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3600e3);
    await Deno.utime(old!, hoursAgo(1.1), hoursAgo(1.1));
    await Deno.utime(young!, hoursAgo(0.9), hoursAgo(0.9));
    await Deno.utime(`${own}/notes.partial`, hoursAgo(9), hoursAgo(9));
    await openFeatureStore(folder).write(encoder, [row("a", 10)]);
    const left = (await shards(folder)).filter((path) => path.endsWith(".partial"));
    deepEqual(left, [young, `${own}/notes.partial`].sort());
  }));
