import { deepEqual } from "node:assert/strict";
import type { Sample } from "../../lib/datasets/mod.ts";
import { givenTables } from "../../lib/study/row_features.ts";

const sample = (id: string, group: string, numbers: readonly number[]): Sample => ({
  ...{ id, modality: "audio", source: { path: "rows.csv" }, emotion: "0.5", label: 0.5 },
  ...{ group, hash: id, numbers: Float32Array.from(numbers) },
});

Deno.test("givenTables() keeps what belongs to a sample: its numbers, label and group", () => {
  const audio = [sample("a1", "a", [1, 2]), sample("a2", "a", [3, 4]), sample("b1", "b", [5, 6])];
  const given = givenTables({ text: [], image: [], audio }, { audio: "audio_2.csv" });
  deepEqual(Object.keys(given), ["audio"]);
  const { tables, labels, groups } = given.audio!;
  deepEqual([tables.states!.shape, [...tables.states!.data]], [[3, 1, 2], [1, 2, 3, 4, 5, 6]]);
  deepEqual([...tables.mask!.data], [1, 1, 1]);
  deepEqual(labels, [0.5, 0.5, 0.5]);
  // Folds within training keep groups whole only if they know them.
  deepEqual(groups, ["a", "a", "b"]);
});
