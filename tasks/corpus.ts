/** Where a task's corpus is: the folder that was given, or the embedded corpus, made if need be. @module */

import { makeEmbeddedCorpus } from "../lib/datasets/embedded/mod.ts";
import { corporaIn, holdsRows, isFeatureFile } from "../lib/datasets/mod.ts";
import { holdsSets } from "../experiments/natural/sets.ts";
import { kindOf } from "../lib/files.ts";
import type { Steps } from "./progress.ts";

/** A corpus folder, and what captions call it. */
export interface CorpusFolder {
  readonly data: string;
  /** `embedded`, or the path as given. */
  readonly dataLabel: string;
}

/**
 * The folder to read, or the table, or the set in a layout of its own, or a file of features where
 * the task `takes` such, or a folder of several such sets.
 *
 * @throws {RangeError} `data` is none of them.
 */
export async function corpusFolder(
  { data, quick }: { readonly data: string | undefined; readonly quick: boolean },
  show: Steps["show"],
  { takes = "samples" }: { readonly takes?: "samples" | "features too" | "sets" } = {},
): Promise<CorpusFolder> {
  if (data !== undefined) {
    const kind = await kindOf(data);
    const isCorpora = kind === "folder" && (await corporaIn(data)).length > 0;
    const isGiven = takes !== "samples" && kind === "file" && isFeatureFile(data);
    const areSets = takes === "sets" && await holdsSets(data);
    if (isCorpora || isGiven || areSets || kind !== "nothing" && await holdsRows(data)) {
      return { data, dataLabel: data };
    }
    const hint = kind === "nothing"
      ? ""
      : `; deno task data inspect ${data} says what it looks like`;
    throw new RangeError(
      `Cannot read "${data}": expected a folder with emotions/, faces/ and ravdess/, a table ` +
        `(.csv, .tsv, .txt, .jsonl), or a set in a layout that is known${
          takes === "sets" ? ", or a folder of folders that hold one each" : ""
        }, got ` +
        `${kind === "nothing" ? "nothing" : `a ${kind}`}${hint}`,
    );
  }
  const folder = quick ? "data/embedded-quick" : "data/embedded";
  await makeEmbeddedCorpus(folder, {
    seed: 1,
    size: quick ? "quick" : "full",
    onProgress: ({ part, done, total }) => show(`making ${part}`, done, total),
  });
  return { data: folder, dataLabel: "embedded" };
}
