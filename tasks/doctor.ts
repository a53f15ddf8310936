/**
 * Says what this machine has, and what is wrong with it.
 *
 *     deno task doctor [--json] [--all] [--cache DIR] [--data DIR]
 *
 * @module
 */

import { columns, sizeInWords } from "./columns.ts";
import { assertNamed, parseOptions, runCommand } from "./command.ts";
import {
  type CorpusReport,
  type DataReport,
  type EncoderReport,
  examine,
  type ExamineOptions,
  type Report,
  type Size,
  type Trial,
} from "./doctor_report.ts";

const help =
  `Says what this machine has: versions, what runs on it, encoders, data. Changes nothing.

Usage: deno task doctor [options]

  --json       the same for programs
  --all        try eager backends too that Deno may have to download first
  --cache DIR  where models and features are kept (default: .cache)
  --data DIR   a folder with emotions/, faces/ and ravdess/ to look at, all or some
  --help       this text`;

/** What the command line asks for. */
interface Request extends ExamineOptions {
  readonly json: boolean;
}

/** Runs the task and returns its exit code: 0 all is well, 1 a run would fail, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, { help, parse, run: report });
}

function parse(args: string[]): Request | undefined {
  const { values } = parseOptions({
    args,
    options: {
      json: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      cache: { type: "string", default: ".cache" },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { help, data, ...rest } = values;
  if (help) return undefined;
  assertNamed(values, "data", "cache");
  return { ...rest, ...(data === undefined ? {} : { data }) };
}

async function report(request: Request): Promise<number> {
  const found = await examine(request);
  console.log(request.json ? JSON.stringify(found, undefined, 2) : reportToText(found));
  return found.problems.length === 0 ? 0 : 1;
}

/** The report as a person reads it. */
export function reportToText(report: Report): string {
  const { machine, cache, problems } = report;
  const sections: [string, string[][]][] = [
    ["Machine", [
      ["Deno", `${machine.deno} (V8 ${machine.v8}, TypeScript ${machine.typescript})`],
      ["system", `${machine.os}, ${machine.architecture}`],
      ["cores", `${machine.cores}`],
      [
        "memory",
        `${sizeInWords(machine.memory)}, ${sizeInWords(machine.availableMemory)} available`,
      ],
    ]],
    ["Packages", report.packages.map(({ name, version }) => [name, version])],
    ["ONNX Runtime's execution providers", report.executionProviders.map(trialRow)],
    ["Eager backends", report.eagerBackends.map(trialRow)],
    ["Native libraries", report.libraries.map(trialRow)],
    [`Cache: ${cache.folder}`, [
      ["models", contents(cache.models)],
      ["features", contents(cache.features)],
    ]],
    [
      "Encoders in the cache",
      report.encoders.length > 0
        ? report.encoders.map(encoderRow)
        : [["none yet: the first run makes the embedded ones"]],
    ],
    ...report.data.map((data): [string, string[][]] => [`Data: ${data.folder}`, dataRows(data)]),
    [
      "Problems",
      problems.length > 0 ? problems.map((problem) => [problem]) : [["none"]],
    ],
  ];
  return sections.map(([title, rows]) => `${title}\n${columns(rows)}`).join("\n\n");
}

function trialRow({ name, state, reason }: Trial): string[] {
  return [name, reason === undefined ? state : `${state}: ${reason}`];
}

function encoderRow({ id, revision, kind, bytes, digest, problem }: EncoderReport): string[] {
  const name = revision === undefined ? id : `${id} (${revision})`;
  // Enough of the digest to tell versions apart; --json has all of it.
  return [
    name,
    kind,
    sizeInWords(bytes),
    digest === undefined ? problem! : `${digest.slice(0, 16)}…`,
  ];
}

function dataRows({ state, corpora, problem }: DataReport): string[][] {
  if (state !== "there") return [[`${state}: made when a run needs it`]];
  return [...corpora.map(corpusRow), ...(problem === undefined ? [] : [[problem]])];
}

function corpusRow({ name, positive, negative, excluded, groups, split }: CorpusReport): string[] {
  const unused = Object.values(excluded).reduce((a, b) => a + b, 0);
  return [
    name,
    `${positive} positive`,
    `${negative} negative`,
    `${unused} excluded`,
    `${groups} groups`,
    `split by group passes: ${split.train} / ${split.validation} / ${split.test}`,
  ];
}

function contents({ files, bytes }: Size): string {
  return files === 0 ? "nothing" : `${sizeInWords(bytes)} in ${files} files`;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
