import { deepEqual } from "node:assert/strict";
import { epochLines, progress, stepLines } from "../../tasks/progress.ts";

/** A progress line with a clock and a stream of our own. */
function line({ terminal, total }: { terminal: boolean; total: number }) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const { update, end } = progress("clips", total, {
    terminal,
    now: () => clock.milliseconds,
    write: (text) => void written.push(text),
  });
  const at = (milliseconds: number, done: number) => {
    clock.milliseconds = milliseconds;
    update(done);
  };
  return { at, end, written };
}

Deno.test("in a terminal one line is rewritten, not more than ten times a second", () => {
  const { at, end, written } = line({ terminal: true, total: 400 });
  at(0, 0);
  at(50, 5);
  at(2000, 100);
  at(2050, 110);
  at(8000, 400);
  end();
  deepEqual(written, [
    "\rclips 0/400\x1b[K",
    "\rclips 100/400, 50/s, 6 s left\x1b[K",
    "\rclips 400/400, 50/s, 8 s\x1b[K",
    "\rclips 400/400, 50/s, 8 s\x1b[K",
    "\n",
  ]);
});

Deno.test("in a pipe a line is added, not more than one in five seconds", () => {
  const { at, end, written } = line({ terminal: false, total: 10_000 });
  at(1000, 1);
  at(5000, 10);
  at(9000, 20);
  at(10_000, 25);
  end();
  deepEqual(written, [
    "clips 10/10000, 2.0/s, 1 h 23 min left\n",
    "clips 25/10000, 2.5/s, 1 h 6 min left\n",
  ]);
});

Deno.test("a step that is counted with another total is another round of it", () => {
  const written: string[] = [];
  const { writeSync, isTerminal } = Deno.stderr;
  const fake = {
    isTerminal: () => true,
    writeSync: (bytes: Uint8Array) => written.push(new TextDecoder().decode(bytes)),
  };
  Object.assign(Deno.stderr, fake);
  try {
    const { show, end } = stepLines();
    show("judging", 3, 4);
    show("judging", 31, 62);
    end();
  } finally {
    Object.assign(Deno.stderr, { writeSync, isTerminal });
  }
  const lines = written.join("").split("\n").map((line) => line.split("\r").at(-1));
  deepEqual(lines.map((line) => line?.match(/^judging \d+\/\d+/)?.[0]), [
    ...["judging 3/4", "judging 31/62", undefined],
  ]);
});

/** What is told of four epochs of eight, which begin at these times. */
function epochsTold(terminal: boolean, seconds: readonly number[], from = 1): string[] {
  const written: string[] = [];
  let now = 0;
  const tell = epochLines(8, {
    terminal,
    now: () => now,
    write: (text) => void written.push(text),
  });
  seconds.forEach((time, i) => {
    now = 1000 * time;
    tell({ epoch: from + i, trainLoss: 1 / 3, validationLoss: 0.5, validationAccuracy: 0.75 });
  });
  return written;
}

Deno.test("in a terminal each epoch has a line, with the time left at the pace of this run", () => {
  const scores = "training loss 0.333, validation loss 0.500, accuracy 0.750";
  deepEqual(epochsTold(true, [10, 12, 14], 4), [
    `epoch 4/8: ${scores}`,
    `epoch 5/8: ${scores}, 6 s left`,
    `epoch 6/8: ${scores}, 4 s left`,
  ]);
});

Deno.test("in a pipe an epoch in five seconds has a line", () => {
  const told = epochsTold(false, [10, 12, 15, 16]);
  deepEqual(told.map((line) => line.slice(0, 9)), ["epoch 3/8"]);
});
