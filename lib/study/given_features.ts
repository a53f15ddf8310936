/** Features as others have extracted them: a file of them in the place of samples and encoders. @module */

import { reportFeatures } from "../datasets/feature_report.ts";
import * as datasets from "../datasets/mod.ts";
import { assertSegments, segmentMeans } from "../encoders/segments.ts";
import { sha256 } from "../files.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { CorpusFeatures, Table } from "../systems/features.ts";
import type { Target } from "../target.ts";
import { textsOf } from "./row_features.ts";

/** A feature file as a set of rows, with what the model reads of each. */
export interface GivenFeatures extends datasets.PairedCorpora {
  readonly target: Target;
  /** A row for each sample of `corpora`. */
  readonly features: CorpusFeatures;
  /** The file, as that of each modality. */
  readonly numbersFrom: Readonly<Record<Modality, string>>;
  /** For its author to check. */
  readonly report: datasets.FeatureReport;
}

/** How a feature file is read. */
export interface GivenFeaturesOptions extends datasets.MmsaOptions {
  /** Segments that the steps of each sequence are averaged into. @default 8 */
  readonly segments?: number | undefined;
  /** Told how many samples of a modality are read. */
  readonly onProgress?: ((m: Modality, done: number, total: number) => void) | undefined;
}

/** The rows of the file that have a label, and what they are called. */
type Rows = readonly (datasets.MmsaSample & { readonly label: number })[];

/**
 * Reads a feature file of MMSA or MMSA-FET ({@linkcode datasets.readMmsa}): the features as they are,
 * the steps of each sequence averaged into segments as those of an encoder's states are, rows that
 * belong together, the file's parts. Audio has no spectrogram, so the model's spectral path is left
 * out. Sequences of zeros alone are missing. Rows without a label or without features are left out,
 * and counted.
 *
 * @throws {SyntaxError | RangeError} As {@linkcode datasets.readMmsa}; or it has no labels.
 */
export async function readGivenFeatures(
  path: string,
  { segments = 8, onProgress, ...options }: GivenFeaturesOptions = {},
): Promise<GivenFeatures> {
  assertSegments(segments);
  using file = await datasets.readMmsa(path, options);
  const { target } = file;
  if (target === undefined) {
    throw new RangeError(
      `Cannot learn from "${path}": expected regression_labels, classification_labels or ` +
        "annotations, got none",
    );
  }
  const isLabelled = file.samples.map(({ label }) => label !== undefined);
  const read = byModality((m) =>
    readTables(file.features[m] ?? [], {
      ...{ segments, isLabelled },
      onProgress: (done) => onProgress?.(m, done, isLabelled.length),
    })
  );
  const isUsed = isLabelled.map((label, i) => label && modalities.some((m) => read[m].hashes[i]));
  const rows = file.samples as Rows;
  const used = [...rows.keys()].filter((i) => isUsed[i]);
  if (used.length === 0) {
    throw new RangeError(`Cannot learn from "${path}": expected samples with a label, got none`);
  }
  const { corpora, pairs } = pairUp(rows, {
    path,
    used,
    target,
    hashes: byModality((m) => read[m].hashes),
  });
  const given = rows[used[0]!]!.part && used.map((i) => rows[i]!.part!);
  // `video$_$clip`, where there is such an id.
  const order = used.map((i): datasets.RowOrder => {
    const { id, group } = rows[i]!;
    return { group, segment: id.split("$_$")[1] ?? "", place: id };
  });
  const set = { corpora, pairs, order, ...given && { given } };
  return {
    ...set,
    target,
    numbersFrom: byModality(() => path),
    features: byModality((m) => ({
      tables: read[m].tables,
      labels: corpora[m].samples.map(({ label }) => label),
      emotions: corpora[m].samples.map(({ emotion }) => emotion),
      groups: corpora[m].samples.map(({ group }) => group),
      ...textsOf(corpora[m].samples),
    })),
    report: reportFeatures(file, {
      ...{ set, used, isLabelled },
      read: byModality((m) => read[m].repairs),
    }),
  };
}

/** What was read of a modality. */
interface Read {
  readonly tables: Readonly<Record<"states" | "mask", Table>>;
  /** A row of the file each: SHA-256 of its steps; undefined where it has none. */
  readonly hashes: readonly (string | undefined)[];
  readonly repairs: datasets.Repairs;
}

function readTables(
  sequences: readonly datasets.FeatureSequences[],
  { segments, isLabelled, onProgress }: {
    readonly segments: number;
    readonly isLabelled: readonly boolean[];
    readonly onProgress: (done: number) => void;
  },
): Read {
  const width = sequences.find(({ count }) => count > 0)?.width ?? 1;
  const most = sequences.length === 0 ? 0 : isLabelled.filter(Boolean).length;
  const states = new Float32Array(most * segments * width);
  const mask = new Float32Array(most * segments);
  const hashes: (string | undefined)[] = [];
  const repairs: datasets.Repairs = { infinite: 0, nan: 0, cut: 0 };
  let row = 0;
  for (const { rows, data } of sequences.values().flatMap((part) => part.read(repairs))) {
    const isThere = isLabelled[hashes.length]! && data.some((x) => x !== 0);
    hashes.push(
      isThere ? sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) : undefined,
    );
    if (isThere) {
      const means = segmentMeans({ data, rows, width }, segments);
      states.set(means.states!, row * segments * width);
      mask.set(means.mask!, row++ * segments);
    }
    if (hashes.length % 256 === 0) onProgress(hashes.length);
  }
  return {
    tables: {
      states: { shape: [row, segments, width], data: states.subarray(0, row * segments * width) },
      mask: { shape: [row, segments], data: mask.subarray(0, row * segments) },
    },
    ...{ hashes, repairs },
  };
}

function pairUp(
  rows: Rows,
  { path, used, target, hashes }: {
    readonly path: string;
    readonly used: readonly number[];
    readonly target: Target;
    readonly hashes: Readonly<Record<Modality, readonly (string | undefined)[]>>;
  },
): Pick<datasets.PairedCorpora, "corpora" | "pairs"> {
  const samples: Record<Modality, datasets.Sample[]> = { text: [], image: [], audio: [] };
  const pairs = used.map((i): datasets.Pair => {
    const { id, group, label, text } = rows[i]!;
    const emotion = target.kind === "classes" ? target.classes[label]! : String(label);
    const pair: { [M in Modality]?: number } = {};
    for (const m of modalities) {
      const hash = hashes[m][i];
      if (hash === undefined) continue;
      const source = m === "text" && text !== undefined ? { text } : { path };
      pair[m] = samples[m].push({ id, modality: m, source, emotion, label, group, hash }) - 1;
    }
    return pair;
  });
  const name = nameOf(path);
  const excluded = rows.length > used.length ? { unused: rows.length - used.length } : {};
  const corpora = byModality((m) => ({ modality: m, name, samples: samples[m], excluded }));
  return { corpora, pairs };
}

function nameOf(path: string): string {
  return path.slice(path.search(/[^\\/]*$/));
}
