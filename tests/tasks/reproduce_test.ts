import { deepEqual, equal, match, ok } from "node:assert/strict";
import { experimentNames } from "../../experiments/mod.ts";
import { makeEmbeddedCorpus } from "../../lib/datasets/embedded/mod.ts";
import { main } from "../../tasks/reproduce.ts";
import { dataOf } from "../../tasks/reproduce/protocol.ts";
import { captured } from "./captured.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

/** Every file and folder below `folder`. */
async function everything(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    found.push(prefix + name);
    if (isDirectory) found.push(...await everything(`${folder}/${name}`, `${prefix}${name}/`));
  }
  return found.sort();
}

/** The result of an earlier run. */
const earlier = {
  "out/table_1/table_1.md": "an earlier table",
  "out/table_1/predictions/a.csv": "text,image,audio,label,score\n",
};

/**
 * Runs the task with its results beside an earlier one, and asserts that neither
 * the earlier one nor anything else in `folder` has changed.
 */
async function runBeside(folder: string, ...args: string[]) {
  // What was read of files is kept for the next command once they are some seconds old.
  const all = async () => (await everything(folder)).filter((path) => !/^cache(\/|$)/.test(path));
  const before = await all();
  const done = await run(...args, "--out", `${folder}/out`, "--cache", `${folder}/cache`);
  deepEqual(await all(), before);
  for (const [path, text] of Object.entries(earlier)) {
    equal(await Deno.readTextFile(`${folder}/${path}`), text);
  }
  return done;
}

Deno.test("the reproduce task answers a wrong command line with one line and exit code 2", () =>
  withFolder(earlier, async (folder) => {
    for (
      const args of [["table_9"], ["--fast"], ["--encoders", "bets"], ["--seeds", "0"], [
        "--part",
        "3/3",
      ]]
    ) {
      const { code, out, err } = await runBeside(folder, ...args);
      deepEqual([code, out], [2, ""]);
      match(err, new RegExp(`^\\w+Error: Cannot .*"?${args.at(-1)}[^\\n]*$`));
    }
  }));

Deno.test("the reproduce task asks no experiment but scratch about another corpus", async () => {
  deepEqual(await run("table_1", "fig_8", "--elsewhere", "other.csv"), {
    code: 2,
    out: "",
    err: "RangeError: Cannot use --elsewhere: expected scratch among the results, " +
      "got table_1, fig_8",
  });
});

Deno.test("the reproduce task asks nothing but text about another corpus's texts", async () => {
  deepEqual(await run("scratch", "--elsewhere", "other.csv", "--modalities", "image,audio"), {
    code: 2,
    out: "",
    err: "RangeError: Cannot use --elsewhere: expected text among the modalities, got image,audio",
  });
});

Deno.test("the reproduce task refuses folders without a name, which would be the root's", async () => {
  for (const option of ["--out", "--cache"]) {
    deepEqual(await run(option, ""), {
      code: 2,
      out: "",
      err: `RangeError: Cannot use ${option}: expected a folder, got ""`,
    });
  }
});

Deno.test("the reproduce task shows its names and options on --help", async () => {
  const { code, out, err } = await run("--help");
  deepEqual([code, err], [0, ""]);
  for (const name of experimentNames) match(out, new RegExp(`^ .*\\b${name}\\b`, "m"));
  const options = [
    "quick",
    "data",
    "encoders",
    "out",
    "seeds",
    "jobs",
    "cache",
    "keep-going",
    "help",
  ];
  for (const name of options) match(out, new RegExp(`^ +--${name} `, "m"));
});

Deno.test("the reproduce task refuses to confirm a folder without results, and names that have none", () =>
  withFolder({ ...earlier, "emotions/text.csv": "" }, async (folder) => {
    for (
      const args of [["--check", `${folder}/nowhere`], ["table_2", "--check", `${folder}/out`]]
    ) {
      const { code, err } = await runBeside(folder, "--data", folder, ...args);
      equal(code, 1);
      const checked = args.at(-1);
      equal(
        err.trimEnd().split("\n").at(-1),
        `RangeError: Cannot check "${checked}": expected results of reproduce, got none`,
      );
    }
  }));

Deno.test("the reproduce task refuses modalities that an experiment can't do without, or that are none", async () => {
  const cases = [
    [["table_1", "--modalities", "audio"], 'expected ablation_gate or scratch, got "table_1"'],
    [["scratch", "--modalities", "speech"], 'expected text or image or audio, got "speech"'],
    [["scratch", "--modalities", "text,text"], 'expected each modality once, got "text,text"'],
    [["ablation_gate", "--modalities", "text"], "expected audio, whose gate is tried, got none"],
  ] as const;
  for (const [args, wanted] of cases) {
    const { code, out, err } = await run(...args);
    deepEqual([code, out], [2, ""]);
    ok(err.startsWith(`RangeError: Cannot use --modalities: ${wanted}`), err);
  }
});

Deno.test("the reproduce task refuses memory that is no number of GB", async () => {
  for (const memory of ["0", "some", "1e3", "-1", ""]) {
    const { code, out, err } = await run("table_1", "--memory", memory);
    deepEqual([code, out], [2, ""]);
    const wanted = `--memory: expected a number of GB above 0, got "${memory}"`;
    ok(err.startsWith(`RangeError: Cannot use ${wanted}`), err);
  }
});

Deno.test("the reproduce task refuses a protocol that has nothing to divide", async () => {
  const cases = [
    ["table_1 --split folds", '--split: expected ablation_gate or scratch, got "table_1"'],
    ["table_1 --unbalanced", '--unbalanced: expected ablation_gate or scratch, got "table_1"'],
    ["scratch --split parts", '--split: expected folds or own, got "parts"'],
    ["scratch --split folds --modalities text", "--split folds: expected audio, which has folds"],
    ["scratch --leaks drop", "--leaks: expected --split own with it, got none"],
    ["scratch --cap 1", '--cap: expected none or a whole number from 2, got "1"'],
  ] as const;
  for (const [line, wanted] of cases) {
    const { code, out, err } = await run(...line.split(" "));
    deepEqual([code, out], [2, ""]);
    ok(err.startsWith(`RangeError: Cannot use ${wanted}`), err);
  }
});

Deno.test("what a corpus was published in is used whole, unless --cap says otherwise", () => {
  const usual = { cap: 10_000, testFraction: 0.2, validationFraction: 0.1 };
  const none = {
    ...{ modalities: undefined, split: undefined, leaks: undefined, cap: undefined },
    unbalanced: false,
  };
  deepEqual(dataOf(usual, none), usual);
  deepEqual(dataOf(usual, { ...none, split: "own" }), { ...usual, cap: "none", unbalanced: true });
  const capped = { ...none, split: "folds", cap: 100 } as const;
  deepEqual(dataOf(usual, capped), { ...usual, cap: 100, unbalanced: true });
});

/** What the task says of a folder of data, where it fails. */
async function failure(folder: string, data: string): Promise<string> {
  const { code, out, err } = await runBeside(folder, "--data", data, "--seeds", "1");
  deepEqual([code, out], [1, ""]);
  // The steps that were under way, and the error on the last line.
  return err.trimEnd().split("\n").at(-1)!;
}

Deno.test("the reproduce task fails where --data is nothing, or a file", () =>
  withFolder({ ...earlier, "notes.md": "" }, async (folder) => {
    const wanted =
      "expected a folder with emotions/, faces/ and ravdess/, a table (.csv, .tsv, .txt, .jsonl), " +
      "or a set in a layout that is known";
    const file = `a file; deno task data inspect ${folder}/notes.md says what it looks like`;
    for (const [name, got] of [["nowhere", "nothing"], ["notes.md", file]]) {
      const said = (await failure(folder, `${folder}/${name}`)).trim();
      equal(said, `RangeError: Cannot read "${folder}/${name}": ${wanted}, got ${got}`);
    }
  }));

const twoSets = {
  "sets/one/rows.csv": "text,label\nwell,positive\n",
  "sets/two/rows.csv": "text,label\nill,negative\n",
};

Deno.test("the reproduce task makes of a folder of sets what is made of rows alone", () =>
  withFolder({ ...earlier, ...twoSets }, async (folder) => {
    const mixed = await runBeside(folder, "natural", "table_1", "--data", `${folder}/sets`);
    equal(mixed.code, 1);
    match(
      mixed.err,
      /Cannot make table_1 of ".*sets": expected corpora, or natural alone, got a folder of sets/,
    );
    const alone = await runBeside(folder, "natural", "--data", `${folder}/out`);
    match(
      alone.err,
      /expected a folder .*, or a folder of folders that hold one each, got a folder/,
    );
    // Sets that can't be learnt are named.
    const few = await runBeside(folder, "natural", "--data", `${folder}/sets`);
    equal(few.code, 1);
    match(
      few.err,
      /got none:\n- one: Cannot learn from the set "one": Cannot split 1 samples: expected 3 groups/,
    );
  }));

Deno.test("the reproduce task refuses options of natural rows where there are none", async () => {
  for (const option of [["--context", "2"], ["--leaking-features"]]) {
    const { code, err } = await run("table_1", ...option);
    equal(code, 2);
    match(err, new RegExp(`${option[0]}: expected natural among the results, got table_1`));
  }
});

Deno.test("the reproduce task refuses options that natural rows would pass over", async () => {
  for (const option of [["--cap", "100"], ["--keep-going"]]) {
    const { code, err } = await run("natural", ...option);
    equal(code, 2);
    equal(
      err.trim(),
      `RangeError: Cannot use ${option[0]}: expected results on corpora, got natural`,
    );
  }
});

/** A change to a corpus on disk, and its undoing. */
type Damage = (corpus: string) => Promise<() => Promise<void>>;

const rewrite =
  (path: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): Damage =>
  async (corpus) => {
    const bytes = await Deno.readFile(`${corpus}/${path}`);
    await Deno.writeFile(`${corpus}/${path}`, change(bytes));
    return () => Deno.writeFile(`${corpus}/${path}`, bytes);
  };

const rename = (from: string, to: string): Damage => async (corpus) => {
  await Deno.rename(`${corpus}/${from}`, `${corpus}/${to}`);
  return () => Deno.rename(`${corpus}/${to}`, `${corpus}/${from}`);
};

const clip = "ravdess/Actor_01/03-01-05-01-01-01-01.wav";

/** The text with one of its lines (the header is 1) changed. */
const atLine = (line: number, change: (row: string) => string) => (bytes: Uint8Array) => {
  const rows = new TextDecoder().decode(bytes).split("\n");
  return new TextEncoder().encode(rows.with(line - 1, change(rows[line - 1]!)).join("\n"));
};

// What each reader says further is its own test's.
const damages: Record<string, [damage: Damage, said: (corpus: string) => string]> = {
  "a CSV row with a bad label": [
    rewrite("emotions/text.csv", atLine(7, (row) => row.replace(/\d$/, "9"))),
    (corpus) => `RangeError: Cannot read "${corpus}/emotions/text.csv", line 7: `,
  ],
  "a CSV row with a field too many": [
    rewrite("emotions/text.csv", atLine(12, (row) => `${row},1`)),
    (corpus) => `RangeError: Cannot read "${corpus}/emotions/text.csv", line 12: `,
  ],
  "a CSV file with a quote that nothing closes": [
    rewrite("emotions/text.csv", atLine(20, (row) => row.replace(",", ',"'))),
    (corpus) => `SyntaxError: Cannot read "${corpus}/emotions/text.csv", line 20: `,
  ],
  "a class folder that names no emotion": [
    rename("faces/happy", "faces/hapy"),
    (corpus) => `RangeError: Cannot map the emotions of "${corpus}/faces": `,
  ],
  "no folder of faces": [
    rename("faces", "portraits"),
    (corpus) => `RangeError: Cannot read "${corpus}/faces": `,
  ],
  "an image that is none": [
    rewrite("faces/happy/noto-00000.jpg", () => new TextEncoder().encode("<html>")),
    (corpus) => `RangeError: Cannot read "${corpus}/faces/happy/noto-00000.jpg": `,
  ],
  "a clip that is cut off": [
    rewrite(clip, (bytes) => bytes.subarray(0, 1000)),
    (corpus) => `RangeError: Cannot read "${corpus}/${clip}": `,
  ],
  "a clip whose name is no RAVDESS name": [
    rename(clip, "ravdess/Actor_01/kids.wav"),
    (corpus) => `RangeError: Cannot read "${corpus}/ravdess/Actor_01/kids.wav": `,
  ],
  // Nothing is damaged, but a part for each of training, validation and testing needs three actors.
  "two actors": [
    () => Promise.resolve(() => Promise.resolve()),
    () => "RangeError: Cannot split 48 samples: ",
  ],
};

Deno.test("the reproduce task names the file that is wrong, and keeps the result of before", (t) =>
  withFolder(earlier, async (folder) => {
    const corpus = `${folder}/corpus`;
    await makeEmbeddedCorpus(corpus, { size: "tiny" });
    for (const [name, [damage, said]] of Object.entries(damages)) {
      await t.step(name, async () => {
        const repair = await damage(corpus);
        const error = await failure(folder, corpus);
        await repair();
        equal(error.slice(0, said(corpus).length), said(corpus));
        equal(error.trim().split("\n").length, 1);
      });
    }
  }));

Deno.test("the reproduce task makes no folder for results that it has not got", () =>
  withFolder({ "corpus/emotions/text.csv": "text,label\nwell,9\n" }, async (folder) => {
    const { code } = await run(
      ...["--data", `${folder}/corpus`, "--out", `${folder}/out`, "--cache", `${folder}/cache`],
    );
    equal(code, 1);
    deepEqual(await everything(folder), ["corpus", "corpus/emotions", "corpus/emotions/text.csv"]);
  }));
