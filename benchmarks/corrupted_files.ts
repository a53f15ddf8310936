/**
 * Reads and encodes 200 corrupt files of each kind, a third of them clips and the rest images, as a
 * run with `--keep-going` does, and tells how many were left out with a message and how many used.
 * A flipped file may be whole; of the other kinds none is.
 *
 *     deno run --allow-all benchmarks/corrupted_files.ts [--count 200]
 *
 * Exits with 1 where a file is used that is not whole, or left out in silence.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { runCorrupted } from "../tests/encoders/corrupted_corpus.ts";
import { corruptions, wholeFiles } from "../tests/encoders/corrupted_files.ts";
import { peakMegabytes } from "./peak_memory.ts";

const { values } = parseArgs({ options: { count: { type: "string", default: "200" } } });
const count = Number(values.count);
const whole = await wholeFiles();
console.log(`peak at the beginning: ${await peakMegabytes()} MB`);
let failed = false;
for (const kind of Object.keys(corruptions)) {
  const folder = await Deno.makeTempDir();
  try {
    const start = performance.now();
    const { files, told, used } = await runCorrupted(folder, {
      ...{ whole, kind, count, nearDuplicates: true },
    });
    const silent = files.filter((path) => !told.get(path)?.includes(path) && !used.has(path));
    const numbers = [...used.values()].flatMap((features) => Object.values(features));
    const finite = numbers.every((values) => values.every(Number.isFinite));
    const believed = used.size - 2; // The last two are whole.
    failed ||= silent.length > 0 || !finite || kind !== "flipped" && believed > 0;
    console.log(
      `${kind}: ${told.size} told, ${believed} used, ${silent.length} in silence, ` +
        `${((performance.now() - start) / 1000).toFixed(1)} s, peak ${await peakMegabytes()} MB`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
Deno.exit(failed ? 1 : 0);
