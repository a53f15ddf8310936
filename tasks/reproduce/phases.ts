/** What each phase of a command takes: seconds, processor and memory. @module */

import process from "node:process";
import { rowsToCsv } from "../../lib/study/rows_csv.ts";
import type { Steps } from "../progress.ts";

/** What has been used since the process began, and what it holds. */
export interface Usage {
  readonly wallSeconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
  readonly megabytes: number;
}

/** A step of a result, all its rounds together. */
export interface Phase {
  /** The result that is made; empty before the first. */
  readonly result: string;
  /** What was shown. */
  readonly step: string;
  readonly wallSeconds: number;
  readonly processorSeconds: number;
  /** The most that the process was seen to hold meanwhile. */
  readonly peakMegabytes: number;
}

/** Steps that are told of as before, and measured from each to the next. */
export interface TimedSteps extends Steps {
  /** Shows a result, to which the steps from here on belong. */
  begin(result: string): void;
  /** The phases so far, in the order in which they began. */
  phases(): Phase[];
  /** Measures no longer. */
  stop(): void;
}

/** Measures steps; what goes on beside a step counts as its own. The options are for tests. */
export function timedSteps(
  steps: Steps,
  { usage = usageNow, everyMilliseconds = 250 }: {
    readonly usage?: () => Usage;
    readonly everyMilliseconds?: number;
  } = {},
): TimedSteps {
  const found = new Map<string, Phase>();
  let [result, step, since, peak] = ["", "start", { ...usage(), megabytes: 0 } as Usage, 0];
  const look = (): Usage => {
    const now = usage();
    peak = Math.max(peak, now.megabytes);
    return now;
  };
  const close = () => {
    const now = look();
    const name = JSON.stringify([result, step]);
    const before = found.get(name);
    found.set(name, {
      ...{ result, step },
      wallSeconds: (before?.wallSeconds ?? 0) + now.wallSeconds - since.wallSeconds,
      processorSeconds: (before?.processorSeconds ?? 0) + now.processorSeconds -
        since.processorSeconds,
      peakMegabytes: Math.max(before?.peakMegabytes ?? 0, peak),
    });
    [since, peak] = [now, now.megabytes];
  };
  const timer = setInterval(look, everyMilliseconds);
  return {
    show(next, done, total) {
      if (next === step) look();
      else {
        close();
        step = next;
      }
      steps.show(next, done!, total!);
    },
    begin(next) {
      close();
      [result, step] = [next, next];
      steps.show(next);
    },
    end: () => steps.end(),
    onEpoch: (...told) => steps.onEpoch(...told),
    onEnd: (fit) => steps.onEnd(fit),
    phases() {
      close();
      return [...found.values()];
    },
    stop: () => clearInterval(timer),
  };
}

function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  return {
    wallSeconds: performance.now() / 1000,
    processorSeconds: (user + system) / 1e6,
    megabytes: Deno.memoryUsage().rss / 2 ** 20,
  };
}

/** A line a phase. */
export function phasesToCsv(phases: readonly Phase[]): string {
  return rowsToCsv(phases.map(({ result, step, ...used }) => ({
    ...{ result, step },
    wall_seconds: used.wallSeconds.toFixed(1),
    processor_seconds: used.processorSeconds.toFixed(1),
    peak_megabytes: used.peakMegabytes.toFixed(0),
  })));
}
