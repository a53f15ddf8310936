/** Lines on the standard error stream that tell how far a task is. @module */

import type { FitWatcher } from "../lib/study/fit_watch.ts";
import { duration } from "./duration.ts";
import { fitLines } from "./fit_lines.ts";
import { liveBlock, terminalColumns } from "./live_block.ts";

/** Tells what is under way: a line per step, rewritten while the step is counted, and one per fit that trains. */
export interface Steps extends FitWatcher {
  /** Step `step` is under way; with a `total` it is counted. */
  show(step: string, done?: number, total?: number): void;
  /** Ends the lines of the last step. */
  end(): void;
}

/** The stream that lines are written to, its clock and its terminal; for tests. */
export interface LineOptions {
  readonly terminal?: boolean;
  readonly now?: () => number;
  readonly write?: (text: string) => void;
  readonly columns?: () => number;
}

interface CountedStep {
  readonly step: string;
  readonly total: number;
  readonly start: number;
  readonly done: number;
}

/**
 * {@linkcode Steps} on the standard error stream. In a terminal the count of a step and the fits in hand
 * are rewritten, ten times a second at most. In a pipe or a file one line has them all, and one is added
 * in five seconds at most.
 */
export function stepLines(
  {
    terminal = Deno.stderr.isTerminal(),
    now = () => performance.now(),
    write = writeError,
    print = (line) => console.error(line),
    columns = terminalColumns,
  }: LineOptions & { readonly print?: (line: string) => void } = {},
): Steps {
  const block = liveBlock({ write, columns });
  const fits = fitLines(now);
  const pause = terminal ? terminalMilliseconds : pipeMilliseconds;
  let current: CountedStep | undefined;
  let shown = terminal ? -Infinity : now();
  const draw = ({ late = false } = {}) => {
    if (!late && now() - shown < pause) return;
    const counts = current ? [countLine(current, now())] : [];
    if (terminal) block.draw([...counts, ...fits.lines(columns())]);
    else write(`${[...counts, ...fits.brief()].join("; ")}\n`);
    shown = now();
  };
  const end = () => {
    if (terminal && (current || fits.any())) draw({ late: true });
    block.end();
    fits.clear();
    current = undefined;
  };
  const begin = (step?: CountedStep) => {
    end();
    current = step;
    shown = terminal ? -Infinity : now();
  };
  return {
    end,
    show(step, done, total) {
      if (total === undefined) {
        begin();
        print(step);
        return;
      }
      // A step that is counted anew, with another total, is another round of it.
      if (current?.step !== step || current.total !== total) {
        begin({ step, total, start: now(), done: done! });
      }
      current = { ...current!, done: done! };
      draw();
    },
    onEpoch({ name }, epoch, progress) {
      fits.set(name, epoch, progress);
      draw();
    },
    onEnd({ name }) {
      // A fit that is no part of a count is the step itself.
      if (current === undefined && fits.any()) {
        if (terminal) draw({ late: true });
        block.end();
      }
      fits.remove(name);
    },
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
    write = writeError,
  }: Omit<LineOptions, "columns"> = {},
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

function countLine({ step, done, total, start }: CountedStep, time: number): string {
  return line(step, { done, total, seconds: (time - start) / 1000 });
}

function writeError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function line(
  label: string,
  { done, total, seconds }: { done: number; total: number; seconds: number },
): string {
  const count = `${label} ${done}/${total}`;
  if (done === 0 || seconds === 0) return count;
  const rate = done / seconds;
  const rest = done < total ? `${duration((total - done) / rate)} left` : duration(seconds);
  return `${count}, ${rateText(rate)}, ${rest}`;
}

function rateText(perSecond: number): string {
  if (perSecond < 0.1) return `${(60 * perSecond).toFixed(1)}/min`;
  return `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)}/s`;
}
