/** What is learnt of rows: features that came with them, and what encoders make of the rest. @module */

import type { EncoderRecord, EncoderRecords } from "../inference/mod.ts";
import { neighboursOf, type OrderedRows } from "../datasets/mod.ts";
import { withContext } from "../systems/context.ts";
import { sha256 } from "../files.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import type { Encoders, OwnEncoders } from "../encoders/mod.ts";
import { tellExtents } from "./corpora.ts";
import { trainedBySplit } from "./encoder_source.ts";
import type { Job } from "./job.ts";
import type { Samples } from "./splits.ts";
import { digestsOf, encodeOnce, type EncodingOptions, listEncoders } from "./study_encoders.ts";

/** Features of the modalities whose samples came with some, a row a sample. */
export type GivenTables = { readonly [M in Modality]?: ModalityFeatures };

/** Such features, and the file of each modality's. */
export interface GivenOfRows {
  readonly features?: GivenTables | undefined;
  readonly numbersFrom?: { readonly [M in Modality]?: string } | undefined;
}

/**
 * The features of samples that came with {@linkcode Sample.numbers}: one segment a sample. Audio has no
 * spectrogram, so the model's spectral path is left out.
 */
export function givenTables(
  samples: Samples,
  numbersFrom: NonNullable<GivenOfRows["numbersFrom"]>,
): GivenTables {
  const given = modalities.filter((m) => numbersFrom[m] !== undefined && samples[m].length > 0);
  return Object.fromEntries(given.map((m): [Modality, ModalityFeatures] => {
    const own = samples[m];
    const count = own.length, width = own[0]!.numbers!.length;
    const states = new Float32Array(count * width);
    own.forEach(({ numbers }, i) => states.set(numbers!, i * width));
    const tables = {
      states: { shape: [count, 1, width], data: states },
      mask: { shape: [count, 1], data: new Float32Array(count).fill(1) },
    };
    return [m, { tables, ...labelsOf(own), ...textsOf(own) }];
  }));
}

/** Labels, emotions, groups and, if they have some, weights of samples. */
function labelsOf(samples: Samples[Modality]): Omit<ModalityFeatures, "tables" | "texts"> {
  return {
    labels: samples.map(({ label }) => label),
    emotions: samples.map(({ emotion }) => emotion),
    groups: samples.map(({ group }) => group),
    ...samples.some(({ weight }) => weight !== undefined) &&
      { weights: samples.map(({ weight = 1 }) => weight) },
  };
}

/** The words of samples, where all have some: systems that read words themselves need all of them. */
export function textsOf(samples: Samples[Modality]): { texts?: string[] } {
  const texts = samples.map(({ source }) => "text" in source ? source.text : undefined);
  return texts.every((text) => text !== undefined) && texts.length > 0 ? { texts } : {};
}

/** Features of all modalities, where each that has samples has some; undefined where encoders are needed. */
export function allGiven(samples: Samples, given: GivenTables = {}): CorpusFeatures | undefined {
  if (Object.keys(given).length === 0) return undefined;
  if (modalities.some((m) => samples[m].length > 0 && given[m] === undefined)) return undefined;
  return byModality((m) => given[m] ?? none);
}

const noRow = new Float32Array();
const none: ModalityFeatures = {
  tables: { states: { shape: [0, 1, 1], data: noRow }, mask: { shape: [0, 1], data: noRow } },
  labels: [],
  emotions: [],
};

/**
 * Refuses what has to train an encoder of each modality, or to hear clips, where features are given.
 *
 * @throws {RangeError} As said.
 */
export function assertEncodersFit(
  { encoders, bySpeaker, ...own }:
    & Pick<EncodingOptions, "encoders" | "bySpeaker">
    & OwnEncoders,
  given: GivenTables = {},
): void {
  const those = modalities.filter((m) => given[m]).join(", ");
  if (those === "") return;
  if (trainedBySplit(encoders).length > 0) {
    throw new RangeError(
      `Cannot use --encoders ${encoders}: expected frozen encoders beside features of ${those}, ` +
        "which are given, got such as are yet to be trained",
    );
  }
  const unused = (["image", "text"] as const).find((m) => given[m] && own[`${m}Encoder`]);
  if (unused) {
    throw new RangeError(
      `Cannot use --${unused}-encoder: expected samples of ${unused} to encode, got features of it ` +
        "that are given",
    );
  }
  if (bySpeaker && given.audio) {
    throw new RangeError(
      "Cannot use --by-speaker: expected clips that are encoded, got features of audio that are given",
    );
  }
}

/** What a model says of features that it was given: whose they are. */
export function recordsOfGiven(
  samples: Samples,
  { features = {}, numbersFrom = {} }: GivenOfRows,
): { readonly [M in Modality]?: EncoderRecord } {
  const there = modalities.filter((m) => features[m]);
  return Object.fromEntries(there.map((m): [Modality, EncoderRecord] => {
    return [m, {
      id: `features of ${m} in ${nameOf(numbersFrom[m]!)}`,
      digest: sha256(samples[m].map(({ hash }) => hash).join("\n")),
      segments: features[m]!.tables.states!.shape[1]!,
    }];
  }));
}

/** The same of rows without any encoder. */
export function recordGiven(samples: Samples, given: GivenOfRows): EncoderRecords {
  const records = recordsOfGiven(samples, given);
  return {
    choice: "given",
    ...byModality((m) =>
      records[m] ?? { id: `no features of ${m}`, digest: sha256(""), segments: 1 }
    ),
  };
}

/** Encoder records, with those of features that were given in the place of their modality's. */
export function withGiven(
  { spectral, ...records }: EncoderRecords,
  samples: Samples,
  given: GivenOfRows,
): EncoderRecords {
  const own = Object.entries(recordsOfGiven(samples, given))
    .map(([m, record]) => [m, { ...record, choice: "given" as const }]);
  const isHeard = given.features?.audio === undefined && spectral;
  return { ...records, ...isHeard && { spectral }, ...Object.fromEntries(own) };
}

/** What tells work upon these features apart: by the id of each encoder, and of what was given. */
export function digestsOfRows(
  encoders: Encoders,
  samples: Samples,
  given: GivenOfRows,
): Record<string, string> {
  const asked = listEncoders(encoders).filter(({ modality }) =>
    given.features?.[modality] === undefined
  );
  return digestsOf([...asked, ...Object.values(recordsOfGiven(samples, given))]);
}

/** Where the features of rows come from, for a caption. */
export function sourcesOf(
  { corpora, features = {}, numbersFrom = {} }:
    & GivenOfRows
    & { readonly corpora: { readonly [M in Modality]: { readonly samples: Samples[M] } } },
  encoders: string,
): string {
  const there = modalities.filter((m) => corpora[m].samples.length > 0);
  const given = there.filter((m) => features[m]);
  if (given.length === there.length) return "Features as given";
  const told = given.map((m) => `Features of ${m} as given in ${nameOf(numbersFrom[m]!)}`);
  return [...told, `Encoders: ${encoders}`].join(". ");
}

function nameOf(path: string): string {
  return path.slice(path.search(/[^\\/]*$/));
}

/** How many neighbours are a row's context. */
export interface ContextOptions {
  /** Before and behind it in its group; 0 by default. */
  readonly context?: number | undefined;
}

/**
 * Refuses context that can't be had, before anything is encoded.
 *
 * @throws {RangeError} As `neighboursOf`; or encoders are yet to be trained.
 */
export function assertContext(
  { context = 0, encoders }: ContextOptions & Pick<EncodingOptions, "encoders">,
  paired: OrderedRows | undefined,
): void {
  if (context === 0) return;
  if (paired === undefined) {
    throw new RangeError(
      "Cannot use --context: expected rows of a table, got corpora of their own",
    );
  }
  neighboursOf(paired, context);
  if (trainedBySplit(encoders).length === 0) return;
  throw new RangeError(
    `Cannot use --context: expected frozen encoders, got --encoders ${encoders}, which are yet to be ` +
      "trained",
  );
}

/** Features with the context that is asked for, as `withContext` has it. */
export function inContext<Of extends GivenTables>(
  features: Of,
  paired: OrderedRows | undefined,
  { context = 0 }: ContextOptions,
): Of {
  if (context === 0 || paired === undefined) return features;
  return withContext(features, { pairs: paired.pairs, neighbours: neighboursOf(paired, context) });
}

/** What rows are learnt from. */
export interface RowFeatures {
  readonly features: CorpusFeatures;
  /** As {@linkcode digestsOfRows} has them. */
  readonly digests: Readonly<Record<string, string>>;
  /** What encoders tell of themselves. */
  readonly encoderNotes?: readonly string[] | undefined;
  /** How many times an encoder has met a sample. */
  readonly encoded: number;
}

/**
 * The features of rows, each modality's as given or else encoded, with the context that is asked for.
 *
 * @throws {Error} As `encodeOnce`.
 */
export async function featuresOfRows(
  options: EncodingOptions & ContextOptions,
  { samples, paired, given, jobs }: {
    readonly samples: Samples;
    /** The rows; without their parts, if these are not used. */
    readonly paired?: OrderedRows;
    readonly given: GivenOfRows;
    readonly jobs: readonly Job[];
  },
): Promise<RowFeatures> {
  const all = allGiven(samples, given.features);
  if (all) {
    const digests = digestsOf(Object.values(recordsOfGiven(samples, given)));
    return { features: inContext(all, paired, options), digests, encoded: 0 };
  }
  const asked = { samples, jobs, given: given.features };
  const { features, extents, encoders, encoded } = await encodeOnce(options, asked);
  tellExtents(extents, options.onProgress);
  const digests = digestsOfRows(encoders, samples, given);
  const inPlace = inContext(features, paired, options);
  return { features: inPlace, digests, encoderNotes: encoders.notes, encoded };
}
