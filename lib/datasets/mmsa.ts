/** Feature files of MMSA and MMSA-FET: what others have extracted of CMU-MOSI, CMU-MOSEI, CH-SIMS. @module */

import { modalities, type Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import { type FeatureSequences, featureSequences } from "./feature_sequences.ts";
import { labelsOf, scoresOf } from "./mmsa_labels.ts";
import { lengthsOf, maskLengths, textsOf } from "./mmsa_columns.ts";
import type { Part } from "./parts.ts";
import { openPickle } from "./pickle/read_pickle.ts";
import type { TargetChoice } from "./table_target.ts";

/** A clip of a feature file: what was said, shown and heard in it. */
export interface MmsaSample {
  /** As the file has it: `video$_$clip`. */
  readonly id: string;
  /** The video, by the id: what stays on one side of a split. */
  readonly group: string;
  /** Of a file that is divided. */
  readonly part?: Part;
  /** What was said, if the file has it. */
  readonly text?: string;
  /** A place among the target's classes, or the score, if it has one. */
  readonly label?: number;
  /** Scores of what each modality says alone, as CH-SIMS has them. */
  readonly labels?: { readonly [M in Modality]?: number };
}

/** A feature file whose numbers can be read until it is disposed of. */
export interface MmsaFile extends Disposable {
  /** The file. */
  readonly path: string;
  /** Part after part. */
  readonly samples: readonly MmsaSample[];
  /** What labels are; undefined where there are none. */
  readonly target: Target | undefined;
  /** Sequences of a modality by the sample that they begin with; those that the file has. */
  readonly features: { readonly [M in Modality]?: readonly FeatureSequences[] };
  /** Keys of the file that nothing reads. */
  readonly unused: readonly string[];
  /** What else has to be known. */
  readonly notes: readonly string[];
}

/** How a feature file is read. */
export interface MmsaOptions {
  /**
   * What is learnt: `score`, `classes`, `polarity` (of scores their sign, without those of 0), or a
   * score within a range of its own. By default the scores, if the file has such, from -1 to 1 or -3
   * to 3, whichever holds all; else the classes.
   */
  readonly target?: TargetChoice | undefined;
}

/** Says whether a path is that of a feature file, by its ending, in any case: `.pkl`, `.pickle`. */
export function isFeatureFile(path: string): boolean {
  return /\.(pkl|pickle)$/i.test(path);
}

type Dict = ReadonlyMap<unknown, unknown>;

const partNames: Readonly<Record<string, Part>> = {
  train: "train",
  valid: "validation",
  val: "validation",
  dev: "validation",
  validation: "validation",
  test: "test",
};

/** What the field calls the modalities. */
const featureKeys: Readonly<Record<Modality, string>> = {
  text: "text",
  image: "vision",
  audio: "audio",
};

const read = new Set([
  ...["raw_text", "id", "text", "text_bert", "vision", "audio", "vision_lengths", "audio_lengths"],
  ...["regression_labels", "regression_labels_T", "regression_labels_V", "regression_labels_A"],
  ...["classification_labels", "annotations", "labels"],
]);

/**
 * Opens a feature file: a pickle of `{ train, valid, test }`, each a dict of
 *
 * - `text` `[N, L, width]`, `audio` and `vision` likewise, or some of them; `audio_lengths` and
 *   `vision_lengths` say how many steps count, for `text` the mask of `text_bert`; without, steps of
 *   zeros at either end are padding;
 * - `id`, whose part before `$_$` is the video; `raw_text`;
 * - `regression_labels` (or `labels`), else `classification_labels`, else `annotations`;
 * - `regression_labels_T`, `_A` and `_V`, where the modalities have their own.
 *
 * One such dict alone is read as a set that is not divided, and the dict that MMSA-FET's `run_single`
 * writes as a set of one clip without a label. Nothing of the file is run ({@linkcode readPickle});
 * features stay in it until they are read.
 *
 * @throws {SyntaxError | RangeError} As {@linkcode openPickle}; or by part and key: what is missing, of
 * another length or shape, or a label that is out of range.
 * @throws {Deno.errors.NotFound} There is no such file.
 */
export async function readMmsa(
  path: string,
  { target }: MmsaOptions = {},
): Promise<MmsaFile> {
  const pickle = await openPickle(path);
  try {
    const parts = partsOf(pickle.value, path).map((part) => readPart(part, path));
    const clips = parts.flatMap(({ samples }) => samples);
    const labels = labelsOf(parts, target, path);
    const features = together(parts, path);
    const { samples, repeated } = named(clips);
    return {
      path,
      samples: samples.map((sample, i) => ({
        ...sample,
        ...labels?.values[i] !== undefined && { label: labels.values[i] },
      })),
      target: labels?.target,
      features,
      unused: [...new Set(parts.flatMap(({ unused }) => unused))],
      notes: repeated === 0
        ? []
        : [`${repeated} samples have the id of an earlier one: numbered by the order`],
      [Symbol.dispose]: () => pickle[Symbol.dispose](),
    };
  } catch (error) {
    pickle[Symbol.dispose]();
    throw error;
  }
}

/** A dict of the file that has samples. */
interface RawPart {
  /** As the file calls it; empty where it is all that the file has. */
  readonly name: string;
  readonly dict: Dict;
}

function partsOf(value: unknown, path: string): RawPart[] {
  const wanted = "expected a dict of train, valid and test, or of text, audio and vision";
  if (!(value instanceof Map)) {
    const got = Array.isArray(value) ? `a list of ${value.length}` : "another value";
    throw new RangeError(`Cannot read "${path}": ${wanted}, got ${got}`);
  }
  if (modalities.some((m) => value.has(featureKeys[m]))) return [{ name: "", dict: value }];
  const parts = [...value].flatMap(([name, dict]): RawPart[] =>
    typeof name === "string" && Object.hasOwn(partNames, name) && dict instanceof Map
      ? [{ name, dict }]
      : []
  );
  const twice = parts.find(({ name }, i) =>
    parts.some((other, k) => k < i && partNames[other.name] === partNames[name])
  );
  if (twice) {
    throw new RangeError(`Cannot read "${path}": expected each part once, got "${twice.name}" too`);
  }
  if (parts.length > 0) return parts;
  const keys = [...value.keys()].slice(0, 8).map((key) => `"${String(key).slice(0, 40)}"`);
  throw new RangeError(
    `Cannot read "${path}": ${wanted}, got ${keys.join(", ") || "an empty one"}`,
  );
}

/** A part of the file, as read. */
export interface MmsaPart extends RawPart {
  /** Beginning of errors. */
  readonly where: string;
  readonly count: number;
  readonly samples: readonly Omit<MmsaSample, "label">[];
  readonly features: { readonly [M in Modality]?: FeatureSequences };
  readonly unused: readonly string[];
}

function readPart({ name, dict }: RawPart, path: string): MmsaPart {
  const where = `Cannot read "${path}"${name && `, ${name}`}`;
  const single = isSingle(dict);
  const features = featuresOf(dict, { where, single });
  const [first] = Object.entries(features);
  if (first === undefined) {
    throw new RangeError(`${where}: expected text, audio and vision or some of them, got none`);
  }
  const { count } = first[1];
  for (const [m, { count: rows }] of Object.entries(features)) {
    if (rows === count) continue;
    throw new RangeError(
      `${where}, ${featureKeys[m as Modality]}: expected ${count} samples as ` +
        `${featureKeys[first[0] as Modality]} has, got ${rows}`,
    );
  }
  const column = { dict, count, where };
  const texts = dict.has("raw_text") ? textsOf({ ...column, key: "raw_text", single }) : undefined;
  const ids = idsOf({ ...column, name, path, single });
  const modalityScores = scoresOf(column);
  return {
    ...{ name, dict, where, count, features },
    samples: ids.map((id, i) => ({
      id,
      group: id.split("$_$")[0]!,
      ...name !== "" && { part: partNames[name]! },
      ...texts && { text: texts[i]! },
      ...modalityScores &&
        { labels: Object.fromEntries(modalityScores.map(([m, scores]) => [m, scores[i]!])) },
    })),
    unused: [...dict.keys()].map(String).filter((key) => !read.has(key)),
  };
}

// `run_single` writes one clip, `[steps, width]` a modality.
function isSingle(dict: Dict): boolean {
  if (dict.has("id") || dict.has("regression_labels")) return false;
  return modalities.every((m) => {
    const value = dict.get(featureKeys[m]);
    return value === undefined || (value as { shape?: unknown[] }).shape?.length === 2;
  });
}

function featuresOf(
  dict: Dict,
  { where, single }: { readonly where: string; readonly single: boolean },
): MmsaPart["features"] {
  const features: { [M in Modality]?: FeatureSequences } = {};
  for (const m of modalities) {
    const key = featureKeys[m];
    const value = dict.get(key);
    if (value === undefined || value === null) continue;
    const lengths = m === "text"
      ? maskLengths(dict.get("text_bert"), { single })
      : lengthsOf(dict, `${key}_lengths`, where);
    features[m] = featureSequences(single ? [value] : value, {
      where: `${where}, ${key}`,
      ...lengths && { stepsOf: lengths },
    });
  }
  return features;
}

function idsOf({ name, path, single, ...column }: {
  readonly dict: Dict;
  readonly count: number;
  readonly where: string;
  readonly name: string;
  readonly path: string;
  readonly single: boolean;
}): string[] {
  if (column.dict.has("id")) return textsOf({ ...column, key: "id", single });
  const file = path.slice(path.search(/[^\\/]*$/));
  if (single) return [file];
  // A clip whose video is not known may be of any.
  return Array.from({ length: column.count }, (_, i) => `${name || file}:${i + 1}`);
}

/** The features of all parts by modality, of one width; a part that lacks a modality lacks it for all. */
function together(parts: readonly MmsaPart[], path: string): MmsaFile["features"] {
  const features: { [M in Modality]?: FeatureSequences[] } = {};
  for (const m of modalities) {
    const each = parts.map((part) => part.features[m]);
    const there = each.filter((one) => one !== undefined);
    if (there.length === 0) continue;
    const without = each.indexOf(undefined);
    if (without >= 0) {
      throw new RangeError(
        `${parts[without]!.where}: expected ${featureKeys[m]}, which other parts have, got none`,
      );
    }
    const width = there.find(({ count }) => count > 0)?.width ?? 1;
    const other = there.find((one) => one.count > 0 && one.width !== width);
    if (other) {
      throw new RangeError(
        `Cannot read "${path}", ${
          featureKeys[m]
        }: expected ${width} numbers a step in all parts, ` +
          `got ${other.width}`,
      );
    }
    features[m] = there;
  }
  return features;
}

function named<Own extends { readonly id: string }>(clips: readonly Own[]) {
  const seen = new Map<string, number>();
  let repeated = 0;
  const samples = clips.map((clip) => {
    const times = (seen.get(clip.id) ?? 0) + 1;
    seen.set(clip.id, times);
    if (times === 1) return clip;
    repeated++;
    return { ...clip, id: `${clip.id} (${times})` };
  });
  return { samples, repeated };
}
