/**
 * Reproduces tables from raw files.
 *
 *     deno task reproduce [names…] [options]
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { kindOf, replaceFolder } from "../lib/files.ts";
import { check, defaults } from "../lib/study/settings.ts";
import { experiments, usualExperiments } from "../experiments/mod.ts";
import { type ReportContext, writeReport } from "../experiments/report/mod.ts";
import { checkResult } from "../experiments/results/check.ts";
import { canDrawLetters, withPngs } from "../experiments/results/pictures.ts";
import {
  currentCommit,
  isMade,
  sourceDigest,
  withManifest,
} from "../experiments/results/folder.ts";
import { openStudy, type Options, type Study } from "../lib/study/study.ts";
import type { EncoderSource } from "../lib/study/encoder_source.ts";
import { frozenOf } from "../lib/study/study_encoders.ts";
import { ensureSmallClip } from "../lib/encoders/embedded/mod.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import { chooseProviders } from "../lib/backends/mod.ts";
import type { GraphPrecision, SpeechLayers } from "../lib/encoders/mod.ts";
import { fingerprintOf } from "../lib/training/checkpoint.ts";
import {
  assertKnown,
  assertNamed,
  assertSettingsFit,
  parseChoice,
  parseCount,
  parseEncoders,
  parseLayers,
  parseOptions,
  runCommand,
} from "./command.ts";
import { type CorpusFolder, corpusFolder } from "./corpus.ts";
import { type FailureLog, failureLog, failuresToCsv, listFailures } from "./failures.ts";
import { stepLines, type Steps } from "./progress.ts";

/** What all experiments are made with. */
type Settings = Omit<Options, "openWork">;

const help = `Reproduces tables from raw files: reads, encodes, trains, tests, writes.
A run that was killed goes on where it was when the same command is given again, and
what is made already, by this code from these data and settings, is not made again.

Usage: deno task reproduce [names…] [options]

  names            ${listed(Object.keys(experiments))}
                   (default: those up to protocol_audit)
  --quick          small corpus, few epochs: a check that everything runs
  --data DIR       a folder with emotions/, faces/ and ravdess/, or a CSV file with the columns
                   text, image, audio, label and maybe group (default: the embedded corpus,
                   made in data/ when it is not there)
  --encoders NAME  embedded, paper, or scratch: trained from raw inputs, on the training part
                   alone; or a folder of encoders that train --encoders scratch has made, such as
                   out/model/encoders, which must not have met the test part (default: embedded)
  --speech-layers N
                   whose states of wav2vec 2.0 are read: last, the number of a layer (0 is what
                   goes into the first), or mix, all of them in a learnt mix (default: last)
  --precision NAME fp32 or int8: the encoders' numbers; int8 is a quarter of the size and gives
                   other features (default: fp32)
  --out DIR        where results go (default: out, with --quick out/quick)
  --seeds N        seeds 1 to N (default: 2, with --quick 1)
  --jobs N         runs side by side (default: one a core)
  --providers LIST ONNX Runtime's execution providers in order of preference: cpu, webgpu,
                   cuda, coreml, dml (default: cpu)
  --cache DIR      where models and features are kept (default: .cache)
  --keep-going     leaves out what can't be read or encoded, and lists it at the end and in
                   failures.csv (default: the first such file ends the run)
  --check DIR      make nothing: compute the results in DIR again from their saved
                   predictions, with the options they were made with, and say what differs
  --help           this text`;

// Three names a line, under the first.
function listed(names: readonly string[]): string {
  const lines = Array.from(
    { length: Math.ceil(names.length / 3) },
    (_, i) => names.slice(3 * i, 3 * i + 3).join(", "),
  );
  return lines.join(`,\n${" ".repeat(19)}`);
}

/** What the command line asks for. */
interface Request {
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly data: string | undefined;
  readonly encoders: EncoderSource;
  readonly speechLayers: SpeechLayers;
  readonly precision: GraphPrecision;
  readonly out: string;
  readonly seeds: number;
  readonly jobs: number;
  readonly providers: readonly string[];
  readonly cache: string;
  readonly keepGoing: boolean;
  /** The folder whose results are checked; nothing is made then. */
  readonly check: string | undefined;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    help,
    parse,
    writes: { task: "reproduce", paths: ({ out, cache }) => [out, cache] },
    run: (request) => reproduce(request, args),
  });
}

function parse(args: string[]): Request | undefined {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      data: { type: "string" },
      encoders: { type: "string", default: "embedded" },
      "speech-layers": { type: "string", default: "last" },
      precision: { type: "string", default: "fp32" },
      out: { type: "string" },
      seeds: { type: "string" },
      jobs: { type: "string" },
      providers: { type: "string", default: "cpu" },
      cache: { type: "string", default: ".cache" },
      "keep-going": { type: "boolean", default: false },
      check: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const known = Object.keys(experiments);
  assertKnown("reproduce", positionals, known);
  assertNamed(values, "data", "out", "cache", "check");
  const encoders = parseEncoders("--encoders", values.encoders);
  const settings = {
    speechLayers: parseLayers("--speech-layers", values["speech-layers"]),
    precision: parseChoice("--precision", ["fp32", "int8"], values.precision),
  };
  assertSettingsFit(encoders, settings);
  return {
    // In their usual order: what another one measures is measured where it is made first.
    names: positionals.length > 0
      ? known.filter((name) => positionals.includes(name))
      : values.check === undefined
      ? usualExperiments()
      : known,
    quick: values.quick,
    data: values.data,
    ...{ encoders, ...settings },
    out: values.out ?? (values.quick ? "out/quick" : "out"),
    seeds: parseCount("--seeds", values.seeds ?? (values.quick ? "1" : "2")),
    jobs: parseCount("--jobs", values.jobs ?? String(availableParallelism())),
    providers: values.providers.split(","),
    cache: values.cache,
    keepGoing: values["keep-going"],
    check: values.check,
  };
}

async function reproduce(request: Request, args: readonly string[]): Promise<void> {
  const start = performance.now();
  const lines = stepLines();
  const { failures, onFailure } = failureLog(request);
  try {
    const settings = await settingsOf(request, { args, show: lines.show, onFailure });
    if (request.check !== undefined) {
      return await checkAll(request.check, { names: request.names, settings, lines });
    }
    const onMessage = settings.onProgress;
    // Unfinished work is there until all results are: a command that is killed or fails can go on.
    await withWorkFolder(`${request.out}/work`, { onMessage }, async (openWork) => {
      const study = await openStudy({ ...settings, openWork });
      const letters = await canDrawLetters();
      for (const name of request.names) await makeResult(name, { study, request, letters, lines });
      await study.close();
      await writeFailures(request.out, failures);
      console.log(`Encoded ${study.encoded} samples that the feature store did not have.`);
      if (!letters) console.log("Without PNG: this machine has no fonts for the letters.");
      console.log(`Wrote ${await writeReport(request.out, reportContext(args))}`);
    });
  } finally {
    lines.end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
  console.log(`Done in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
}

/** Writes what was left out; a run that left out nothing leaves no file of an earlier one. */
async function writeFailures(out: string, failures: FailureLog["failures"]): Promise<void> {
  const path = `${out}/failures.csv`;
  if (failures.length > 0) await Deno.writeTextFile(path, failuresToCsv(failures));
  else if (await kindOf(path) === "file") await Deno.remove(path);
}

async function makeResult(
  name: string,
  { study, request: { out }, letters, lines }: {
    readonly study: Study;
    readonly request: Request;
    readonly letters: boolean;
    readonly lines: Steps;
  },
): Promise<void> {
  const folder = `${out}/${name}`;
  const fingerprint = fingerprintOf({ ...study.decides, name, letters });
  if (await isMade(folder, fingerprint)) {
    console.log(`${folder} is made already.\n`);
    return;
  }
  lines.show(name);
  const { markdown, files } = await experiments[name]!(study);
  const pictures = letters ? await withPngs(files) : files;
  await replaceFolder(folder, withManifest(pictures, fingerprint));
  const { command, commit, seeds } = study.options;
  // No result depends on it: it says how often the test part was looked at.
  const opened = { at: new Date().toISOString(), experiment: name, command, commit, seeds };
  await Deno.writeTextFile(`${out}/ledger.jsonl`, `${JSON.stringify(opened)}\n`, { append: true });
  lines.end();
  console.log(markdown);
  console.log(`Wrote ${folder}\n`);
}

/** @throws {RangeError} There is no result, or some file is not what the predictions give. */
async function checkAll(
  folder: string,
  { names, settings, lines }: {
    readonly names: readonly string[];
    readonly settings: Settings;
    readonly lines: Steps;
  },
): Promise<void> {
  const made: string[] = [];
  for (const name of names) {
    if (await isThere(`${folder}/${name}/${name}.json`)) made.push(name);
  }
  if (made.length === 0) {
    throw new RangeError(`Cannot check "${folder}": expected results of reproduce, got none`);
  }
  // Nothing is run, so that no work is kept.
  await Deno.mkdir(settings.cache, { recursive: true });
  const place = await Deno.makeTempDir({ dir: settings.cache });
  let wrong = 0;
  await withWorkFolder(place, { onMessage: settings.onProgress }, async (openWork) => {
    const study = await openStudy({ ...settings, openWork });
    for (const name of made) {
      lines.show(`checking ${name}`);
      const [own, experiment] = [`${folder}/${name}`, experiments[name]!];
      const checked = await checkResult(study, { name, folder: own, experiment });
      const { files, differences, unchecked } = checked;
      lines.end();
      const same = Math.max(0, files - differences.length);
      console.log(
        unchecked
          ? `${name}: not checked: ${unchecked}`
          : `${name}: ${same} of ${files} files are as the predictions give`,
      );
      for (const difference of differences) console.log(`  ${difference}`);
      wrong += differences.length;
    }
    await study.close();
  });
  if (wrong > 0) throw new RangeError(`Cannot confirm "${folder}": ${wrong} differences`);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** What was not made yet is made with the same options. */
function reportContext(args: readonly string[]): ReportContext {
  const known = Object.keys(experiments);
  const options = args.filter((arg) => !known.includes(arg));
  return {
    experiments: known,
    commandFor: (name) => ["deno task reproduce", name, ...options].join(" "),
  };
}

// The embedded corpus and the small CLIP take most of a minute each to make: side by side, less.
async function ensureCorpus(request: Request, show: Options["onProgress"]): Promise<CorpusFolder> {
  const alsoClip = request.data === undefined && frozenOf(request.encoders) === "embedded";
  const [corpus] = await Promise.all([
    corpusFolder(request, show),
    alsoClip && ensureSmallClip(request.cache, { onProgress: (message) => show(message) }),
  ]);
  return corpus;
}

async function settingsOf(
  request: Request,
  { args, show, onFailure }:
    & { args: readonly string[]; show: Options["onProgress"] }
    & Pick<FailureLog, "onFailure">,
): Promise<Settings> {
  const { provider, skipped } = await chooseProviders(request.providers);
  for (const { provider, reason } of skipped) show(`Without ${provider}: ${reason}`);
  return {
    ...await ensureCorpus(request, show),
    config: request.quick ? check : defaults,
    seeds: Array.from({ length: request.seeds }, (_, i) => i + 1),
    encoders: request.encoders,
    speechLayers: request.speechLayers,
    precision: request.precision,
    cache: request.cache,
    jobs: request.jobs,
    provider,
    command: ["deno task reproduce", ...args].join(" "),
    commit: await currentCommit(new URL("../", import.meta.url)),
    code: await sourceDigest(new URL("../", import.meta.url)),
    onProgress: show,
    onFailure,
  };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
