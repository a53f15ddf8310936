import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  attentionHeat,
  type AttentionRow,
  attentionRows,
} from "../../lib/figures/attention_heat.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Attention", subtitle: "Embedded corpus" };
const places = ["text", "image", "audio"].map((modality) => ({ modality }));
// Each summary gives half of its attention to itself.
const summaries: AttentionRow[] = places.flatMap((from) =>
  places.map((to) => ({ panel: "level 3", from, to, weight: from === to ? 0.5 : 0.25 }))
);
const segmentPlaces = ["text", "audio"].flatMap((modality) =>
  [1, 2, 3, 4].map((segment) => ({ modality, segment }))
);
const segments: AttentionRow[] = segmentPlaces.flatMap((from) =>
  segmentPlaces.map((to) => ({ panel: "level 2", from, to, weight: 0.125 }))
);

Deno.test("attentionHeat() has queries as rows and keys as columns, with gaps between modalities", () => {
  const [small, large] = partOf(attentionHeat([...summaries, ...segments], options)).hconcat;
  const cells = small!.data.values.map(({ from, to, weight, x, y }) => [from, to, weight, x, y]);
  equal(cells.length, 9);
  // Cells of 58 pixels, 5 between modalities.
  deepEqual(cells[1], ["text", "image", 0.25, 63, 0]);
  deepEqual(cells[3], ["image", "text", 0.25, 0, 63]);
  deepEqual(cells[8], ["audio", "audio", 0.5, 126, 126]);
  const at = (to: string) => large!.data.values.find((cell) => cell["to"] === to)!["x"];
  // Cells of 17 pixels, and one gap behind the four of text.
  deepEqual(["text 1", "text 4", "audio 1", "audio 4"].map(at), [0, 51, 73, 124]);
});

Deno.test("attentionHeat() scales each map to its own largest weight", () => {
  const maps = partOf(attentionHeat([...summaries, ...segments], options)).hconcat;
  deepEqual(maps.map(({ layer }) => layer[0]!.encoding.fillOpacity.scale.domain), [[0, 0.5], [
    0,
    0.125,
  ]]);
});

Deno.test("attentionHeat() writes the weights into a map of few places only", async () => {
  const texts = await drawnTexts(attentionHeat([...summaries, ...segments], options));
  equal(texts.filter((text) => text === "0.25").length, 6);
  equal(texts.filter((text) => text === "0.13").length, 0);
  // Segments are numbered along both sides, modalities named.
  equal(texts.filter((text) => text === "4").length, 4);
  equal(texts.filter((text) => text === "image").length, 2);
  for (const text of ["level 3", "largest 0.500", "largest 0.125"]) ok(texts.includes(text), text);
});

Deno.test("attentionHeat() draws an absent modality's zeros, and refuses what is no weight", async () => {
  ok(
    (await drawnTexts(attentionHeat(summaries.map((r) => ({ ...r, weight: 0 })), options))).length,
  );
  throws(() => attentionHeat([], options), /at least one weight, got none/);
  throws(
    () => attentionHeat([{ ...summaries[0]!, weight: 1.5 }], options),
    /Cannot draw attention, level 3: expected a weight from 0 to 1, got 1.5/,
  );
});

Deno.test("attentionRows() goes from the query of a list to the key of a weight", () => {
  const places = [{ modality: "text" }, { modality: "image", segment: 1 }];
  const [first, second] = attentionRows([[0.25, 0.75], [1, 0]], { panel: "head 1", places });
  deepEqual(first, { panel: "head 1", from: places[0], to: places[0], weight: 0.25 });
  deepEqual(second, { panel: "head 1", from: places[0], to: places[1], weight: 0.75 });
  throws(
    () => attentionRows([[1], [1, 0]], { panel: "head 1", places }),
    /head 1: expected 2 lists of 2 weights, got lists of 1, 2/,
  );
});
