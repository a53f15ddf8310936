/** Speaker normalisation: what a clip is beside the others of its speaker. @module */

import { applyMoments, columnMoments, type Moments } from "./column_moments.ts";
import { type CorpusFeatures, stepsThere, type Table } from "./features.ts";

/** The protocol in words, for whatever shows a number that was got under it. */
export const bySpeakerNote: string =
  "speaker normalisation (transductive: uses each speaker's unlabelled clips, those of the test " +
  "part too)";

/**
 * The fewest clips that a speaker's statistics are taken of. A clip alone would be its own mean, and
 * nothing would be left of it. On unseen actors of RAVDESS a regression on measurements is right less often
 * than without the protocol up to 8 clips, and more often from 12 on (docs/data.md). Fewer are refused.
 */
export const fewestClips = 12;

/** Whose clip a row is. */
export interface SpokenClips {
  /** A name a clip. */
  readonly speakers: readonly string[];
  /** What each clip holds, such as SHA-256 of its file: one that is there twice counts once. */
  readonly hashes?: readonly string[] | undefined;
}

/** Tables of clips by the name that the model gives them. */
export type ClipTables = Readonly<Record<string, Table>>;

/** What a speaker's clips have in common. */
export interface SpeakerStatistics {
  /** How many there were. */
  readonly clips: number;
  /** By table, of those that are normalised. */
  readonly tables: Readonly<Record<string, Moments>>;
}

// Of CLIP's embeddings the directions mean something: its prompts are compared with them.
const normalised = ["states", "logMel", "prosody", "speech", "speechProsody", "speechSummary"];

/**
 * Mean and deviation of each column (a unit of an encoder, of each of its layers if there are several,
 * a mel band, a measurement) over some clips, and over the steps within them that are no padding.
 */
export function speakerStatistics(
  tables: ClipTables,
  clips: readonly number[],
): SpeakerStatistics {
  const moments = normalised.filter((name) => tables[name]).map((name) =>
    [name, columnMoments(tables[name]!, stepsThere(tables, "audio", name), clips)] as const
  );
  return { clips: clips.length, tables: Object.fromEntries(moments) };
}

/** The {@linkcode speakerStatistics} of each speaker. */
export function statisticsBySpeaker(
  tables: ClipTables,
  clips: SpokenClips,
): Map<string, SpeakerStatistics> {
  const each = [...clipsOf(clips)];
  return new Map(each.map(([name, own]) => [name, speakerStatistics(tables, own)]));
}

/** The rows of each speaker's clips, of equal ones the first. */
function clipsOf({ speakers, hashes }: SpokenClips): Map<string, number[]> {
  const seen = new Set<string>();
  const distinct = [...speakers.keys()].filter((clip) => {
    const name = JSON.stringify([speakers[clip], hashes?.[clip] ?? clip]);
    return !seen.has(name) && seen.add(name);
  });
  return Map.groupBy(distinct, (clip) => speakers[clip]!);
}

/**
 * Each clip by the statistics of its speaker; tables that have none stay as they are, and padding
 * becomes 0.
 *
 * @throws {RangeError} A speaker without statistics, or a table that these lack or have of another
 * width.
 */
export function normaliseClips(
  tables: ClipTables,
  speakers: readonly string[],
  statistics: ReadonlyMap<string, SpeakerStatistics>,
): Record<string, Table> {
  const clips = Map.groupBy(speakers.keys(), (clip) => speakers[clip]!);
  const scaled = normalised.filter((name) => tables[name]).map((name) => {
    const table = tables[name]!, into = new Float32Array(table.data.length);
    const columns = table.shape.slice(2).reduce((a, b) => a * b, 1);
    for (const [speaker, rows] of clips) {
      const moments = statistics.get(speaker)?.tables[name];
      if (moments?.mean.length !== columns) {
        throw new RangeError(
          `Cannot normalise ${name} of "${speaker}": expected statistics of ${columns} columns, ` +
            `got ${moments?.mean.length ?? "none"}`,
        );
      }
      applyMoments(table, stepsThere(tables, "audio", name), { ...moments, rows, into });
    }
    return [name, { shape: table.shape, data: into }];
  });
  return { ...tables, ...Object.fromEntries(scaled) };
}

/**
 * Normalises what was measured of clips by their speakers:
 *
 *     y = (x - mean_s) / deviation_s
 *
 * s is the speaker of the clip, and the mean and deviation of each column are over all of the
 * speaker's clips, be they of the training, validation or test part, and over the segments and frames
 * of them that are no padding. A column that does not vary in a speaker becomes 0. The tables are the
 * states of an encoder `[N, n, d]`, of L layers `[N, n, L, d]`; the spectrograms `[N, T, F]`, by band;
 * and what is measured of a clip and of its parts. Labels are not read, nor are other modalities.
 *
 * This is transductive: a clip's numbers depend on other clips of its speaker, those of the test part
 * included, so that a verdict on a single clip needs further ones, and scores are of rows of their
 * own. What is constant of a voice, a microphone and a room goes, and with it how angry a speaker is on
 * the whole: all are taken to show emotions alike often. The paper has no such step. Standardisation
 * on the training part still follows.
 *
 * @throws {RangeError} As {@linkcode assertClipsEnough}.
 */
export function normaliseBySpeaker(
  features: CorpusFeatures,
  clips: SpokenClips,
): CorpusFeatures {
  assertClipsEnough(clips);
  const { tables } = features.audio;
  const own = normaliseClips(tables, clips.speakers, statisticsBySpeaker(tables, clips));
  return { ...features, audio: { ...features.audio, tables: own } };
}

/**
 * Refuses speakers of few clips.
 *
 * @throws {RangeError} By name, a speaker of fewer than {@linkcode fewestClips}.
 */
export function assertClipsEnough(clips: SpokenClips): void {
  const few = [...clipsOf(clips)].filter(([, { length }]) => length < fewestClips);
  if (few.length === 0) return;
  const [name, { length }] = few[0]!;
  const others = few.length > 1 ? `, and fewer than that of ${few.length - 1} more` : "";
  throw new RangeError(
    `Cannot normalise by speaker: expected ${fewestClips} different clips or more of each, got ` +
      `${length} of "${name}"${others}`,
  );
}
