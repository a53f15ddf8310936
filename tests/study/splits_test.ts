import { deepEqual, equal, throws } from "node:assert/strict";
import { divide, divideTable, hasImageGroups } from "../../lib/study/splits.ts";
import { auditSplit, parts, type Sample } from "../../lib/datasets/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
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

Deno.test("divideTable() keeps a group on one side in all modalities, with what is equal to its samples", () => {
  const ofTable = byModality((m) =>
    samples[m].map((sample, i): Sample => ({ ...sample, group: `speaker ${i % 12}` }))
  );
  // Two speakers say the same.
  const text = ofTable.text.map((sample, i) =>
    i < 2 ? { ...sample, source: { text: "well" } } : sample
  );
  for (let seed = 1; seed <= 5; seed++) {
    const { split, report } = divideTable({ ...ofTable, text }, { seed, data });
    const partOf = new Map<string, string>();
    for (const m of modalities) {
      deepEqual(parts.flatMap((part) => split[m][part]).sort((a, b) => a - b), [
        ...samples[m].keys(),
      ]);
      for (const part of parts) {
        for (const i of split[m][part]) {
          const { group } = ofTable[m][i]!;
          equal(partOf.get(group) ?? part, part);
          partOf.set(group, part);
        }
      }
    }
    equal(partOf.get("speaker 0"), partOf.get("speaker 1"));
    equal(report.groups.train + report.groups.validation + report.groups.test, 11);
  }
});

Deno.test("hasImageGroups() knows groups of different pictures from copies of one", () => {
  equal(hasImageGroups(samples), true);
  equal(hasImageGroups({ ...samples, image: alike }), false);
  const single = samples.image.map((sample) => ({ ...sample, group: sample.hash }));
  equal(hasImageGroups({ ...samples, image: single }), false);
  const held = alike.map((sample, i) => ({ ...sample, group: `${i % 5}` }));
  deepEqual(hasImageGroups({ ...samples, image: held }), true);
});
