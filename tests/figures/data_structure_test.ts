import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { dataStructureFigure, type DataStructureRow } from "../../lib/figures/data_structure.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Data", subtitle: "Embedded corpus" };
const row = (
  modality: string,
  emotion: string,
  polarity: DataStructureRow["polarity"],
  part: DataStructureRow["part"],
  count: number,
) => ({ modality, emotion, polarity, part, count });
const rows = [
  row("text", "anger", "negative", "train", 60),
  row("text", "anger", "negative", "test", 40),
  row("text", "joy", "positive", "train", 1000),
  row("text", "joy", "positive", "train", 440),
  row("text", "joy", "positive", "validation", 160),
  row("audio", "happy", "positive", "train", 160),
  row("audio", "neutral", "excluded", "", 96),
];

Deno.test("dataStructureFigure() divides a bar by part, to the scale of the longest one", () => {
  const [text, audio] = partOf(dataStructureFigure(rows, options)).vconcat;
  const bars = (panel: typeof text) =>
    panel!.layer[3]!.data.values.map(({ emotion, part, count, x, x2 }) => [
      emotion,
      part,
      count,
      (x2 as number) - (x as number),
    ]);
  // Joy has 1600 samples and is 360 pixels long.
  deepEqual(bars(text), [
    ["joy", "train", 1440, 324],
    ["joy", "validation", 160, 36],
    ["anger", "train", 60, 13.5],
    ["anger", "test", 40, 9],
  ]);
  // What is excluded has no bar, and does not shorten those of the rest.
  deepEqual(bars(audio).map((bar) => bar.slice(0, 3)), [["happy", "train", 160]]);
  const more = [...rows, row("audio", "over the cap", "excluded", "", 400_000)];
  deepEqual(bars(partOf(dataStructureFigure(more, options)).vconcat[0]), bars(text));
  const [train, validation] = text!.layer[3]!.data.values;
  equal(train!["x2"], validation!["x"]);
});

Deno.test("dataStructureFigure() is drawn with totals by polarity, emotion and part", async () => {
  const notes = { audio: "24 actors" };
  const texts = await drawnTexts(dataStructureFigure(rows, { ...options, notes }));
  for (
    const text of [
      "text: 1,700 samples",
      "audio: 160 samples, 24 actors",
      "positive",
      "1,600 = 1,440 + 160 + 0",
      "100 = 60 + 0 + 40",
      "96, not used",
      "excluded",
    ]
  ) ok(texts.includes(text), text);
  ok(texts.indexOf("joy") < texts.indexOf("anger"), "positive stands first");
});

Deno.test("dataStructureFigure() refuses a count that is none, and an emotion of two polarities", () => {
  throws(() => dataStructureFigure([], options), /at least one row, got none/);
  throws(
    () => dataStructureFigure([row("text", "joy", "positive", "train", -1)], options),
    /Cannot draw joy of text: expected a whole count from 0, got -1/,
  );
  const both = [...rows, row("text", "joy", "negative", "test", 1)];
  throws(
    () => dataStructureFigure(both, options),
    /Cannot draw joy of text: expected one polarity, got positive and negative/,
  );
});
