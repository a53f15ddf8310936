/** The corruptions as one table, for experiments that go through all of them. @module */

import type {
  Clip,
  EncoderInput,
  ImageFile,
  InputOf,
  InputTransform,
} from "../encoders/encoder.ts";
import { sha256 } from "../files.ts";
import { modalities } from "../modality.ts";
import { fold, type Key, key as seedKey } from "../tensor/random.ts";
import * as images from "./image.ts";
import scales from "./levels.json" with { type: "json" };
import { addNoise, clipAmplitude, dropPackets, reverberate } from "./speech.ts";
import { type TransformOrigin, withTransformOrigin } from "./transform_origin.ts";
import { addTypos, dropWords, swapWords, type TextCorruption } from "./text.ts";

/** A way to spoil a sample, by degrees. */
export interface Corruption<Input extends EncoderInput> {
  /** Unique in its modality. */
  readonly name: string;
  /** What a level is, for an axis. */
  readonly unit: string;
  /**
   * In order of severity. The first is clean: it gives the input itself. A clean
   * signal-to-noise ratio is Infinity, which JSON can't hold.
   */
  readonly levels: readonly number[];
  /** What decides the outcome besides name, level, key and input, if anything does. */
  readonly source?: string;
  /** The input at some level, which need not be one of `levels`. */
  apply(input: Input, level: number, key: Key): Input | Promise<Input>;
}

/** Corruptions by modality. */
export type Corruptions = { readonly [M in keyof InputOf]: readonly Corruption<InputOf[M]>[] };

/**
 * Every corruption that needs nothing but the sample; {@linkcode babbleCorruption} makes the one
 * that needs other people's voices. The levels are ours: each list goes from clean to where a
 * person has trouble, too. Blur is in pixels of the file, so it is milder on larger files.
 *
 * JPEG quality 100 stands for the file as it is, not for a file encoded again.
 */
export const corruptions: Corruptions = {
  text: table({
    "typos": onText(addTypos),
    "dropped words": onText(dropWords),
    "swapped words": onText(swapWords),
  }),
  image: table<ImageFile>({
    "blur": (image, sigma) => images.blurImage({ image, sigma }),
    "compression": (image, quality) => images.compressJpeg({ image, quality }),
    "pixel noise": (image, sigma, key) => images.addPixelNoise({ image, sigma, key }),
    "salt and pepper": (image, rate, key) => images.addSaltAndPepper({ image, rate, key }),
    "occlusion": (image, share, key) => images.occlude({ image, share, key }),
    "overexposure": (image, brightness) => images.adjustLight({ image, brightness }),
    "underexposure": (image, darkness) => images.adjustLight({ image, brightness: -darkness }),
    "low contrast": (image, contrast) => images.adjustLight({ image, contrast }),
  }),
  audio: table({
    "white noise": onSamples((samples, snrDb, key) =>
      addNoise({ samples, snrDb, key, kind: "white" })
    ),
    "pink noise": onSamples((samples, snrDb, key) =>
      addNoise({ samples, snrDb, key, kind: "pink" })
    ),
    "reverberation": onSamples((samples, rt60Seconds, key) =>
      reverberate({ samples, rt60Seconds, key })
    ),
    "clipping": onSamples((samples, threshold) => clipAmplitude({ samples, threshold })),
    "lost packets": onSamples((samples, rate, key) => dropPackets({ samples, rate, key })),
  }),
};

/**
 * Babble of `voices`, clips of 16 kHz such as some fifty of the training part: a clip that is
 * judged should not speak against itself.
 */
export function babbleCorruption(voices: readonly Float32Array[]): Corruption<Clip> {
  const change = onSamples((samples, snrDb, key) =>
    addNoise({ samples, snrDb, key, kind: "babble", voices })
  );
  const babble = { ...corruption("babble", change), source: sha256(contentOf(voices)) };
  // Other threads read the same memory.
  voicesOf.set(babble, voices.map(inSharedMemory));
  return babble;
}

function inSharedMemory(samples: Float32Array): Float32Array {
  // Pages that are not isolated from others have none, and no threads here to share it with.
  if (!("SharedArrayBuffer" in globalThis)) return samples;
  if (samples.buffer instanceof SharedArrayBuffer) return samples;
  const shared = new Float32Array(new SharedArrayBuffer(samples.byteLength));
  shared.set(samples);
  return shared;
}

const voicesOf = new WeakMap<object, readonly Float32Array[]>();

/**
 * Whose corruptions these are, and their names; undefined where one is none of {@linkcode corruptions}
 * or {@linkcode babbleCorruption}.
 */
export function namedCorruptions<Input extends EncoderInput>(
  kinds: readonly Corruption<Input>[],
): Pick<TransformOrigin, "modality" | "corruptions" | "voices"> | undefined {
  const names = kinds.map(({ name }) => name);
  const voices = kinds.length === 1 ? voicesOf.get(kinds[0]!) : undefined;
  if (voices) return { modality: "audio", corruptions: names, voices };
  const modality = modalities.find((m) =>
    kinds.every((kind) => (corruptions[m] as readonly unknown[]).includes(kind))
  );
  return modality && { modality, corruptions: names };
}

/** The clips one after the other, each after its length. */
function contentOf(voices: readonly Float32Array[]): Uint8Array {
  const parts = voices.flatMap((voice) => [
    new TextEncoder().encode(`${voice.length} `),
    new Uint8Array(voice.buffer, voice.byteOffset, voice.byteLength),
  ]);
  const content = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    content.set(part, at);
    at += part.length;
  }
  return content;
}

// Takes part in the address of corrupted features: to be raised when a corruption gives other
// numbers for the same level and key.
const recipe = 1;

/**
 * A corruption at one level, to stand between a corpus and its encoder. What is drawn depends on
 * the seed, the corruption and the sample's content, and not on the level: a sample meets the
 * same noise, louder. The clean level needs no transform; its features are those that the store
 * has of the corpus.
 */
export function corruptionTransform<Input extends EncoderInput>(
  corruption: Corruption<Input>,
  { level, seed }: { readonly level: number; readonly seed: number },
): InputTransform<Input> {
  const { name, source = "" } = corruption;
  const parent = fold(seedKey(seed), "corruption", name);
  const named = namedCorruptions([corruption]);
  return withTransformOrigin({
    id: `${name}; level ${level}; seed ${seed}; recipe ${recipe}; source ${source}`,
    apply: (input, { hash }) => corruption.apply(input, level, fold(parent, hash)),
  }, named && { ...named, seed, made: { level } });
}

type CorruptionName = keyof typeof scales;

type Change<Input> = (input: Input, level: number, key: Key) => Input | Promise<Input>;

function table<Input extends EncoderInput>(
  changes: Partial<Record<CorruptionName, Change<Input>>>,
): Corruption<Input>[] {
  return Object.entries(changes).map(([name, change]) =>
    corruption(name as CorruptionName, change)
  );
}

function corruption<Input extends EncoderInput>(
  name: CorruptionName,
  change: Change<Input>,
): Corruption<Input> {
  const { unit, levels: listed } = scales[name];
  // JSON holds no Infinity, which is the ratio of signal to noise where there is none.
  const levels = listed.map((level) => level ?? Infinity);
  return {
    name,
    unit,
    levels,
    apply: (input, level, key) => level === levels[0] ? input : change(input, level, key),
  };
}

function onText(change: (message: TextCorruption) => string): Change<string> {
  return (text, rate, key) => change({ text, rate, key });
}

function onSamples(
  change: (samples: Float32Array, level: number, key: Key) => Float32Array,
): Change<Clip> {
  return ({ path, samples }, level, key) => ({ path, samples: change(samples, level, key) });
}
