/**
 * Reproduces tables from raw files.
 *
 *     deno task reproduce [names…] [options]
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { defaults, quick } from "../experiments/config.ts";
import { type Options, reproduceTable1, type Result } from "../experiments/reproduce_table_1.ts";
import { currentCommit, writeResult } from "../experiments/results.ts";
import { openWorkFolder, type WorkFolder } from "../experiments/work_folder.ts";
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

/** What all tables are made with. */
type Settings = Omit<Options, "openWork">;

const experiments: Record<string, (options: Options) => Promise<Result>> = {
  table_1: reproduceTable1,
};

const help = `Reproduces tables from raw files: reads, encodes, trains, tests, writes.
A run that was killed goes on where it was when the same command is given again.

Usage: deno task reproduce [names…] [options]

  names            ${Object.keys(experiments).join(", ")} (default: all)
  --quick          small corpus, few epochs: a check that everything runs
  --data DIR       a folder with emotions/, faces/ and ravdess/ (default: the embedded
                   corpus, made in data/ when it is not there)
  --encoders NAME  embedded or paper (default: embedded)
  --out DIR        where results go (default: out, with --quick out/quick)
  --seeds N        seeds 1 to N (default: 5, with --quick 2)
  --jobs N         runs side by side (default: one a core)
  --providers LIST ONNX Runtime's execution providers in order of preference: cpu, webgpu,
                   cuda, coreml, dml (default: cpu)
  --cache DIR      where models and features are kept (default: .cache)
  --help           this text`;

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
  return runCommand(args, { help, parse, run: (request) => reproduce(request, args) });
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
    names: positionals.length > 0 ? [...new Set(positionals)] : known,
    quick: values.quick,
    data: values.data,
    encoders: parseChoice("--encoders", ["embedded", "paper"], values.encoders),
    out: values.out ?? (values.quick ? "out/quick" : "out"),
    seeds: parseCount("--seeds", values.seeds ?? (values.quick ? "2" : "5")),
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
    for (const name of request.names) {
      const folder = `${request.out}/${name}`;
      const { markdown, encoded } = await makeResult(experiments[name]!, settings, folder);
      lines.end();
      console.log(markdown);
      console.log(`Encoded ${encoded} samples that the feature store did not have.`);
      console.log(`Wrote ${folder}/${name}.{json,md,csv,svg}`);
    }
  } finally {
    lines.end();
  }
  console.log(`Done in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
}

async function settingsOf(
  request: Request,
  { args, show }: { args: readonly string[]; show: Options["onProgress"] },
): Promise<Settings> {
  const { provider, skipped } = await chooseProviders(request.providers);
  for (const { provider, reason } of skipped) show(`Without ${provider}: ${reason}`);
  return {
    ...await corpusFolder(request, show),
    config: request.quick ? quick : defaults,
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

// Unfinished work is there until the result is: a run that is killed or fails can go on.
async function makeResult(
  experiment: (options: Options) => Promise<Result>,
  settings: Settings,
  folder: string,
): Promise<Result> {
  const opened: WorkFolder[] = [];
  try {
    const result = await experiment({
      ...settings,
      openWork: async (decides) => {
        const onMessage = settings.onProgress;
        opened.push(await openWorkFolder(`${folder}.work`, { decides, onMessage }));
        return opened.at(-1)!;
      },
    });
    await writeResult(folder, result.files);
    for (const work of opened) await work.remove();
    return result;
  } finally {
    for (const work of opened) work.close();
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
