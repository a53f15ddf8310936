/** Whose clips samples are, for a model whose clips were normalised by their speakers. @module */

import { emptyTable, setRow } from "../encoders/feature_store.ts";
import type { Features } from "../encoders/encoder.ts";
import { sha256 } from "../files.ts";
import {
  assertClipsEnough,
  bySpeakerNote,
  fewestClips,
  normaliseClips,
  type SpeakerStatistics,
  statisticsBySpeaker,
} from "../systems/by_speaker.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";

/** What a model says of the protocol: see `normaliseBySpeaker`. */
export interface BySpeakerRecord {
  /** In words. */
  readonly protocol: string;
  /** What named the speakers of its training: `actor`, `the column "speaker"`. */
  readonly speakers: string;
  /** Of a speaker whose clips are judged, that of training. */
  readonly fewestClips: number;
}

/**
 * What a model says that was trained under the protocol; `named` is what names the speakers.
 *
 * @throws {RangeError} Nothing does.
 */
export function recordBySpeaker(named: string | null): BySpeakerRecord {
  if (named !== null) return { protocol: bySpeakerNote, speakers: named, fewestClips };
  throw new RangeError(
    "Cannot normalise by speaker: expected a column speaker, actor, subject or group that names " +
      "them, got none",
  );
}

/**
 * Where the statistics of clips come from: a name a sample, of those that have a clip, whose own clips
 * they then are of; the samples' clips and further ones, sound files of the same one speaker; or a
 * speaker who is known from training.
 */
export type Spoken =
  | { readonly speakers: readonly (string | undefined)[] }
  | { readonly clips: readonly string[] }
  | { readonly known: SpeakerStatistics };

/** Whose clips samples are, as a caller says it. */
export interface SpokenOptions {
  /** A name a sample, of those that have a clip: statistics are of each speaker's clips among them. */
  readonly speakers?: readonly (string | undefined)[] | undefined;
  /** Further sound files of the one speaker of all samples; no label is needed of them. */
  readonly speakerClips?: readonly string[] | undefined;
  /** A speaker of all samples who is known from training. */
  readonly speaker?: string | undefined;
}

/**
 * What of {@linkcode SpokenOptions} is said; `bytes` are those of {@linkcode speakersFile}.
 *
 * @throws {RangeError} More than one is, a speaker is not known, or the model takes each clip by itself.
 */
export function spokenOf(
  { speakers, speakerClips, speaker }: SpokenOptions,
  { record, ...file }: {
    readonly record: BySpeakerRecord | undefined;
    readonly bytes: Uint8Array | undefined;
    readonly path: string;
  },
): Spoken | undefined {
  const said = [speakers, speakerClips, speaker].filter((one) => one !== undefined);
  if (said.length > 1) {
    throw new RangeError(
      "Cannot judge clips: expected their speakers, further clips of one, or one who is known from " +
        "training, got several of these",
    );
  }
  if (said.length > 0 && record === undefined) throw unspoken();
  if (speakers) return { speakers };
  if (speakerClips) return { clips: speakerClips };
  return speaker === undefined ? undefined : { known: knownSpeaker(speaker, file) };
}

function unspoken(): RangeError {
  return new RangeError(
    "Cannot use speakers of clips: expected a model that was trained by speaker, got one that takes " +
      "each clip by itself",
  );
}

/**
 * Refuses to be told whose clips are where that decides nothing.
 *
 * @throws {RangeError} It is told.
 */
export function assertUnspoken(spoken: Spoken | undefined): void {
  if (spoken !== undefined) throw unspoken();
}

/** A clip as it was read. */
export interface HeardClip {
  readonly features: Features;
  /** SHA-256 of its file. */
  readonly hash: string;
  /** Whose it is; of a speaker who is known, or the one of all clips, any name. */
  readonly speaker: string;
}

/**
 * The features of clips, normalised by the statistics of a speaker who is `known`, or else of each
 * speaker's own clips. `shapes` are those of the tables.
 *
 * @throws {RangeError} A speaker of too few clips.
 */
export function normaliseHeard(
  clips: readonly HeardClip[],
  { shapes, known }: {
    readonly shapes: Readonly<Record<string, readonly number[]>>;
    readonly known?: SpeakerStatistics | undefined;
  },
): Features[] {
  const tables = emptyTable({ shapes }, clips.length);
  clips.forEach(({ features }, row) => setRow(tables, row, features));
  const speakers = clips.map(({ speaker }) => speaker), hashes = clips.map(({ hash }) => hash);
  if (!known) assertClipsEnough({ speakers, hashes });
  const statistics = known
    ? new Map(speakers.map((name) => [name, known]))
    : statisticsBySpeaker(tables, { speakers, hashes });
  const scaled = Object.entries(normaliseClips(tables, speakers, statistics));
  return clips.map((_, row) =>
    Object.fromEntries(scaled.map(([name, { data }]) => {
      const size = data.length / clips.length;
      return [name, data.slice(row * size, (row + 1) * size)];
    }))
  );
}

/** The file of a model folder with the statistics of the speakers that the model has met. */
export const speakersFile = "speakers.safetensors";

const format = "trivalence speakers 1";

/** The bytes of {@linkcode speakersFile}: names are in it as the beginnings of their SHA-256. */
export function speakersToBytes(speakers: ReadonlyMap<string, SpeakerStatistics>): Uint8Array {
  const arrays: Record<string, NamedArray> = {};
  for (const [name, { clips, tables }] of speakers) {
    arrays[`${digestOf(name)}/clips`] = { shape: [1], data: Float64Array.of(clips) };
    for (const [table, moments] of Object.entries(tables)) {
      for (const part of ["mean", "scale"] as const) {
        const data = Float64Array.from(moments[part]);
        arrays[`${digestOf(name)}/${table}/${part}`] = { shape: [data.length], data };
      }
    }
  }
  return writeSafetensors(arrays, { metadata: { layout: format } });
}

/**
 * The statistics of a speaker, of what {@linkcode speakersToBytes} wrote; `path` names the file in errors.
 *
 * @throws {RangeError} The file is damaged, or the model has not met such a speaker.
 */
export function knownSpeaker(
  name: string,
  { bytes, path }: { readonly bytes: Uint8Array | undefined; readonly path: string },
): SpeakerStatistics {
  const { arrays, metadata } = bytes
    ? readSafetensors(new Uint8Array(bytes), { path })
    : { arrays: {}, metadata: { layout: format } };
  if (metadata.layout !== format) {
    throw new RangeError(`Cannot read "${path}": expected a ${format}, got ${metadata.layout}`);
  }
  const found: Record<string, NamedArray> = arrays;
  const count = found[`${digestOf(name)}/clips`]?.data[0];
  if (count === undefined) {
    const all = Object.keys(found).filter((key) => key.endsWith("/clips")).length;
    throw new RangeError(
      `Cannot use the speaker "${name}": expected one of the ${all} that the model has met, got ` +
        "another",
    );
  }
  const tables: Record<string, { mean: number[]; scale: number[] }> = {};
  for (const [key, { data }] of Object.entries(found)) {
    const [digest, table, part] = key.split("/");
    if (digest !== digestOf(name) || part === undefined) continue;
    (tables[table!] ??= { mean: [], scale: [] })[part as "mean" | "scale"] = Array.from(
      data as Float64Array,
    );
  }
  return { clips: Number(count), tables };
}

// 64 bits, as `met.json` has them.
function digestOf(name: string): string {
  return sha256(name).slice(0, 16);
}
