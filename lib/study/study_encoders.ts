/** Where a command's encoders come from: frozen ones, or such as its training parts train. @module */

import { auditEncoder, type Split } from "../datasets/mod.ts";
import { sha256 } from "../files.ts";
import * as encoding from "../encoders/mod.ts";
import {
  loadTrainedEncoders,
  trainedBranches,
  type TrainedEncoders,
} from "../branches/trained_branches.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { ModalityFeatures } from "../systems/features.ts";
import { encodeSamples, type EncodeSamplesOptions } from "./corpora.ts";
import { assertOwnFit, type EncoderSource } from "./encoder_source.ts";
import { featureMemory } from "./feature_memory.ts";
import type { Job } from "./job.ts";
import { type Share, storeOfShare } from "./part.ts";
import { rawInputEncoders } from "./scratch_systems.ts";
import { normaliseBeside, normaliseSpoken, type SpokenFeatures } from "./speakers.ts";
import { byGroup, divisions, type Samples } from "./splits.ts";

/** The encoders of a command. */
export interface OpenedEncoders {
  /** What samples are encoded by; into the raw inputs of encoders that are yet to be trained. */
  readonly encoders: encoding.Encoders;
  /** Those of a folder, which know what they have met. */
  readonly trained?: TrainedEncoders;
}

/** How frozen encoders are opened, and of what there are samples. */
export interface OpenEncodersOptions extends encoding.OwnEncoders {
  readonly cache: string;
  readonly onProgress: (message: string) => void;
  readonly speech?: encoding.SpeechName | undefined;
  readonly speechLayers?: encoding.SpeechLayers | undefined;
  readonly precision: encoding.GraphPrecision;
  /** How many samples there are to encode, by modality. */
  readonly samples: { readonly [M in Modality]: { readonly length: number } };
}

/**
 * Opens the encoders of a source. Where only some are trained, that of speech is frozen, and opened if
 * there are clips.
 *
 * @throws {RangeError} A folder lacks the encoder of a modality of which there are samples, or has a
 * damaged one; layers or numbers are asked for of an encoder of speech that is trained, or encoders of
 * one's own where others are trained.
 */
export async function openEncoders(
  source: EncoderSource,
  { samples, ...frozen }: OpenEncodersOptions,
): Promise<OpenedEncoders> {
  assertOwnFit(source, frozen);
  const opened = await open(source, { samples, ...frozen });
  for (const note of opened.encoders.notes ?? []) frozen.onProgress(note);
  return opened;
}

async function open(
  source: EncoderSource,
  { samples, ...frozen }: OpenEncodersOptions,
): Promise<OpenedEncoders> {
  if (source === "scratch") return { encoders: rawInputEncoders() };
  if (source === "embedded" || source === "paper") {
    return { encoders: await encoding.loadEncoders(source, frozen) };
  }
  const listening = async (): Promise<Pick<encoding.Encoders, "audio" | "notes">> =>
    samples.audio.length > 0
      ? await encoding.loadAudioEncoders(frozen)
      : { audio: [noEncoder("audio"), encoding.spectralFeatures()] };
  if (source === "best") return { encoders: { ...rawInputEncoders(), ...await listening() } };
  const trained = await loadTrainedEncoders(source.folder);
  const missing = (["text", "image"] as const).find((m) => !trained[m] && samples[m].length > 0);
  if (missing) {
    throw new RangeError(
      `Cannot encode ${missing}: expected an encoder of it in "${source.folder}", got none; ` +
        "the model that trained it had learnt none",
    );
  }
  assertSpeechFits(trained, frozen);
  if (trained.audio?.bySpeaker) {
    throw new RangeError(
      `Cannot use the encoders in "${source.folder}": expected such as take each clip by itself, got ` +
        "one of clips that were normalised by their speakers",
    );
  }
  const { text = noEncoder("text"), image = noEncoder("image"), audio } = trained;
  const heard = audio
    ? { audio: [audio, encoding.spectralFeatures()] as const }
    : await listening();
  return { encoders: { text, image, ...heard }, trained };
}

function assertSpeechFits(
  { audio }: TrainedEncoders,
  { speech, speechLayers, precision }: Omit<OpenEncodersOptions, "samples">,
): void {
  const given = speech ?? (speechLayers !== undefined ? `layers ${speechLayers}` : precision);
  if (audio === undefined || given === "fp32") return;
  throw new RangeError(`Cannot use ${given}: expected a frozen speech encoder, got a trained one`);
}

/** In the place of an encoder that no sample needs: it says how many numbers there would be. */
export function noEncoder<M extends Modality>(m: M): encoding.Encoder<encoding.InputOf[M]> {
  const { branch: { segments, width } } = trainedBranches[m]();
  return {
    modality: m,
    id: `no ${m}`,
    digest: sha256(`no ${m}`),
    shapes: { states: [segments, width], mask: [segments] },
    encode: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  };
}

/** All encoders, of whatever modality. */
export function listEncoders({ text, image, audio }: encoding.Encoders) {
  return [text, image, audio].flat();
}

/** What a command encodes by, and where it keeps it. */
export interface EncodingOptions extends encoding.OwnEncoders {
  readonly encoders: EncoderSource;
  readonly speech?: encoding.SpeechName | undefined;
  readonly speechLayers?: encoding.SpeechLayers | undefined;
  readonly precision?: encoding.GraphPrecision | undefined;
  readonly cache: string;
  /** As `CommandOptions` has it. */
  readonly memory?: number | undefined;
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  /** Whether what is made of clips is normalised by their speakers; no by default. */
  readonly bySpeaker?: boolean | undefined;
  /** What of the encoding is done here; all by default. */
  readonly share?: Share | undefined;
}

/**
 * Opens the encoders of a command, encodes its samples, and frees them again: their ids, digests and
 * shapes stay. Features that are `given` stand in the place of their modality's.
 *
 * @throws {Error} They have met a test part of `jobs`, or a sample can't be encoded.
 */
export async function encodeOnce(
  { encoders: source, precision = "fp32", cache, memory, onProgress, bySpeaker, share, ...asked }:
    EncodingOptions,
  { samples, given = {}, neutral, jobs, onFailure }: {
    readonly samples: Samples;
    /** Features of modalities whose samples came with some: these are not encoded. */
    readonly given?: { readonly [M in Modality]?: ModalityFeatures } | undefined;
    /** Encoded by themselves; of clips normalised by the statistics of `samples`. */
    readonly neutral?: Samples | undefined;
    readonly jobs: readonly Job[];
    readonly onFailure?: EncodeSamplesOptions["onFailure"];
  },
) {
  onProgress("loading the encoders");
  const settings = { precision };
  const toEncode = byModality((m) => given[m] ? [] : samples[m]);
  const { speech, speechLayers, textEncoder, imageEncoder } = asked;
  const opening = {
    ...{ cache, onProgress, precision, samples: toEncode },
    ...{ speech, speechLayers, textEncoder, imageEncoder },
  };
  const { encoders, trained } = await openEncoders(source, opening);
  try {
    if (trained) assertUnmet(trained, samples, jobs);
    const told: EncodeSamplesOptions = {
      ...{ encoders, onFailure, workers: navigator.hardwareConcurrency },
      store: storeOfShare(
        encoding.openFeatureStore(`${cache}/features`, { onDamage: onProgress }),
        share,
      ),
      storing: featureMemory({ cache, memory, share }),
      onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
    };
    const made = await encodeSamples(toEncode, told);
    const encoded = {
      ...made,
      samples: byModality((m) => given[m] ? samples[m] : made.samples[m]),
      features: { ...made.features, ...given },
    };
    const beside = neutral && await encodeSamples(neutral, told);
    const spoken = bySpeaker ? normaliseSpoken(encoded.features, encoded.samples) : undefined;
    return {
      ...{ ...encoded, encoders, settings, ...spoken as Partial<SpokenFeatures> },
      ...beside && { neutral: spoken ? normaliseBeside(beside, spoken) : beside },
    };
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

/** The frozen encoders of a source; beside trained ones, those that are embedded. */
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
      const encoder = trained[m];
      if (encoder === undefined || names.has(name)) continue;
      auditEncoder(samples[m], split[m], encoder, { by, byName: name });
      names.add(name);
    }
  }
}
