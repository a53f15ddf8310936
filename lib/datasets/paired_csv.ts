/** A set of one's own: a CSV file whose rows have a text, an image and a clip, or some of them. @module */

import { neededNodeModule } from "../deps/node.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { csvRows } from "./csv.ts";
import { type CorpusFile, hashFiles } from "./corpus_files.ts";
import { kindOf, mapBounded, sha256 } from "../files.ts";
import { joinGroups } from "./near_duplicates.ts";
import { normaliseText } from "./normalise_text.ts";
import { type Pair, type PairedCorpora, shownBy } from "./paired.ts";
import type { Sample } from "./sample.ts";
import { defaultValence, isMapped, polarityOf, type ValenceMap } from "./valence.ts";

const columns = ["text", "image", "audio", "label", "group"] as const;

/** A row as it is in the file, but for paths, which are complete. */
interface Row {
  readonly line: number;
  readonly cells: Readonly<Record<Modality, string>>;
  readonly emotion: string;
  readonly group: string;
}

/**
 * Reads a CSV file with the columns `text`, `image`, `audio` and `label`, and `group` if it has
 * it. What is in a row belongs together: a message, a picture and a clip of one moment. Paths
 * are relative to the file's folder. A cell may be empty, but not all three. `label` is
 * `positive`, `negative`, or an emotion of the valence map, in any case. Rows of one `group`
 * (a speaker, a video) stay on one side of a split; without, a row is a group of its own.
 *
 * A sample's `id` is `set.csv:17`, by the line of its row. Rows that share a image or a clip
 * by content become one group, and so do rows of nothing but one text. Left out and counted are rows whose cells are equal to an
 * earlier one's (`duplicate`; `conflicting`, all of them, if their labels differ) and those
 * whose emotion the valence map excludes.
 *
 * @throws {RangeError} By file and line: a column that is missing, a row without a sample or with
 * an unknown label, a path with no file at its end. No row is left.
 * @throws {SyntaxError} The file is no well-formed CSV in UTF-8, by file and line.
 */
export async function readPairedCsv(
  path: string,
  { valence = defaultValence }: { readonly valence?: ValenceMap } = {},
): Promise<PairedCorpora> {
  const rows = await readRows(path, valence);
  const hashes = await hashRows(rows);
  const contents = hashes.map((own) => modalities.map((m) => own[m] ?? "").join(" "));
  const { kept, excluded } = select(rows, contents, valence);
  if (kept.length === 0) {
    throw new RangeError(`Cannot read "${path}": expected rows with a polarity, got none`);
  }
  const groups = joinGroups(
    kept.map((i) => rows[i]!.group),
    [
      ...sharing(kept, (i) => hashes[i]!.image),
      ...sharing(kept, (i) => hashes[i]!.audio),
      ...sharing(kept, (i) => loneText(rows[i]!)),
    ],
  );
  const name = path.slice(path.search(/[^\\/]*$/));
  const samples: Record<Modality, Sample[]> = { text: [], image: [], audio: [] };
  const pairs = kept.map((i, at): Pair => {
    const { line, cells, emotion } = rows[i]!;
    const pair: { [M in Modality]?: number } = {};
    for (const m of modalities) {
      const hash = hashes[i]![m];
      if (hash === undefined) continue;
      pair[m] = samples[m].push({
        id: `${name}:${line}`,
        modality: m,
        emotion,
        group: groups[at]!,
        hash,
        source: m === "text" ? { text: cells.text } : { path: cells[m] },
        polarity: polarityOf(emotion, valence)!,
      }) - 1;
    }
    return pair;
  });
  const complete = pairs.filter((pair) => shownBy(pair).length === modalities.length).length;
  const notes = [`${rows.length} rows; of ${pairs.length} used, ${complete} have all modalities`];
  return {
    corpora: byModality((m) => ({ modality: m, name, samples: samples[m], excluded, notes })),
    pairs,
  };
}

async function readRows(path: string, valence: ValenceMap): Promise<Row[]> {
  const { dirname, isAbsolute, join } = neededNodeModule("node:path");
  const folder = dirname(path);
  const rows: Row[] = [];
  for await (const { line, fields } of csvRows(path, columns, { optional: ["group"] })) {
    const where = `Cannot read "${path}", line ${line}`;
    const emotion = fields.label.trim().toLowerCase();
    if (!isMapped(emotion, valence)) {
      const known = Object.keys(valence).join(", ");
      throw new RangeError(`${where}: expected a label among ${known}, got "${fields.label}"`);
    }
    const cells = byModality((m) => {
      const cell = fields[m].trim();
      return m === "text" || cell === "" || isAbsolute(cell) ? cell : join(folder, cell);
    });
    if (modalities.every((m) => cells[m] === "")) {
      throw new RangeError(`${where}: expected a text, an image or a clip, got none`);
    }
    // Two files may not name one speaker alike by chance: an empty group is the row's own.
    rows.push({ line, cells, emotion, group: fields.group.trim() || `row ${line}` });
  }
  await mapBounded(rows, async ({ line, cells }) => {
    for (const m of ["image", "audio"] as const) {
      if (cells[m] === "" || await kindOf(cells[m]) === "file") continue;
      throw new RangeError(
        `Cannot read "${path}", line ${line}: expected a file for ${m}, got none at "${cells[m]}"`,
      );
    }
  });
  return rows;
}

type Hashes = { readonly [M in Modality]?: string };

async function hashRows(rows: readonly Row[]): Promise<Hashes[]> {
  const files = [...new Set(rows.flatMap(({ cells: { image, audio } }) => [image, audio]))]
    .filter((path) => path !== "")
    .map((path): CorpusFile => ({ path, id: path }));
  const found = await hashFiles(files, { look: () => {} });
  const hashOf = new Map(files.map(({ path }, i) => [path, found[i]!.hash]));
  return rows.map(({ cells }) => {
    const hash = (m: Modality) => m === "text" ? sha256(cells.text) : hashOf.get(cells[m])!;
    const shown = modalities.filter((m) => cells[m] !== "");
    return Object.fromEntries(shown.map((m) => [m, hash(m)]));
  });
}

/** One row of each content, where its labels agree and have a polarity; how many others there are. */
function select(
  rows: readonly Row[],
  contents: readonly string[],
  valence: ValenceMap,
): { kept: number[]; excluded: Record<string, number> } {
  const excluded: Record<string, number> = {};
  const leaveOut = (reason: string) => excluded[reason] = (excluded[reason] ?? 0) + 1;
  const kept: number[] = [];
  for (const own of Map.groupBy(rows.keys(), (i) => contents[i]!).values()) {
    const [first, ...copies] = own as [number, ...number[]];
    const { emotion } = rows[first]!;
    if (copies.some((i) => rows[i]!.emotion !== emotion)) {
      own.forEach(() => leaveOut("conflicting"));
      continue;
    }
    copies.forEach(() => leaveOut("duplicate"));
    if (polarityOf(emotion, valence) === undefined) leaveOut(emotion);
    else kept.push(first);
  }
  return { kept: kept.sort((a, b) => a - b), excluded };
}

/** Places in `kept` of rows with one value of `by`, by value; a row without is in none. */
function sharing(
  kept: readonly number[],
  by: (row: number) => string | undefined,
): (readonly number[])[] {
  const having = [...kept.keys()].filter((at) => by(kept[at]!) !== undefined);
  return [...Map.groupBy(having, (at) => by(kept[at]!)!).values()];
}

// What people say beside a picture, others say too; as a row of its own it is one message.
function loneText({ cells: { text, image, audio } }: Row): string | undefined {
  return image === "" && audio === "" ? normaliseText(text) : undefined;
}
