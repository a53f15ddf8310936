import { deepEqual, match, ok } from "node:assert/strict";
import { trainingSvg } from "../../lib/study/training_figure.ts";
import { tinyDescription, tinyModel } from "../inference/tiny_model.ts";

const tiny = tinyDescription((await tinyModel()).trained);
const description = { ...tiny, data: { ...tiny.data, label: "embedded" } };
const history = [
  { epoch: 1, trainLoss: 0.8, validationLoss: 0.7, validationAccuracy: 0.5 },
  { epoch: 2, trainLoss: 0.4, validationLoss: 0.5, validationAccuracy: 0.75 },
  { epoch: 3, trainLoss: 0.2, validationLoss: 0.6, validationAccuracy: 0.75 },
];
const textsOf = (svg: string) =>
  [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text!);

Deno.test("trainingSvg() draws loss and accuracy of each epoch, with a dot at the one that was kept", async () => {
  const svg = await trainingSvg({ history, bestEpoch: 2 }, description);
  const texts = textsOf(svg);
  for (const text of ["loss: cross-entropy per classifier", "accuracy", "train", "validation"]) {
    ok(texts.includes(text), text);
  }
  match(texts.join("\n"), /^embedded, synthetic, seed 1\.$/m);
  const dots = [
    ...svg.matchAll(/aria-label="epoch: (\d); value: ([\d.]+)[^"]*" [^>]*description="point"/g),
  ].map(([, epoch, value]) => [epoch, value]);
  deepEqual(dots, [["2", "0.5"], ["2", "0.75"]]);
});

Deno.test("trainingSvg() of scores names their loss, and what accuracy is of them", async () => {
  const target = { kind: "score", low: -3, high: 3 } as const;
  const model = { ...description.model, target };
  const svg = await trainingSvg({ history, bestEpoch: 2 }, { ...description, model });
  const texts = textsOf(svg).join("\n");
  match(texts, /^loss: mean absolute error per classifier$/m);
  match(texts, /Accuracy: verdict and truth on one side of the middle\./);
});
