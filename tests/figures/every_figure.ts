/** Every figure of the surface once, of made-up numbers. */

import * as figures from "../../lib/figures/mod.ts";
import { contributionBoxes } from "../../lib/figures/contribution_boxes.ts";
import type { Figure } from "../../lib/figures/render.ts";
import type { Draw, Form } from "../../lib/figures/house_style.ts";

// Numbers of more digits than any axis prints, some below 0.
const optionsOf = ({ narrow = false }: Form) => ({
  title: "A title of more words than a phone has room for",
  subtitle:
    "Embedded corpus, which is synthetic; three seeds, 512 samples each, and a few words more",
  measure: "accuracy",
  narrow,
});
const quantiles = [0.1234, 0.2345, 0.3456, 0.4567, 0.5678] as const;
const ofSystem = { system: "Proposed", modality: "text" } as const;
const falling = quantiles.map((value) => value - 0.6) as unknown as typeof quantiles;
const confusion = { name: "text", counts: [[12.5, 3.25], [4.125, 11]] };
const curve = {
  ...{ system: "Proposed", seed: 1, auc: 0.8765 },
  falsePositiveRate: [0, 0.1234, 1],
  truePositiveRate: [0, 0.7654, 1],
};

/** A picture of every figure that draws numbers. */
export const withNumbers: Readonly<Record<string, Draw>> = drawers((options) => ({
  attentionHeat: figures.attentionHeat(
    [{ panel: "a", from: { modality: "text" }, to: { modality: "audio" }, weight: 0.98765 }],
    options,
  ),
  auditBars: figures.auditBars([{
    ...{ fault: "copies", honest: { mean: 0.7654, sd: 0.0123 } },
    inflated: { mean: 0.9876, sd: 0.0045 },
  }], options),
  chart: figures.chart(
    [{ level: 0.1234, accuracy: 0.7654 }, { level: -0.2345, accuracy: 0.8765 }],
    { ...options, mark: "line", x: "level", y: "accuracy" },
  ),
  confusionFigure: figures.confusionFigure([confusion], options),
  contributionBoxes: contributionBoxes(
    [{ panel: "positive", modality: "text", quantiles: falling, mean: -0.2222 }],
    options,
  ),
  coverageFigure: figures.coverageFigure([
    { system: "Proposed", coverage: 0.4567, accuracy: 0.9876, low: 0.9512, high: 0.9921 },
    { system: "Proposed", coverage: 0.9567, accuracy: 0.8765, low: 0.8512, high: 0.8921 },
  ], options),
  curvesWithBands: figures.curvesWithBands([
    ...["clean", "noisy"].map((level) => ({
      ...{ corruption: "babble", series: "Proposed", level },
      ...{ mean: 0.7654, low: 0.7212, high: 0.8111 },
    })),
  ], options),
  dataStructureFigure: figures.dataStructureFigure([
    { modality: "text", emotion: "joy", polarity: "positive", part: "train", count: 1234 },
  ], options),
  forestFigure: figures.forestFigure([
    { family: "gate", variant: "sum", difference: -0.01234, low: -0.0234, high: -0.00123, p: 0.04 },
  ], options),
  gateDistributionFigure: figures.gateDistributionFigure(
    [{ emotion: "joy", count: 12, quantiles, mean: 0.3333 }],
    options,
  ),
  groupedDots: figures.groupedDots([
    { group: "text", series: "Proposed", mean: 0.7654, low: 0.7212, high: 0.8111 },
    { group: "text", series: "Late fusion", mean: 0.7345, low: 0.7012, high: 0.7711 },
  ], options),
  judgementFigure: figures.judgementFigure({ confusion, curves: [curve] }, options),
  progressionFigure: figures.progressionFigure(
    [1, 2].flatMap((epoch) =>
      [1, 2].map((seed) => ({
        ...{ seed, epoch, trainLoss: 0.6789 / epoch, validationLoss: 0.7123 / seed },
        ...{ validationAccuracy: 0.8123, best: epoch === 2 },
      }))
    ),
    { ...options, modality: "text" },
  ),
  reliabilityFigure: figures.reliabilityFigure([{
    ...{ name: "before", ece: 0.0456 },
    bins: [{ from: 0.5, to: 0.55, count: 123, confidence: 0.5321, accuracy: 0.6123 }],
  }], options),
  rocFigure: figures.rocFigure([curve], options),
  runCurvesFigure: figures.runCurvesFigure(
    ["A", "B"].flatMap((series) =>
      [1, 2].map((epoch) => ({
        ...{ what: "proposed-single-text", series, seed: 1, epoch, kept: epoch === 2 },
        ...{ loss: 0.6789 / epoch, accuracy: 0.7654 },
      }))
    ),
    options,
  ),
  scoreScatter: figures.scoreScatter([{
    ...{ name: "text", actual: [-0.2345, 2.3456, 1.2345] },
    predicted: [-1.3579, 2.4681, 3.1234],
  }], { ...options, low: -3, high: 3 }),
  "scoreScatter of many": figures.scoreScatter([{
    ...{ name: "text", actual: new Float32Array(1001).fill(0.1234) },
    predicted: Float32Array.from({ length: 1001 }, (_, n) => (n % 7) / 7),
  }], { ...options, low: -3, high: 3 }),
  standingsFigure: figures.standingsFigure([
    { system: "Proposed", test: "text", accuracy: 0.8123, reported: [0.8412, 0.8765] },
    {
      system: "MISA",
      test: "text",
      accuracy: 0.7654,
      low: 0.7212,
      high: 0.8111,
      significant: true,
    },
  ], { ...options, reference: "Proposed", reported: "the paper’s" }),
  tableBars: figures.tableBars([
    { ...ofSystem, accuracy: { mean: 0.909, sd: 0.0123 } },
    { ...ofSystem, system: "Majority", accuracy: { mean: 0.7684, sd: 0.0123 } },
  ], options),
}));

const stage = (id: string, column: number, row: number, more: object) => ({
  ...{ id, column, row, label: "Contextual projection", modality: "audio", parameters: 12_480 },
  ...{ file: `lib/model/${id}.ts`, shape: "[B, 8, 64]", ...more },
});
const boxes = [
  ...["text", "image", "log_mel_and_prosody", "speech"].map((id, column) =>
    stage(id, column, 0, { frozen: true, parameters: 0 })
  ),
  stage("unified", 1.5, 1, { span: 4, label: "Unified sentiment classifier", modality: "unified" }),
];
const edges = boxes.slice(0, 4).map(({ id }) => ({ from: id, to: "unified", label: "mean" }));

/** Boxes, and a list of works. */
export const withoutNumbers: Readonly<Record<string, Draw>> = drawers((options) => ({
  architectureFigure: figures.architectureFigure({ boxes, edges }, options),
  timelineFigure: figures.timelineFigure(figures.fieldTimeline, options),
  trainingProcessFigure: figures.trainingProcessFigure({
    ...{ epochs: 60, patience: 12, batch: 128, learningRate: 0.002, warmup: 0.05 },
    ...{ weightDecay: 0.01, clipNorm: 1, averaging: 0.99, headWeight: 0.5, modalityDropout: 0.1 },
  }, options),
}));

function drawers(
  all: (options: ReturnType<typeof optionsOf>) => Readonly<Record<string, Figure>>,
): Record<string, Draw> {
  const names = Object.keys(all(optionsOf({})));
  return Object.fromEntries(names.map((name) => [name, (form) => all(optionsOf(form))[name]!]));
}
