import { deepEqual, equal, match, throws } from "node:assert/strict";
import { readCommandLine } from "../../tasks/command_line.ts";
import {
  commandLineName,
  count,
  flag,
  option,
  preset,
  repeated,
  text,
} from "../../tasks/option.ts";
import { givenSettings, seed, settingOptions, studyOptions } from "../../tasks/options.ts";
import { assertKnown } from "../../tasks/command.ts";
import { main as reproduce } from "../../tasks/reproduce.ts";
import { main as train } from "../../tasks/train.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

const read = <T>(
  { read }: { read: (text: string | undefined, name: string, all: readonly string[]) => T },
  text?: string,
) => read(text, "--option", text === undefined ? [] : [text]);

const refused = (of: Parameters<typeof read>[0], texts: readonly string[], wanted: string) => {
  for (const text of texts) {
    throws(
      () => read(of, text),
      new RangeError(`Cannot use --option: expected ${wanted}, got "${text}"`),
    );
  }
};

Deno.test("layers of the speech encoder are last, mix and numbers from 0", () => {
  const { speechLayers } = studyOptions;
  deepEqual(["last", "mix", "0", "7", "12"].map((text) => read(speechLayers, text)), [
    ...["last", "mix", 0, 7, 12],
  ]);
  equal(read(speechLayers), undefined);
  refused(speechLayers, ["", "first", "-1", "1.5", "1e1"], "last, mix or the number of a layer");
});

Deno.test("encoders are names, or folders with a slash", () => {
  const { encoders } = studyOptions;
  deepEqual(["paper", "a/b", "a\\b"].map((text) => read(encoders, text)), [
    ...["paper", { folder: "a/b" }, { folder: "a\\b" }],
  ]);
  const wanted = "embedded, paper, best, scratch or a folder with a slash in its name";
  refused(encoders, ["bets", ""], wanted);
});

Deno.test("counts are whole numbers from 1 to 9999, seeds from 0", () => {
  equal(read(count(""), "9999"), 9999);
  refused(
    count(""),
    ["0", "1.5", "1e3", "ten", "", "10000", "007"],
    "a whole number from 1 to 9999",
  );
  deepEqual([read(seed), read(seed, "0")], [1, 0]);
  refused(seed, ["-1", "1.5", "", "one"], "a whole number from 0 to 9007199254740991");
});

Deno.test("choices and folders are refused by what they may be", () => {
  refused(studyOptions.precision, ["fp16", ""], "fp32 or int8");
  refused(studyOptions.cache, [""], "a folder");
});

const options = {
  text: text("TEXT", "a message"),
  dryRun: flag("only tells"),
  seeds: preset(option("N", "seeds", Number), 2),
};

const line = (args: string[], words?: Record<string, string>) => {
  const given = readCommandLine(args, { options, ...words && { words } });
  if (given === "help") throw new Error("help");
  return given;
};

Deno.test("a command line is read by its options, whose names have dashes", () => {
  equal(commandLineName("dryRun"), "--dry-run");
  deepEqual(line([]), { values: { text: undefined, dryRun: false, seeds: 2 }, words: [] });
  deepEqual(line(["a", "--seeds=5", "--dry-run", "b"], { names: "" }), {
    values: { text: undefined, dryRun: true, seeds: 5 },
    words: ["a", "b"],
  });
  throws(() => line(["a"]), TypeError);
});

Deno.test("an option that repeats has all that it was given, in order", () => {
  const repeats = { set: repeated("N", "", Number), text: text("TEXT", "") };
  const line = (...args: string[]) => {
    const given = readCommandLine(args, { options: repeats });
    return given === "help" ? given : given.values;
  };
  deepEqual(line("--set", "1", "--text", "a", "--set=-2", "--set", "1"), {
    set: [1, -2, 1],
    text: "a",
  });
  deepEqual(line(), { set: [], text: undefined });
});

/** The settings that a command line gives. */
function settingsOf(...args: string[]) {
  const given = readCommandLine(args, { options: settingOptions });
  return given === "help" ? {} : givenSettings(given.values);
}

Deno.test("settings are those of a file, and above them those of the command line", () =>
  withFolder({
    "own.json": '{"model": {"width": 32, "heads": 2}, "training": {"epochs": 3}}',
    "model.json": '{"format": "trivalence model 1", "configuration": {"model": {"width": 24}}}',
    "bad.json": '{"model": {"widht": 32}}',
    "no.json": "model.width=32",
  }, (folder) => {
    const config = (name: string) => ["--config", `${folder}/${name}`];
    deepEqual(
      settingsOf(...config("own.json"), "--set", "model.width=16", "--set", "model.gate=sum"),
      {
        "model.width": 16,
        "model.heads": 2,
        "training.epochs": 3,
        "model.gate": "sum",
      },
    );
    deepEqual(settingsOf(...config("model.json")), { "model.width": 24 });
    const refused = (args: string[], message: RegExp) => throws(() => settingsOf(...args), message);
    refused(config("bad.json"), /Cannot use ".*bad.json": .*did you mean model.width\?$/);
    refused(config("no.json"), /Cannot use --config: expected a file of JSON, got none in ".*no\./);
    refused(config("none.json"), /Cannot use --config: expected a file of JSON, got .*none.json"$/);
    refused(["--set", "model.width"], /expected a setting and its value, .* got "model.width"$/);
    refused(["--set", "model.width="], /model.width: expected a whole number from 1, got ""$/);
    const twice = ["--set", "model.width=8", "--set", "model.width=16"];
    refused(
      twice,
      /^RangeError: Cannot use --set: expected model.width once, got it several times$/,
    );
    return Promise.resolve();
  }));

Deno.test("a text may begin with a dash", () => {
  for (const said of ["-5 degrees", "-", "-x", "--not an option"]) {
    equal(line(["--text", said, "--seeds", "3"]).values.text, said);
  }
  equal(line(["--text=--seeds"]).values.text, "--seeds");
  throws(
    () => line(["--text", "--seeds"]),
    /'--text' lacks its value \(--text=VALUE takes a value that begins/,
  );
});

Deno.test("what is not known is answered with the nearest name, or with all", () => {
  throws(() => line(["--sedes", "3"]), {
    name: "TypeError",
    message: "Cannot read the command line: Unknown option '--sedes' (did you mean --seeds?)",
  });
  throws(() => line(["--video"]), /Unknown option '--video' \(--help shows the options\)$/);
  const names = ["table_1", "table_2"];
  throws(
    () => assertKnown("reproduce", ["table1"], names),
    new RangeError('Cannot reproduce "table1": did you mean "table_1"?'),
  );
  throws(
    () => assertKnown("reproduce", ["everything"], names),
    new RangeError('Cannot reproduce "everything": choose one of table_1, table_2'),
  );
});

Deno.test("the tasks that encode take the same options, and refuse what does not go together", async () => {
  for (const main of [reproduce, train]) {
    const { out } = await captured(main, ["--help"]);
    for (const name of Object.keys(studyOptions)) {
      match(out, new RegExp(`  ${commandLineName(name)} `));
    }
    for (const args of [["--speech-layers", "mix"], ["--precision", "int8"]]) {
      const { code, err } = await captured(main, ["--encoders", "scratch", ...args]);
      equal(code, 2);
      match(
        err,
        /^RangeError: Cannot use --\S+: expected a frozen speech encoder, as of --encoders/,
      );
    }
    for (const [speech, layers] of [["whisper-tiny", 4], ["wav2vec2-mini", 2]] as const) {
      const { code, err } = await captured(main, ["--speech", speech, "--speech-layers", "5"]);
      deepEqual([code, err], [
        2,
        `RangeError: Cannot take layer 5 of ${speech}: expected an integer from 0 to ${layers}`,
      ]);
    }
    for (const encoders of ["paper", "scratch"]) {
      const { code, err } = await captured(main, [
        "--encoders",
        encoders,
        "--speech",
        "whisper-base",
      ]);
      equal(code, 2);
      match(
        err,
        /^RangeError: Cannot use --speech: expected --encoders embedded or best with it, got/,
      );
    }
  }
});
