/** How the model is trained, as a flow chart with the settings of a run in its boxes (paper, Fig. 4). @module */

import { flow, type FlowBox, type FlowEdge } from "./flow.ts";
import { type FigureOptions, narrowWidth, requireCount } from "./house_style.ts";
import { coloursOf, inks } from "./palette.ts";
import type { Figure } from "./render.ts";

/** What the boxes say of a run; the names are those of `TrainConfig`. */
export interface TrainingSettings {
  /** Most epochs, from 1. */
  readonly epochs: number;
  /** Epochs without a better validation loss, from 1. */
  readonly patience: number;
  /** Rows a step, from 1. */
  readonly batch: number;
  /** At its highest. */
  readonly learningRate: number;
  /** Share of all steps, in [0, 1]. */
  readonly warmup: number;
  /** λ of AdamW. */
  readonly weightDecay: number;
  /** Each is named where it is set. */
  readonly clipNorm?: number;
  /** See `clipNorm`. */
  readonly clipValue?: number;
  /** Decay of the parameters' average, in [0, 1); 0 for none. */
  readonly averaging: number;
  /** Of the sentiment heads' losses beside that of the unified classifier. */
  readonly headWeight: number;
  /** Probability in [0, 1]. */
  readonly modalityDropout: number;
}

const prepare = inks.muted;
const [learn, judge] = coloursOf(["training", "judging"]) as [string, string];

/**
 * The steps of the paper's training process, in its order, with what it leaves
 * open filled in from `settings`: set-up, frozen encoders, the model, the
 * search for a checkpoint, epochs of training and validation, and the record.
 *
 * Three steps are ours: the audit of the split, stopping early, and that the
 * test part is read once, after the last epoch.
 *
 * @throws {RangeError} Settings whose epochs, patience or batch are no counts.
 */
export function trainingProcessFigure(
  settings: TrainingSettings,
  options: FigureOptions,
): Figure {
  for (const name of ["epochs", "patience", "batch"] as const) {
    requireCount(settings[name], "the training process", name);
  }
  return flow({ boxes: boxesOf(settings), edges }, {
    ...options,
    key: "Pointed: a decision. Grey: before training. Purple: training. Teal: judging.",
    ...options.narrow
      // Beside it two arrows go around.
      ? { columnWidth: narrowWidth - 44, columnGap: 4, rowGap: 24 }
      : { columnWidth: 390, rowGap: 26 },
  });
}

function boxesOf(settings: TrainingSettings): FlowBox[] {
  const { epochs, patience, batch, learningRate, warmup } = settings;
  const { averaging, headWeight, modalityDropout } = settings;
  const share = (value: number) => `${+(100 * value).toFixed(2)} %`;
  const average = averaging === 0
    ? "loss and accuracy of the parameters"
    : `loss and accuracy of the averaged parameters (decay ${averaging})`;
  return [
    step("set-up", prepare, "Set up", ["configuration, seed, device, checkpoint folder"]),
    frozen("encode", prepare, "Encode text, images and audio", [
      "frozen encoders; each sample once, then from the store",
    ]),
    step("split", prepare, "Split and audit", [
      "train, validation and test by group; no leak passes",
    ]),
    step("initialise", prepare, "Initialise the model, compile the step", [optimiser(settings)]),
    decision("checkpoint", prepare, "Is there a checkpoint?"),
    step("resume", prepare, "Go on after its last epoch", [
      "parameters, moments, average, history",
    ]),
    step("epoch", learn, "Train for an epoch", [
      `forward, loss, backward, update; batches of ${batch}`,
      `loss: classifier + ${headWeight} × each sentiment head`,
      `learning rate to ${learningRate} in ${share(warmup)} of the steps, then a cosine to 0`,
      `a modality masked with probability ${modalityDropout}`,
    ]),
    step("validate", judge, "Validate", [average]),
    step("save", learn, "Log, and save a checkpoint", [
      "the best parameters so far are kept apart",
    ]),
    decision("more", learn, "Another epoch?", [
      `fewer than ${epochs}, and better within the last ${patience}`,
    ]),
    step("test", judge, "Test the best epoch", ["the test part is read here, once"]),
    step("record", prepare, "Record", ["predictions, scores, configuration, times, the model"]),
  ].map((box, row) => ({ ...box, column: 0, row }));
}

const step = boxes("step"), frozen = boxes("frozen"), decision = boxes("decision");

function boxes(kind: NonNullable<FlowBox["kind"]>) {
  return (id: string, color: string, label: string, details: readonly string[] = []) => ({
    id,
    label,
    details,
    color,
    kind,
  });
}

function optimiser({ weightDecay, clipNorm, clipValue }: TrainingSettings): string {
  const norm = clipNorm === undefined ? "" : `, gradient norm at most ${clipNorm}`;
  const value = clipValue === undefined ? "" : `, gradient values at most ${clipValue}`;
  return `AdamW, weight decay ${weightDecay}${norm}${value}`;
}

const edges: readonly FlowEdge[] = [
  { from: "set-up", to: "encode" },
  { from: "encode", to: "split" },
  { from: "split", to: "initialise" },
  { from: "initialise", to: "checkpoint" },
  { from: "checkpoint", to: "resume", label: "yes" },
  { from: "checkpoint", to: "epoch", label: "no", path: "around" },
  { from: "resume", to: "epoch" },
  { from: "epoch", to: "validate" },
  { from: "validate", to: "save" },
  { from: "save", to: "more" },
  { from: "more", to: "epoch", label: "yes", path: "around" },
  { from: "more", to: "test", label: "no" },
  { from: "test", to: "record" },
];
