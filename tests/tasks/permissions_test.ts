import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  assertMayWrite,
  commandToWrite,
  type TaskName,
  writableFolders,
} from "../../tasks/permissions.ts";
import { whyNoC } from "../../lib/compile/mod.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";
import { ffmpegTest } from "../some_ffmpeg.ts";
import project from "../../deno.json" with { type: "json" };

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The tasks that run no other program, but for an ffmpeg and a C compiler. */
const confined = [
  ...["data", "reproduce", "train", "sweep", "predict", "evaluate", "compare"] as const,
  ...["features", "submit", "doctor"] as const,
];

/** The flags of a task's command, in pairs of name and value. */
function flagsOf(task: TaskName): Map<string, string | undefined> {
  const words = project.tasks[task].command.split(" ").filter((word) => word.startsWith("--"));
  return new Map(words.map((word) => word.split("=") as [string, string | undefined]));
}

/** Runs words of a command, of which the first is deno, in the project's folder. */
async function runWords(
  [deno, ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  equal(deno, "deno");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
  // Deno says it where a program that a task may run is not installed.
  const err = text(stderr).replace(/^Info Failed to resolve '(ffmpeg|cc)' .*\n?/gm, "");
  return { code, out: text(stdout), err };
}

/** Runs a task as `deno task` does, with the permissions of its command and no others. */
const runTask = (task: TaskName, ...args: string[]) =>
  runWords([...project.tasks[task].command.split(" "), ...args]);

/** The programs that each of them may run. */
const programs: { readonly [T in TaskName]?: string } = {
  ...{ reproduce: "ffmpeg,cc", train: "ffmpeg,cc", sweep: "ffmpeg,cc", compare: "ffmpeg,cc" },
  ...{ predict: "ffmpeg", evaluate: "ffmpeg", features: "ffmpeg,cc", doctor: "ffmpeg,cc" },
};

Deno.test("every task that is confined names what it may run, write and ask", () => {
  for (const task of confined) {
    const flags = flagsOf(task);
    ok(flags.has("--no-prompt"), task);
    for (const broad of ["--allow-all", "--allow-net", "--allow-import"]) {
      ok(!flags.has(broad), `${task} ${broad}`);
    }
    equal(flags.get("--allow-run"), programs[task], task);
    for (const scoped of ["--allow-write", "--allow-env", "--allow-sys"]) {
      ok(!flags.has(scoped) || flags.get(scoped), `${task} ${scoped} is scoped`);
    }
    ok(flags.has("--ignore-env"), `${task} sees no other variable`);
    ok(!/ -[a-zA-Z]/.test(project.tasks[task].command), `${task} has no short flags`);
  }
});

Deno.test("the tasks write to out, data and the cache, and the doctor to nothing", () => {
  deepEqual(Object.fromEntries(confined.map((task) => [task, writableFolders(task)])), {
    data: ["data"],
    reproduce: ["out", ".cache", "data"],
    train: ["out", ".cache", "data"],
    sweep: ["out", ".cache", "data"],
    predict: ["out", ".cache"],
    evaluate: ["out", ".cache"],
    compare: ["out", ".cache"],
    features: [".cache", "data"],
    submit: [],
    doctor: [],
  });
});

const elsewhere: readonly {
  readonly task: TaskName;
  readonly args: (folder: string) => string[];
  readonly refused: (folder: string) => string;
}[] = [
  { task: "data", args: (at) => ["--quick", "--out", `${at}/new`], refused: (at) => `"${at}/new"` },
  { task: "reproduce", args: (at) => ["--out", `${at}/new`], refused: (at) => `"${at}/new"` },
  { task: "reproduce", args: (at) => ["--cache", `${at}/new`], refused: (at) => `"${at}/new"` },
  {
    task: "train",
    args: (at) => ["--out", `${at}/new/`],
    refused: (at) => `"${at}/new/" and "${at}/new.work"`,
  },
  {
    task: "features",
    args: (at) => ["prune", "--all", "--cache", `${at}/new`],
    refused: (at) => `"${at}/new"`,
  },
  {
    task: "features",
    args: (at) => ["make", "table_1", "--plan", "--cache", `${at}/new`],
    refused: (at) => `"${at}/new"`,
  },
  {
    task: "predict",
    args: (at) => ["--model", "none", "--text", "well", "--page", `${at}/page.html`],
    refused: (at) => `"${at}"`,
  },
];

for (const { task, args, refused } of elsewhere) {
  const [option] = args("").slice(-2);
  const call = args("")[0] === "make" ? `${task} make` : task;
  Deno.test(`the ${call} task refuses to write elsewhere by ${option}, and says which command may`, () =>
    withFolder({}, async (folder) => {
      const { code, out, err } = await runTask(task, ...args(folder));
      deepEqual([code, out], [1, ""]);
      const folders = writableFolders(task).join(" or ");
      const [said, command] = err.split("; to allow it: ");
      equal(
        said,
        `NotCapable: Cannot write to ${refused(folder)}: expected a folder in ${folders}, ` +
          `all that deno task ${task} may write to, got one elsewhere`,
      );
      match(command!, new RegExp(`^deno run .* tasks/${task}.ts ${args(folder).join(" ")}$`));
      deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    }));
}

Deno.test("the command that a refusal names gets past it", () =>
  withFolder({}, async (folder) => {
    const args = ["--data", `${folder}/none`, "--out", `${folder}/model`];
    const [, command] = (await runTask("train", ...args)).err.split("; to allow it: ");
    const { code, err } = await runWords(command!.split(" "));
    equal(code, 1);
    match(err, /^RangeError: Cannot read ".*\/none": expected a folder with emotions\//);
  }));

Deno.test("the tasks read where they are told to, and need no permission to write for that", () =>
  withFolder({ "03-01-04-01-01-01-07.wav": "" }, async (folder) => {
    const { code, out, err } = await runTask("data", "--metadata", folder);
    deepEqual([code, err], [0, ""]);
    match(out, /sad/);
  }));

Deno.test("no variable of the environment reaches a task but those that it names", async () => {
  const flags = project.tasks.reproduce.command.split(" ").filter((word) => /env/.test(word));
  await withFolder({
    "ask.ts": `console.log(Deno.env.get("HOME"), Deno.env.get("ORT_DISABLE_TELEMETRY"));`,
  }, async (folder) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", ...flags, "--no-prompt", `${folder}/ask.ts`],
      env: { HOME: "/home/somebody", ORT_DISABLE_TELEMETRY: "1", NO_COLOR: "1" },
    }).output();
    equal(new TextDecoder().decode(stdout), "undefined 1\n");
  });
});

Deno.test("commandToWrite() adds to the list of the flag and quotes for a shell", () => {
  const call = { task: "data", args: ["--out", "/my data/it's, mine"] } as const;
  const command = commandToWrite(["/my data/it's, mine"], call);
  match(command, / '--allow-write=data,\/my data\/it'\\''s,, mine' /);
  match(command, / tasks\/data.ts --out '\/my data\/it'\\''s, mine'$/);
});

Deno.test("assertMayWrite() lets pass what Deno allows", () => {
  assertMayWrite([], { task: "data", args: [] });
  assertMayWrite(["out", Deno.cwd()], { task: "data", args: [] });
});

ffmpegTest("the tasks that read sound may run ffmpeg, and nothing else", () => {
  const at = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
  const code = `import { decodeAudio } from ${at("lib/signal/decode_audio.ts")};
    const bytes = await Deno.readFile(new URL(${at("tests/fixtures/wild_sound/tone.m4a")}));
    console.log((await decodeAudio(bytes, { path: "a.m4a" })).sampleRateHz);
    try { await new Deno.Command("deno").output(); } catch ({ name }) { console.log(name); }`;
  return withFolder({ "read.ts": code }, async (folder) => {
    const words = project.tasks.predict.command.split(" ").with(-1, `${folder}/read.ts`);
    deepEqual(await runWords(words), { code: 0, out: "16000\nNotCapable", err: "" });
  });
});

/** Trains the smallest model there is by the task's command, of which `change` may take something. */
async function trainBy(
  change: (command: string) => string,
  { root, data, cache }: TinyCorpora,
  env: Readonly<Record<string, string>> = {},
) {
  const out = `${root}/model`;
  const command = commandToWrite([out, `${out}.work`, cache], {
    task: "train",
    args: ["--quick", "--data", data, "--cache", cache, "--out", out],
  });
  const settings = ["model.width=8", "model.heads=1", "training.epochs=1"];
  const words = [...change(command).split(" "), ...settings.flatMap((own) => ["--set", own])];
  const { code, err } = await runWords(words, env);
  const { arithmetic } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
  await Deno.remove(out, { recursive: true });
  return { code, arithmetic, said: err.split("\n").filter((line) => / not as C: /.test(line)) };
}

Deno.test("without a compiler, or the permission to run it, train says so in one line, and trains", () =>
  withTinyCorpora(async (corpora) => {
    const without = [
      [(command: string) => command, { PATH: "" }, "no cc on the PATH"],
      [
        (command: string) => command.replace("ffmpeg,cc", "ffmpeg"),
        {},
        "no permission to run cc, which --allow-run=cc gives",
      ],
    ] as const;
    const hasCompiler = await whyNoC() === undefined;
    for (const [change, env, reason] of hasCompiler ? without : without.slice(0, 1)) {
      const { code, arithmetic, said: [line, ...more] } = await trainBy(change, corpora, env);
      deepEqual([code, more], [0, []]);
      match(arithmetic.kind, /^onnxruntime, cpu$/);
      equal(
        line!.slice(0, line!.indexOf(";")),
        `Graphs run in ONNX Runtime, not as C: no C compiler: ${reason}`,
      );
    }
  }));
