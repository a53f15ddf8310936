/** RAVDESS: 24 actors speak and sing two sentences in eight emotions. @module */

import { audioEndings, decodeAudio } from "../signal/decode_audio.ts";
import { wavSamples } from "../signal/wav_chunks.ts";
import { type CorpusFile, hasEnding, hashFiles, listFiles, noteOfOthers } from "./corpus_files.ts";
import type { FileHashes } from "./file_hashes.ts";
import type { Corpus } from "./sample.ts";
import { type Candidate, selectSamples } from "./select.ts";
import { assertMapped, defaultValence, type ValenceMap } from "./valence.ts";

/** How {@linkcode readRavdess} reads. */
export interface RavdessOptions {
  /** What becomes of each emotion. @default defaultValence */
  readonly valence?: ValenceMap;
  /** Requires the whole corpus: 1,440 speech files, and 1,012 of song where that is named. */
  readonly expect?: "speech" | "speech and song";
  /** Told of each corrupt clip, which is then left out; without it, the first is thrown. */
  readonly onCorrupt?: (error: Error, file: CorpusFile) => void;
  /** Told how many clips are read. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What earlier commands have read of these files: {@linkcode openFileHashes}. */
  readonly hashes?: FileHashes | undefined;
}

/** What the name of a RAVDESS file says. */
export interface RavdessName {
  /** The vocal channel. */
  readonly channel: "speech" | "song";
  /** `neutral`, `calm`, `happy`, `sad`, `angry`, `fearful`, `disgust` or `surprised`. */
  readonly emotion: string;
  /** How strongly the emotion is acted; neutral is always normal. */
  readonly intensity: "normal" | "strong";
  /** 1 "Kids are talking by the door", 2 "Dogs are sitting by the door". */
  readonly statement: number;
  /** 1 or 2. */
  readonly repetition: number;
  /** 1 to 24; odd numbers are male, even ones female. */
  readonly actor: number;
}

/**
 * Reads the audio of RAVDESS (Livingstone & Russo, *PLoS ONE* 13(5), e0196391, 2018): names
 * `MM-VC-EM-IN-ST-RP-AC.wav` (or FLAC, MP3, Ogg and others), in folders `Actor_01` to `Actor_24` or all
 * in one. What a browser or a file manager adds to the name of a copy, as in `… (1).wav`, is no part of
 * it.
 *
 * Some archives hold every file twice, the second time in a nested folder. Files of one name are one
 * sample, the first by path; the others count as `duplicate`, and so do equal bytes under another
 * name. `id` is the file's name, and `group` is `actor 07`, so that song and speech of one actor stay
 * together. Neutral is left out by the default valence map; so are, with `onCorrupt`, corrupt clips,
 * names that are none and links that lead out of the folder, and files that are `not a clip` by their
 * ending, which a note lists. The notes say how much of the corpus was there: a part of it is read
 * as well, unless `expect` asks for all. Stereo files are as good as others, since decoding
 * averages channels.
 *
 * @throws {RangeError} By path: a name that is no RAVDESS name, or that the folder contradicts; a file
 * that is no sound file, or shorter than its header says. The corpus is not complete and `expect` says
 * it should be.
 */
export async function readRavdess(
  directory: string,
  { valence = defaultValence, expect, hashes, onCorrupt, onProgress }: RavdessOptions = {},
): Promise<Corpus> {
  let leftOut = 0;
  const leaveOut = onCorrupt && ((error: Error, file: CorpusFile) => {
    leftOut++;
    onCorrupt(error, file);
  });
  const files = await listFiles(directory, { onCorrupt: leaveOut });
  const { paths, clips, others } = clipsAmong(files, leaveOut);
  assertComplete(clips, { directory, expect });
  assertMapped(clips.map(({ name }) => name.emotion), { valence, corpus: directory });
  const hashed = await hashFiles(clips, {
    ...{ name: "sound", look: checkSound, hashes },
    ...{ onCorrupt: leaveOut, onProgress },
  });
  const candidates = clips.flatMap(({ id, path, name }, i): Candidate[] => {
    const { hash } = hashed[i] ?? {};
    if (hash === undefined) return [];
    const group = groupOf(name.actor);
    return [{ id, modality: "audio", source: { path }, emotion: name.emotion, group, hash }];
  });
  const { samples, excluded } = selectSamples(candidates, {
    valence,
    content: ({ hash }) => hash,
    label: ({ emotion, group }) => `${emotion}, ${group}`,
  });
  const counts = {
    ...excluded,
    duplicate: (excluded.duplicate ?? 0) + paths.length - clips.length,
    corrupt: leftOut,
    "not a clip": others.length,
  };
  const channels = (["speech", "song"] as const)
    .filter((channel) => clips.some(({ name }) => name.channel === channel));
  return {
    modality: "audio",
    name: `RAVDESS ${channels.join(" and ")}`,
    samples,
    excluded: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    notes: [
      ...(["speech", "song"] as const).map((channel) => completeness(clips, channel)),
      ...noteOfOthers(others),
    ],
  };
}

/**
 * What file names say, as CSV:
 * `path,sentiment,channel,emotion,intensity,statement,repetition,actor,sex`.
 *
 * The paper made such a table of path and sentiment from the names of its clips. A line per clip,
 * copies left out, in the order of the names; `path` is relative to `directory`, and `sentiment` is
 * `positive`, `negative` or `excluded`. No file is opened.
 *
 * @throws {RangeError} As {@linkcode readRavdess} of names.
 */
export async function ravdessMetadata(
  directory: string,
  { valence = defaultValence }: { readonly valence?: ValenceMap } = {},
): Promise<string> {
  const { clips } = clipsAmong(await listFiles(directory));
  assertComplete(clips, { directory, expect: undefined });
  assertMapped(clips.map(({ name }) => name.emotion), { valence, corpus: directory });
  const header = "path,sentiment,channel,emotion,intensity,statement,repetition,actor,sex";
  const lines = clips.map(({ relative, name }) => {
    const { channel, emotion, intensity, statement, repetition, actor } = name;
    const path = /[",\r\n]/.test(relative) ? `"${relative.replaceAll('"', '""')}"` : relative;
    const sex = actor % 2 === 1 ? "male" : "female";
    return [path, valence[emotion], channel, emotion, intensity, statement, repetition, actor, sex]
      .join(",");
  });
  return [header, ...lines, ""].join("\n");
}

/** The group of an actor, as in `actor 07`. */
export function groupOf(actor: number): string {
  return `actor ${String(actor).padStart(2, "0")}`;
}

const emotions = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"];

/**
 * Reads a file name such as `03-01-06-01-02-01-12.wav`: audio only, speech, fearful, normal
 * intensity, statement 2, repetition 1, actor 12.
 *
 * @throws {RangeError} The name has another form, or a code that audio of RAVDESS does not have.
 */
export function parseRavdessName(path: string): RavdessName {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const fail = (wanted: string): never => {
    throw new RangeError(`Cannot read "${path}": expected ${wanted}, got "${name}"`);
  };
  if (!/^\d\d(-\d\d){6}\.\w+$/.test(name) || !hasEnding(name, audioEndings)) {
    fail("a name such as 03-01-06-01-02-01-12.wav");
  }
  const code = (place: number) => Number(name.slice(3 * place, 3 * place + 2));
  const [modality, channel, emotion] = [code(0), code(1), code(2)];
  const [intensity, statement, repetition, actor] = [code(3), code(4), code(5), code(6)];
  const within = (value: number, last: number) => value >= 1 && value <= last;
  if (modality !== 3) fail("modality 03 (audio only)");
  if (!within(channel, 2)) fail("channel 01 (speech) or 02 (song)");
  if (channel === 1 && !within(emotion, 8)) fail("an emotion from 01 to 08");
  if (channel === 2 && !within(emotion, 6)) fail("an emotion from 01 to 06 for song");
  if (!within(intensity, emotion === 1 ? 1 : 2)) fail("intensity 01, or 02 if not neutral");
  if (!within(statement, 2)) fail("statement 01 or 02");
  if (!within(repetition, 2)) fail("repetition 01 or 02");
  if (!within(actor, 24)) fail("an actor from 01 to 24");
  return {
    channel: channel === 1 ? "speech" : "song",
    emotion: emotions[emotion - 1]!,
    intensity: intensity === 1 ? "normal" : "strong",
    statement,
    repetition,
    actor,
  };
}

type Clip = CorpusFile & { readonly relative: string; readonly name: RavdessName };

/** Every path of a clip, one clip a name, the first by path, and the files that are none. */
function clipsAmong(
  files: readonly CorpusFile[],
  leaveOut?: (error: Error, file: CorpusFile) => void,
): { paths: Clip[]; clips: Clip[]; others: CorpusFile[] } {
  const [sounds, others] = [true, false].map((isSound) =>
    files.filter(({ id }) => hasEnding(id, audioEndings) === isSound)
  ) as [CorpusFile[], CorpusFile[]];
  const paths = sounds.flatMap((file): Clip[] => {
    try {
      return [namedFile(file)];
    } catch (error) {
      if (leaveOut === undefined) throw error;
      leaveOut(error as Error, file);
      return [];
    }
  });
  // A clip that was converted is the same clip.
  const stem = ({ id }: Clip) => id.slice(0, id.lastIndexOf("."));
  // Reversed, because a map keeps what is set last and the first path is wanted.
  const clips = [...new Map(paths.toReversed().map((clip) => [stem(clip), clip])).values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { paths, clips, others };
}

// What programs put before the ending of a second copy.
const copyMark = /(?: ?\(\d+\)| - copy(?: \(\d+\))?| copy(?: \d+)?)(?=\.\w+$)/i;

function namedFile({ id: relative, path }: CorpusFile): Clip {
  const name = parseRavdessName(path.replace(copyMark, ""));
  const [base, ...folders] = relative.split("/").reverse();
  const id = base!.replace(copyMark, "");
  for (const folder of folders) {
    const actor = /^actor_?(\d+)$/i.exec(folder)?.[1];
    if (actor !== undefined && Number(actor) !== name.actor) {
      throw new RangeError(
        `Cannot read "${path}": expected ${groupOf(Number(actor))} in folder ${folder}, ` +
          `got ${groupOf(name.actor)}`,
      );
    }
    const channel = /^audio_(speech|song)_actors/i.exec(folder)?.[1]?.toLowerCase();
    if (channel !== undefined && channel !== name.channel) {
      throw new RangeError(
        `Cannot read "${path}": expected ${channel} in folder ${folder}, got ${name.channel}`,
      );
    }
  }
  return { id: id.toLowerCase(), relative, path, name };
}

// 60 files of each of 24 speakers, 44 of each of 23 singers: actor 18 does not sing.
const whole = { speech: { files: 1440, actors: 24 }, song: { files: 1012, actors: 23 } } as const;

/** How much of the corpus is there, as in `speech: 480 of 1440 files, 8 of 24 actors`. */
function completeness(clips: readonly Clip[], channel: RavdessName["channel"]): string {
  const ofChannel = clips.filter(({ name }) => name.channel === channel);
  const actors = new Set(ofChannel.map(({ name }) => name.actor)).size;
  const { files, actors: all } = whole[channel];
  return `${channel}: ${ofChannel.length} of ${files} files, ${actors} of ${all} actors`;
}

function assertComplete(
  clips: readonly Clip[],
  { directory, expect }: {
    readonly directory: string;
    readonly expect: RavdessOptions["expect"];
  },
): void {
  const speech = clips.filter(({ name }) => name.channel === "speech").length;
  const song = clips.length - speech;
  const wanted = {
    speech: whole.speech.files,
    song: expect === "speech and song" ? whole.song.files : 0,
  };
  const complete = expect === undefined
    ? clips.length > 0
    : speech === wanted.speech && song === wanted.song;
  if (complete) return;
  const need = expect === undefined
    ? "clips"
    : `${wanted.speech} of speech and ${wanted.song} of song`;
  throw new RangeError(
    `Cannot read "${directory}": expected ${need}, got ${speech} of speech and ${song} of song`,
  );
}

/** Throws unless `bytes` are a whole sound file. */
async function checkSound(bytes: Uint8Array, path: string): Promise<void> {
  // Of the corpus's own format the header is enough.
  if (bytes[0] === 0x52) wavSamples(bytes, { path }); // "R"
  else await decodeAudio(bytes, { path });
}
