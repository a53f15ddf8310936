/** What the doctor finds of data: corpora, and whether they can be split. @module */

import { join } from "node:path";
import { embeddedVersion, readEmbeddedCorpusInfo } from "../../lib/datasets/embedded/mod.ts";
import {
  auditSplit,
  type Corpus,
  groupedSplit,
  holdsRows,
  type Part,
  parts,
  readEmotions,
  readFaces,
  readPairedTable,
  readRavdess,
} from "../../lib/datasets/mod.ts";
import { kindOf } from "../../lib/files.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { callerFolder } from "../caller.ts";

/** One data folder. */
export interface DataReport {
  readonly folder: string;
  readonly state: "there" | "not there" | "unfinished";
  readonly corpora: readonly CorpusReport[];
  readonly problem?: string;
}

/** One corpus of a data folder. */
export interface CorpusReport {
  readonly name: string;
  readonly modality: Modality;
  readonly positive: number;
  readonly negative: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly groups: number;
  /** What its author has to know, such as which files are not read. */
  readonly notes: readonly string[];
  /** Samples by part of a split by group that the audit passed. */
  readonly split: Readonly<Record<Part, number>>;
}

/** A folder that the tasks make themselves. */
export async function examineEmbedded(folder: string, size: "full" | "quick"): Promise<DataReport> {
  if (await kindOf(folder) === "nothing") return { folder, state: "not there", corpora: [] };
  try {
    const info = await readEmbeddedCorpusInfo(folder);
    if (info === undefined) {
      if (await kindOf(join(folder, "corpus.json.partial")) === "file") {
        return { folder, state: "unfinished", corpora: [] };
      }
      throw new RangeError("expected corpus.json, got none");
    }
    if (info.seed !== 1 || info.size !== size) {
      throw new RangeError(
        `expected the embedded corpus of seed 1, size ${size}, ` +
          `got seed ${info.seed}, size ${info.size}`,
      );
    }
    if (info.version < embeddedVersion) {
      throw new RangeError(
        `expected version ${embeddedVersion} of the embedded corpus, got ${info.version}; ` +
          "remove the folder, and it is made anew",
      );
    }
    const { sentences, faces, clips } = info.counts;
    return await examineData(folder, { text: sentences, image: faces, audio: clips });
  } catch (error) {
    return { folder, state: "there", corpora: [], problem: (error as Error).message };
  }
}

const readers = {
  text: { folder: "emotions", read: (path: string) => readEmotions(path) },
  image: { folder: "faces", read: (path: string) => readFaces(path) },
  audio: { folder: "ravdess", read: (path: string) => readRavdess(path) },
} as const satisfies Record<
  Modality,
  { folder: string; read: (path: string) => Promise<Corpus> }
>;

/**
 * Reads whichever corpora there are, or a CSV file, and splits each; `counts` are the samples there
 * must be.
 */
export async function examineData(
  folder: string,
  counts?: Readonly<Record<Modality, number>>,
): Promise<DataReport> {
  if (await kindOf(folder) === "file" || await holdsRows(folder)) {
    return await examineTable(folder);
  }
  const corpora: CorpusReport[] = [];
  const problems: string[] = [];
  for (const m of modalities) {
    const path = join(folder, readers[m].folder);
    try {
      if (counts === undefined && await kindOf(path) === "nothing") continue;
      corpora.push(examineCorpus(await readers[m].read(path), counts?.[m]));
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (corpora.length + problems.length === 0) {
    problems.push("expected emotions/, faces/ or ravdess/, got none of them");
  }
  return {
    folder,
    state: "there",
    corpora,
    ...(problems.length > 0 ? { problem: problems.join("; ") } : {}),
  };
}

/** A table whose rows belong together. */
async function examineTable(path: string): Promise<DataReport> {
  try {
    const { corpora } = await readPairedTable(path, { from: callerFolder() });
    const filled = modalities.filter((m) => corpora[m].samples.length > 0);
    const reports = filled.map((m) => examineCorpus({ ...corpora[m], name: `${m} of ${path}` }));
    return { folder: path, state: "there", corpora: reports };
  } catch (error) {
    return { folder: path, state: "there", corpora: [], problem: (error as Error).message };
  }
}

function examineCorpus(
  { name, modality, samples, excluded, notes = [] }: Corpus,
  expected?: number,
): CorpusReport {
  const found = Object.values(excluded).reduce((a, b) => a + b, samples.length);
  if (expected !== undefined && found !== expected) {
    throw new RangeError(`${name}: expected ${expected} samples, got ${found}`);
  }
  const split = groupedSplit(samples, { key: fold(key(1), "doctor", modality) });
  auditSplit(samples, split);
  const positive = samples.filter(({ label }) => label === 1).length;
  return {
    name,
    modality,
    positive,
    negative: samples.length - positive,
    excluded,
    groups: new Set(samples.map(({ group }) => group)).size,
    notes,
    split: Object.fromEntries(
      parts.map((part) => [part, split[part].length]),
    ) as Record<Part, number>,
  };
}
