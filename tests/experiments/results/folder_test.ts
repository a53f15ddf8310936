import { equal } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { currentCommit } from "../../../experiments/results/folder.ts";
import { withFolder } from "../../datasets/temporary_folder.ts";

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
