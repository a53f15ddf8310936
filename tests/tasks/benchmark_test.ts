import { deepEqual, equal, match, ok } from "node:assert/strict";
import { main } from "../../benchmarks/main.ts";
import { captured } from "./captured.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

/** A line that `peer.py` is sent. */
type Request = { kind: "versions" | "prepare" | "run"; side?: string; file?: string };

/** What it answers: a line, a record as JSON, or nothing more, since it ends. */
type Answer = (request: Request) => string | object | undefined;

/** Runs `body` where every Python is a process that answers so, and returns those that were started. */
async function withPython(answer: Answer, body: () => Promise<void>): Promise<Started[]> {
  const started: Started[] = [];
  const { Command } = Deno;
  const stub = function (this: object, path: string | URL, options?: Deno.CommandOptions) {
    if (path === Deno.execPath()) return new Command(path, options);
    return {
      spawn() {
        const process: Started = { path: String(path), options: options ?? {}, ended: false };
        started.push(process);
        return spawn(process, answer);
      },
    };
  };
  Object.assign(Deno, { Command: stub });
  try {
    await body();
  } finally {
    Object.assign(Deno, { Command });
  }
  return started;
}

interface Started {
  readonly path: string;
  readonly options: Deno.CommandOptions;
  ended: boolean;
}

function spawn(process: Started, answer: Answer) {
  const status = Promise.withResolvers<void>();
  const { readable, writable } = new TransformStream<Uint8Array>({}, {}, { highWaterMark: 1 });
  const out = writable.getWriter();
  const end = async () => {
    process.ended = true;
    await out.close().catch(() => {}); // It has ended before.
    status.resolve();
  };
  const stdin = new WritableStream<Uint8Array>({
    async write(line) {
      const said = answer(JSON.parse(new TextDecoder().decode(line)));
      if (said === undefined) {
        await end();
        throw new Deno.errors.BrokenPipe("Broken pipe");
      }
      const text = typeof said === "string" ? said : JSON.stringify(said);
      await out.write(new TextEncoder().encode(`${text}\n`));
    },
    close: end,
  });
  return { stdin, stdout: readable, status: status.promise, kill: () => void end() };
}

Deno.test("the benchmark task answers a wrong command line with one line and exit code 2", async () => {
  const refused = async (args: string[], err: string) =>
    deepEqual(await run(...args), { code: 2, out: "", err });
  await refused(
    ["step", "--python", "python"],
    'RangeError: Cannot time "step": choose one of step_cnn_32, step_cnn_128, step_cached_32, ' +
      "step_cached_128, step_misa_32, step_msfnet_32, inference_1, inference_256, epoch_cnn_32, " +
      "sweep_8, product_1024",
  );
  for (const args of [[], ["inference_1"], ["--python", ""], ["--sides", "c,eager"]]) {
    await refused(
      args,
      "TypeError: Cannot time PyTorch: expected --python PATH, or --sides c,onnxruntime without it, " +
        "got neither",
    );
  }
  await refused(
    ["--sides", "c,torch"],
    'RangeError: Cannot use --sides: expected c or onnxruntime or eager or compiled, got "torch"',
  );
  for (const numbers of ["0", "1,", "two"]) {
    await refused(
      ["--threads", numbers],
      "RangeError: Cannot use --threads: expected whole numbers from 1 to 99 with commas between, " +
        `got "${numbers}"`,
    );
  }
  await refused(
    ["--repetitions", "0"],
    'RangeError: Cannot use --repetitions: expected a whole number from 1 to 9999, got "0"',
  );
  await refused(
    ["--fast"],
    "TypeError: Cannot read the command line: Unknown option '--fast' (--help shows the options)",
  );
});

Deno.test("the benchmark task shows its cases and options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  for (const name of ["python", "sides", "threads", "repetitions", "profile", "help"]) {
    match(out, new RegExp(`^ +--${name} `, "m"));
  }
  match(out, /^ +cases +step_cnn_32, (.*\n +)+.*product_1024\n +\(default: all\)$/m);
});

const once = ["inference_1", "--repetitions", "1", "--threads", "1", "--python", "venv/python"];
const peers = [...once, "--sides", "eager,compiled"];

Deno.test("the benchmark task says what is wrong with the Python it is given, and ends it", async () => {
  const failure = async (answer: Answer) => {
    let err = "";
    const started = await withPython(answer, async () => {
      const { code, out, ...said } = await run(...peers);
      deepEqual([code, out], [1, ""]);
      err = said.err;
    });
    ok(started.every(({ ended }) => ended));
    return err;
  };
  equal(
    await failure(() => undefined),
    'Error: Cannot time PyTorch: expected an answer, but "venv/python" ended',
  );
  equal(
    await failure(() => "Python 2.7"),
    'Error: Cannot time PyTorch: expected an answer in JSON from "venv/python", got "Python 2.7"',
  );
  equal(
    await failure(() => ({ error: "no module torch" })),
    "Error: Cannot time PyTorch: no module torch",
  );
});

Deno.test("the benchmark task says that there is no such Python", async () => {
  const { Command } = Deno;
  const spawn = () => {
    throw new Deno.errors.NotFound("No such file or directory");
  };
  Object.assign(Deno, {
    Command: function () {
      return { spawn };
    },
  });
  try {
    deepEqual(await run(...peers), {
      code: 1,
      out: "",
      err: 'RangeError: Cannot time PyTorch: expected --python to be a Python, got "venv/python"',
    });
  } finally {
    Object.assign(Deno, { Command });
  }
});

Deno.test("the benchmark task refuses a peer of other values, and prints a line of JSON for each side", async () => {
  const files = new Set<string>();
  const peer = (value: number): Answer => ({ kind, side, file }) => {
    if (kind === "versions") return { torch: "2" };
    if (kind === "run") return { milliseconds: 1e6, cpuMilliseconds: 5e5, value };
    files.add(file!);
    return side === "compiled" ? { skipped: "no C++ compiler" } : {};
  };
  const all = [...once, "--sides", "onnxruntime,eager,compiled"];
  let score = NaN;
  const stopped = await withPython(peer(2), async () => {
    const { code, out, err } = await run(...all);
    deepEqual([code, out.split("\n").length], [1, 1]); // The machine.
    const [, ours] = err.match(
      /^Error: Cannot compare inference_1: expected (0\.\d+) from eager, got 2$/,
    )!;
    score = Number(ours);
  });
  ok(stopped.length === 3 && stopped.every(({ ended }) => ended));

  const started = await withPython(peer(score), async () => {
    const { code, out, err } = await run(...all);
    deepEqual([code, err], [0, ""]);
    const lines = out.split("\n").map((line) => JSON.parse(line));
    const [first, ours, theirs, skipped, last, ...rest] = lines;
    ok(first.machine.processor && first.versions.onnxruntime && first.load.length === 3);
    equal(first.versions.torch, "2");
    ok(ours.ms > 0 && ours.cpu_ms > 0);
    equal(ours.ratio, Number((ours.ms / 1e6).toPrecision(4)));
    const { load, ...told } = theirs;
    deepEqual(told, {
      ...{ case: "inference_1", threads: 1, side: "eager", repetitions: 1 },
      ...{ ms: 1e6, ms_range: [1e6, 1e6], cpu_ms: 5e5 },
      ...{ reference: "eager", ratio: 1, cpu_ratio: 1 },
    });
    equal(load.length, 2);
    const common = { case: "inference_1", threads: 1 };
    deepEqual(skipped, { ...common, side: "compiled", skipped: "no C++ compiler" });
    ok(last.seconds >= 0);
    deepEqual(rest, []);
  });
  // One is asked for versions alone.
  ok(started.length === 3 && started.every(({ ended }) => ended));
  for (const { path, options } of started) {
    equal(path, "venv/python");
    match(options.args![0]!, /\/benchmarks\/peer\.py$/);
  }
  // What the peers read is gone.
  equal(files.size, 2);
  for (const file of files) equal(await Deno.stat(file).catch(() => null), null);
});
