import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import { findRows } from "../../lib/encoders/find_rows.ts";
import { packShards } from "../../lib/encoders/pack_shards.ts";
import { listFeatures, packFeatures, pruneFeatures } from "../../lib/encoders/stored_features.ts";
import { sha256 } from "../../lib/files.ts";
import { readSafetensors } from "../../lib/tensor/safetensors.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { writeOlder } from "./older_shard.ts";

const encoder = {
  id: "made up",
  digest: "d".repeat(64),
  shapes: { states: [2, 2], mask: [2] },
};
const own = (folder: string) => `${folder}/${encoder.digest}`;
const hashOf = (i: number) => sha256(`sample ${i}`);
// A third is none of a half's numbers.
const row = (i: number) => ({
  hash: hashOf(i),
  features: { states: Float32Array.of(i, i + 0.5, i / 3, 4), mask: Float32Array.of(1, i % 2) },
});
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(from + i));
const noDamage = (message: string) => {
  throw new Error(message);
};
const pack = (folder: string, onDamage: (message: string) => void = noDamage) =>
  packShards(folder, { digest: encoder.digest, least: 2, onDamage });

/** The paths of the shards of a store, from the encoder's folder. */
async function shards(folder: string, below = own(folder)): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(below)) {
    if (isDirectory) found.push(...await shards(folder, `${below}/${name}`));
    else if (name.endsWith(".safetensors")) found.push(`${below}/${name}`);
  }
  return found.sort();
}

/** What a store gives of samples 0 to `count`, and of none that it should not have. */
async function readAll(folder: string, count: number) {
  const hashes = Array.from({ length: count }, (_, i) => hashOf(i));
  const store = openFeatureStore(folder, { onDamage: noDamage });
  const { table, missing } = await store.read(encoder, [...hashes, "none"]);
  deepEqual(missing, [count]);
  const { tables } = await store.find(encoder, hashes);
  for (const [name, reader] of Object.entries(tables)) {
    const into = new Float32Array(reader.shape.reduce((a, b) => a * b, 1));
    reader.read([...hashes.keys()].reverse(), into);
    const size = into.length / Math.max(1, count);
    const reversed = Float32Array.from(into, (_, at) => {
      const place = at % size;
      return into[(count - 1 - (at - place) / size) * size + place]!;
    });
    deepEqual(reversed, table[name]!.data.slice(0, into.length));
  }
  return table;
}

async function writeBatches(folder: string, count: number, size = 64): Promise<void> {
  const store = openFeatureStore(folder);
  for (let first = 0; first < count; first += size) {
    await store.write(encoder, rows(first, Math.min(count, first + size)));
  }
}

Deno.test("packed samples keep their bytes, whatever the order that they were written in", () =>
  withFolder({}, async (folder) => {
    await writeBatches(`${folder}/a`, 1000);
    const before = await readAll(`${folder}/a`, 1000);
    deepEqual(pack(`${folder}/a`), { digest: encoder.digest, from: 16, into: 1, samples: 1000 });
    deepEqual(await readAll(`${folder}/a`, 1000), before);
    equal(before.states!.data[4 * 10 + 2], Math.fround(10 / 3));
    const [path] = await shards(`${folder}/a`);
    const { arrays, metadata } = readSafetensors(await Deno.readFile(path!), { path: path! });
    const keys = Array.from(
      { length: 1000 },
      (_, i) => arrays.key!.data.slice(32 * i, 32 * i + 32) as Uint8Array,
    ).map((key) => key.toHex());
    deepEqual(keys, Array.from({ length: 1000 }, (_, i) => hashOf(i)).sort());
    deepEqual([metadata.id, metadata.keys], ["made up", "sample"]);
    await openFeatureStore(`${folder}/b`).write(encoder, rows(300, 1000));
    await openFeatureStore(`${folder}/b`).write(encoder, rows(0, 300));
    // A file of 512 rows or more is large and stays; 300 and 300 are not.
    await Deno.remove(
      (await shards(`${folder}/b`)).find((path) => Deno.statSync(path).size > 3e4)!,
    );
    for (const first of [650, 300]) {
      await openFeatureStore(`${folder}/b`).write(encoder, rows(first, first + 350));
    }
    pack(`${folder}/b`);
    deepEqual((await shards(`${folder}/b`)).map(nameOf), [nameOf(path!)]);
    // Again there is nothing to do.
    equal(pack(`${folder}/a`), undefined);
  }));

const nameOf = (path: string) => path.split("/").at(-1)!;

Deno.test("many samples are packed into folders named after what their keys begin with", () =>
  withFolder({}, async (folder) => {
    await writeBatches(folder, 17_000, 500);
    deepEqual(pack(folder), { digest: encoder.digest, from: 34, into: 16, samples: 17_000 });
    const paths = await shards(folder);
    deepEqual(paths.map((path) => path.split("/").at(-2)), [..."0123456789abcdef"]);
    const [listed] = await listFeatures(folder);
    deepEqual([listed!.samples, listed!.shards, listed!.id], [17_000, 16, "made up"]);
    const store = openFeatureStore(folder, { onDamage: noDamage });
    // Few samples, and the folders of their keys.
    const some = [16_999, 5, 77].map(hashOf);
    const { table } = await store.read(encoder, some);
    deepEqual(table.states!.data.filter((_, i) => i % 4 === 0), Float32Array.of(16_999, 5, 77));
    await readAll(folder, 17_000);
    const fresh = await store.write(encoder, rows(17_000, 17_001));
    equal(fresh.states!.data[0], 17_000);
    await readAll(folder, 17_001);
    const pruned = await pruneFeatures(folder, { drop: () => true });
    equal(pruned.length, 17);
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("a sample that is there twice is packed once: in single precision, if it is there in it", () =>
  withFolder({}, async (folder) => {
    const half = openFeatureStore(folder, { precision: "float16" });
    await half.write(encoder, rows(0, 10));
    await openFeatureStore(folder).write(encoder, rows(5, 15));
    await openFeatureStore(folder).write(encoder, rows(14, 16));
    const before = await readAll(folder, 16);
    // Five in halves, eleven not: each in a file of their own.
    deepEqual(pack(folder), { digest: encoder.digest, from: 3, into: 2, samples: 16 });
    deepEqual(await readAll(folder, 16), before);
    equal(before.states!.data[4 * 4 + 2], Math.f16round(4 / 3));
    equal(before.states!.data[4 * 5 + 2], Math.fround(5 / 3));
    equal(pack(folder), undefined);
    const [listed] = await listFeatures(folder);
    deepEqual([listed!.samples, listed!.shards, listed!.half], [16, 2, 1]);
  }));

Deno.test("what is in a large file already goes, unless it is better than there", () =>
  withFolder({}, async (folder) => {
    await openFeatureStore(folder, { precision: "float16" }).write(encoder, rows(0, 600));
    const half = openFeatureStore(folder, { precision: "float16" });
    await half.write(encoder, rows(0, 3));
    await half.write(encoder, rows(3, 6));
    deepEqual(pack(folder), { digest: encoder.digest, from: 2, into: 0, samples: 0 });
    await openFeatureStore(folder).write(encoder, rows(0, 2));
    await half.write(encoder, rows(8, 9));
    deepEqual(pack(folder), { digest: encoder.digest, from: 2, into: 1, samples: 2 });
    const table = await readAll(folder, 600);
    equal(table.states!.data[4 * 1 + 2], Math.fround(1 / 3));
    equal(table.states!.data[4 * 2 + 2], Math.f16round(2 / 3));
  }));

Deno.test("shards of older versions are packed too, beside those of this one", () =>
  withFolder({}, async (folder) => {
    for (const first of [0, 40]) await writeOlder(folder, encoder, rows(first, first + 40));
    await writeBatches(folder, 200);
    const before = await readAll(folder, 200);
    deepEqual(pack(folder), { digest: encoder.digest, from: 6, into: 2, samples: 280 });
    deepEqual(await readAll(folder, 200), before);
    for (const path of await shards(folder)) {
      const { metadata } = readSafetensors(await Deno.readFile(path), { path });
      if (metadata.keys === "sample") await Deno.remove(path);
    }
    deepEqual(await readAll(folder, 80), {
      states: {
        shape: [81, 2, 2],
        data: Float32Array.of(...before.states!.data.slice(0, 320), ...new Float32Array(4)),
      },
      mask: { shape: [81, 2], data: Float32Array.of(...before.mask!.data.slice(0, 160), 0, 0) },
    });
  }));

Deno.test("two folders of several machines are one by copying what is not there, packed or not", () =>
  withFolder({}, async (folder) => {
    const [a, b] = [`${folder}/a`, `${folder}/b`];
    await openFeatureStore(a).write(encoder, rows(0, 90));
    await openFeatureStore(a).write(encoder, rows(90, 150));
    await openFeatureStore(b).write(encoder, rows(100, 170));
    await openFeatureStore(b).write(encoder, rows(170, 200));
    // One is packed when it is copied, and gets back what it was made of.
    const unpacked = await shards(a);
    await copyMissing(a, `${folder}/a before`, unpacked);
    pack(a);
    for (const [from, to] of [[a, b], [b, a], [`${folder}/a before`, a]] as const) {
      await copyMissing(from, to, await shards(from));
    }
    const [one, other] = [await readAll(a, 200), await readAll(b, 200)];
    deepEqual(one, other);
    pack(a);
    pack(b);
    deepEqual(await readAll(a, 200), one);
    deepEqual((await shards(a)).map(nameOf), (await shards(b)).map(nameOf));
    equal((await shards(a)).length, 1);
  }));

/** As `rsync --ignore-existing` does. */
async function copyMissing(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const place = path.replace(from, to);
    await Deno.mkdir(place.slice(0, place.lastIndexOf("/")), { recursive: true });
    if (!await Deno.stat(place).catch(() => undefined)) await Deno.copyFile(path, place);
  }
}

Deno.test("a packer that is killed anywhere loses no sample, and the next one ends its work", () =>
  withFolder({}, async (folder) => {
    const half = openFeatureStore(folder, { precision: "float16" });
    for (let first = 0; first < 300; first += 60) {
      await half.write(encoder, rows(first, first + 60));
    }
    const single = openFeatureStore(folder);
    for (let first = 300; first < 600; first += 60) {
      await single.write(encoder, rows(first, first + 60));
    }
    const before = await readAll(folder, 600);
    const { renameSync, removeSync } = Deno;
    const kill = (call: "renameSync" | "removeSync", last: number) => {
      let calls = 0;
      const original = { renameSync, removeSync }[call] as (...args: unknown[]) => void;
      Object.assign(Deno, {
        [call](...args: unknown[]) {
          if (calls++ >= last) throw new Deno.errors.Interrupted("killed");
          original(...args);
        },
      });
      try {
        throws(() => pack(folder), /killed/);
      } finally {
        Object.assign(Deno, { renameSync, removeSync });
      }
    };
    // It writes two files, then removes ten; of the file that it is writing it leaves a part.
    const left = `${own(folder)}/safetensors.${crypto.randomUUID()}.partial`;
    for (const [call, last] of [["renameSync", 1], ["removeSync", 0], ["removeSync", 7]] as const) {
      kill(call, last);
      await Deno.writeTextFile(left, "cut off");
      deepEqual(await readAll(folder, 600), before);
    }
    pack(folder);
    equal((await shards(folder)).length, 2);
    deepEqual(await readAll(folder, 600), before);
    const [listed] = await listFeatures(folder);
    deepEqual([listed!.damaged, listed!.partials], [0, 1]);
    await Deno.utime(left, 0, 0);
    deepEqual((await pruneFeatures(folder, { partial: true })).map(({ bytes }) => bytes), [7]);
  }));

Deno.test("rows that were found are read on when others pack them meanwhile", () =>
  withFolder({}, async (folder) => {
    await writeBatches(folder, 300);
    const store = openFeatureStore(folder, { onDamage: noDamage });
    const { tables: { states } } = await store.find(encoder, [hashOf(7), hashOf(299)]);
    const before = new Float32Array(8), after = new Float32Array(8);
    states!.read([0, 1], before);
    pack(folder);
    states!.read([0, 1], after);
    deepEqual(after, before);
    // A list that is older than the pack: every file of it is gone.
    await writeBatches(`${folder}/late`, 300);
    const { readDirSync } = Deno;
    Deno.readDirSync = (path) => {
      const entries = [...readDirSync(path)];
      Deno.readDirSync = readDirSync;
      pack(`${folder}/late`);
      return entries[Symbol.iterator]();
    };
    await readAll(`${folder}/late`, 300);
  }));

Deno.test("a row that is damaged in a packed shard is noticed when it is read, and no other", () =>
  withFolder({}, async (folder) => {
    const messages: string[] = [];
    const onDamage = (message: string) => void messages.push(message);
    await writeBatches(folder, 300);
    pack(folder);
    const [path] = await shards(folder);
    const bytes = await Deno.readFile(path!);
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    // States and masks follow each other by their names: the second row of the masks.
    const second = hashesSorted(300)[1]!;
    bytes[start + 1 * 8]! ^= 1;
    await Deno.writeFile(path!, bytes);
    const store = openFeatureStore(folder, { onDamage });
    const others = hashesSorted(300).filter((hash) => hash !== second);
    deepEqual((await store.read(encoder, others)).missing, []);
    const { tables } = await store.find(encoder, [second]);
    tables.states!.read([0], new Float32Array(4));
    deepEqual(messages, []);
    throws(() => tables.mask!.read([0], new Float32Array(2)), /damaged or removed since/);
    match(
      messages.join(),
      /expected row 1 of "mask" with its checksum, got another: the file is dam/,
    );
    equal((await shards(folder)).length, 0);
  }));

const hashesSorted = (count: number) => Array.from({ length: count }, (_, i) => hashOf(i)).sort();

Deno.test("a packed shard that is flipped or cut anywhere is never believed", () =>
  withFolder({}, async (folder) => {
    await writeBatches(folder, 40, 20);
    const table = await readAll(folder, 40);
    pack(folder);
    const [path] = await shards(folder);
    const whole = await Deno.readFile(path!);
    const next = uniforms(key(1));
    const hashes = Array.from({ length: 40 }, (_, i) => hashOf(i));
    const messages: string[] = [];
    const store = openFeatureStore(folder, { onDamage: (message) => void messages.push(message) });
    let noticed = 0;
    for (let i = 0; i < 150; i++) {
      const bytes = whole.slice();
      const place = Math.floor(next() * bytes.length);
      bytes[place]! ^= 1 << Math.floor(8 * next());
      await Deno.writeFile(path!, i % 5 === 0 ? bytes.subarray(0, place) : bytes);
      const { table: found, missing } = await store.read(encoder, hashes);
      for (const j of hashes.keys()) {
        const [there, wanted] = [found, table].map(({ states, mask }) => [
          ...states!.data.subarray(4 * j, 4 * j + 4),
          ...mask!.data.subarray(2 * j, 2 * j + 2),
        ]);
        deepEqual(there, missing.includes(j) ? new Array(6).fill(0) : wanted);
      }
      if (missing.length > 0) noticed++;
    }
    // All but changes of the header's digests of the whole, of spaces and of ids.
    ok(noticed > 100, `${noticed}`);
  }));

Deno.test("an index that is damaged is told, though no row is asked for", () =>
  withFolder({}, async (folder) => {
    const messages: string[] = [];
    await writeBatches(folder, 40, 20);
    pack(folder);
    const [path] = await shards(folder);
    const bytes = await Deno.readFile(path!);
    // Behind the keys are two checksums a row.
    bytes[bytes.length - 40 * 8 - 1]! ^= 1;
    await Deno.writeFile(path!, bytes);
    const store = openFeatureStore(folder, { onDamage: (message) => void messages.push(message) });
    deepEqual((await store.find(encoder, ["none"])).missing, [0]);
    match(
      messages.join(),
      /expected an index of SHA-256 .*, got another: the file is damaged; rem/,
    );
  }));

Deno.test("a damaged file is not packed: it goes, and is told", () =>
  withFolder({}, async (folder) => {
    const messages: string[] = [];
    await writeBatches(folder, 300);
    const [first, second] = await shards(folder);
    const bytes = await Deno.readFile(first!);
    bytes[bytes.length - 32 * 64 - 1]! ^= 1;
    await Deno.writeFile(first!, bytes);
    await Deno.truncate(second!, 10);
    const made = pack(folder, (message) => void messages.push(message));
    equal(made!.into, 1);
    equal(messages.length, 2);
    match(messages[1]!, /the file is damaged; removed, its samples will be encoded again$/);
    const [listed] = await listFeatures(folder);
    equal(listed!.samples, made!.samples);
    equal(listed!.damaged, 0);
  }));

Deno.test("a store packs many small files by itself, few not, and tells where it can't", () =>
  withFolder({}, async (folder) => {
    const messages: string[] = [];
    const store = openFeatureStore(folder, { onDamage: (message) => void messages.push(message) });
    await writeBatches(folder, 63, 1);
    await store.pack(encoder);
    equal((await shards(folder)).length, 63);
    await store.write(encoder, rows(63, 64));
    const { renameSync } = Deno;
    Deno.renameSync = () => {
      throw new Deno.errors.PermissionDenied("read-only");
    };
    try {
      await store.pack(encoder);
    } finally {
      Deno.renameSync = renameSync;
    }
    match(messages.join(), /^Cannot pack ".*\/d{64}": read-only$/);
    await readAll(folder, 64);
    await store.pack(encoder);
    equal((await shards(folder)).length, 1);
    await readAll(folder, 64);
    await store.pack({ digest: "e".repeat(64) });
    deepEqual(await Array.fromAsync(packFeatures(folder, { onDamage: noDamage })), []);
  }));

Deno.test("two writers, a reader and two packers of one folder, each a process, end with all samples", () =>
  withFolder({}, async (folder) => {
    const code = `
      import { openFeatureStore } from ${
      JSON.stringify(import.meta.resolve("../../lib/encoders/feature_store.ts"))
    };
      import { packShards } from ${
      JSON.stringify(import.meta.resolve("../../lib/encoders/pack_shards.ts"))
    };
      const [folder, does, start] = Deno.args;
      const onDamage = (message) => { throw new Error(message); };
      const encoder = ${JSON.stringify(encoder)};
      const store = openFeatureStore(folder, { onDamage });
      const row = (i) => ({ hash: "sample " + i, features: { states: Float32Array.of(i, 1, 2, 3), mask: Float32Array.of(1, 0) } });
      if (does === "write") {
        for (let i = 0; i < 60; i++) await store.write(encoder, [row(Number(start) + i)]);
      } else if (does === "pack") {
        for (let i = 0; i < 60; i++) packShards(folder, { digest: encoder.digest, least: 2, onDamage });
      } else {
        let had = 0;
        for (let i = 0; i < 60; i++) {
          const hashes = Array.from({ length: 120 }, (_, j) => "sample " + j);
          const { table, missing } = await store.read(encoder, hashes);
          const wrong = hashes.filter((_, j) => !missing.includes(j) && table.states.data[4 * j] !== j);
          // What was there once stays.
          if (wrong.length > 0 || 120 - missing.length < had) throw new Error("lost " + missing);
          had = 120 - missing.length;
        }
      }
    `;
    const script = `${folder}/race.ts`;
    await Deno.writeTextFile(script, code);
    const store = `${folder}/store`;
    const runs = [["write", "0"], ["write", "60"], ["pack"], ["pack"], ["read"]].map((args) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--quiet", "-A", script, store, ...args],
        stderr: "piped",
      }).output()
    );
    for (const { success, stderr } of await Promise.all(runs)) {
      ok(success, new TextDecoder().decode(stderr));
    }
    const all = Array.from({ length: 120 }, (_, i) => `sample ${i}`);
    const { table, missing } = await openFeatureStore(store).read(encoder, all);
    deepEqual(missing, []);
    deepEqual(table.states!.data.filter((_, i) => i % 4 === 0), Float32Array.from(all.keys()));
  }));

Deno.test("a sample that comes before the others are read is read too, where these were packed meanwhile", () =>
  withFolder({}, async (folder) => {
    const store = openFeatureStore(folder, { onDamage: noDamage });
    for (const i of [0, 1]) await store.write(encoder, [row(i)]);
    const hashes = [0, 1, 2].map(hashOf);
    const found = findRows({ folder: own(folder), encoder, hashes, onDamage: noDamage });
    deepEqual(found.missing(), [2]);
    await store.write(encoder, [row(2)]);
    pack(folder);
    const taken = new Set<number>();
    const lost = found.read([0, 1, 2], ["states"], (_, __, to) => taken.add(to));
    deepEqual(lost, found.missing());
    deepEqual([...taken].sort(), [0, 1, 2]);
  }));
