import { deepEqual, equal } from "node:assert/strict";
import { resultFiles } from "../../lib/study/result_files.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const texts: readonly (readonly [string, string])[] = [
  ["predictions/b.csv", "bbbb"],
  ["runs/b.json", "{}"],
  ["predictions/a.csv", "aä".repeat(9)],
  ["table.md", "#"],
  ["predictions/b.csv", "B"],
];

Deno.test("resultFiles() is a map of texts, be they in memory or on disk", async () => {
  await withFolder({}, (folder) => {
    for (const options of [{}, { folder }, { folder, most: 5 }, { folder, most: 0 }]) {
      const files = resultFiles(options);
      const map = new Map<string, string>();
      for (const [path, text] of texts) {
        files.set(path, text);
        map.set(path, text);
      }
      deepEqual([...files], [...map]);
      deepEqual([...files.keys()], [...map.keys()]);
      equal(files.size, map.size);
      equal(files.get("predictions/a.csv"), map.get("predictions/a.csv"));
      deepEqual([files.has("table.md"), files.has("none")], [true, false]);
      equal(files.get("none"), undefined);
    }
    return Promise.resolve();
  });
});

Deno.test("resultFiles() has no more in memory than it may", async () => {
  await withFolder({}, async (folder) => {
    const files = resultFiles({ folder, most: 10 });
    for (let i = 0; i < 20; i++) files.set(`predictions/${i}.csv`, "1234");
    const [own] = await Array.fromAsync(Deno.readDir(`${folder}/results.partial`));
    const written = await Array.fromAsync(
      Deno.readDir(`${folder}/results.partial/${own!.name}/predictions`),
    );
    equal(written.length, 18);
    // Each is read when it is its turn: what is changed on disk by then shows.
    const path = `${folder}/results.partial/${own!.name}/predictions/19.csv`;
    await Deno.writeTextFile(path, "5678");
    equal([...files].at(-1)![1], "5678");
  });
});
