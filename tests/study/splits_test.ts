import { deepEqual, equal, throws } from "node:assert/strict";
import { divide, hasImageGroups } from "../../lib/study/splits.ts";
import { auditSplit, parts, type Sample } from "../../lib/datasets/mod.ts";
import { samples } from "../experiments/made_up.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const { data } = tinyExperiment;

/** Every image looks like the one thirty places on, and is in a group with it only. */
const alike = samples.image.map((sample, i): Sample => ({
  ...sample,
  group: `${i % 30}`,
  nearDuplicates: `hash ${i % 30}`,
}));

Deno.test("divide() keeps images that look alike on one side, where it looks at no group", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { split, report } = divide({ ...samples, image: alike }, "image", { seed, data });
    equal(report.nearDuplicates, 30);
    for (const part of parts) {
      const clusters = new Set(split[part].map((i) => alike[i]!.nearDuplicates));
      equal(split[part].length, 2 * clusters.size);
    }
  }
  const { split } = divide(samples, "image", { seed: 1, data });
  throws(() => auditSplit(alike, split), /near-duplicates in two parts/);
});

Deno.test("hasImageGroups() knows groups of different pictures from copies of one", () => {
  equal(hasImageGroups(samples), true);
  equal(hasImageGroups({ ...samples, image: alike }), false);
  const single = samples.image.map((sample) => ({ ...sample, group: sample.hash }));
  equal(hasImageGroups({ ...samples, image: single }), false);
  const held = alike.map((sample, i) => ({ ...sample, group: `${i % 5}` }));
  deepEqual(hasImageGroups({ ...samples, image: held }), true);
});
