/** Shows things in a notebook while a cell is still running. @module */

import { escapeHtml } from "../escape_html.ts";
import {
  progressionFigure,
  type ProgressionOptions,
  type ProgressionRow,
} from "../figures/progression.ts";
import { printNumber } from "../numbers.ts";
import { figure, jupyterDisplay, type MimeBundle, type Shown } from "./display.ts";

/** The part of Deno's Jupyter kernel that is used here. */
export interface Kernel {
  /** Sends a message of the Jupyter protocol to whoever shows the notebook. */
  broadcast(
    type: "display_data" | "update_display_data",
    content: Record<string, unknown>,
  ): Promise<void>;
}

/** A place in a cell's output whose content changes. */
export interface Live {
  /** Puts `shown` there. Updates appear in the order of the calls; await the last one. */
  update(shown: Shown): Promise<void>;
}

let places = 0;

/**
 * A place in the output of the running cell, empty until its first update. The
 * notebook keeps what was shown last. Outside a notebook nothing is shown.
 */
export function live(
  { kernel = runningKernel() }: { readonly kernel?: Kernel | undefined } = {},
): Live {
  const transient = { display_id: `trivalence ${++places}` };
  let type: "display_data" | "update_display_data" = "display_data";
  let last = Promise.resolve();
  const send = async (shown: Shown) => {
    const data = await shown[jupyterDisplay]();
    await kernel?.broadcast(type, { data, metadata: {}, transient });
    type = "update_display_data";
  };
  return {
    update(shown) {
      if (kernel === undefined) return Promise.resolve();
      return last = last.then(() => send(shown));
    },
  };
}

/** Counted work under way. */
export interface LiveProgress {
  /** Says that `done` of `total` are done. */
  update(done: number, total: number): Promise<void>;
}

/** A bar for counted work, `label` before it. It tells no time, so that equal runs end with equal notebooks. */
export function progress(
  label: string,
  options: { readonly kernel?: Kernel | undefined } = {},
): LiveProgress {
  const place = live(options);
  return { update: (done, total) => place.update(bar(label, done, total)) };
}

function bar(label: string, done: number, total: number): Shown {
  const text = `${label} ${done}/${total}`;
  const html = `<progress value="${done}" max="${total}"></progress> ${escapeHtml(text)}`;
  const bundle: MimeBundle = { "text/html": html, "text/plain": text };
  return { [jupyterDisplay]: () => Promise.resolve(bundle) };
}

/** A training run under way. */
export interface LiveTraining {
  /** For `fit`: draws the epochs so far, and says the last one where no figure can be shown. */
  readonly onEpoch: (
    epoch: Omit<ProgressionRow, "seed">,
    progress?: { readonly epochs: number },
  ) => void;
  /** Waits until the last epoch is drawn. */
  end(): Promise<void>;
}

/** How {@linkcode training} draws a run. */
export interface LiveTrainingOptions extends ProgressionOptions {
  /** Whose run it is, 1 by default. */
  readonly seed?: number;
  /**
   * How many classifiers' losses the training loss is the sum of, 1 by default: of the proposed model,
   * 1 and its `headWeight` per modality. It is divided by them, to be comparable with that of validation.
   */
  readonly classifiers?: number;
  /** The running one by default. */
  readonly kernel?: Kernel | undefined;
}

/**
 * The curves of a training run, drawn anew after each epoch, with a dot at the one that would be kept:
 * its `onEpoch` is an option of `fit`.
 */
export function training(
  { seed = 1, classifiers = 1, kernel, ...heading }: LiveTrainingOptions,
): LiveTraining {
  const place = live(kernel ? { kernel } : {});
  const rows: ProgressionRow[] = [];
  let last = Promise.resolve();
  return {
    onEpoch({ trainLoss, ...epoch }, progress) {
      rows.push({
        ...epoch,
        seed,
        ...trainLoss !== undefined && { trainLoss: trainLoss / classifiers },
      });
      const lowest = Math.min(...rows.map(({ validationLoss = Infinity }) => validationLoss));
      const best = rows.findIndex(({ validationLoss }) => validationLoss === lowest);
      const marked = rows.map((row, i) => ({ ...row, best: i === best }));
      const drawn = figure(progressionFigure(marked, heading));
      const text = epochText(marked, progress);
      last = place.update({
        [jupyterDisplay]: async () => ({ ...await drawn[jupyterDisplay](), "text/plain": text }),
      });
    },
    end: () => last,
  };
}

/** `epoch 3/20 · loss 0.541 · val 0.520 · acc 0.780 · best 0.520 (3)`, as far as there are numbers. */
function epochText(
  rows: readonly ProgressionRow[],
  progress: { readonly epochs: number } | undefined,
): string {
  const { epoch, trainLoss, validationLoss, validationAccuracy } = rows.at(-1)!;
  const best = rows.find(({ best }) => best);
  const part = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name} ${printNumber(value)}`];
  return [
    `epoch ${epoch}${progress ? `/${progress.epochs}` : ""}`,
    ...part("loss", trainLoss),
    ...part("val", validationLoss),
    ...part("acc", validationAccuracy),
    ...best ? part("best", best.validationLoss).map((text) => `${text} (${best.epoch})`) : [],
  ].join(" · ");
}

// Outside its kernel, Deno throws where `Deno.jupyter` is read.
function runningKernel(): Kernel | undefined {
  try {
    return Deno.jupyter;
  } catch {
    return undefined;
  }
}
