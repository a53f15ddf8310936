/** The speakers of a command's clips, where these are normalised by them. @module */

import { speakerOf } from "../datasets/mod.ts";
import { type BySpeakerRecord, recordBySpeaker } from "../inference/mod.ts";
import {
  assertClipsEnough,
  normaliseBySpeaker,
  normaliseClips,
  type SpeakerStatistics,
  type SpokenClips,
  statisticsBySpeaker,
} from "../systems/by_speaker.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Samples, Splits } from "./splits.ts";

/** What names the speakers of a corpus of clips. */
export const actors = "actor";

type Clips = Pick<Samples, "audio">;

function spokenOf({ audio }: Clips): SpokenClips {
  return { speakers: audio.map(speakerOf), hashes: audio.map(({ hash }) => hash) };
}

/**
 * Refuses clips that can't be normalised by their speakers; `named` is what names these.
 *
 * @throws {RangeError} There are no clips; nothing names speakers; or one has too few.
 */
export function assertSpeakers(samples: Clips, named: string | null): BySpeakerRecord {
  if (samples.audio.length === 0) {
    throw new RangeError("Cannot normalise by speaker: expected clips, got none");
  }
  const record = recordBySpeaker(named);
  assertClipsEnough(spokenOf(samples));
  return record;
}

/** Features of which those of clips are normalised by their speakers. */
export interface SpokenFeatures {
  readonly features: CorpusFeatures;
  /** Of each speaker, before that. */
  readonly speakers: ReadonlyMap<string, SpeakerStatistics>;
}

/**
 * Normalises by the speakers that samples name.
 *
 * @throws {RangeError} A speaker of too few clips.
 */
export function normaliseSpoken(features: CorpusFeatures, samples: Clips): SpokenFeatures {
  const clips = spokenOf(samples);
  return {
    features: normaliseBySpeaker(features, clips),
    speakers: statisticsBySpeaker(features.audio.tables, clips),
  };
}

/**
 * Further clips of the same speakers, normalised by the statistics that these have.
 *
 * @throws {RangeError} A speaker without.
 */
export function normaliseBeside(
  { samples, features }: { readonly samples: Samples; readonly features: CorpusFeatures },
  { speakers }: Pick<SpokenFeatures, "speakers">,
): { samples: Samples; features: CorpusFeatures } {
  const tables = normaliseClips(features.audio.tables, samples.audio.map(speakerOf), speakers);
  return { samples, features: { ...features, audio: { ...features.audio, tables } } };
}

/** The speakers of the training and validation parts. */
export function metSpeakers(
  speakers: SpokenFeatures["speakers"],
  { audio }: Clips,
  { audio: { train, validation } }: Splits,
): Map<string, SpeakerStatistics> {
  const met = new Set([...train, ...validation].map((row) => speakerOf(audio[row]!)));
  return new Map([...speakers].filter(([name]) => met.has(name)));
}
