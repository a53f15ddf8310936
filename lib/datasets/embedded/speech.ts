/** The speech part of the embedded corpus: clips named and packed as those of RAVDESS. @module */

import { encodeWav } from "../../signal/encode_wav.ts";
import { fold, type Key, key, uniforms } from "../../tensor/random.ts";
import { noiseSize, noiseTable } from "./noise.ts";
import { statementSegments } from "./phones.ts";
import { drawProsody, drawSpeaker, type SpeechEmotion, speechEmotions } from "./prosody.ts";
import { synthesise, synthesisRate } from "./synthesiser.ts";

/** Which of the recordings of RAVDESS a clip stands for. */
export interface ClipId {
  /** 1 to 24; odd numbers are men, even ones women. */
  readonly actor: number;
  /** What the actor expresses. */
  readonly emotion: SpeechEmotion;
  /** 1 normal, 2 strong; neutral speech is never strong. */
  readonly intensity: 1 | 2;
  /** 1 "Kids are talking by the door", 2 "Dogs are sitting by the door". */
  readonly statement: 1 | 2;
  /** First or second take. */
  readonly repetition: 1 | 2;
}

/** One clip. */
export interface EmbeddedClip {
  /** Relative to the folder of speech: `Actor_01/03-01-05-02-01-01-01.wav`. */
  readonly path: string;
  /** A WAV file: {@linkcode clipRate} Hz, 16 bits, mono, about three seconds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The sample rate of a clip in Hz. */
export const clipRate = 48_000;

/** All recordings of the given actors and repetitions, in the order of their file names. */
export function clipIds(
  { actors = 24, repetitions = [1, 2] }: { actors?: number; repetitions?: readonly (1 | 2)[] } = {},
): ClipId[] {
  const both = [1, 2] as const;
  const ids: ClipId[] = [];
  for (let actor = 1; actor <= actors; actor++) {
    for (const emotion of speechEmotions) {
      for (const intensity of emotion === "neutral" ? [1] as const : both) {
        for (const statement of both) {
          for (const repetition of repetitions) {
            ids.push({ actor, emotion, intensity, statement, repetition });
          }
        }
      }
    }
  }
  return ids;
}

/**
 * The clip that `seed` gives for one recording.
 *
 * It depends on the seed and the recording alone; an actor keeps one voice.
 *
 * @throws {RangeError} If there is no such recording, or the seed is not one `key` takes.
 */
export function embeddedClip(
  { seed = 1, ...id }: ClipId & { seed?: number },
): EmbeddedClip {
  assertRecording(id);
  const root = fold(key(seed), "speech");
  const path = clipPath(id);
  const k = fold(root, path);
  const speech = synthesise(statementSegments(id.statement), {
    speaker: drawSpeaker(fold(root, "speaker", id.actor), id.actor),
    prosody: drawProsody(fold(k, "prosody"), id),
    key: fold(k, "synthesis"),
  });
  const samples = tripleRate(inRoom(speech, fold(k, "room")));
  return { path, bytes: encodeWav(samples, { sampleRate: clipRate }) };
}

/** Modality (audio), channel (speech), emotion, intensity, statement, repetition, actor. */
function clipPath({ actor, emotion, intensity, statement, repetition }: ClipId): string {
  const fields = [
    3,
    1,
    speechEmotions.indexOf(emotion) + 1,
    intensity,
    statement,
    repetition,
    actor,
  ];
  const name = fields.map((field) => String(field).padStart(2, "0")).join("-");
  return `Actor_${String(actor).padStart(2, "0")}/${name}.wav`;
}

function assertRecording({ actor, emotion, intensity, statement, repetition }: ClipId): void {
  const oneOrTwo = (value: number) => value === 1 || value === 2;
  const wrong = !Number.isInteger(actor) || actor < 1 || actor > 24
    ? `an actor from 1 to 24, got ${actor}`
    : !speechEmotions.includes(emotion)
    ? `one of the emotions ${speechEmotions.join(", ")}, got "${emotion}"`
    : !oneOrTwo(intensity) || (emotion === "neutral" && intensity === 2)
    ? `intensity 1, or 2 but for neutral speech, got ${intensity} for ${emotion}`
    : !oneOrTwo(statement)
    ? `statement 1 or 2, got ${statement}`
    : !oneOrTwo(repetition)
    ? `repetition 1 or 2, got ${repetition}`
    : undefined;
  if (wrong !== undefined) throw new RangeError(`Cannot make a clip: expected ${wrong}`);
}

/** Adds a moment before and after the speech, and the faint noise of a recording. */
function inRoom(speech: Float32Array, k: Key): Float32Array {
  const uniform = uniforms(k);
  const before = Math.floor(synthesisRate * (0.15 + 0.2 * uniform()));
  const after = Math.floor(synthesisRate * (0.15 + 0.2 * uniform()));
  const clip = new Float32Array(before + speech.length + after);
  clip.set(speech, before);
  const noise = noiseTable();
  const start = Math.floor(noiseSize * uniform());
  const deviation = 0.0004 + 0.0012 * uniform();
  for (let i = 0; i < clip.length; i++) {
    clip[i]! += deviation * noise[(start + i) & (noiseSize - 1)]!;
  }
  return clip;
}

// Taps that read a signal a third of a sample ahead: a sinc under a Hann window over four
// samples on either side, scaled so that a constant stays what it is.
const reach = 4;
const third = fractionalDelay(1 / 3);

function fractionalDelay(fraction: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * reach }, (_, j) => {
    const distance = Math.PI * (j - reach + 1 - fraction);
    return Math.sin(distance) / distance * (0.5 + 0.5 * Math.cos(distance / reach));
  });
  const sum = taps.reduce((a, b) => a + b);
  return taps.map((tap) => tap / sum);
}

/**
 * The signal at three times the sample rate: each sample, then what band-limited
 * interpolation puts between it and the next.
 */
export function tripleRate(signal: Float32Array): Float32Array {
  const out = new Float32Array(3 * signal.length);
  // Zeros around the signal spare the loop a test of its ends.
  const padded = new Float32Array(signal.length + 2 * reach);
  padded.set(signal, reach);
  for (let i = 0; i < signal.length; i++) {
    let [first, second] = [0, 0];
    for (let j = 0; j < 2 * reach; j++) {
      const x = padded[i + 1 + j]!;
      first += third[j]! * x;
      // Two thirds ahead is one third back from the next sample: the same taps, mirrored.
      second += third[2 * reach - 1 - j]! * x;
    }
    out[3 * i] = signal[i]!;
    out[3 * i + 1] = first;
    out[3 * i + 2] = second;
  }
  return out;
}
