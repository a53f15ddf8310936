import { deepEqual, equal, notDeepEqual } from "node:assert/strict";
import { shuffledLabels } from "../../lib/baselines/shuffled_labels.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Fitted, Problem, System } from "../../lib/systems/system.ts";
import { mostlyOnes, problem, test, withLabels } from "./tiny_problem.ts";

/** What a system inside `shuffledLabels` is given. */
async function shuffledProblem(of: Problem): Promise<Problem> {
  let given: Problem | undefined;
  const spy: System = {
    name: "spy",
    fit(inner) {
      given = inner;
      return Promise.resolve({} as Fitted);
    },
  };
  await shuffledLabels(spy).fit(of);
  return given!;
}

Deno.test("shuffledLabels() permutes labels within training and within validation", async () => {
  // Uneven parts: a label that moved between them would show.
  const uneven = withLabels("text", mostlyOnes);
  const before = byModality((m) => Array.from(uneven.features[m].labels));
  const given = await shuffledProblem(uneven);
  for (const m of modalities) {
    const part = (of: ArrayLike<number>, rows: readonly number[]) => rows.map((i) => of[i]!);
    for (const rows of [uneven.train[m], uneven.validation[m]]) {
      const own = part(given.features[m].labels, rows);
      deepEqual(own.toSorted(), part(before[m], rows).toSorted());
    }
    notDeepEqual(part(given.features[m].labels, uneven.train[m]), part(before[m], uneven.train[m]));
    deepEqual(part(given.features[m].labels, test[m]), part(before[m], test[m]));
    equal(given.features[m].tables, uneven.features[m].tables);
    deepEqual(Array.from(uneven.features[m].labels), before[m]);
  }
  deepEqual({ ...given, features: null }, { ...uneven, features: null });
});

Deno.test("shuffledLabels() hands on whatever else the features hold", async () => {
  const texts = ["one", "two"];
  const text = { ...problem.features.text, texts };
  const given = await shuffledProblem({ ...problem, features: { ...problem.features, text } });
  equal(given.features.text.texts, texts);
});

Deno.test("shuffledLabels() shuffles alike with one key, and otherwise with another", async () => {
  const labels = async (of: Problem) => {
    const { features } = await shuffledProblem(of);
    return byModality((m) => Array.from(features[m].labels).join(""));
  };
  const first = await labels(problem);
  deepEqual(await labels(problem), first);
  const other = await labels({ ...problem, key: key(2) });
  for (const m of modalities) notDeepEqual(other[m], first[m]);
  // Labels that were alike in all corpora are not afterwards: each has a permutation of its own.
  equal(new Set(Object.values(first)).size, 3);
});
