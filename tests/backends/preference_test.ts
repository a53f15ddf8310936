import { deepEqual, equal, rejects } from "node:assert/strict";
import { reasonAgainst, startFirst } from "../../lib/backends/preference.ts";

const known = ["fast", "fair", "slow"] as const;
const kind = "engine";

/** Starts only what is in `works`, and notes what was tried. */
function starter(...works: string[]) {
  const tried: string[] = [];
  const start = (name: string) => {
    tried.push(name);
    return works.includes(name)
      ? Promise.resolve()
      : Promise.reject(new Error(`${name} is\n  missing`));
  };
  return { tried, start };
}

Deno.test("startFirst() starts the first that works and tries nothing after it", async () => {
  const { tried, start } = starter("fair", "slow");
  const started = await startFirst({
    kind,
    known,
    start,
    wanted: ["fast", "fast", "fair", "slow"],
  });
  deepEqual(started, {
    name: "fair",
    skipped: [{ name: "fast", reason: "fast is missing" }],
  });
  deepEqual(tried, ["fast", "fair"]);
});

Deno.test("startFirst() lists every reason when none works, and starts nothing unasked", async () => {
  const { tried, start } = starter("slow");
  await rejects(startFirst({ kind, known, start, wanted: ["fair", "fast"] }), {
    name: "Error",
    message: "Cannot start fair or fast: expected one engine to work, got\n" +
      "- fair: fair is missing\n- fast: fast is missing",
  });
  deepEqual(tried, ["fair", "fast"]);
});

Deno.test("startFirst() refuses unknown names and no names before it starts any", async () => {
  const { tried, start } = starter("fast");
  await rejects(startFirst({ kind, known, start, wanted: ["fast", "quick", "swift"] }), {
    name: "RangeError",
    message: 'Cannot start the engine "quick", "swift": choose from fast, fair, slow',
  });
  await rejects(startFirst({ kind, known, start, wanted: [] }), {
    name: "RangeError",
    message: "Cannot start no engine: choose from fast, fair, slow",
  });
  deepEqual(tried, []);
});

Deno.test("a reason is one line without the sources' file names and advice for other tools", async () => {
  const reason = (error: unknown) => reasonAgainst(() => Promise.reject(error));
  equal(
    await reason(
      new Error("/onnxruntime_src/a.cc:1 void f(const T&)::<lambda()> ok == 1 was false. No GPU\n"),
    ),
    "No GPU",
  );
  equal(
    await reason(new Error("No binding at x.node. \nPlease run command 'npm rebuild x' to …")),
    "No binding at x.node.",
  );
  equal(await reason("thrown text"), "thrown text");
  equal(await reasonAgainst(() => Promise.resolve()), undefined);
});
