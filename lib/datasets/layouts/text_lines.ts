/** Lines of text files that have no header. @module */

import { decodedText } from "../decoded_text.ts";
import type { CorpusFile } from "../corpus_files.ts";
import type { Part } from "../parts.ts";
import { partNamed } from "../rows.ts";
import type { Seen } from "./layout.ts";

/** The lines of a text file, without their ends; what follows the last end is none if it is empty. */
export async function textLines(path: string): Promise<string[]> {
  let text = "";
  for await (const chunk of decodedText(path)) text += chunk;
  const lines = text.split(/\r\n|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Whether the first lines of a file, those that are not blank, are all of a kind. */
export async function linesAre(
  seen: Seen,
  file: CorpusFile,
  isOfKind: (line: string) => boolean,
): Promise<boolean> {
  // The last may be cut off.
  const lines = (await seen.head(file)).filter((line) => line.trim() !== "");
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.length > 0 && whole.every(isOfKind);
}

/** The part that a file's name says, as `train.tsv` and `dev_text.txt` do. */
export function partOfFile({ id }: CorpusFile): Part | undefined {
  return partNamed(id.replace(/^.*\//, "").split(/[._-]/)[0]!);
}

/** Where a row of a file is: its line in what was named itself, else with the file's name. */
export function placeIn({ kind }: Seen, { id }: CorpusFile, line: number): number | string {
  return kind === "file" ? line : `${id}:${line}`;
}

/** The part of each file, where all say one; else of none. */
export function partsOf(files: readonly CorpusFile[]): Map<CorpusFile, Part | undefined> {
  const parts = files.map(partOfFile);
  const isSplit = new Set(parts).size > 1 && !parts.includes(undefined);
  return new Map(files.map((file, i) => [file, isSplit ? parts[i] : undefined]));
}
