import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { modalityColours } from "../../lib/figures/palette.ts";
import { progressionFigure } from "../../lib/figures/progression.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { drawnTexts, partOf, rounded } from "./drawn.ts";

const options = { title: "Audio", subtitle: "Embedded corpus", modality: "audio" };
// The second seed stops after two epochs.
const rows = [
  { seed: 1, epoch: 1, trainLoss: 0.7, validationLoss: 0.6, validationAccuracy: 0.6 },
  { seed: 1, epoch: 2, trainLoss: 0.5, validationLoss: 0.5, validationAccuracy: 0.97, best: true },
  { seed: 1, epoch: 3, trainLoss: 0.4, validationLoss: 0.55, validationAccuracy: 0.7 },
  { seed: 2, epoch: 1, trainLoss: 0.9, validationLoss: 0.8, validationAccuracy: 0.5, best: true },
  { seed: 2, epoch: 2, trainLoss: 0.3, validationLoss: 0.9, validationAccuracy: 0.99 },
];

Deno.test("progressionFigure() has the losses and accuracies of the rows as they are", () => {
  const [loss, accuracy] = partOf(progressionFigure(rows, options)).hconcat;
  equal(loss!.data.values.length, 10);
  deepEqual(
    accuracy!.data.values.map(({ seed, epoch, value }) => [seed, epoch, value]),
    rows.map(({ seed, epoch, validationAccuracy }) => [seed, epoch, validationAccuracy]),
  );
  deepEqual(
    loss!.data.values.filter(({ best, part }) => best && part === "validation").map((p) =>
      p["value"]
    ),
    [0.5, 0.8],
  );
});

Deno.test("progressionFigure() averages over seeds as far as all of them trained", () => {
  const [loss, accuracy] = partOf(progressionFigure(rows, options)).hconcat;
  const validation = loss!.layer[0]!.data.values.filter(({ part }) => part === "validation");
  deepEqual(validation.map(({ epoch }) => epoch), [1, 2]);
  // 0.6 and 0.8: mean 0.7, deviation √0.02.
  const { mean, low, high } = validation[0]!;
  const sd = Math.SQRT2 / 10;
  deepEqual(rounded([mean, low, high]), rounded([0.7, 0.7 - sd, 0.7 + sd]));
  // 0.97 and 0.99 have a deviation of 0.014, so that the band stays below 1; with 0.9 and 1 it would not.
  const high2 = accuracy!.layer[0]!.data.values[1]!["high"] as number;
  ok(high2 < 1);
  const sure = [{ seed: 1, epoch: 1, trainAccuracy: 1 }, { seed: 2, epoch: 1, trainAccuracy: 0.9 }];
  const [only] = partOf(progressionFigure(sure, options)).hconcat;
  equal(only!.layer[0]!.data.values[0]!["high"], 1);
});

Deno.test("progressionFigure() ends both axes in a tick, and begins losses at 0", () => {
  const [loss, accuracy] = partOf(progressionFigure(rows, options)).hconcat;
  deepEqual(loss!.layer[0]!.encoding.y.scale.domain, [0, 1]);
  deepEqual(accuracy!.layer[0]!.encoding.y.scale.domain, [0.4, 1]);
  const worse = [{ seed: 1, epoch: 1, validationLoss: 2.31, validationAccuracy: 0.28 }];
  const [high, low] = partOf(progressionFigure(worse, options)).hconcat;
  deepEqual(high!.layer[0]!.encoding.y.axis.values, [0, 0.5, 1, 1.5, 2, 2.5]);
  deepEqual(low!.layer[0]!.encoding.y.scale.domain, [0.2, 1]);
});

Deno.test("progressionFigure() is drawn with its panels, legend and the modality's colour", async () => {
  const figure = progressionFigure(rows, options);
  const texts = await drawnTexts(figure);
  for (
    const text of ["loss: cross-entropy per classifier", "accuracy", "epoch", "train", "validation"]
  ) {
    ok(texts.includes(text), text);
  }
  equal(texts.filter((text) => text === "train").length, 1);
  equal(partOf(figure).hconcat[0]!.layer[0]!.encoding.color.scale.range[1], modalityColours.audio);
});

Deno.test("progressionFigure() leaves out a panel without values, and refuses what is no progress", () => {
  const only = partOf(progressionFigure([{ seed: 1, epoch: 1, trainLoss: 1 }], options));
  deepEqual(only.hconcat.map(({ title }) => title.text), ["loss: cross-entropy per classifier"]);
  throws(() => progressionFigure([{ seed: 1, epoch: 1 }], options), /at least one value, got none/);
  throws(() => progressionFigure([{ seed: 1, epoch: 0, trainLoss: 1 }], options), RangeError);
  throws(
    () => progressionFigure([{ seed: 1, epoch: 2, trainLoss: NaN }], options),
    /Cannot draw the train loss of seed 1, epoch 2: expected a finite loss, got NaN/,
  );
  throws(
    () => progressionFigure([{ seed: 1, epoch: 2, validationAccuracy: 85 }], options),
    /Cannot draw the validation accuracy of seed 1, epoch 2: .*from 0 to 1, got 85/,
  );
});

Deno.test("progressionFigure() draws no band of one seed, and says so", async () => {
  const svg = await renderSvg(progressionFigure(rows.filter(({ seed }) => seed === 1), options));
  ok(svg.includes("Line: one seed.") && !svg.includes("band"));
  ok(!svg.includes('aria-roledescription="area mark"'));
  const several = await renderSvg(progressionFigure(rows, options));
  ok(several.includes("band of") && several.includes('aria-roledescription="area mark"'));
});
