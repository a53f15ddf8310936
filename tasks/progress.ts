/** One line on the standard error stream that tells how far a task is. @module */

import { printNumber } from "../lib/numbers.ts";
import type { Epoch } from "../lib/training/train.ts";

/** Tells what is under way: a line per step, rewritten while the step is counted. */
export interface Steps {
  /** Step `step` is under way; with a `total` it is counted. */
  show(step: string, done?: number, total?: number): void;
  /** Ends the line of the last step. */
  end(): void;
}

/** {@linkcode Steps} on the standard error stream. */
export function stepLines(): Steps {
  let current: { step: string; total: number; line: Progress } | undefined;
  const end = () => {
    current?.line.end();
    current = undefined;
  };
  return {
    end,
    show(step, done, total) {
      if (total === undefined) {
        end();
        console.error(step);
        return;
      }
      // A step that is counted anew, with another total, is another round of it.
      if (current?.step !== step || current.total !== total) {
        end();
        current = { step, total, line: progress(step, total) };
      }
      current.line.update(done!);
    },
  };
}

/**
 * Tells of each epoch of a training of at most `total`, with the time left if it has them all. In a
 * terminal each has a line; elsewhere a line is added, one in five seconds at most. The options are
 * for tests.
 */
export function epochLines(
  total: number,
  {
    terminal = Deno.stderr.isTerminal(),
    now = () => performance.now(),
    write = (text) => console.error(text),
  }: { terminal?: boolean; now?: () => number; write?: (text: string) => void } = {},
): (epoch: Epoch) => void {
  let first: { readonly epoch: number; readonly time: number } | undefined;
  let shown = -Infinity;
  return ({ epoch, trainLoss, validationLoss, validationAccuracy }) => {
    const time = now();
    // The first may have been compiled, and those before an interruption took no time.
    const each = first && (time - first.time) / 1000 / (epoch - first.epoch);
    if (first === undefined) {
      first = { epoch, time };
      if (!terminal) shown = time;
    }
    if (time - shown < (terminal ? 0 : pipeMilliseconds)) return;
    shown = time;
    const left = each === undefined ? "" : `, ${duration(each * (total - epoch))} left`;
    write(
      `epoch ${epoch}/${total}: training loss ${printNumber(trainLoss)}, ` +
        `validation loss ${printNumber(validationLoss)}, ` +
        `accuracy ${printNumber(validationAccuracy)}${left}`,
    );
  };
}

/** A line under way. */
export interface Progress {
  /** Says that `done` of the total are done. */
  update(done: number): void;
  /** Ends the line. */
  end(): void;
}

const terminalMilliseconds = 100;
const pipeMilliseconds = 5000;

/**
 * Shows `label`, the count, the rate and the time left.
 *
 * In a terminal one line is rewritten, ten times a second at most. In a pipe or
 * a file a line is added, one in five seconds at most. The options are for tests.
 */
export function progress(
  label: string,
  total: number,
  {
    terminal = Deno.stderr.isTerminal(),
    now = () => performance.now(),
    write = (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
  }: { terminal?: boolean; now?: () => number; write?: (text: string) => void } = {},
): Progress {
  const start = now();
  const pause = terminal ? terminalMilliseconds : pipeMilliseconds;
  let shown = terminal ? -Infinity : start;
  let last = 0;
  const show = () => {
    const text = line(label, { done: last, total, seconds: (now() - start) / 1000 });
    // ESC [ K clears what a longer line has left behind.
    write(terminal ? `\r${text}\x1b[K` : `${text}\n`);
    shown = now();
  };
  return {
    update(done) {
      last = done;
      if (now() - shown >= pause) show();
    },
    end() {
      if (!terminal) return;
      show();
      write("\n");
    },
  };
}

function line(
  label: string,
  { done, total, seconds }: { done: number; total: number; seconds: number },
): string {
  const count = `${label} ${done}/${total}`;
  if (done === 0 || seconds === 0) return count;
  const rate = done / seconds;
  const rest = done < total ? `${duration((total - done) / rate)} left` : duration(seconds);
  return `${count}, ${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s, ${rest}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}
