import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type FieldEntry, fieldTimeline } from "../../lib/figures/field_timeline.ts";
import { timelineFigure } from "../../lib/figures/timeline.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "The field", subtitle: "Works" };
const entries: FieldEntry[] = [
  {
    year: 2020,
    name: "New",
    authors: "B",
    modalities: ["text", "audio"],
    kind: "method",
    venue: "V",
    reference: 7,
  },
  { year: 2008, name: "Old", authors: "A", modalities: ["image"], kind: "data set", venue: "U" },
];

Deno.test("timelineFigure() has a mark in the column of each modality, sorted by year", () => {
  const figure = partOf(timelineFigure(entries, options));
  deepEqual(
    figure.data.values.map(({ year, name, source }) => [year, name, source]),
    [[2008, "Old", "A, U"], [2020, "New", "B, V [7]"]],
  );
  const marks = figure.layer.find((layer) => layer.encoding.shape)!.data.values;
  deepEqual(marks.map(({ modality, kind }) => [modality, kind]), [
    ["image", "data set"],
    ["text", "method"],
    ["audio", "method"],
  ]);
  const [image, text, audio] = marks as { x: number; y: number }[];
  ok(text!.x < image!.x && image!.x < audio!.x);
  ok(image!.y < text!.y && text!.y === audio!.y);
});

Deno.test("timelineFigure() leaves a line's height between works, and more between years", () => {
  const lines = partOf(timelineFigure(fieldTimeline, options)).data.values;
  for (const [i, line] of lines.slice(1).entries()) {
    const before = lines[i]!;
    const gap = (line["y"] as number) - (before["y"] as number);
    equal(gap, line["year"] === before["year"] ? 22 : 32);
  }
});

Deno.test("timelineFigure() draws the works of the paper's list of references", async () => {
  const texts = await drawnTexts(timelineFigure(fieldTimeline, options));
  for (const text of ["2008", "2025", "text", "image, video", "MISA", "encoder", "IEMOCAP"]) {
    ok(texts.includes(text), text);
  }
  equal(texts.filter((text) => text === "2020").length, 1);
});

Deno.test("the field's entries have what a bibliography needs, and no reference twice", () => {
  const numbers = fieldTimeline.flatMap(({ reference }) => reference ?? []);
  equal(new Set(numbers).size, numbers.length);
  // The list has 37.
  ok(numbers.every((n) => Number.isInteger(n) && n >= 1 && n <= 37));
  for (const { name, authors, venue, doi, year, modalities } of fieldTimeline) {
    ok(authors !== "" && venue !== "" && year >= 2008 && year <= 2025, name);
    ok(doi === undefined || /^10\.\d{4,}\//.test(doi), name);
    equal(new Set(modalities).size, modalities.length);
    // What has to fit beside the marks, in letters.
    ok(name.length <= 46, name);
  }
  const names = fieldTimeline.map(({ name }) => name);
  equal(new Set(names).size, names.length);
});

Deno.test("timelineFigure() refuses no entries, and an entry without modality or year", () => {
  throws(() => timelineFigure([], options), /at least one entry, got none/);
  throws(
    () => timelineFigure([{ ...entries[0]!, modalities: [] }], options),
    /Cannot draw "New": expected at least one modality, got none/,
  );
  throws(() => timelineFigure([{ ...entries[0]!, year: NaN }], options), /finite year, got NaN/);
});
