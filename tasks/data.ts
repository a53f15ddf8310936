/**
 * Makes the embedded corpus.
 *
 *     deno task data [--out DIR] [--quick] [--seed N]
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  type EmbeddedPart,
  type EmbeddedSize,
  makeEmbeddedCorpus,
  readEmbeddedCorpusInfo,
} from "../lib/datasets/embedded/mod.ts";
import { type Progress, progress } from "./progress.ts";

const help = `Makes the embedded corpus: sentences, faces and speech from a seed.

Usage: deno task data [options]

  --out DIR   where to put it (default: data/embedded, with --quick data/embedded-quick)
  --quick     900 sentences, 420 faces and 240 clips instead of 6,000, 4,800 and 1,440
  --seed N    another corpus for each whole number from 0 (default: 1)
  --help      this text`;

/** What the command line asks for. */
interface Request {
  readonly out: string;
  readonly size: EmbeddedSize;
  readonly seed: number;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export async function main(args: string[]): Promise<number> {
  let request: Request | undefined;
  try {
    request = parse(args);
  } catch (error) {
    console.error(message(error));
    return 2;
  }
  if (request === undefined) {
    console.log(help);
    return 0;
  }
  try {
    await make(request);
    return 0;
  } catch (error) {
    console.error(message(error));
    return 1;
  }
}

function parse(args: string[]): Request | undefined {
  const values = parseOptions(args);
  if (values.help) return undefined;
  const seed = Number(values.seed);
  if (!/^\d+$/.test(values.seed) || !Number.isSafeInteger(seed)) {
    throw new RangeError(
      `Cannot use --seed: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, ` +
        `got "${values.seed}"`,
    );
  }
  if (values.out === "") throw new RangeError(`Cannot use --out: expected a folder, got ""`);
  const out = values.out ?? (values.quick ? "data/embedded-quick" : "data/embedded");
  return { out, size: values.quick ? "quick" : "full", seed };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        out: { type: "string" },
        quick: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // Its first sentence; the rest is advice on another syntax.
    const reason = message(error).replace(/^\w+: /, "").split(/\n|\. /)[0];
    throw new TypeError(`Cannot read the command line: ${reason} (--help shows the options)`);
  }
}

async function make({ out, size, seed }: Request): Promise<void> {
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

function message(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
