/** Where a task's corpus is: the folder that was given, or the embedded corpus, made if need be. @module */

import { makeEmbeddedCorpus } from "../lib/datasets/embedded/mod.ts";
import { isTable } from "../lib/datasets/mod.ts";
import { kindOf } from "../lib/files.ts";
import type { Steps } from "./progress.ts";

/** A corpus folder, and what captions call it. */
export interface CorpusFolder {
  readonly data: string;
  /** `embedded`, or the path as given. */
  readonly dataLabel: string;
}

/**
 * The folder to read, or the table.
 *
 * @throws {RangeError} `data` is neither.
 */
export async function corpusFolder(
  { data, quick }: { readonly data: string | undefined; readonly quick: boolean },
  show: Steps["show"],
): Promise<CorpusFolder> {
  if (data !== undefined) {
    const kind = await kindOf(data);
    if (kind === "folder" || kind === "file" && isTable(data)) {
      return { data, dataLabel: data };
    }
    throw new RangeError(
      `Cannot read "${data}": expected a folder with emotions/, faces/ and ravdess/, or ` +
        `a table (.csv, .tsv, .txt, .jsonl), got ${kind === "file" ? "a file" : "nothing"}`,
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
