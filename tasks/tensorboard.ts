/** Fits as TensorBoard reads them, while they train. @module */

import type { FitWatcher, WatchedFit } from "../lib/study/fit_watch.ts";
import { type EventRun, openEventRun } from "../lib/training/event_run.ts";
import { folder } from "./option.ts";

/** Where events go. */
export const tensorboard = folder(
  "writes losses, accuracy and learning rate of each epoch to a folder per fit in DIR, for " +
    "tensorboard --logdir DIR",
);

/** The folders that the option has a task write to. */
export function eventFolders(folder: string | undefined): string[] {
  return folder === undefined ? [] : [folder];
}

/**
 * Refuses the option where nothing is trained.
 *
 * @throws {RangeError} By the option, among these, that says so.
 */
export function assertTrains(
  folder: string | undefined,
  others: Readonly<Record<string, unknown>>,
): void {
  const other = Object.keys(others).find((name) => others[name]);
  if (folder === undefined || other === undefined) return;
  throw new RangeError(
    `Cannot use --tensorboard: expected a command that trains, got --${other}`,
  );
}

/** A watcher that also writes events into `folder`, if there is one. */
export function withEvents(watcher: FitWatcher, folder: string | undefined): FitWatcher {
  if (folder === undefined) return watcher;
  const runs = new Map<string, EventRun>();
  return {
    onEpoch(fit, epoch, progress) {
      const run = runs.get(fit.id) ??
        openEventRun(folderOf(folder, fit), { settings: fit.settings });
      runs.set(fit.id, run);
      run.onEpoch(epoch, progress);
      watcher.onEpoch(fit, epoch, progress);
    },
    onEnd(fit) {
      runs.get(fit.id)?.end();
      runs.delete(fit.id);
      watcher.onEnd(fit);
    },
  };
}

/** The folder of a fit: `NAME`, or `NAME-2` where that has another one of its name. */
function folderOf(folder: string, { name, id }: WatchedFit): string {
  for (let i = 1;; i++) {
    const own = `${folder}/${name}${i === 1 ? "" : `-${i}`}`;
    Deno.mkdirSync(own, { recursive: true });
    const mark = `${own}/fit`;
    try {
      // Whichever of several processes makes it first has the folder.
      Deno.writeTextFileSync(mark, id, { createNew: true });
      return own;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      if (Deno.readTextFileSync(mark) === id) return own;
    }
  }
}
