/**
 * Reproduces tables from raw files.
 *
 *     deno task reproduce [names…] [options]
 *
 * @module
 */

import {
  experimentNames,
  experiments,
  rowsExperiments,
  usualExperiments,
} from "../experiments/mod.ts";
import type { Refused } from "../experiments/natural/refused.ts";
import { canDrawLetters } from "../experiments/results/pictures.ts";
import { writeReport } from "../experiments/report/mod.ts";
import { kindOf } from "../lib/files.ts";
import type { Protocol } from "../lib/study/protocol.ts";
import type { DataConfig } from "../lib/study/settings.ts";
import { openStudy } from "../lib/study/study.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import { assertKnown, runCommand } from "./command.ts";
import { type FailureLog, failureLog, failuresToCsv, listFailures } from "./failures.ts";
import { executor } from "./executor.ts";
import { count, file, flag, folder, option, preset, type Values } from "./option.ts";
import { assertSettingsFit, perCore, studyOptions } from "./options.ts";
import { assertPartFits, partOptions, reportToText } from "./parts.ts";
import { stepLines } from "./progress.ts";
import { assertTrains, eventFolders, tensorboard } from "./tensorboard.ts";
import { dataOf, protocolOf, protocolOptions } from "./reproduce/protocol.ts";
import { checkAll } from "./reproduce/check_all.ts";
import { makePart } from "./reproduce/make_part.ts";
import { makeResult } from "./reproduce/make_result.ts";
import { phasesToCsv, type TimedSteps, timedSteps } from "./reproduce/phases.ts";
import { type Settings, settingsOf } from "./reproduce/settings.ts";

const options = {
  quick: flag("small corpus, 2 epochs: shows that everything runs; its scores mean nothing"),
  ...studyOptions,
  out: folder("where results go (default: out, with --quick out/quick)"),
  seeds: count("seeds 1 to N (default: 2, with --quick 1)"),
  jobs: perCore("runs side by side"),
  providers: preset(
    option(
      "LIST",
      "ONNX Runtime's execution providers in order of preference: cpu, webgpu, cuda, coreml, dml",
      (text): readonly string[] => text.split(","),
    ),
    ["cpu"],
  ),
  executor,
  tensorboard,
  ...protocolOptions,
  context: count(
    "of natural, on sets with a column segment, such as utterances of a video: each table once more " +
      "with the states of N neighbours before and behind a row in its group beside its own (default: 0)",
  ),
  leakingFeatures: flag(
    "of natural: goes on with given features that know the labels of the training part, and marks " +
      "every result (default: a set with such features is refused)",
  ),
  elsewhere: file(
    "a table with texts of another corpus and their polarity or score, which scratch asks its " +
      "systems of text about as well",
  ),
  ...partOptions,
  check: folder(
    "make nothing: compute the results in DIR again from their saved predictions, with the " +
      "options they were made with, and say what differs",
  ),
};

/** What the command line asks for. */
export interface Request extends Values<typeof options> {
  readonly names: readonly string[];
  readonly out: string;
  readonly seeds: number;
  readonly protocol: Protocol | undefined;
  readonly dataOf: (usual: DataConfig) => DataConfig;
}

/** What the command line may ask for, and what is made of that. */
export const reproduceCommand = {
  words: {
    names: `${experimentNames.join(", ")} (default: those up to protocol_audit)`,
  },
  options,
  read,
};

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    ...reproduceCommand,
    name: "reproduce",
    does: "Reproduces tables from raw files: reads, encodes, trains, tests, writes.\n" +
      "A run that was stopped goes on where it was when the same command is given again, and\n" +
      "what is made already, by this code from these data and settings, is not made again.",
    usage: ["[names…] [options]"],
    writes: ({ out, cache, plan, tensorboard }) =>
      plan ? [cache] : [out, cache, ...eventFolders(tensorboard)],
    resumes: true,
    run: (request) =>
      request.plan || request.part ? reproducePart(request, args) : reproduce(request, args),
  });
}

function read(values: Values<typeof options>, words: readonly string[]): Request {
  const known = experimentNames;
  assertKnown("reproduce", words, known);
  assertSettingsFit(values);
  assertPartFits(values);
  assertTrains(values.tensorboard, { check: values.check, plan: values.plan });
  const { quick, check, out, seeds } = values;
  const unnamed = check === undefined ? usualExperiments() : known;
  // In their usual order: what another one measures is measured where it is made first.
  const names = words.length > 0 ? known.filter((name) => words.includes(name)) : unnamed;
  if (values.elsewhere !== undefined && !names.includes("scratch")) {
    throw new RangeError(
      `Cannot use --elsewhere: expected scratch among the results, got ${names.join(", ")}`,
    );
  }
  if (values.elsewhere !== undefined && values.modalities?.includes("text") === false) {
    throw new RangeError(
      `Cannot use --elsewhere: expected text among the modalities, got ${values.modalities}`,
    );
  }
  assertOfCorpora(values, names);
  assertOfRows(values, names);
  return {
    ...values,
    names,
    // What is checked of all names is what was made by this protocol.
    protocol: protocolOf(values, check !== undefined && words.length === 0 ? [] : names),
    dataOf: (usual) => dataOf(usual, values),
    out: out ?? (quick ? "out/quick" : "out"),
    seeds: seeds ?? (quick ? 1 : 2),
  };
}

// What would be passed over is refused.
function assertOfCorpora(
  { cap, keepGoing }: Values<typeof options>,
  names: readonly string[],
): void {
  const ofRows = names.filter((name) => name in rowsExperiments);
  if (ofRows.length === 0) return;
  const unheeded = [
    ...keepGoing ? ["--keep-going"] : [],
    ...cap !== undefined && ofRows.length === names.length ? ["--cap"] : [],
  ];
  if (unheeded.length === 0) return;
  throw new RangeError(
    `Cannot use ${unheeded[0]}: expected results on corpora, got ${ofRows.join(", ")}`,
  );
}

function assertOfRows(
  { context, leakingFeatures }: Values<typeof options>,
  names: readonly string[],
): void {
  const asked = context !== undefined
    ? "--context"
    : leakingFeatures
    ? "--leaking-features"
    : undefined;
  if (asked === undefined || names.some((name) => name in rowsExperiments)) return;
  throw new RangeError(
    `Cannot use ${asked}: expected natural among the results, got ${names.join(", ")}`,
  );
}

async function reproduce(request: Request, args: readonly string[]): Promise<number> {
  const start = performance.now();
  const lines = timedSteps(stepLines());
  const { failures, onFailure } = failureLog(request);
  const { names, out, check } = request;
  try {
    const settings = await settingsOf(request, { args, lines, onFailure });
    if (check !== undefined) {
      await checkAll(check, { names, settings, lines });
      return 0;
    }
    const letters = await canDrawLetters();
    const { encoded, refused } = await makeAll(request, { settings, letters, lines });
    await writeFailures(out, failures);
    console.log(`Encoded ${encoded} samples that the feature store did not have.`);
    if (!letters) console.log("Without PNG: this machine has no fonts for the letters.");
    lines.begin("report");
    console.log(`Wrote ${await writeReport(out, reportContext(args))}`);
    await Deno.writeTextFile(`${out}/phases.csv`, phasesToCsv(lines.phases()));
    console.log(`Done in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
    for (const { name, reason } of refused) {
      console.error(`Of ${name} nothing is made: ${reason}`);
    }
    return refused.length > 0 ? 1 : 0;
  } finally {
    lines.end();
    lines.stop();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}

/** Makes the fits of a part and no results, or only counts. */
async function reproducePart(request: Request, args: readonly string[]): Promise<void> {
  const lines = stepLines();
  const { failures, onFailure } = failureLog(request);
  try {
    const settings = await settingsOf(request, { args, lines, onFailure });
    const makes = request.plan ? "nothing" : "fits";
    const report = await makePart(request, { settings, makes, onStep: lines.show });
    lines.end();
    console.log(reportToText(report, { ...request, made: report.made }));
  } finally {
    lines.end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}

/**
 * Makes the results: those on corpora with one study, each of those on rows with its own. Returns how
 * many samples were encoded, and the sets of which nothing is made.
 */
async function makeAll(
  { names, out }: Pick<Request, "names" | "out">,
  { settings, ...making }: {
    readonly settings: Settings;
    readonly letters: boolean;
    readonly lines: TimedSteps;
  },
): Promise<{ readonly encoded: number; readonly refused: readonly Refused[] }> {
  const onMessage = settings.onProgress;
  const refused: Refused[] = [];
  let encoded = 0;
  const ofCorpora = names.filter((name) => name in experiments);
  if (ofCorpora.length > 0) {
    // Unfinished work is there until all results are: a command that is killed or fails can go on.
    await withWorkFolder(`${out}/work`, { onMessage }, async (openWork) => {
      const study = await openStudy({ ...settings, openWork });
      for (const name of ofCorpora) {
        await makeResult(name, { study, make: experiments[name]!, out, ...making });
      }
      await study.close();
      encoded += study.encoded;
    });
  }
  for (const name of names.filter((name) => name in rowsExperiments)) {
    await withWorkFolder(`${out}/${name}.work`, { onMessage }, async (openWork) => {
      const { open, make } = rowsExperiments[name]!;
      const study = await open({ ...settings, openWork });
      await makeResult(name, { study, make, out, ...making });
      encoded += study.encoded;
      refused.push(...study.refused);
    });
  }
  return { encoded, refused };
}

/** Writes what was left out; a run that left out nothing leaves no file of an earlier one. */
async function writeFailures(out: string, failures: FailureLog["failures"]): Promise<void> {
  const path = `${out}/failures.csv`;
  if (failures.length > 0) await Deno.writeTextFile(path, failuresToCsv(failures));
  else if (await kindOf(path) === "file") await Deno.remove(path);
}

/** What was not made yet is made with the same options. */
function reportContext(args: readonly string[]): Parameters<typeof writeReport>[1] {
  const known = experimentNames;
  const options = args.filter((arg) => !known.includes(arg));
  return {
    experiments: known,
    commandFor: (name) => ["deno task reproduce", name, ...options].join(" "),
  };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
