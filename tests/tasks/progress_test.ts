import { deepEqual } from "node:assert/strict";
import { progress, stepLines } from "../../tasks/progress.ts";

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

Deno.test("what takes long has a rate a minute", () => {
  const { at, written } = line({ terminal: false, total: 3 });
  at(30_000, 1);
  deepEqual(written, ["clips 1/3, 2.0/min, 1 min 0 s left\n"]);
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

/** Steps with a clock and a stream of our own, and fits that are told of at these seconds. */
function steps(terminal: boolean, columns = 120) {
  const written: string[] = [];
  let milliseconds = 0;
  const lines = stepLines({
    terminal,
    columns: () => columns,
    now: () => milliseconds,
    write: (text) => void written.push(text),
    print: (line) => void written.push(`${line}\n`),
  });
  const epoch = (name: string, epoch: number, best = epoch) =>
    lines.onEpoch(
      { name, id: name, settings: {} },
      { epoch, trainLoss: 1 / 3, validationLoss: 0.5, validationAccuracy: 0.75 },
      { epochs: 8, step: epoch, learningRate: 1e-3, best: { epoch: best, loss: 0.4 } },
    );
  const end = (name: string) => lines.onEnd({ name, id: name, settings: {} });
  return {
    ...lines,
    epoch,
    endOf: end,
    written,
    at: (seconds: number) => milliseconds = 1000 * seconds,
  };
}

const scores = "loss 0.333 · val 0.500 · acc 0.750";

Deno.test("in a terminal a fit has one line, with the time left at the pace of this run", () => {
  const { at, epoch, endOf, end, written } = steps(true);
  [10, 12, 14].forEach((time, i) => {
    at(time);
    epoch("one", 4 + i, 4);
  });
  endOf("one");
  end();
  deepEqual(written, [
    `\r  one  epoch 4/8 · ${scores} · best 0.400 (4)\x1b[K`,
    `\r  one  epoch 5/8 · ${scores} · best 0.400 (4) · 6 s left\x1b[K`,
    `\r  one  epoch 6/8 · ${scores} · best 0.400 (4) · 4 s left\x1b[K`,
    `\r  one  epoch 6/8 · ${scores} · best 0.400 (4) · 4 s left\x1b[K`,
    "\n",
  ]);
});

Deno.test("fits side by side have a line each below the count, which goes when they end", () => {
  const { at, show, epoch, endOf, end, written } = steps(true);
  show("training", 0, 3);
  at(1);
  epoch("first", 1);
  at(2);
  epoch("the second", 1);
  at(3);
  endOf("first");
  show("training", 1, 3);
  endOf("the second");
  end();
  const first = `  first  epoch 1/8 · ${scores} · best 0.400 (1)\x1b[K`;
  const both = [
    `  first       epoch 1/8 · ${scores} · best 0.400 (1)\x1b[K`,
    `  the second  epoch 1/8 · ${scores} · best 0.400 (1)\x1b[K`,
  ];
  deepEqual(written, [
    "\rtraining 0/3\x1b[K",
    `\rtraining 0/3\x1b[K\n${first}`,
    ["\r\x1b[1Atraining 0/3\x1b[K", ...both].join("\n"),
    `\r\x1b[2Atraining 1/3, 0.3/s, 6 s left\x1b[K\n${both[1]}\x1b[J`,
    "\r\x1b[1Atraining 1/3, 0.3/s, 6 s left\x1b[K\x1b[J",
    "\n",
  ]);
});

Deno.test("of many fits some have lines, and no line is longer than the terminal", () => {
  const { at, show, epoch, written } = steps(true, 60);
  show("training", 0, 58);
  for (let i = 1; i <= 11; i++) epoch(`a-name-that-is-too-long-for-it-${i}`, 1);
  at(1);
  epoch("a-name-that-is-too-long-for-it-12", 1);
  const lines = written.at(-1)!.replaceAll("\x1b[K", "").split("\n");
  deepEqual(lines.length, 10);
  deepEqual(lines.at(-1), "and 4 more");
  deepEqual(lines.slice(1, -1).map((line) => [...line].length), Array(8).fill(59));
  deepEqual(lines[1], "  a-name-that…  epoch 1/8 · loss 0.333 · val 0.500 · acc 0…");
});

Deno.test("in a pipe a line in five seconds has the count and the fits in hand", () => {
  const { at, show, epoch, endOf, end, written } = steps(false);
  show("reading");
  show("training", 0, 58);
  for (const name of ["one", "two", "three", "four"]) epoch(name, 1);
  at(4);
  epoch("one", 2);
  at(6);
  epoch("two", 2);
  at(8);
  endOf("one");
  endOf("two");
  at(11);
  show("training", 2, 58);
  end();
  deepEqual(written, [
    "reading\n",
    `training 0/58; one epoch 2/8 · ${scores} · best 0.400 (2) · 24 s left; ` +
    `two epoch 2/8 · ${scores} · best 0.400 (2) · 36 s left; and 2 more\n`,
    `training 2/58, 0.2/s, 5 min 8 s left; three epoch 1/8 · ${scores} · best 0.400 (1); ` +
    `four epoch 1/8 · ${scores} · best 0.400 (1)\n`,
  ]);
});
