import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  createFolder,
  kindOf,
  mapBounded,
  moveInto,
  replaceFolder,
  sha256,
  writeWhole,
} from "../lib/files.ts";
import { withFolder } from "./datasets/temporary_folder.ts";

/** Every file below `folder` with its text. */
async function contents(folder: string, prefix = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) Object.assign(found, await contents(path, `${prefix}${name}/`));
    else found[prefix + name] = await Deno.readTextFile(path);
  }
  return found;
}

Deno.test("sha256() agrees with the standard's example", () => {
  // FIPS 180-4: the message "abc".
  const wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  equal(sha256("abc"), wanted);
  equal(sha256(Uint8Array.of(97, 98, 99)), wanted);
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

Deno.test("mapBounded() waits for what is under way before it throws", async () => {
  // A task that goes on after the promise has rejected could write where a second try does.
  let ended = false;
  const slow = async (item: number) => {
    if (item === 1) throw new Error("item 1");
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    ended = true;
  };
  await rejects(mapBounded([0, 1], slow, { limit: 2 }), { message: "item 1" });
  equal(ended, true);
});

Deno.test("replaceFolder() makes the folder, and those that its files need", () =>
  withFolder({}, async (root) => {
    await replaceFolder(`${root}/out/table`, new Map([["a.md", "one"], ["runs/b.json", "two"]]));
    deepEqual(await contents(root), { "out/table/a.md": "one", "out/table/runs/b.json": "two" });
  }));

Deno.test("replaceFolder() leaves nothing of the old result, and nothing beside the new one", () =>
  withFolder(
    { "table/a.md": "old", "table/runs/gone.json": "old", "other/a.md": "other's" },
    async (root) => {
      await replaceFolder(`${root}/table`, new Map([["a.md", "new"]]));
      deepEqual(await contents(root), { "table/a.md": "new", "other/a.md": "other's" });
    },
  ));

Deno.test("writeWhole() by writers of one process number leaves one of their files, and none fails", () =>
  withFolder({}, async (root) => {
    // As in containers, where every host's first process has the number 1.
    const contents = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(100_000));
    await Promise.all(contents.map((content) => writeWhole(`${root}/a`, content)));
    ok(contents.includes(await Deno.readTextFile(`${root}/a`)));
    deepEqual((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name), ["a"]);
  }));

Deno.test("replaceFolder() leaves the old result as it was where writing fails", () =>
  withFolder({ "table/a.md": "old" }, async (root) => {
    // A file can't be a folder too: the second write fails when the first is on disk.
    const files = new Map([["a.md", "new"], ["a.md/b.md", "new"]]);
    await rejects(replaceFolder(`${root}/table`, files));
    deepEqual(await contents(root), { "table/a.md": "old" });
    deepEqual((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name), ["table"]);
  }));

Deno.test("replaceFolder() puts the old result back where the new one can't be moved in", () =>
  withFolder({ "table/a.md": "old" }, async (root) => {
    const { rename } = Deno;
    Deno.rename = (from, to) =>
      String(from).endsWith(".partial")
        ? Promise.reject(new Deno.errors.PermissionDenied("not today"))
        : rename(from, to);
    try {
      await rejects(replaceFolder(`${root}/table`, new Map([["a.md", "new"]])), /not today/);
    } finally {
      Deno.rename = rename;
    }
    deepEqual(await contents(root), { "table/a.md": "old" });
    deepEqual((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name), ["table"]);
  }));

Deno.test("replaceFolder() clears away what a run that was killed has left", () =>
  withFolder({ "table.partial/half.md": "half", "table.previous/a.md": "older" }, async (root) => {
    await replaceFolder(`${root}/table`, new Map([["a.md", "new"]]));
    deepEqual(await contents(root), { "table/a.md": "new" });
  }));

Deno.test("moveInto() puts a folder where another is or none, and leaves the old one where it can't", () =>
  withFolder({ "model/a": "1", "parts/model/a": "2", "parts/previous/a": "0" }, async (root) => {
    const place = `${root}/model`;
    const names = { made: `${root}/parts/model`, previous: `${root}/parts/previous` };
    await moveInto(place, names);
    equal(await Deno.readTextFile(`${place}/a`), "2");
    equal(await Deno.readTextFile(`${names.previous}/a`), "1");
    await rejects(moveInto(place, names), Deno.errors.NotFound);
    equal(await Deno.readTextFile(`${place}/a`), "2");
    await Deno.rename(place, names.made);
    await moveInto(place, names);
    equal(await Deno.readTextFile(`${place}/a`), "2");
  }));

Deno.test("createFolder() makes a folder once: the first one's files stay", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/models/a`;
    equal(await createFolder(folder, [["onnx/x", Uint8Array.of(49)], ["y", "2"]]), true);
    equal(await createFolder(folder, [["y", "3"]]), false);
    deepEqual(await contents(root), { "models/a/onnx/x": "1", "models/a/y": "2" });
  }));

Deno.test("writeWhole() leaves the old file where writing fails, and nothing beside it", () =>
  withFolder({ "a": "old", "folder/b": "" }, async (root) => {
    await writeWhole(`${root}/a`, "new");
    equal(await Deno.readTextFile(`${root}/a`), "new");
    await rejects(writeWhole(`${root}/folder`, "a file can't take a folder's place"));
    deepEqual(await contents(root), { "a": "new", "folder/b": "" });
  }));

Deno.test("kindOf() finds nothing under a name that no file can have", async () => {
  for (const name of ["x".repeat(400), "a\0b", "deno.json/x"]) equal(await kindOf(name), "nothing");
});
