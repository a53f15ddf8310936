import { ok, throws } from "node:assert/strict";
import { type ArchitectureBox, architectureFigure } from "../../lib/figures/architecture.ts";
import { modalityColours } from "../../lib/figures/palette.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "The model", subtitle: "Small" };
const box = (id: string, row: number, parameters: number): ArchitectureBox => ({
  id,
  label: `Stage ${id}`,
  file: `lib/${id}.ts`,
  shape: "[B, 8, 64]",
  parameters,
  modality: "text",
  column: 0,
  row,
});

Deno.test("architectureFigure() writes file, shape and parameters in each box, and their sum above", async () => {
  const boxes = [{ ...box("a", 0, 0), frozen: true }, box("b", 1, 4160), box("c", 2, 0)];
  const edges = [{ from: "a", to: "b" }, { from: "b", to: "c", label: "means" }];
  const figure = architectureFigure({ boxes, edges }, options);
  const texts = await drawnTexts(figure);
  for (
    const text of [
      "Stage b",
      "lib/b.ts",
      "[B, 8, 64] · frozen",
      "[B, 8, 64] · 4,160 parameters",
      "[B, 8, 64] · no parameters",
      "means",
    ]
  ) ok(texts.includes(text), text);
  ok(texts.some((text) => text.startsWith("4,160 trainable parameters.")));
  ok(partOf(figure).layer[3]!.encoding.fill.scale.range.includes(modalityColours.text));
});

Deno.test("architectureFigure() refuses a number of parameters that is no count", () => {
  throws(
    () => architectureFigure({ boxes: [box("a", 0, 0.5)], edges: [] }, options),
    /Cannot draw "Stage a": expected a whole number of parameters from 0, got 0.5/,
  );
});
