import { deepEqual, equal, throws } from "node:assert/strict";
import { poolSegments } from "../../lib/study/pool_segments.ts";
import { byModality } from "../../lib/modality.ts";
import type { CorpusFeatures, Table } from "../../lib/systems/features.ts";

const table = (shape: number[], ...data: number[]): Table => ({
  shape,
  data: Float32Array.from(data),
});

/** One sample of four segments, of which the last is padding. */
const features: CorpusFeatures = byModality((m) => ({
  labels: [1 as const],
  tables: {
    states: table([1, 4, 2], 1, 10, 3, 20, 5, 30, 99, 99),
    mask: table([1, 4], 1, 1, 1, 0),
    ...m === "audio" && {
      prosody: table([1, 4, 1], 2, 4, 6, 99),
      frames: table([1], 7),
    },
  },
}));

Deno.test("neighbouring segments are averaged, padding left out", () => {
  const { tables } = poolSegments(features, 2).audio;
  deepEqual(tables.states, table([1, 2, 2], 2, 15, 5, 30));
  deepEqual(tables.mask, table([1, 2], 1, 1));
  deepEqual(tables.prosody, table([1, 2, 1], 3, 6));
  deepEqual(tables.frames, features.audio.tables.frames);
  deepEqual(poolSegments(features, 1).text.tables.states, table([1, 1, 2], 3, 20));
});

Deno.test("a run of nothing but padding stays padding", () => {
  const empty = byModality((m) => ({
    ...features[m],
    tables: { ...features[m].tables, mask: table([1, 4], 1, 1, 0, 0) },
  }));
  const { states, mask } = poolSegments(empty, 2).text.tables;
  deepEqual([mask, states], [table([1, 2], 1, 0), table([1, 2, 2], 2, 15, 0, 0)]);
});

Deno.test("as many segments as there are change nothing; others have to divide them", () => {
  equal(poolSegments(features, 4).text, features.text);
  equal(poolSegments(features, 16).image, features.image);
  throws(
    () => poolSegments(features, 3),
    new RangeError("Cannot pool segments: expected a divisor of 4, got 3"),
  );
});

Deno.test("segments of several layers are averaged layer by layer", () => {
  const layered = byModality((m) => ({
    ...features[m],
    tables: { ...features[m].tables, states: table([1, 4, 2, 1], 1, 10, 3, 20, 5, 30, 99, 99) },
  }));
  deepEqual(poolSegments(layered, 2).audio.tables.states, table([1, 2, 2, 1], 2, 15, 5, 30));
});
