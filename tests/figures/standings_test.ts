import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { inks, modalityColours } from "../../lib/figures/palette.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { type StandingRow, standingsFigure } from "../../lib/figures/standings.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = {
  ...{ title: "Standings", subtitle: "Made up", reference: "Ours", reported: "theirs" },
};
const rows: readonly StandingRow[] = [
  { system: "A", test: "Text", accuracy: 0.9, low: 0.85, high: 0.95, significant: true },
  { system: "Ours", test: "Text", accuracy: 0.8, reported: [0.7, 0.75] },
  { system: "B", test: "Text", accuracy: 0.75, low: 0.7, high: 0.82 },
  { system: "B", test: "Speech", accuracy: 0.95, reported: 0.5 },
  { system: "Ours", test: "Speech", accuracy: 0.8 },
];

Deno.test("standingsFigure() gives all panels the same lines, the best above the reference first", () => {
  const { hconcat } = partOf(standingsFigure(rows, options));
  deepEqual(hconcat.map(({ title }) => title.text), ["Text", "Speech"]);
  // A is 0.1 above ours; B 0.05 below and 0.15 above.
  for (const { layer } of hconcat) {
    deepEqual(layer.at(-1)!.encoding.y.scale.domain, ["A", "B", "Ours"]);
  }
});

Deno.test("standingsFigure() gives a phone panels below each other, each in its own order", () => {
  const { vconcat } = partOf(standingsFigure(rows, { ...options, narrow: true }));
  deepEqual(vconcat.map(({ layer }) => layer.at(-1)!.encoding.y.scale.domain), [
    ["A", "Ours", "B"],
    ["B", "Ours"],
  ]);
});

Deno.test("standingsFigure() fills what is significant, and leaves the rest hollow", async () => {
  const figure = standingsFigure(rows, options);
  const dots = (await renderSvg(figure)).match(/<path [^>]*point[^>]*>/g)!
    .filter((dot) => dot.includes("accuracy: "));
  const filled = (colour: string) => dots.filter((dot) => dot.includes(`fill="${colour}"`)).length;
  equal(filled(modalityColours.unified), 2);
  equal(filled(inks.text), 1);
  equal(filled("#ffffff"), 2);
});

Deno.test("standingsFigure() crosses what was reported, both ends of a range, and says what marks are", async () => {
  const marksOf = (of: readonly StandingRow[]) =>
    partOf(standingsFigure(of, options)).hconcat.flatMap(({ layer }) =>
      layer.flatMap(({ data }) => data?.values ?? [])
    );
  deepEqual(marksOf(rows).flatMap(({ reported }) => reported ?? []), [0.7, 0.75, 0.5]);
  const said = async (of: readonly StandingRow[]) =>
    (await drawnTexts(standingsFigure(of, options))).join(" ");
  ok((await said(rows)).includes("Cross: theirs."));
  const bare = await said(rows.slice(3).map(({ reported: _, ...row }) => row));
  ok(!bare.includes("Cross") && !bare.includes("interval"));
});

Deno.test("standingsFigure() refuses a test without the reference, and numbers that are none", () => {
  throws(() => standingsFigure([], options), RangeError);
  throws(
    () => standingsFigure(rows.slice(0, 1), options),
    /Cannot draw Text: expected a row of Ours, got none/,
  );
  const with_ = (row: Partial<StandingRow>) => () =>
    standingsFigure([{ ...rows[1]!, ...row }], options);
  throws(with_({ accuracy: 1.2 }), /expected an accuracy from 0 to 1, got 1.2/);
  throws(with_({ low: 0.81, high: 0.9 }), /expected an accuracy within its interval, got 0.8 and/);
  throws(with_({ reported: [0.5, -1] }), /expected a reported score from 0 to 1, got -1/);
});
