/** The Kaggle *Emotions* corpus: English messages with one of six emotions. @module */

import { shown } from "../checks.ts";
import { kindOf, namesIn, sha256 } from "../files.ts";
import { normaliseText } from "./normalise_text.ts";
import type { Corpus } from "./sample.ts";
import { type Candidate, selectSamples } from "./select.ts";
import { tableRows } from "./table_rows.ts";
import { assertMapped, defaultValence, type ValenceMap } from "./valence.ts";

// By label number.
const emotions = ["sadness", "joy", "love", "anger", "fear", "surprise"] as const;

const kaggleRows = 416_809;

/** How {@linkcode readEmotions} reads. */
export interface EmotionsOptions {
  /** What becomes of each emotion. @default defaultValence */
  readonly valence?: ValenceMap;
  /** Told how many kilobytes of the file are read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Reads the *Emotions* corpus (Kaggle `nelgiriyewithana/emotions`, from Saravia et al., *CARER*,
 * EMNLP 2018): columns `text` and `label`, 0 sadness, 1 joy, 2 love, 3 anger, 4 fear, 5 surprise.
 *
 * `path` is the CSV file, or a folder with `text.csv` or a single CSV file. The file is streamed, so
 * memory holds the samples but never the file. `id` is `text.csv:17`, by the line of the row; `group`
 * is the text as {@linkcode normaliseText} gives it. Left out and counted are texts without a word
 * (`empty`), normalised texts that occur with two valences (`conflicting`: the labels come from
 * hashtags, and one message can carry several) and repeated texts (`duplicate`). The notes say how
 * many rows there were: a part of the 416,809 is read as well.
 *
 * @throws {RangeError} A column or label is missing or wrong, by file and line; the folder has no
 * such file; the valence map lacks an emotion.
 * @throws {SyntaxError} The file is no well-formed CSV, by file and line.
 */
export async function readEmotions(
  path: string,
  { valence = defaultValence, onProgress }: EmotionsOptions = {},
): Promise<Corpus> {
  const file = await findCsv(path);
  const { candidates, empty } = await readMessages(file, onProgress);
  const rows = candidates.length + empty;
  assertMapped(candidates.map(({ emotion }) => emotion), { valence, corpus: file });
  const { samples, excluded } = selectSamples(candidates, {
    valence,
    content: ({ group }) => group,
    label: ({ emotion }) => valence[emotion]!,
  });
  return {
    modality: "text",
    name: "Emotions",
    samples,
    excluded: empty > 0 ? { empty, ...excluded } : excluded,
    notes: [`${rows} rows; the file on Kaggle has ${kaggleRows}`],
  };
}

async function readMessages(
  file: string,
  onProgress: EmotionsOptions["onProgress"],
): Promise<{ candidates: Candidate[]; empty: number }> {
  const name = file.slice(file.search(/[^\\/]*$/));
  const candidates: Candidate[] = [];
  let empty = 0;
  for await (
    const { line, fields: { text, label } } of tableRows(file, ["text", "label"], { onProgress })
  ) {
    if (!/^[0-5]$/.test(label)) {
      throw new RangeError(
        `Cannot read "${file}", line ${line}: expected a label from 0 to 5, got ${shown(label)}`,
      );
    }
    const normalised = normaliseText(text);
    if (normalised === "") {
      empty++;
      continue;
    }
    candidates.push({
      id: `${name}:${line}`,
      modality: "text",
      source: { text },
      emotion: emotions[Number(label)]!,
      // Most texts of this corpus are normalised already: one string then serves for both.
      group: normalised === text ? text : normalised,
      hash: sha256(text),
    });
  }
  if (candidates.length === 0) {
    throw new RangeError(`Cannot read "${file}": expected labelled texts, got none`);
  }
  return { candidates, empty };
}

async function findCsv(path: string): Promise<string> {
  const kind = await kindOf(path);
  if (kind === "file") return path;
  if (kind === "nothing") {
    throw new RangeError(`Cannot read "${path}": expected a CSV file or its folder, got nothing`);
  }
  // Hidden ones are what a Mac leaves beside a file: `._text.csv`.
  const names = (await namesIn(path)).filter((name) => /^[^.].*\.csv$/i.test(name));
  const name = names.includes("text.csv") ? "text.csv" : names[0];
  if (name === undefined || (name !== "text.csv" && names.length > 1)) {
    throw new RangeError(
      `Cannot read "${path}": expected text.csv or a single CSV file, ` +
        `got ${names.sort().join(", ") || "none"}`,
    );
  }
  return `${path.replace(/\/$/, "")}/${name}`;
}
