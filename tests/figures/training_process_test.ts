import { ok, throws } from "node:assert/strict";
import { trainingProcessFigure } from "../../lib/figures/training_process.ts";
import type { ProposedTraining } from "../../lib/systems/settings.ts";
import { drawnTexts } from "./drawn.ts";

const options = { title: "Training", subtitle: "As in the tables" };
// What the training loop takes, the figure takes.
const settings: ProposedTraining = {
  epochs: 12,
  patience: 3,
  batch: 32,
  learningRate: 0.002,
  warmup: 0.05,
  weightDecay: 0.01,
  clipNorm: 2,
  averaging: 0.98,
  headWeight: 0.5,
  modalityDropout: 0.25,
};

Deno.test("trainingProcessFigure() says each setting of the run in its box", async () => {
  const texts = await drawnTexts(trainingProcessFigure(settings, options));
  for (
    const text of [
      "AdamW, weight decay 0.01, gradient norm at most 2",
      "forward, loss, backward, update; batches of 32",
      "loss: classifier + 0.5 × each sentiment head",
      "learning rate to 0.002 in 5 % of the steps, then a cosine to 0",
      "a modality masked with probability 0.25",
      "loss and accuracy of the averaged parameters (decay 0.98)",
      "fewer than 12, and better within the last 3",
    ]
  ) ok(texts.includes(text), text);
  ok(texts.indexOf("Validate") < texts.indexOf("Test the best epoch"));
});

Deno.test("trainingProcessFigure() follows the settings: without averaging θ itself is validated", async () => {
  const { clipNorm: _, ...plain } = { ...settings, averaging: 0, clipValue: 0.8 };
  const texts = await drawnTexts(trainingProcessFigure(plain, options));
  ok(texts.includes("loss and accuracy of the parameters"));
  ok(texts.includes("AdamW, weight decay 0.01, gradient values at most 0.8"));
});

Deno.test("trainingProcessFigure() refuses half an epoch", () => {
  throws(
    () => trainingProcessFigure({ ...settings, epochs: 1.5 }, options),
    /Cannot draw the training process: expected a whole epochs from 0, got 1.5/,
  );
});
