import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { flow, type FlowBox } from "../../lib/figures/flow.ts";
import { type Figure, renderSvg } from "../../lib/figures/render.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const head = { title: "Flow", subtitle: "Caption", columnWidth: 100, columnGap: 20, rowGap: 30 };
const box = (id: string, column: number, row: number, more: Partial<FlowBox> = {}): FlowBox => ({
  id,
  label: `box ${id}`,
  column,
  row,
  color: "#882255",
  ...more,
});
// Headings are 17 pixels high with 9 above and below: 35; a line more is 14.
const boxes = [
  box("a", 0, 0, { details: ["one line"] }),
  box("b", 2, 0),
  box("wide", 1, 1, { span: 3 }),
  box("end", 2, 2, { kind: "decision" }),
];
const corners = (figure: Figure, id: string) =>
  partOf(figure).layer[0]!.data.values.filter((p) => p["id"] === id).map(({ x, y }) => [x, y]);

Deno.test("flow() stands boxes in their rows, each as tall as its tallest box", () => {
  const outlines = partOf(flow({ boxes, edges: [] }, head)).layer[2]!.data.values;
  const outline = (id: string) => outlines.filter((p) => p["id"] === id).map(({ x, y }) => [x, y]);
  // Columns are 100 wide, and 20 of them stay free.
  deepEqual(outline("a"), [[10, 2], [90, 2], [90, 51], [10, 51]]);
  deepEqual(outline("b"), [[210, 9], [290, 9], [290, 44], [210, 44]]);
  deepEqual(outline("wide"), [[10, 81], [290, 81], [290, 116], [10, 116]]);
  equal(outline("end").length, 6);
});

Deno.test("flow() draws an arrow straight where boxes overlap, and around where it is told", () => {
  const edges = [
    { from: "a", to: "wide", label: "down" },
    { from: "a", to: "end" },
    { from: "end", to: "b", path: "around" as const, label: "back" },
  ];
  const figure = flow({ boxes, edges }, head);
  deepEqual(corners(figure, "a to wide"), [[50, 51], [50, 81]]);
  // From 51 to 146: the turn is half way, at 98.5.
  deepEqual(corners(figure, "a to end"), [[50, 51], [50, 98.5], [250, 98.5], [250, 146]]);
  deepEqual(corners(figure, "end to b"), [[290, 163.5], [316, 163.5], [316, 26.5], [290, 26.5]]);
  const heads = partOf(figure).layer[1]!.data.values.map(({ angle }) => angle);
  deepEqual(heads, [180, 180, 270]);
});

Deno.test("flow() lets arrows around to one box arrive apart, in lanes of their own", () => {
  const edges = ["wide", "end"].map((from) => ({ from, to: "b", path: "around" as const }));
  const figure = flow({ boxes, edges }, head);
  const [first, second] = [corners(figure, "wide to b"), corners(figure, "end to b")];
  deepEqual([first[1]![0], second[1]![0]], [316, 342]);
  deepEqual([first[3]![1], second[3]![1]], [16.5, 36.5]);
});

Deno.test("flow() is drawn with headings, details, labels and dashes for what is frozen", async () => {
  const frozen = [...boxes.slice(1), { ...boxes[0]!, kind: "frozen" as const }];
  const edges = [{ from: "a", to: "wide", label: "[B, 8]" }];
  const figure = flow({ boxes: frozen, edges }, { ...head, key: "The key." });
  const texts = await drawnTexts(figure);
  for (const text of ["box a", "one line", "box wide", "[B, 8]", "The key."]) {
    ok(texts.includes(text), text);
  }
  equal((await renderSvg(figure)).match(/stroke-dasharray="5,3"/g)!.length, 1);
});

Deno.test("flow() refuses boxes of one name, and an arrow to nowhere", () => {
  throws(() => flow({ boxes: [], edges: [] }, head), /at least one box, got none/);
  throws(
    () => flow({ boxes: [boxes[0]!, boxes[0]!], edges: [] }, head),
    /expected one box of each id, got two "a"/,
  );
  throws(
    () => flow({ boxes, edges: [{ from: "a", to: "z" }] }, head),
    /Cannot draw an arrow: expected one of a, b, wide, end, got "z"/,
  );
});
