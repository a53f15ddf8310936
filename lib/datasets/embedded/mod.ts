/**
 * The embedded corpus: sentences, faces and speech made on the spot from a seed,
 * in the layouts of Kaggle *Emotions*, AKSNAZAR and RAVDESS.
 *
 * It lets every experiment run where no data set can be had. What a model
 * scores on it says that the code learns, and nothing of the real corpora.
 *
 * @module
 */

import { iconSets } from "../../deps/iconify.ts";
import { sharp } from "../../deps/sharp.ts";
import { mapBounded, namesIn, removeIfThere, writeWhole } from "../../files.ts";
import { key } from "../../tensor/random.ts";
import { faceEmotions } from "./glyphs.ts";
import { type Makers, makers } from "./makers.ts";
import { clipIds } from "./speech.ts";
import { embeddedSentences, sentencesToCsv } from "./text.ts";

export type { IconSetName } from "../../deps/iconify.ts";
export { type FaceEmotion, faceEmotions } from "./glyphs.ts";
export { faceSize } from "./face_svg.ts";
export * from "./image.ts";
export { type TextEmotion, textEmotions } from "./lexicon.ts";
export { type SpeechEmotion, speechEmotions } from "./prosody.ts";
export * from "./speech.ts";
export * from "./text.ts";

/** How much is made: all that experiments want, enough to see that they run, or enough for a test. */
export type EmbeddedSize = "full" | "quick" | "tiny";

/** The parts of the corpus, in the order in which they are made. */
export type EmbeddedPart = "sentences" | "faces" | "clips";

/** What `corpus.json` in a finished corpus says. */
export interface EmbeddedCorpusInfo {
  /** Which corpus this is. */
  readonly name: "embedded";
  /** Grows when equal seeds stop giving equal corpora. */
  readonly version: number;
  /** What the corpus was drawn from. */
  readonly seed: number;
  /** How much was made. */
  readonly size: EmbeddedSize;
  /** The number of items of each part. */
  readonly counts: Readonly<Record<EmbeddedPart, number>>;
  /** Whose drawings the faces show, and on which terms. */
  readonly credits: readonly string[];
}

/** What {@linkcode makeEmbeddedCorpus} reports after each item. */
export interface EmbeddedProgress {
  /** The part being made. */
  readonly part: EmbeddedPart;
  /** How many of its items are written. */
  readonly done: number;
  /** How many there will be. */
  readonly total: number;
}

/** The version of what is made here, as `corpus.json` says it. */
export const embeddedVersion = 2;

const marker = "corpus.json";
const unfinished = "corpus.json.partial";
const folders = { text: "emotions", faces: "faces", speech: "ravdess" } as const;

const sizes = {
  full: { sentences: 6000, faces: 4800, clips: { actors: 24, repetitions: [1, 2] } },
  quick: { sentences: 900, faces: 420, clips: { actors: 8, repetitions: [1] } },
  tiny: { sentences: 60, faces: 28, clips: { actors: 2, repetitions: [1] } },
} as const;

/**
 * Makes the corpus in `directory`, which is created where it does not exist.
 *
 *     corpus.json                                    written last: all is there
 *     emotions/text.csv                              ,text,label
 *     faces/<emotion>/<set>-<number>.jpg             224 × 224 pixels
 *     faces/groups.csv                               path,group
 *     ravdess/Actor_NN/03-01-EE-II-SS-RR-AA.wav      48 kHz, 16 bits, mono
 *
 * Full size is 6,000 sentences, 4,800 faces and 1,440 clips (0.4 GB); quick
 * size 900, 420 and 240; tiny size 60, 28 and 60. A finished corpus of the same seed and size is left as
 * it is; an unfinished one is made anew; one that another process is making is waited for.
 *
 * @throws {RangeError} If the seed is not an integer from 0.
 * @throws {Error} If the folder holds another finished corpus, or files in the way.
 */
export async function makeEmbeddedCorpus(
  directory: string,
  { seed = 1, size = "full", onProgress = () => {} }: {
    seed?: number;
    size?: EmbeddedSize;
    onProgress?: (progress: EmbeddedProgress) => void;
  } = {},
): Promise<void> {
  key(seed); // Refuses a bad seed before anything is written.
  const wanted = describe({ seed, size });
  const found = await readEmbeddedCorpusInfo(directory);
  if (found !== undefined) return assertSame(directory, { found, wanted });
  await Deno.mkdir(directory, { recursive: true });
  await assertFree(directory);
  const partial = `${directory}/${unfinished}`;
  // Who makes it holds the file locked; another process waits here, and then finds the corpus.
  using maker = await Deno.open(partial, { write: true, create: true });
  await maker.lock(true);
  const made = await readEmbeddedCorpusInfo(directory);
  if (made !== undefined) {
    await removeIfThere(partial);
    return assertSame(directory, { found: made, wanted });
  }
  for (const folder of Object.values(folders)) await removeIfThere(`${directory}/${folder}`);
  await writeSentences(`${directory}/${folders.text}`, { seed, size, onProgress });
  const own = makers(sizes[size].faces);
  try {
    const part = { seed, size, onProgress, makers: own };
    await writeFaces(`${directory}/${folders.faces}`, part);
    await writeClips(`${directory}/${folders.speech}`, part);
  } finally {
    own.end();
  }
  await writeWhole(`${directory}/${marker}`, JSON.stringify(wanted, null, 2) + "\n");
  await removeIfThere(partial);
}

/**
 * What the finished corpus in `directory` says of itself; undefined where there is none.
 *
 * @throws {SyntaxError} If its `corpus.json` is not JSON.
 */
export async function readEmbeddedCorpusInfo(
  directory: string,
): Promise<EmbeddedCorpusInfo | undefined> {
  const path = `${directory}/${marker}`;
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`Cannot read "${path}": expected JSON, got ${error.message}`);
  }
}

function describe({ seed, size }: { seed: number; size: EmbeddedSize }): EmbeddedCorpusInfo {
  const { sentences, faces, clips } = sizes[size];
  return {
    name: "embedded",
    version: embeddedVersion,
    seed,
    size,
    counts: { sentences, faces, clips: clipIds(clips).length },
    credits: Object.values(iconSets).map(({ credit, licence }) => `${credit} (${licence})`),
  };
}

function assertSame(
  directory: string,
  { found, wanted }: { found: EmbeddedCorpusInfo; wanted: EmbeddedCorpusInfo },
): void {
  const title = ({ name, version, seed, size }: EmbeddedCorpusInfo) =>
    `corpus "${name}", version ${version}, seed ${seed}, size ${size}`;
  if (title(found) === title(wanted)) return;
  const older = found.name === wanted.name && found.version < wanted.version;
  throw new Error(
    `Cannot make the embedded corpus in "${directory}": expected a free place ` +
      `or ${title(wanted)}, found ${title(found)}` +
      (older ? "; remove the folder, and it is made anew" : ""),
  );
}

/** Refuses a folder that holds what may be someone else's, and not what an unfinished run has left. */
async function assertFree(directory: string): Promise<void> {
  const present = await namesIn(directory);
  const inTheWay = Object.values(folders).filter((folder) => present.includes(folder));
  const ours = [unfinished, marker].some((name) => present.includes(name));
  if (inTheWay.length === 0 || ours) return;
  throw new Error(
    `Cannot make the embedded corpus in "${directory}": expected a free place, ` +
      `found ${inTheWay.join(", ")} that no unfinished run has left`,
  );
}

interface Part {
  readonly seed: number;
  readonly size: EmbeddedSize;
  readonly onProgress: (progress: EmbeddedProgress) => void;
}

async function writeSentences(folder: string, { seed, size, onProgress }: Part): Promise<void> {
  const count = sizes[size].sentences;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(
    `${folder}/text.csv`,
    sentencesToCsv(embeddedSentences({ count, seed })),
  );
  onProgress({ part: "sentences", done: count, total: count });
}

async function writeFaces(
  folder: string,
  { seed, size, onProgress, makers }: Part & { readonly makers: Makers },
): Promise<void> {
  const total = sizes[size].faces;
  for (const emotion of faceEmotions) {
    await Deno.mkdir(`${folder}/${emotion}`, { recursive: true });
  }
  const Sharp = await sharp();
  const threads = Sharp.concurrency();
  // Two images at a time use two cores better than two threads on one image.
  Sharp.concurrency(1);
  let done = 0;
  try {
    const lines = await mapBounded([...Array(total).keys()], async (face) => {
      const { path, group } = await makers.make({ folder, seed, face });
      onProgress({ part: "faces", done: ++done, total });
      return `${path},${group}\n`;
    }, makers);
    await Deno.writeTextFile(`${folder}/groups.csv`, `path,group\n${lines.join("")}`);
  } finally {
    Sharp.concurrency(threads);
  }
}

async function writeClips(
  folder: string,
  { seed, size, onProgress, makers }: Part & { readonly makers: Makers },
): Promise<void> {
  const ids = clipIds(sizes[size].clips);
  await Deno.mkdir(folder);
  let done = 0;
  await mapBounded(ids, async (clip) => {
    await makers.make({ folder, seed, clip });
    onProgress({ part: "clips", done: ++done, total: ids.length });
  }, makers);
}
