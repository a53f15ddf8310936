import { deepEqual, equal, rejects } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { currentCommit, writeResult } from "../../experiments/results.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

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

Deno.test("writeResult() makes the folder, and those that its files need", () =>
  withFolder({}, async (root) => {
    await writeResult(`${root}/out/table`, new Map([["a.md", "one"], ["runs/b.json", "two"]]));
    deepEqual(await contents(root), { "out/table/a.md": "one", "out/table/runs/b.json": "two" });
  }));

Deno.test("writeResult() leaves nothing of the old result, and nothing beside the new one", () =>
  withFolder(
    { "table/a.md": "old", "table/runs/gone.json": "old", "other/a.md": "other's" },
    async (root) => {
      await writeResult(`${root}/table`, new Map([["a.md", "new"]]));
      deepEqual(await contents(root), { "table/a.md": "new", "other/a.md": "other's" });
    },
  ));

Deno.test("writeResult() leaves the old result as it was where writing fails", () =>
  withFolder({ "table/a.md": "old" }, async (root) => {
    // A file can't be a folder too: the second write fails when the first is on disk.
    const files = new Map([["a.md", "new"], ["a.md/b.md", "new"]]);
    await rejects(writeResult(`${root}/table`, files));
    deepEqual(await contents(root), { "table/a.md": "old" });
    deepEqual((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name), ["table"]);
  }));

Deno.test("writeResult() puts the old result back where the new one can't be moved in", () =>
  withFolder({ "table/a.md": "old" }, async (root) => {
    const { rename } = Deno;
    Deno.rename = (from, to) =>
      String(from).endsWith(".partial")
        ? Promise.reject(new Deno.errors.PermissionDenied("not today"))
        : rename(from, to);
    try {
      await rejects(writeResult(`${root}/table`, new Map([["a.md", "new"]])), /not today/);
    } finally {
      Deno.rename = rename;
    }
    deepEqual(await contents(root), { "table/a.md": "old" });
    deepEqual((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name), ["table"]);
  }));

Deno.test("writeResult() clears away what a run that was killed has left", () =>
  withFolder({ "table.partial/half.md": "half", "table.previous/a.md": "older" }, async (root) => {
    await writeResult(`${root}/table`, new Map([["a.md", "new"]]));
    deepEqual(await contents(root), { "table/a.md": "new" });
  }));

const commit = "0123456789abcdef0123456789abcdef01234567";

Deno.test("currentCommit() follows HEAD to a branch, packed or not, or to a commit", async () => {
  const of = async (files: Record<string, string>) => {
    let found: string | null = "";
    await withFolder(files, async (root) => {
      found = await currentCommit(pathToFileURL(`${root}/`));
    });
    return found;
  };
  const HEAD = "ref: refs/heads/main\n";
  equal(await of({ ".git/HEAD": HEAD, ".git/refs/heads/main": `${commit}\n` }), commit);
  const packed = `# pack-refs with: peeled\n${"f".repeat(40)} refs/heads/old-main\n` +
    `${commit} refs/heads/main\n`;
  equal(await of({ ".git/HEAD": HEAD, ".git/packed-refs": packed }), commit);
  equal(await of({ ".git/HEAD": `${commit}\n` }), commit);
  equal(await of({ ".git/HEAD": HEAD }), null);
  equal(await of({ "README.md": "" }), null);
});
