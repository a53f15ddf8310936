/**
 * Reproduces tables from raw files.
 *
 *     deno task reproduce [names…] [options]
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { check, defaults } from "../experiments/config.ts";
import { experiments, usualExperiments } from "../experiments/mod.ts";
import { type ReportContext, writeReport } from "../experiments/report.ts";
import { currentCommit, writeResult } from "../experiments/results.ts";
import { openStudy, type Options } from "../experiments/study.ts";
import { withWorkFolder } from "../experiments/work_folder.ts";
import { chooseProviders } from "../lib/backends/mod.ts";
import type { EncoderChoice } from "../lib/encoders/mod.ts";
import {
  assertKnown,
  assertNamed,
  parseChoice,
  parseCount,
  parseOptions,
  runCommand,
} from "./command.ts";
import { corpusFolder } from "./corpus.ts";
import { stepLines } from "./progress.ts";

/** What all experiments are made with. */
type Settings = Omit<Options, "openWork">;

const help = `Reproduces tables from raw files: reads, encodes, trains, tests, writes.
A run that was killed goes on where it was when the same command is given again.

Usage: deno task reproduce [names…] [options]

  names            ${listed(Object.keys(experiments))}
                   (default: all but tuning)
  --quick          small corpus, few epochs: a check that everything runs
  --data DIR       a folder with emotions/, faces/ and ravdess/ (default: the embedded
                   corpus, made in data/ when it is not there)
  --encoders NAME  embedded or paper (default: embedded)
  --out DIR        where results go (default: out, with --quick out/quick)
  --seeds N        seeds 1 to N (default: 5, with --quick 1)
  --jobs N         runs side by side (default: one a core)
  --providers LIST ONNX Runtime's execution providers in order of preference: cpu, webgpu,
                   cuda, coreml, dml (default: cpu)
  --cache DIR      where models and features are kept (default: .cache)
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
  readonly encoders: EncoderChoice;
  readonly out: string;
  readonly seeds: number;
  readonly jobs: number;
  readonly providers: readonly string[];
  readonly cache: string;
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
      out: { type: "string" },
      seeds: { type: "string" },
      jobs: { type: "string" },
      providers: { type: "string", default: "cpu" },
      cache: { type: "string", default: ".cache" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const known = Object.keys(experiments);
  assertKnown("reproduce", positionals, known);
  assertNamed(values, "data", "out", "cache");
  return {
    // In their usual order: what another one measures is measured where it is made first.
    names: positionals.length > 0
      ? known.filter((name) => positionals.includes(name))
      : usualExperiments(),
    quick: values.quick,
    data: values.data,
    encoders: parseChoice("--encoders", ["embedded", "paper"], values.encoders),
    out: values.out ?? (values.quick ? "out/quick" : "out"),
    seeds: parseCount("--seeds", values.seeds ?? (values.quick ? "1" : "5")),
    jobs: parseCount("--jobs", values.jobs ?? String(availableParallelism())),
    providers: values.providers.split(","),
    cache: values.cache,
  };
}

async function reproduce(request: Request, args: readonly string[]): Promise<void> {
  const start = performance.now();
  const lines = stepLines();
  try {
    const settings = await settingsOf(request, { args, show: lines.show });
    const onMessage = settings.onProgress;
    // Unfinished work is there until all results are: a command that is killed or fails can go on.
    await withWorkFolder(`${request.out}/work`, { onMessage }, async (openWork) => {
      const study = await openStudy({ ...settings, openWork });
      for (const name of request.names) {
        lines.show(name);
        const { markdown, files } = await experiments[name]!(study);
        await writeResult(`${request.out}/${name}`, files);
        lines.end();
        console.log(markdown);
        console.log(`Wrote ${request.out}/${name}\n`);
      }
      await study.close();
      console.log(`Encoded ${study.encoded} samples that the feature store did not have.`);
      console.log(`Wrote ${await writeReport(request.out, reportContext(args))}`);
    });
  } finally {
    lines.end();
  }
  console.log(`Done in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
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

async function settingsOf(
  request: Request,
  { args, show }: { args: readonly string[]; show: Options["onProgress"] },
): Promise<Settings> {
  const { provider, skipped } = await chooseProviders(request.providers);
  for (const { provider, reason } of skipped) show(`Without ${provider}: ${reason}`);
  return {
    ...await corpusFolder(request, show),
    config: request.quick ? check : defaults,
    seeds: Array.from({ length: request.seeds }, (_, i) => i + 1),
    encoders: request.encoders,
    cache: request.cache,
    jobs: request.jobs,
    provider,
    command: ["deno task reproduce", ...args].join(" "),
    commit: await currentCommit(new URL("../", import.meta.url)),
    onProgress: show,
  };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
