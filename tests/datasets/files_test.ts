import { deepEqual, equal, rejects } from "node:assert/strict";
import { hashFiles, listFiles, mapBounded, sha256 } from "../../lib/datasets/files.ts";
import { withFolder } from "./temporary_folder.ts";

Deno.test("sha256() agrees with the standard's example", () => {
  // FIPS 180-4: the message "abc".
  const wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  equal(sha256("abc"), wanted);
  equal(sha256(Uint8Array.of(97, 98, 99)), wanted);
});

Deno.test("listFiles() sorts by code unit and passes over hidden files", async () => {
  const files = { "b/c.txt": "", "a.txt": "", "B.txt": "", ".hidden/x": "", "b/Thumbs.db": "" };
  await withFolder(files, async (folder) => {
    deepEqual((await listFiles(folder)).map(({ id }) => id), ["B.txt", "a.txt", "b/c.txt"]);
  });
});

Deno.test("listFiles() refuses links, which may lead outside", async () => {
  await withFolder({ "in/a.txt": "", "out/b.txt": "" }, async (folder) => {
    await Deno.symlink(`${folder}/out`, `${folder}/in/link`);
    await rejects(listFiles(`${folder}/in`), {
      name: "RangeError",
      message: `Cannot read "${folder}/in/link": expected a file or folder, got a link`,
    });
  });
});

Deno.test("mapBounded() keeps order and never runs more than its limit at a time", async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, i) => i);
  const results = await mapBounded(items, async (item) => {
    most = Math.max(most, ++running);
    // Later items end sooner.
    for (let turn = item; turn < 20; turn++) await Promise.resolve();
    running--;
    return item * item;
  }, { limit: 3 });
  deepEqual(results, items.map((item) => item * item));
  equal(most, 3);
});

Deno.test("mapBounded() throws the first failure in order of the items, and begins no more", async () => {
  const begun: number[] = [];
  const task = async (item: number) => {
    begun.push(item);
    // Item 1 fails after item 2 has failed.
    for (let turn = item; turn < 5; turn++) await Promise.resolve();
    if (item > 0) throw new Error(`item ${item}`);
  };
  await rejects(mapBounded([0, 1, 2, 3, 4, 5], task, { limit: 3 }), { message: "item 1" });
  deepEqual(begun, [0, 1, 2]);
});

Deno.test("hashFiles() tells of what is corrupt in the order of the files", async () => {
  await withFolder({ "a": "bad", "b": "abc", "c": "bad" }, async (folder) => {
    const files = await listFiles(folder);
    const look = (bytes: Uint8Array, path: string) => {
      if (bytes[0] === 98) throw new Error(path);
      return bytes.length;
    };
    const told: string[] = [];
    const hashes = await hashFiles(files, {
      look,
      onCorrupt: ({ message }) => told.push(message),
    });
    deepEqual(hashes, [undefined, { hash: sha256("abc"), seen: 3 }, undefined]);
    deepEqual(told, [`${folder}/a`, `${folder}/c`]);
    await rejects(hashFiles(files, { look }), { message: `${folder}/a` });
  });
});
