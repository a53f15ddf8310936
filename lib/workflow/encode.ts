/** The second step: samples through frozen encoders, each of them once. @module */

import { type ZeroShotPrompts, zeroShotPrompts } from "../baselines/mod.ts";
import type { TrainedEncoders } from "../branches/trained_branches.ts";
import * as checks from "../checks.ts";
import {
  type EncoderChoice,
  type GraphPrecision,
  loadClipEncoders,
  openFeatureStore,
  type OwnEncoders,
  type SpeechLayers,
  type SpeechName,
  speechNames,
} from "../encoders/mod.ts";
import type { EncoderRecords } from "../inference/mod.ts";
import { byModality, type Modality } from "../modality.ts";
import {
  encodeSamples,
  type Extents,
  type Failure,
  tellExtents,
  type Transforms,
} from "../study/corpora.ts";
import { featureMemory } from "../study/feature_memory.ts";
import { recordEncoders } from "../study/model_encoders.ts";
import { assertEncodersFit, givenTables, withGiven } from "../study/row_features.ts";
import { actors, assertSpeakers, normaliseSpoken } from "../study/speakers.ts";
import type { Samples } from "../study/splits.ts";
import { frozenOf, listEncoders, openEncoders } from "../study/study_encoders.ts";
import type { SpeakerStatistics } from "../systems/by_speaker.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Dataset } from "./dataset.ts";

/** Data with what the encoders made of them. */
export interface EncodedDataset extends Dataset {
  /** Those that could be encoded, by modality. */
  readonly samples: Samples;
  /** A row for each sample. */
  readonly features: CorpusFeatures;
  /**
   * How much of each sample the encoders took in: `encoders.countInputs` counts what was long, cut,
   * unknown or empty, `encoders.describeInputCounts` says it. Features that were given have none.
   */
  readonly extents?: Extents;
  /** Which encoders they come from. */
  readonly encoders: EncoderRecords;
  /** Where the encoders are. */
  readonly cache: string;
  /** With CLIP, what its zero-shot classifier compares samples with. */
  readonly prompts?: ZeroShotPrompts;
  /** Encoders that were trained before, which must not meet a test part that they have learnt. */
  readonly trained?: TrainedEncoders;
  /** Where clips are normalised by their speakers, the statistics of these. */
  readonly speakers?: ReadonlyMap<string, SpeakerStatistics>;
}

/** How samples are encoded. */
export interface EncodeOptions extends OwnEncoders {
  /** `embedded`, `paper`, or a folder of encoders that `deno task train` left; `embedded` by default. */
  readonly encoders?: EncoderChoice | { readonly folder: string };
  /** Where encoders and features are kept between runs, `.cache` by default. */
  readonly cache?: string;
  /**
   * Features of more bytes stay in the cache's store, of which so many are kept in memory; by default all
   * are in memory. What is learnt of them is the same.
   */
  readonly memory?: number;
  /** Whether CLIP's embeddings are made as well, which the CLIP baselines read; no by default. */
  readonly clip?: boolean;
  /**
   * The speech encoder of `embedded`: `whisper-tiny`, `whisper-base`, `whisper-small` or
   * `wav2vec2-mini`. By default the first or, where its package can't be had, the last.
   */
  readonly speech?: SpeechName;
  /**
   * Whose states of the speech encoder are read; by default those of the last layer or, of Whisper, of
   * the one in the middle that says most of the voice.
   */
  readonly speechLayers?: SpeechLayers;
  /** The encoders' numbers, `fp32` by default. */
  readonly precision?: GraphPrecision;
  /** What is done to samples before they are encoded, such as `corruptions.corruptionTransform`. */
  readonly transforms?: Transforms;
  /** Whose samples are transformed, such as those of a test part; all of a modality by default. */
  readonly indices?: Partial<Readonly<Record<Modality, readonly number[]>>>;
  /** Told how far it is. */
  readonly onProgress?: (step: string, done?: number, total?: number) => void;
  /** Told of each sample that can't be encoded, which is then left out; by default the first is thrown. */
  readonly onFailure?: (failure: Failure) => void;
  /**
   * Whether what is made of clips is normalised by their speakers (`systems.normaliseBySpeaker`): a
   * transductive protocol, whose scores are of rows of their own; no by default.
   */
  readonly bySpeaker?: boolean;
}

const optionChecks = checks.record({
  encoders: checks.orObject(
    checks.choice(["embedded", "paper"], ", or { folder }"),
    checks.record({ folder: checks.text }),
  ),
  cache: checks.text,
  memory: checks.whole(1),
  clip: checks.flag,
  speech: checks.choice(speechNames),
  speechLayers: checks.anything,
  textEncoder: checks.text,
  imageEncoder: checks.text,
  precision: checks.choice(["fp32", "int8"]),
  transforms: checks.record(byModality(() => checks.anything), { optional: "all" }),
  indices: checks.record(byModality(() => checks.list(checks.whole(0))), { optional: "all" }),
  onProgress: checks.callable,
  onFailure: checks.callable,
  bySpeaker: checks.flag,
}, { optional: "all" });

/**
 * Encodes every sample, or finds its features in the store of an earlier call. The first time, the
 * embedded encoders are made from npm packages. With `transforms` rows stay those of the samples, so
 * that `evaluate` can ask a model of the same samples with noise. Features that came with rows are taken
 * as they are.
 *
 * @throws {RangeError} A sample can't be encoded, samples of rows are to be left out, an option is
 * unknown; by speaker, nothing names the speakers, or one has too few clips.
 * @throws {Deno.errors.NotFound} The paper's encoders are not there and the hub is out of reach.
 */
export async function encode(data: Dataset, options: EncodeOptions = {}): Promise<EncodedDataset> {
  optionChecks(options, "the options of encode");
  const { encoders: source = "embedded", cache = ".cache", clip = false, onFailure } = options;
  const { speech, speechLayers, precision = "fp32", onProgress = () => {} } = options;
  const own = { textEncoder: options.textEncoder, imageEncoder: options.imageEncoder };
  const named = data.report ? data.report.groups.by : actors;
  const record = options.bySpeaker ? assertSpeakers(samplesOf(data), named) : undefined;
  const { transforms = {}, indices = {} } = options;
  if (data.pairs && onFailure) {
    throw new RangeError(
      "Cannot use onFailure with a table: expected every sample of a row, got rows to be left in part",
    );
  }
  const place = { cache, precision, onProgress: (message: string) => onProgress(message) };
  const drawn = byModality((m) => data.corpora[m].samples);
  const features = givenTables(drawn, data.numbersFrom ?? {});
  const given = { features, numbersFrom: data.numbersFrom };
  assertEncodersFit({ encoders: source, bySpeaker: options.bySpeaker, ...own }, features);
  const changed = (Object.keys(transforms) as Modality[]).find((m) => features[m]);
  if (changed || clip && Object.keys(features).length > 0) {
    throw new RangeError(
      `Cannot use ${
        changed ? `transforms of ${changed}` : "clip"
      }: expected samples to encode, got ` +
        "features that came with their rows",
    );
  }
  const toEncode = byModality((m) => features[m] ? [] : drawn[m]);
  const opening = { ...place, ...own, speech, speechLayers, samples: toEncode };
  const { encoders, trained } = await openEncoders(source, opening);
  const clipEncoders = clip ? await loadClipEncoders(frozenOf(source), place) : undefined;
  try {
    const made = await encodeSamples(
      toEncode,
      {
        encoders,
        ...clipEncoders && { clip: clipEncoders },
        store: openFeatureStore(`${cache}/features`, { onDamage: onProgress }),
        transforms,
        indices,
        workers: navigator.hardwareConcurrency,
        storing: featureMemory({ cache, memory: options.memory }),
        onProgress: (m: Modality, done, total) => onProgress(`encoding ${m}`, done, total),
        ...onFailure && { onFailure },
      },
    );
    const { extents } = made;
    tellExtents(extents, onProgress);
    const samples = byModality((m) => features[m] ? drawn[m] : made.samples[m]);
    const encoded = { ...made.features, ...features };
    const { features: learnt, speakers } = record
      ? normaliseSpoken(encoded, samples)
      : { features: encoded, speakers: undefined };
    const choice = typeof source === "string" ? source : "trained";
    return {
      ...data,
      samples,
      features: learnt,
      extents,
      encoders: {
        ...withGiven(recordEncoders(encoders, choice, { precision }), samples, given),
        ...record && { bySpeaker: record },
      },
      ...speakers && { speakers },
      cache,
      ...clipEncoders && {
        prompts: await zeroShotPrompts(clipEncoders, { valence: data.valence }),
      },
      ...trained && { trained },
    };
  } finally {
    for (const encoder of listEncoders(encoders)) await encoder.dispose();
    await clipEncoders?.dispose();
  }
}

function samplesOf({ corpora }: Dataset): Samples {
  return byModality((m) => corpora[m].samples);
}
