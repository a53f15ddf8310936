/**
 * Makes the embedded corpus, or says what data of one's own look like.
 *
 *     deno task data [--out DIR] [--quick] [--seed N]
 *     deno task data inspect PATH [--labels NAME|FILE] [--several NAME] [--target WHAT]
 *     deno task data --metadata DIR
 *
 * @module
 */

import {
  type EmbeddedPart,
  makeEmbeddedCorpus,
  readEmbeddedCorpusInfo,
} from "../lib/datasets/embedded/mod.ts";
import { ravdessMetadata } from "../lib/datasets/mod.ts";
import { pathFromCaller } from "./caller.ts";
import { runCommand } from "./command.ts";
import { inspectData } from "./inspect_data.ts";
import { labelOptions } from "./label_options.ts";
import { flag, folder, type Values } from "./option.ts";
import { seed, target } from "./options.ts";
import { type Progress, progress } from "./progress.ts";

const options = {
  out: folder("where to put it (default: data/embedded, with --quick data/embedded-quick)"),
  quick: flag("900 sentences, 420 faces and 240 clips instead of 6,000, 4,800 and 1,440"),
  seed: { ...seed, help: "another corpus for each whole number from 0" },
  metadata: folder("make nothing: print what the names of the RAVDESS clips in DIR say, as CSV"),
  ...labelOptions,
  target,
};

/** What the command line asks for; `inspect` or `metadata` in place of all else. */
type Request = Values<typeof options> & { readonly out: string; readonly inspect?: string };

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "data",
    does:
      "Makes the embedded corpus: sentences, faces and speech from a seed. Or says what data of " +
      "your own\nlook like, how they would be read, and what to type to train on them.",
    usage: ["[options]", "inspect PATH [options]"],
    words: {
      "inspect PATH": "make nothing: say what the table, or the folder of a set, looks like",
    },
    options,
    read(values, words): Request {
      const inspect = pathToInspect(words);
      const { metadata } = values;
      const ofRows = (["labels", "several", "target"] as const).find((name) => values[name]);
      if (inspect === undefined && ofRows !== undefined) {
        throw new RangeError(`Cannot use --${ofRows}: expected inspect PATH before it`);
      }
      if (inspect !== undefined && (metadata ?? values.out) !== undefined) {
        throw new RangeError("Cannot inspect: expected no --out or --metadata, as nothing is made");
      }
      if (values.metadata !== undefined && args.some((arg) => /^--(out|quick|seed)/.test(arg))) {
        throw new RangeError(
          "Cannot use --metadata: expected no option beside it, as nothing is made",
        );
      }
      const usual = values.quick ? "data/embedded-quick" : "data/embedded";
      return { ...values, out: values.out ?? usual, ...inspect !== undefined && { inspect } };
    },
    writes: ({ out, metadata, inspect }) => (metadata ?? inspect) === undefined ? [out] : [],
    async run(request) {
      if (request.inspect !== undefined) return await inspectData(request.inspect, request);
      if (request.metadata === undefined) return await make(request);
      console.log((await ravdessMetadata(request.metadata)).trimEnd());
    },
  });
}

function pathToInspect([word, path, ...others]: readonly string[]): string | undefined {
  if (word === undefined) return undefined;
  if (word === "inspect" && path && others.length === 0) return pathFromCaller(path);
  const got = word === "inspect" ? `${path ? others.length + 1 : "no"} paths` : `"${word}"`;
  throw new RangeError(`Cannot read the command line: expected inspect and one path, got ${got}`);
}

async function make({ out, quick, seed }: Request): Promise<void> {
  const before = await readEmbeddedCorpusInfo(out);
  const lines = new Map<EmbeddedPart, Progress>();
  await makeEmbeddedCorpus(out, {
    seed,
    size: quick ? "quick" : "full",
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
