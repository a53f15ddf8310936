import { deepEqual, equal } from "node:assert/strict";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import { listFeatures, pruneFeatures } from "../../lib/encoders/stored_features.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const [a, b] = ["a", "b"].map((letter) => ({
  id: `encoder ${letter}`,
  digest: letter.repeat(64),
  shapes: { states: [4] },
}));
const row = (hash: string) => ({ hash, features: { states: Float32Array.of(1, 2, 3, 4) } });

/** A store of five files of two encoders, a leftover of each, and files that are not the store's. */
async function fill(folder: string): Promise<void> {
  const store = openFeatureStore(folder);
  for (const hashes of [["1", "2"], ["2", "3"], ["4"]]) await store.write(a!, hashes.map(row));
  await store.write({ digest: b!.digest, shapes: b!.shapes }, [row("1")]);
  await openFeatureStore(folder, { precision: "float16" }).write(b!, [row("2")]);
  for (const [{ digest }, hours] of [[a!, 2], [b!, 0]] as const) {
    const path = `${folder}/${digest}/${"0".repeat(32)}.safetensors.7.partial`;
    await Deno.writeTextFile(path, "cut off");
    const then = new Date(Date.now() - hours * 3600e3);
    await Deno.utime(path, then, then);
  }
  await Deno.writeTextFile(`${folder}/${a!.digest}/notes.txt`, "mine");
  await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
  await Deno.mkdir(`${folder}/mine`);
}

/** The files below `folder`, by the first letters of their paths. */
async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) found.push(name.replace(/^[0-9a-f]{32}\./, ""));
    else {
      const inside = await filesBelow(`${folder}/${name}`);
      found.push(...(inside.length ? inside : [""]).map((file) => `${name.slice(0, 4)}/${file}`));
    }
  }
  return found.sort();
}

Deno.test("listFeatures() counts samples, files and bytes of each encoder, largest first", () =>
  withFolder({}, async (folder) => {
    await fill(folder);
    const [first, second, ...rest] = await listFeatures(folder);
    deepEqual(rest, []);
    const { bytes, written, ...counted } = first!;
    deepEqual(counted, {
      digest: a!.digest,
      id: "encoder a",
      samples: 4,
      shards: 3,
      half: 0,
      damaged: 0,
      partials: 1,
    });
    let total = 0;
    for await (const { name } of Deno.readDir(`${folder}/${a!.digest}`)) {
      if (name !== "notes.txt") total += (await Deno.stat(`${folder}/${a!.digest}/${name}`)).size;
    }
    equal(bytes, total);
    equal(Math.abs(Date.now() - written) < 60_000, true);
    // One of its two files does not say whose it is, and the other does.
    deepEqual([second!.id, second!.samples, second!.half], ["encoder b", 2, 1]);
    deepEqual(await listFeatures(`${folder}/none`), []);
  }));

Deno.test("listFeatures() counts files that are cut off as damaged, and removes nothing", () =>
  withFolder({}, async (folder) => {
    await openFeatureStore(folder).write(a!, [row("1")]);
    const path = `${folder}/${a!.digest}/${"1".repeat(32)}.safetensors`;
    await Deno.writeTextFile(path, "cut off");
    const [found] = await listFeatures(folder);
    deepEqual([found!.shards, found!.damaged, found!.samples], [1, 1, 1]);
    await Deno.stat(path);
  }));

Deno.test("pruneFeatures() removes an encoder's files and no other", () =>
  withFolder({}, async (folder) => {
    await fill(folder);
    const before = await filesBelow(folder);
    const drop = ({ digest }: { digest: string }) => digest === b!.digest;
    const would = await pruneFeatures(folder, { drop, dryRun: true });
    deepEqual(await filesBelow(folder), before);
    const pruned = await pruneFeatures(folder, { drop });
    deepEqual(pruned, would);
    equal(pruned.length, 3);
    deepEqual(await filesBelow(folder), [
      "aaaa/notes.txt",
      "aaaa/safetensors",
      "aaaa/safetensors",
      "aaaa/safetensors",
      "aaaa/safetensors.7.partial",
      "mine/",
      "notes.txt",
    ]);
    // What is not the store's stays, and its folder with it.
    await pruneFeatures(folder, { drop: () => true });
    deepEqual(await filesBelow(folder), ["aaaa/notes.txt", "mine/", "notes.txt"]);
  }));

Deno.test("pruneFeatures() takes old leftovers of all encoders, and leaves those under way", () =>
  withFolder({}, async (folder) => {
    await fill(folder);
    const pruned = await pruneFeatures(folder, { partial: true });
    deepEqual(pruned.map(({ path, bytes }) => [path.includes(a!.digest), bytes]), [[true, 7]]);
    deepEqual(await pruneFeatures(folder, {}), []);
  }));

Deno.test("pruneFeatures() follows no link out of the store", () =>
  withFolder({}, async (folder) => {
    await fill(`${folder}/other`);
    await Deno.mkdir(`${folder}/features`);
    await Deno.symlink(`${folder}/other/${a!.digest}`, `${folder}/features/${a!.digest}`);
    const own = `${folder}/features/${b!.digest}`;
    await Deno.mkdir(own);
    const file = `${folder}/other/notes.txt`;
    await Deno.symlink(file, `${own}/${"2".repeat(32)}.safetensors`);
    const before = await filesBelow(`${folder}/other`);
    deepEqual(await pruneFeatures(`${folder}/features`, { drop: () => true, partial: true }), []);
    deepEqual(await filesBelow(`${folder}/other`), before);
  }));
