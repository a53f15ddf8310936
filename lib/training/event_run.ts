/** A training run as TensorBoard reads it. @module */

import { type EventPlace, eventRecord, type TrainingEvent } from "./event_file.ts";
import type { Epoch, TrainProgress } from "./train.ts";

/** A run that is written while it trains. */
export interface EventRun {
  /** Writes an epoch, for {@linkcode TrainOptions.onEpoch}. It is on disk when this returns. */
  onEpoch(epoch: Epoch, progress: TrainProgress): void;
  /** Closes its files. */
  end(): void;
}

/** What {@linkcode openEventRun} may be told. */
export interface EventRunOptions {
  /** Shown as a text, `settings`, in the order given. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly now?: () => number;
}

/**
 * Writes a run into a folder below that of `tensorboard --logdir`: at the number of steps that each
 * epoch ends with, the scalars
 *
 * - `loss/train` and `loss/validation`,
 * - `accuracy/validation`, and `rate/validation` where it chooses the epoch,
 * - `learning_rate`, of the epoch's last step, and `epoch`.
 *
 * Files are made with the first epoch and only grow. A run that goes on has a new file, which takes back
 * what an earlier one has of the steps that are run again. A fit of several networks has a folder within
 * for each: `part-0`, or from the second on `network-2` where they have no names.
 */
export function openEventRun(
  folder: string,
  { settings = {}, now = Date.now }: EventRunOptions = {},
): EventRun {
  const files = new Map<string, EventFile>();
  return {
    onEpoch(epoch, progress) {
      const place = progress.part === undefined ? folder : `${folder}/part-${progress.part}`;
      const before = files.get(place);
      // Steps that begin anew are those of another network.
      const isNext = before !== undefined && progress.step <= before.step;
      if (isNext) before.close();
      const network = before === undefined ? 1 : before.network + (isNext ? 1 : 0);
      const own = network === 1 ? place : `${place}/network-${network}`;
      const file = before && !isNext
        ? before
        : openEventFile(own, { network, step: progress.step, settings, now });
      file.write({ kind: "scalars", scalars: scalarsOf(epoch, progress) }, progress.step);
      files.set(place, file);
    },
    end() {
      for (const file of files.values()) file.close();
      files.clear();
    },
  };
}

function scalarsOf(epoch: Epoch, { learningRate }: TrainProgress): Record<string, number> {
  return {
    "loss/train": epoch.trainLoss,
    "loss/validation": epoch.validationLoss,
    "accuracy/validation": epoch.validationAccuracy,
    ...epoch.validationRate !== undefined && { "rate/validation": epoch.validationRate },
    "learning_rate": learningRate,
    "epoch": epoch.epoch,
  };
}

interface EventFile {
  /** Counted from 1 among those of the place. */
  readonly network: number;
  /** That of the last event. */
  step: number;
  write(event: TrainingEvent, step: number): void;
  close(): void;
}

function openEventFile(
  folder: string,
  { network, step: first, settings, now }: Required<EventRunOptions> & {
    readonly network: number;
    readonly step: number;
  },
): EventFile {
  Deno.mkdirSync(folder, { recursive: true });
  const goesOn = [...Deno.readDirSync(folder)].some(({ name }) => name.includes("tfevents"));
  const file = createFile(folder, now());
  const own: EventFile = {
    network,
    step: first,
    write(event, step) {
      const place: EventPlace = { step, seconds: now() / 1000 };
      const bytes = eventRecord(event, place);
      // A file of the disk takes all that it is given.
      file.writeSync(bytes);
      own.step = step;
    },
    close: () => file.close(),
  };
  own.write({ kind: "version" }, 0);
  if (goesOn) own.write({ kind: "start" }, first);
  if (Object.keys(settings).length > 0) {
    own.write({ kind: "text", tag: "settings", text: settingsTable(settings) }, first);
  }
  return own;
}

// TensorBoard reads the files of a folder in the order of their names.
function createFile(folder: string, milliseconds: number): Deno.FsFile {
  const seconds = String(Math.floor(milliseconds / 1000)).padStart(10, "0");
  for (let i = 0;; i++) {
    const path = `${folder}/events.out.tfevents.${seconds}.trivalence.${i}`;
    try {
      return Deno.openSync(path, { createNew: true, write: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function settingsTable(settings: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(settings).map(([name, value]) => {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return `| ${name} | ${text.replaceAll("|", "\\|")} |`;
  });
  return ["| setting | value |", "| --- | --- |", ...rows].join("\n");
}
