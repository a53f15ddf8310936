/** What the doctor finds, as a person reads it. @module */

import { columns, sizeInWords } from "../columns.ts";
import { oldestDeno } from "../deno_version.ts";
import { printExcluded } from "../../lib/datasets/mod.ts";
import type { CorpusReport, DataReport } from "./data.ts";
import type { EncoderReport } from "./encoders.ts";
import type { Size } from "./folders.ts";
import type { Trial } from "./machine.ts";
import type { Report } from "./report.ts";

/** The report as a person reads it. */
export function reportToText(report: Report): string {
  const { machine, cache, problems } = report;
  const needed = `${oldestDeno} or newer is needed`;
  const sections: [string, string[][]][] = [
    ["Machine", [
      ["Deno", `${machine.deno} (V8 ${machine.v8}, TypeScript ${machine.typescript}; ${needed})`],
      ["system", `${machine.os}, ${machine.architecture}`],
      ["cores", `${machine.cores}`],
      [
        "memory",
        `${sizeInWords(machine.memory)}, ${sizeInWords(machine.availableMemory)} available`,
      ],
    ]],
    ["Packages", report.packages.map(({ name, version }) => [name, version])],
    ["ONNX Runtime's execution providers", report.executionProviders.map(trialRow)],
    ["Executor of training", [trialRow(report.executor)]],
    ["Eager backends", report.eagerBackends.map(trialRow)],
    ["Native libraries", report.libraries.map(trialRow)],
    ["ffmpeg, for sound and video of other formats", [trialRow(report.ffmpeg)]],
    [`Cache: ${cache.folder}`, [
      ["models", contents(cache.models)],
      ["features", contents(cache.features)],
      ["compiled", contents(cache.compiled)],
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
  return [...corpora.flatMap(corpusRows), ...(problem === undefined ? [] : [[problem]])];
}

function corpusRows({ name, positive, negative, excluded, groups, split, notes }: CorpusReport) {
  const unused = Object.values(excluded).reduce((a, b) => a + b, 0);
  const row = [
    name,
    `${positive} positive`,
    `${negative} negative`,
    `${unused} excluded`,
    `${groups} groups`,
    `split by group passes: ${split.train} / ${split.validation} / ${split.test}`,
  ];
  const reasons = unused > 0 ? [`excluded: ${printExcluded(excluded)}`] : [];
  return [row, ...[...reasons, ...notes].map((line) => [`  ${line}`])];
}

function contents({ files, bytes }: Size): string {
  return files === 0 ? "nothing" : `${sizeInWords(bytes)} in ${files} files`;
}
