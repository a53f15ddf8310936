import { deepEqual, equal, ok } from "node:assert/strict";
import { withFolder } from "../datasets/temporary_folder.ts";
import { runCorrupted } from "./corrupted_corpus.ts";
import { corruptFile, corruptions, wholeFiles } from "./corrupted_files.ts";

// benchmarks/corrupted_files.ts has 200 of each.
const count = 18;

for (const kind of Object.keys(corruptions)) {
  Deno.test(`of ${count} files that are ${kind}, none ends the run and none is used in silence`, async () => {
    const whole = await wholeFiles();
    for (const nearDuplicates of [true, false]) {
      await withFolder({}, async (folder) => {
        const { files, told, used } = await runCorrupted(folder, {
          ...{ whole, kind, count, nearDuplicates },
        });
        for (const path of files) {
          const [message, features] = [told.get(path), used.get(path)];
          ok((message === undefined) !== (features === undefined), `${path}: ${message}`);
          if (message !== undefined) {
            ok(message.includes(path), `expected the name of ${path}, got ${message}`);
            equal(message.split("\n").length, 1);
          } else checkFeatures(features!);
        }
        // The two whole ones at the end are used.
        deepEqual(files.slice(-2).map((path) => used.has(path)), [true, true]);
        if (kind !== "flipped") equal(told.size, count);
      });
    }
  });
}

function checkFeatures({ mean, size, ...audio }: Readonly<Record<string, Float32Array>>): void {
  for (const values of Object.values({ ...audio, ...mean && { mean } })) {
    ok(values.every(Number.isFinite));
  }
  if (size === undefined) return;
  const [width, height, bytes] = size;
  equal(bytes, width! * height! * 3);
}

Deno.test("the files are the same each time, and wrong in all ways", async () => {
  const whole = await wholeFiles();
  for (const kind of Object.keys(corruptions)) {
    for (let i = 0; i < 6; i++) {
      deepEqual(corruptFile(whole, kind, i), corruptFile(whole, kind, i));
    }
    const changed = Array.from({ length: 12 }, (_, i) => corruptFile(whole, kind, i))
      .filter(({ type, bytes }) => bytes?.toBase64() !== whole[type].toBase64());
    equal(changed.length, 12);
  }
});
