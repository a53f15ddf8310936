/** TweetEval: tweets and their labels in files of equally many lines. @module */

import { shown } from "../../checks.ts";
import type { CorpusFile } from "../corpus_files.ts";
import type { Row } from "../rows.ts";
import { foldersOf, type Layout, nameOf, type Seen } from "./layout.ts";
import { partsOf, placeIn, textLines } from "./text_lines.ts";

/**
 * A task of TweetEval (Barbieri et al., Findings of EMNLP 2020): `train_text.txt` with a tweet a line,
 * `train_labels.txt` with its number, `val_…`, `test_…`; `mapping.txt` says what numbers stand for.
 * Without it they are those of the task emotion.
 */
export const tweetEval: Layout = {
  name: "TweetEval",
  looksLike: "train_text.txt and train_labels.txt, val_…, test_…, and mapping.txt, of one task",
  fit(seen) {
    const texts = textsOf(seen);
    const tasks = new Set(texts.map((file) => foldersOf(file).join("/")));
    return texts.length === 0 ? 0 : tasks.size === 1 ? 1 : 0.9;
  },
  async rows(seen) {
    const files = textsOf(seen);
    const parts = partsOf(files);
    const rows: Row[] = [];
    for (const file of files) {
      const texts = await textLines(file.path);
      const labels = await textLines(labelsOf(file, seen)!.path);
      if (texts.length !== labels.length) {
        throw new RangeError(
          `Cannot read "${file.path}": expected as many lines as labels, ${labels.length}, ` +
            `got ${texts.length}`,
        );
      }
      for (const [i, text] of texts.entries()) {
        const row = { place: placeIn(seen, file, i + 1), id: "", cells: { text: text.trim() } };
        rows.push({ ...row, label: labels[i]!, group: "", part: parts.get(file) });
      }
    }
    const folder = foldersOf(files[0]!).join("/");
    const mapping = seen.files.find((file) =>
      nameOf(file.id) === "mapping.txt" && foldersOf(file).join("/") === folder
    );
    return {
      rows,
      layout: "TweetEval",
      groupedBy: null,
      numbering: mapping ? await readMapping(mapping) : "tweet_eval",
    };
  },
};

function textsOf(seen: Seen): CorpusFile[] {
  return seen.files.filter((file) =>
    /^(train|val|test)_text\.txt$/.test(nameOf(file.id)) && labelsOf(file, seen) !== undefined
  );
}

function labelsOf({ id }: CorpusFile, { files }: Seen): CorpusFile | undefined {
  const wanted = id.replace(/_text\.txt$/, "_labels.txt");
  return files.find((file) => file.id === wanted);
}

async function readMapping({ path }: CorpusFile): Promise<Record<string, string>> {
  const lines = (await textLines(path)).filter((line) => line.trim() !== "");
  return Object.fromEntries(lines.map((line, i) => {
    const [, label, name] = /^\s*(\d+)\s+(.*\S)\s*$/.exec(line) ?? [];
    if (label !== undefined) return [label, name!];
    throw new RangeError(
      `Cannot read "${path}", line ${i + 1}: expected a number and a name, got ${shown(line)}`,
    );
  }));
}
