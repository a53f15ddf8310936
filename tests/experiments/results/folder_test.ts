import { deepEqual, equal } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { currentCommit, withManifest } from "../../../experiments/results/folder.ts";
import { withPngs } from "../../../experiments/results/pictures.ts";
import { replaceFolder, sha256 } from "../../../lib/files.ts";
import { resultFiles } from "../../../lib/study/result_files.ts";
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

Deno.test("A result is written with its manifest from texts that lie on disk", async () => {
  await withFolder({}, async (folder) => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>';
    const texts = [
      ...[["runs/b.json", "{}"], ["predictions/b.csv", "b"], ["table.md", "#"]] as const,
      ["fig.svg", svg] as const,
    ];
    const written = async (most: number) => {
      const files = resultFiles({ folder: `${folder}/work`, most });
      for (const [path, text] of texts) files.set(path, text);
      const to = `${folder}/of ${most}`;
      await replaceFolder(to, withManifest(await withPngs(files), "f"));
      return await Deno.readTextFile(`${to}/manifest.json`);
    };
    const manifest = await written(1e6);
    equal(await written(0), manifest);
    const { files } = JSON.parse(manifest);
    deepEqual(Object.keys(files), [
      ...["runs/b.json", "predictions/b.csv", "table.md", "fig.svg", "fig.png"],
    ]);
    equal(files["predictions/b.csv"], sha256("b"));
  });
});
