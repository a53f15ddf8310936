/**
 * What half precision does to the features in a store: sizes, and the largest and the root mean
 * square of the relative differences, of each kind of feature.
 *
 *     deno run --allow-read benchmarks/half_precision.ts [--cache DIR]
 *
 * A relative difference is that of a number and the same in half precision, over the root mean
 * square of its feature: what training sees after it has standardised.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { readSafetensors } from "../lib/tensor/safetensors.ts";
import { listShards } from "../lib/encoders/shard_files.ts";
import { listFeatures } from "../lib/encoders/stored_features.ts";

const { values: { cache } } = parseArgs({
  options: { cache: { type: "string", default: ".cache" } },
});

/** Sums over one kind of feature. */
interface Tally {
  numbers: number;
  squares: number;
  differences: number;
  largest: number;
  /** The largest difference of a number in its own size, among those of 6.1e-5 or more. */
  largestOwn: number;
  beyond: number;
  notFinite: number;
}

const tallies = new Map<string, Tally>();
let bytes = 0, halves = 0;
const folder = join(cache, "features");
for (const { digest } of await listFeatures(folder)) {
  for (const { path } of listShards(join(folder, digest))) {
    const content = await Deno.readFile(path);
    const { arrays } = readSafetensors(content, { path });
    bytes += content.length;
    halves += content.length;
    for (const [feature, { shape, data }] of Object.entries(arrays)) {
      if (!(data instanceof Float32Array)) continue;
      halves -= data.byteLength / 2;
      // Features of one name and width are of one kind.
      tally(`${feature} [${shape.slice(1)}]`, data);
    }
  }
}

function tally(kind: string, data: Float32Array): void {
  const none = { numbers: 0, squares: 0, differences: 0, largest: 0, largestOwn: 0 };
  const own = tallies.get(kind) ?? { ...none, beyond: 0, notFinite: 0 };
  tallies.set(kind, own);
  for (const x of data) {
    const difference = Math.abs(Math.f16round(x) - x);
    own.numbers++;
    if (!Number.isFinite(x)) own.notFinite++;
    else if (!Number.isFinite(difference)) own.beyond++;
    else {
      own.squares += x ** 2;
      own.differences += difference ** 2;
      own.largest = Math.max(own.largest, difference);
      if (Math.abs(x) >= 2 ** -14) {
        own.largestOwn = Math.max(own.largestOwn, difference / Math.abs(x));
      }
    }
  }
}

console.log(
  `${bytes} bytes in single precision, ${halves} in half: ${(halves / bytes).toFixed(3)}`,
);
console.log("feature, numbers, largest / rms, rms / rms, largest / own, beyond 65504, not finite");
for (const [kind, own] of tallies) {
  const rms = Math.sqrt(own.squares / own.numbers) || 1;
  const relative = [
    own.largest / rms,
    Math.sqrt(own.differences / own.numbers) / rms,
    own.largestOwn,
  ];
  console.log(
    [kind, own.numbers, ...relative.map((x) => x.toExponential(1)), own.beyond, own.notFinite]
      .join(", "),
  );
}
