/** Lines of text files that have no header. @module */

import { shown } from "../../checks.ts";
import { decodedText } from "../decoded_text.ts";
import { type CorpusFile, hasEnding } from "../corpus_files.ts";
import type { Part } from "../parts.ts";
import { partNamed, type Row } from "../rows.ts";
import { nameOf, type Seen } from "./layout.ts";

/** Lines that are all of one pattern. */
export interface LineFormat {
  /** That files of such lines have. */
  readonly ending: string;
  readonly pattern: RegExp;
  /** The pattern in words, for errors. */
  readonly expected: string;
  /** What a line that matches says. */
  readonly rowOf: (match: RegExpExecArray) => {
    readonly text: string;
    readonly label: string;
    readonly id?: string;
  };
}

/** The lines of a text file, without their ends; what follows the last end is none if it is empty. */
export async function textLines(path: string): Promise<string[]> {
  let text = "";
  for await (const chunk of decodedText(path)) text += chunk;
  const lines = text.split(/\r\n|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Whether the first lines of a file, those that are not blank, are all of a kind. */
async function linesAre(
  seen: Seen,
  file: CorpusFile,
  isOfKind: (line: string) => boolean,
): Promise<boolean> {
  // The last may be cut off.
  const lines = (await seen.head(file)).filter((line) => line.trim() !== "");
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.length > 0 && whole.every(isOfKind);
}

/** The files whose first lines are all of the pattern, among the first ten of the ending. */
export async function filesOfLines(
  seen: Seen,
  { ending, pattern }: Pick<LineFormat, "ending" | "pattern">,
): Promise<CorpusFile[]> {
  const named = seen.files.filter(({ id }) => hasEnding(id, [ending]));
  const are = await Promise.all(
    named.slice(0, 10).map((file) => linesAre(seen, file, (line) => pattern.test(line))),
  );
  return named.filter((_, i) => are[i]);
}

/**
 * A row for each line of such files that is not blank, with the parts that the files' names say, and
 * the names.
 *
 * @throws {RangeError} A line is of another pattern.
 */
export async function rowsOfLines(
  seen: Seen,
  { expected, rowOf, ...format }: LineFormat,
): Promise<{ rows: Row[]; names: string }> {
  const files = await filesOfLines(seen, format);
  const parts = partsOf(files);
  const rows: Row[] = [];
  for (const file of files) {
    for (const [i, line] of (await textLines(file.path)).entries()) {
      if (line.trim() === "") continue;
      const match = format.pattern.exec(line);
      if (match === null) {
        throw new RangeError(
          `Cannot read "${file.path}", line ${i + 1}: expected ${expected}, got ${shown(line)}`,
        );
      }
      const { text, label, id = "" } = rowOf(match);
      const place = placeIn(seen, file, i + 1);
      rows.push({ place, id, cells: { text }, label, group: "", part: parts.get(file) });
    }
  }
  return { rows, names: files.map(({ id }) => nameOf(id)).join(", ") };
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
