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
  makeEmbeddedCorpus,
  readEmbeddedCorpusInfo,
} from "../lib/datasets/embedded/mod.ts";
import { ravdessMetadata } from "../lib/datasets/mod.ts";
import { runCommand } from "./command.ts";
import { flag, folder, type Values } from "./option.ts";
import { seed } from "./options.ts";
import { type Progress, progress } from "./progress.ts";

const options = {
  out: folder("where to put it (default: data/embedded, with --quick data/embedded-quick)"),
  quick: flag("900 sentences, 420 faces and 240 clips instead of 6,000, 4,800 and 1,440"),
  seed: { ...seed, help: "another corpus for each whole number from 0" },
  metadata: folder("make nothing: print what the names of the RAVDESS clips in DIR say, as CSV"),
};

/** What the command line asks for; `metadata` in place of all else. */
type Request = Values<typeof options> & { readonly out: string };

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "data",
    does: "Makes the embedded corpus: sentences, faces and speech from a seed.",
    options,
    read(values): Request {
      if (values.metadata !== undefined && args.some((arg) => /^--(out|quick|seed)/.test(arg))) {
        throw new RangeError(
          "Cannot use --metadata: expected no option beside it, as nothing is made",
        );
      }
      const usual = values.quick ? "data/embedded-quick" : "data/embedded";
      return { ...values, out: values.out ?? usual };
    },
    writes: ({ out, metadata }) => metadata === undefined ? [out] : [],
    async run(request) {
      if (request.metadata === undefined) return await make(request);
      console.log((await ravdessMetadata(request.metadata)).trimEnd());
    },
  });
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
