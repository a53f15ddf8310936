import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  colourOfModality,
  coloursOfSeries,
  figure,
  grouped,
  inOrder,
  requireCount,
  requireFinite,
  requireShare,
  requireSome,
} from "../../lib/figures/house_style.ts";
import { signed } from "../../lib/numbers.ts";
import { textWidth } from "../../lib/figures/text_width.ts";
import { inks, modalityColours, systemColours } from "../../lib/figures/palette.ts";

Deno.test("figure() breaks caption and key into lines that the figure is wide enough for", () => {
  const subtitle = "one two three four ".repeat(9).trim();
  const { title } = figure({ title: "T", subtitle }, { key: "Key.", width: 528 }, { layer: [] });
  const { text, subtitle: lines } = title as { text: string; subtitle: string[] };
  equal(text, "T");
  equal(lines.at(-1), "Key.");
  equal(lines.slice(0, -1).join(" "), subtitle);
  ok(lines.every((line) => textWidth(line, 11) <= 528));
  // The next word had no room.
  ok(textWidth(`${lines[0]} two`, 11) > 528);
});

Deno.test("coloursOfSeries() knows modalities and systems, and gives strangers different colours", () => {
  const [text, clip, one, other] = coloursOfSeries(["text", "CLIP", "toString", "mine"]);
  deepEqual([text, clip], [modalityColours.text, systemColours["CLIP"]]);
  ok(one !== other && one !== text && other !== clip);
});

Deno.test("colourOfModality() is ink for what is no modality", () => {
  equal(colourOfModality("audio"), modalityColours.audio);
  equal(colourOfModality("toString"), inks.text);
});

Deno.test("signed() has a sign and a true minus, but none for what rounds to zero", () => {
  deepEqual([0.0125, -0.2, 0, -0.0004].map((v) => signed(v)), [
    "+0.013",
    "−0.200",
    "0.000",
    "0.000",
  ]);
});

Deno.test("grouped() has a comma every three digits", () => {
  deepEqual([0, 999, 1000, 1234567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
});

Deno.test("inOrder() keeps the first of each", () => {
  deepEqual(inOrder(["b", "a", "b", "c", "a"]), ["b", "a", "c"]);
});

Deno.test("what cannot be drawn is refused, by name", () => {
  throws(
    () => requireSome([], "a forest"),
    /RangeError: Cannot draw a forest: .*one row, got none/,
  );
  throws(() => requireShare(1.01, "x", "a score"), /RangeError: Cannot draw x: .*0 to 1, got 1.01/);
  throws(() => requireShare(NaN, "x", "a score"), RangeError);
  throws(() => requireFinite(Infinity, "x", "loss"), /expected a finite loss, got Infinity/);
  throws(() => requireCount(2.5, "x", "count"), /expected a whole count from 0, got 2.5/);
  throws(() => requireCount(-1, "x", "count"), RangeError);
});
