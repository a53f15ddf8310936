import { deepEqual, ok } from "node:assert/strict";
import { judgementFigure } from "../../lib/figures/judgement_figure.ts";
import { rocRow } from "../../lib/figures/roc_figure.ts";
import { drawnTexts, partOf } from "./drawn.ts";

Deno.test("judgementFigure() has K classes in its matrix, and the curve of each against the rest", async () => {
  const classes = ["negative", "neutral", "positive"];
  const figure = judgementFigure({
    confusion: { name: "text", counts: [[2, 1, 0], [0, 3, 0], [0, 0, 4]] },
    curves: classes.map((system) =>
      rocRow({ system, seed: 1, actual: [0, 1, 1], scores: [0.1, 0.9, 0.05] })
    ),
  }, { title: "Judgement", subtitle: "Made up", classes });
  const [matrix] = partOf(figure).hconcat;
  deepEqual(matrix!.encoding.x.sort, classes);
  const texts = await drawnTexts(figure);
  for (const name of classes) {
    ok(texts.includes(name) && texts.includes(`${name}: 0.500`), name);
  }
});
