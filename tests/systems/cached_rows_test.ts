import { deepEqual, equal } from "node:assert/strict";
import * as baselines from "../../lib/baselines/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { cachedRows } from "../../lib/systems/cached_rows.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import type { Problem, System } from "../../lib/systems/system.ts";
import { key } from "../../lib/tensor/random.ts";
import { graphCache } from "../../lib/training/graph_cache.ts";
import { asked, readRowByRow, rowsOf } from "./read_row_by_row.ts";
import { range, tinyFeatures, tinySettings, tinyTraining } from "./tiny_corpus.ts";

const table = { shape: [5, 2], data: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31, 40, 41) };

Deno.test("cachedRows() asks again only for rows whose place another row has taken", () => {
  // Room for two rows of 8 bytes: rows 0, 2, 4 share a place, and 1, 3.
  const reader = rowsOf(table);
  const cached = cachedRows(reader, { bytes: 23 });
  const read = (...rows: number[]) => {
    const into = new Float32Array(rows.length * 2);
    cached.read(rows, into);
    return [...into];
  };
  deepEqual(read(0, 1), [0, 1, 10, 11]);
  deepEqual(read(1, 0, 1), [10, 11, 0, 1, 10, 11]);
  deepEqual(read(4, 1, 0), [40, 41, 10, 11, 0, 1]);
  deepEqual(read(0, 4), [0, 1, 40, 41]);
  deepEqual(read(2, 2), [20, 21, 20, 21]);
  deepEqual(asked(reader), [[0, 1], [4], [0], [2, 2]]);
});

Deno.test("cachedRows() without room for a row keeps none", () => {
  const reader = rowsOf(table);
  equal(cachedRows(reader, { bytes: 7 }), reader);
});

const graphs = graphCache();
Deno.test.afterAll(() => graphs.dispose());

const features = tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 1 });
const problem: Problem = {
  features,
  train: range(0, 20),
  validation: range(20, 26),
  protocol: "single",
  present: modalities,
  key: key(3),
};
const pairs = range(0, 32).text.map((i) => ({ text: i, image: i, ...i % 3 > 0 && { audio: i } }));
const test = range(26, 32);

/** All that a fit leaves behind, on features in memory and on such as are read row by row. */
async function fits(system: System, problem: Problem) {
  const found = [];
  for (
    const own of [
      features,
      readRowByRow(features, (rows) => cachedRows(rows, { bytes: 200 })),
    ]
  ) {
    const fitted = await system.fit({ ...problem, features: own });
    const alone = await fitted.predict({ text: test.text });
    const others = await fitted.predict({ text: test.text, image: test.image }, own);
    const { parameters, standardisation, record } = fitted;
    await fitted.dispose();
    found.push({ alone, others, parameters, standardisation, record });
  }
  return found;
}

for (const protocol of ["single", "natural"] as const) {
  Deno.test(`a model learns the same, to the bit, of rows read through a tiny cache: ${protocol}`, async () => {
    const system = proposed(tinySettings, tinyTraining, { graphs });
    const [inMemory, elsewhere] = await fits(system, { ...problem, protocol, pairs });
    deepEqual(elsewhere, inMemory);
  });
}

Deno.test("a baseline network and a linear probe too", async () => {
  const network = baselines.concatMlp({ width: 8 }, tinyTraining, { graphs });
  for (const system of [network, baselines.linearProbe()]) {
    const [inMemory, elsewhere] = await fits(system, { ...problem, protocol: "natural", pairs });
    deepEqual(elsewhere, inMemory);
  }
});
