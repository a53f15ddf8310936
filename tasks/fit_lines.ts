/** The fits that a command has in hand, a line each. @module */

import { printNumber } from "../lib/numbers.ts";
import type { FitWatcher } from "../lib/study/fit_watch.ts";
import { duration } from "./duration.ts";

type EpochArguments = Parameters<FitWatcher["onEpoch"]>;

/** Fits that train, as far as they are. */
export interface FitLines {
  /** A fit has ended an epoch. */
  set(name: string, epoch: EpochArguments[1], progress: EpochArguments[2]): void;
  /** A fit has ended. */
  remove(name: string): void;
  /** Forgets which fits are in hand. */
  clear(): void;
  /** Whether there is a fit in hand. */
  any(): boolean;
  /** A line for each of the first fits, for a terminal so wide, and how many more there are. */
  lines(columns: number): string[];
  /** The same without spaces for columns, of fewer fits. */
  brief(): string[];
}

const mostLines = 8;
const mostInBrief = 2;
// A name that is cut shorter tells nothing.
const shortestName = 12;

/** Fits by a clock in milliseconds, in the order of their first epochs. */
export function fitLines(now: () => number): FitLines {
  const inHand = new Map<string, string>();
  // The first epoch may have been compiled, and those before an interruption took no time.
  const firsts = new Map<string, { readonly epoch: number; readonly time: number }>();
  const paceOf = (name: string, epoch: number) => {
    const first = firsts.get(name);
    if (first && first.epoch < epoch) return (now() - first.time) / 1000 / (epoch - first.epoch);
    firsts.set(name, { epoch, time: now() });
  };
  const limited = (most: number, print: (name: string, text: string) => string) => {
    const all = [...inHand].map(([name, text]) => print(name, text));
    return all.length <= most ? all : [...all.slice(0, most), `and ${all.length - most} more`];
  };
  return {
    set(name, epoch, progress) {
      inHand.set(name, epochText(epoch, progress, paceOf(name, epoch.epoch)));
    },
    remove(name) {
      inHand.delete(name);
      firsts.delete(name);
    },
    clear: () => inHand.clear(),
    any: () => inHand.size > 0,
    lines(columns) {
      const longest = Math.max(...[...inHand.values()].map(({ length }) => length));
      const names = Math.max(...[...inHand.keys()].map(({ length }) => length));
      const width = Math.min(names, Math.max(shortestName, columns - longest - 5));
      return limited(mostLines, (name, text) => {
        const cut = name.length > width ? `${name.slice(0, width - 1)}…` : name;
        return `  ${cut.padEnd(width)}  ${text}`;
      });
    },
    brief: () => limited(mostInBrief, (name, text) => `${name} ${text}`),
  };
}

function epochText(
  { epoch, trainLoss, validationLoss, validationAccuracy }: EpochArguments[1],
  { epochs, best }: EpochArguments[2],
  secondsEach: number | undefined,
): string {
  const left = secondsEach === undefined || epoch === epochs
    ? []
    : [`${duration(secondsEach * (epochs - epoch))} left`];
  return [
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${printNumber(trainLoss)}`,
    `val ${printNumber(validationLoss)}`,
    `acc ${printNumber(validationAccuracy)}`,
    `best ${printNumber(best.loss)} (${best.epoch})`,
    ...left,
  ].join(" · ");
}
