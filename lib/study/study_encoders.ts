/** Where a command's encoders come from: frozen ones, or such as its training parts train. @module */

import { auditEncoder, type Split } from "../datasets/mod.ts";
import * as encoding from "../encoders/mod.ts";
import { loadTrainedEncoders, type TrainedEncoders } from "../branches/trained_branches.ts";
import { modalities } from "../modality.ts";
import { encodeSamples, type EncodeSamplesOptions } from "./corpora.ts";
import type { EncoderSource } from "./encoder_source.ts";
import type { Job } from "./job.ts";
import { rawInputEncoders } from "./scratch_systems.ts";
import { normaliseSpoken, type SpokenFeatures } from "./speakers.ts";
import { byGroup, divisions, type Samples } from "./splits.ts";

/** The encoders of a command. */
export interface OpenedEncoders {
  /** What samples are encoded by; with `scratch`, into the raw inputs of encoders to be trained. */
  readonly encoders: encoding.Encoders;
  /** Those of a folder, which know what they have met. */
  readonly trained?: TrainedEncoders;
}

/**
 * Opens the encoders of a source.
 *
 * @throws {RangeError} A folder lacks an encoder, or has a damaged one.
 */
export async function openEncoders(
  source: EncoderSource,
  { cache, onProgress, speech, speechLayers, precision }: {
    readonly cache: string;
    readonly onProgress: (message: string) => void;
    readonly speech?: encoding.SpeechName | undefined;
    readonly speechLayers?: encoding.SpeechLayers | undefined;
    readonly precision: encoding.GraphPrecision;
  },
): Promise<OpenedEncoders> {
  if (source === "scratch") return { encoders: rawInputEncoders() };
  if (typeof source === "string") {
    const options = { cache, onProgress, speech, speechLayers, precision };
    const encoders = await encoding.loadEncoders(source, options);
    for (const note of encoders.notes ?? []) onProgress(note);
    return { encoders };
  }
  const trained = await loadTrainedEncoders(source.folder);
  if (trained.audio.bySpeaker) {
    throw new RangeError(
      `Cannot use the encoders in "${source.folder}": expected such as take each clip by itself, got ` +
        "one of clips that were normalised by their speakers",
    );
  }
  return { encoders: { ...trained, audio: [trained.audio, encoding.spectralFeatures()] }, trained };
}

/** All encoders, of whatever modality. */
export function listEncoders({ text, image, audio }: encoding.Encoders) {
  return [text, image, audio].flat();
}

/** What a command encodes by, and where it keeps it. */
export interface EncodingOptions {
  readonly encoders: EncoderSource;
  readonly speech?: encoding.SpeechName | undefined;
  readonly speechLayers?: encoding.SpeechLayers | undefined;
  readonly precision?: encoding.GraphPrecision | undefined;
  readonly cache: string;
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  /** Whether what is made of clips is normalised by their speakers; no by default. */
  readonly bySpeaker?: boolean | undefined;
}

/**
 * Opens the encoders of a command, encodes its samples, and frees them again: their ids, digests and
 * shapes stay.
 *
 * @throws {Error} They have met a test part of `jobs`, or a sample can't be encoded.
 */
export async function encodeOnce(
  { encoders: source, speech, speechLayers, precision = "fp32", cache, onProgress, bySpeaker }:
    EncodingOptions,
  { samples, jobs, onFailure }: {
    readonly samples: Samples;
    readonly jobs: readonly Job[];
    readonly onFailure?: EncodeSamplesOptions["onFailure"];
  },
) {
  onProgress("loading the encoders");
  const settings = { precision };
  const asked = { cache, onProgress, speech, speechLayers, precision };
  const { encoders, trained } = await openEncoders(source, asked);
  try {
    if (trained) assertUnmet(trained, samples, jobs);
    const encoded = await encodeSamples(samples, {
      ...{ encoders, onFailure },
      store: encoding.openFeatureStore(`${cache}/features`, { onDamage: onProgress }),
      onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
    });
    const spoken = bySpeaker ? normaliseSpoken(encoded.features, encoded.samples) : {};
    return { ...encoded, encoders, settings, ...spoken as Partial<SpokenFeatures> };
  } finally {
    for (const encoder of listEncoders(encoders)) await encoder.dispose();
  }
}

/** The digests of encoders, by id. */
export function digestsOf(
  encoders: readonly Pick<encoding.Encoder<never>, "id" | "digest">[],
): Record<string, string> {
  return Object.fromEntries(encoders.map(({ id, digest }) => [id, digest]));
}

/** The frozen encoders of a source; beside trained ones, whose CLIP is that of the embedded. */
export function frozenOf(source: EncoderSource): encoding.EncoderChoice {
  return source === "paper" ? "paper" : "embedded";
}

// Splits are large, and one object for all jobs of a seed.
const audited = new WeakMap<TrainedEncoders, WeakMap<Split, Set<string>>>();

/**
 * Refuses encoders that have met a test part: a sample of it, one of its group as the corpora are
 * divided (natural pairs by their rows' group), or one that looks like it.
 *
 * @throws {Error} Lists what an encoder has met, with the first few samples.
 */
export function assertUnmet(
  trained: TrainedEncoders,
  samples: Samples,
  jobs: Iterable<Pick<Job, "split" | "pairs">>,
): void {
  const known = audited.get(trained) ?? new WeakMap<Split, Set<string>>();
  audited.set(trained, known);
  for (const { split, pairs } of jobs) {
    for (const m of modalities) {
      const { by, name } = pairs ? byGroup("group") : divisions[m];
      const names = known.get(split[m]) ?? new Set<string>();
      known.set(split[m], names);
      if (names.has(name)) continue;
      auditEncoder(samples[m], split[m], trained[m], { by, byName: name });
      names.add(name);
    }
  }
}
