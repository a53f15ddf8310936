/** The sets that the experiment finds in its data. @module */

import { dirname, resolve } from "node:path";
import * as datasets from "../../lib/datasets/mod.ts";
import { kindOf } from "../../lib/files.ts";
import { keptHashes, openCorpora } from "../../lib/study/corpora.ts";
import { type ReadRows, readRows } from "../../lib/study/read_rows.ts";
import type { Options } from "../../lib/study/study.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { madeUpSets } from "./controls.ts";
import type { NaturalSet } from "./natural_set.ts";
import { orRefused, type Refused, type Refusing } from "./refused.ts";
import { holdsPeople } from "./people/mod.ts";

/** What reading needs of the options. */
export type SetOptions = Pick<Options, "data" | "dataLabel" | "from" | "cache" | "onProgress"> & {
  /** Most rows of a set that is made up. */
  readonly most: number;
};

/** The sets that are there, and what becomes of one that is refused. */
export interface FoundSets extends Refusing {
  readonly sets: readonly NaturalSet[];
  /** The folder of what people judged, if there is one. */
  readonly people?: string | undefined;
}

/**
 * The sets in the data: a table, a set in one of the layouts or a feature file is one; a folder of
 * corpora has RAVDESS with the sentences that are spoken; the embedded corpus gives two that are made
 * up; any other folder has one for each folder in it that holds rows, in the order of their names, and may
 * have what people judged. One that can't be read is refused if there are others.
 *
 * @throws {RangeError} There is none, or the only one can't be read.
 */
export async function readSets(options: SetOptions): Promise<FoundSets> {
  const { data, dataLabel } = options;
  const refused: Refused[] = [];
  if ((await datasets.corporaIn(data)).length > 0) {
    return dataLabel === "embedded"
      ? { sets: await readMadeUp(options), isOneOfSeveral: true, refused }
      : { sets: [await readSpoken(options)], isOneOfSeveral: false, refused };
  }
  const paths = await setsIn(data);
  const people = await peopleIn(data);
  if (paths.length === 0 && people === undefined) {
    throw new RangeError(
      `Cannot read "${data}": expected a table, a set in a layout that is known, or a folder of ` +
        "folders that hold one each, got none",
    );
  }
  const isOneOfSeveral = paths.length + Number(people !== undefined) > 1;
  const refusing = { isOneOfSeveral, refused };
  const sets: NaturalSet[] = [];
  for (const path of paths) {
    const read = await orRefused(nameOf(path), refusing, () => readSet(path, options));
    if (read) sets.push(read);
  }
  return { sets, people, ...refusing };
}

/** Where what people judged is in `data`: there, or in its folder `people`. */
async function peopleIn(data: string): Promise<string | undefined> {
  for (const folder of [data, `${data}/people`]) if (await holdsPeople(folder)) return folder;
  return undefined;
}

/** Says whether the experiment finds anything in `data` that no other does. */
export async function holdsSets(data: string): Promise<boolean> {
  return (await setsIn(data)).length > 0 || await peopleIn(data) !== undefined;
}

/** Where the sets in `data` are: there, if it is one, or else in those of its folders that hold one. */
async function setsIn(data: string): Promise<string[]> {
  const kind = await kindOf(data);
  if (kind === "nothing") return [];
  if (datasets.isFeatureFile(data) || await tableOf(data)) return [data];
  return kind === "folder" ? await setFolders(data) : [];
}

/** The folders in `data` that hold a set: rows as they are, or one table. */
export async function setFolders(data: string): Promise<string[]> {
  if (await kindOf(data) !== "folder" || (await datasets.corporaIn(data)).length > 0) return [];
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(data)) {
    if (isDirectory && await tableOf(`${data}/${name}`)) found.push(`${data}/${name}`);
  }
  return found.sort();
}

// A folder in a layout, or the one table in a folder.
async function tableOf(path: string): Promise<string | undefined> {
  if (await datasets.holdsRows(path)) return path;
  if (await kindOf(path) !== "folder") return undefined;
  const tables = (await datasets.tablesIn(path)).filter((table) =>
    resolve(dirname(table)) === resolve(path)
  );
  return tables.length === 1 ? tables[0] : undefined;
}

async function readSet(path: string, options: SetOptions): Promise<NaturalSet> {
  const { from, cache, onProgress } = options;
  const place = await tableOf(path) ?? path;
  const read = (target?: datasets.TargetChoice) =>
    readRows(place, { from, cache, onProgress, target });
  const rows = await read();
  return { name: nameOf(path), rows: holdsNeutral(rows) ? await read("classes") : rows };
}

function nameOf(path: string): string {
  return path.replace(/[\\/]+$/, "").replace(/^.*[\\/]/s, "").replace(/\.\w+$/, "");
}

const sentiments = ["negative", "neutral", "positive"];

/** Says whether rows of two polarities leave out neutral ones, and have no other emotions. */
function holdsNeutral({ target, report }: ReadRows): boolean {
  if (target !== polarities || !("layout" in report)) return false;
  const emotions = new Set(report.labels.map(({ emotion }) => emotion));
  return sentiments.every((name) => emotions.has(name)) && emotions.size === sentiments.length;
}

async function readMadeUp(
  { data, dataLabel, from, cache, onProgress, most }: SetOptions,
): Promise<NaturalSet[]> {
  const { text, image } = await openCorpora(data, {
    ...{ valence: datasets.defaultValence, label: dataLabel, from, cache, onProgress },
    hashes: keptHashes(cache, onProgress),
    present: ["text", "image"],
  });
  return madeUpSets({ text: text.samples, image: image.samples }, { most, key: key(0) });
}

async function readSpoken({ data, cache, onProgress }: SetOptions): Promise<NaturalSet> {
  const paired = await datasets.ravdessWithSentences(`${data}/ravdess`, {
    valence: datasets.defaultValence,
    hashes: keptHashes(cache, onProgress),
  });
  return {
    name: "ravdess",
    rows: { ...paired, target: polarities as Target },
    note:
      "the sentence that a clip speaks says nothing of its emotion, by the design of the set: " +
      "text must stay at chance and add nothing",
  };
}
