/**
 * Makes the embedded corpus.
 *
 *     deno task data [--out DIR] [--quick] [--seed N]
 *     deno task data --metadata DIR
 *
 * @module
 */

import {
  type EmbeddedPart,
  type EmbeddedSize,
  makeEmbeddedCorpus,
  readEmbeddedCorpusInfo,
} from "../lib/datasets/embedded/mod.ts";
import { ravdessMetadata } from "../lib/datasets/mod.ts";
import { assertNamed, parseOptions, parseSeed, runCommand } from "./command.ts";
import { type Progress, progress } from "./progress.ts";

const help = `Makes the embedded corpus: sentences, faces and speech from a seed.

Usage: deno task data [options]

  --out DIR       where to put it (default: data/embedded, with --quick data/embedded-quick)
  --quick         900 sentences, 420 faces and 240 clips instead of 6,000, 4,800 and 1,440
  --seed N        another corpus for each whole number from 0 (default: 1)
  --metadata DIR  make nothing: print what the names of the RAVDESS clips in DIR say, as CSV
  --help          this text`;

/** What the command line asks for. */
interface Request {
  readonly out: string;
  readonly size: EmbeddedSize;
  readonly seed: number;
  /** In place of all this. */
  readonly metadata: string | undefined;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    help,
    parse,
    writes: { task: "data", paths: ({ out, metadata }) => metadata === undefined ? [out] : [] },
    run,
  });
}

function parse(args: string[]): Request | undefined {
  const { values } = parseOptions({
    args,
    options: {
      out: { type: "string" },
      quick: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      metadata: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const seed = parseSeed("--seed", values.seed);
  assertNamed(values, "out", "metadata");
  if (values.metadata !== undefined && args.some((arg) => /^--(out|quick|seed)/.test(arg))) {
    throw new RangeError("Cannot use --metadata: expected no option beside it, as nothing is made");
  }
  const out = values.out ?? (values.quick ? "data/embedded-quick" : "data/embedded");
  return { out, size: values.quick ? "quick" : "full", seed, metadata: values.metadata };
}

async function run(request: Request): Promise<void> {
  if (request.metadata === undefined) return await make(request);
  console.log((await ravdessMetadata(request.metadata)).trimEnd());
}

async function make({ out, size, seed }: Omit<Request, "metadata">): Promise<void> {
  const before = await readEmbeddedCorpusInfo(out);
  const lines = new Map<EmbeddedPart, Progress>();
  await makeEmbeddedCorpus(out, {
    seed,
    size,
    onProgress({ part, done, total }) {
      const line = lines.get(part) ?? progress(part, total);
      lines.set(part, line);
      line.update(done);
      if (done === total) line.end();
    },
  });
  console.log(before ? `The corpus in ${out} is complete.` : `Made the corpus in ${out}.`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
