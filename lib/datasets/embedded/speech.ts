/** The speech part of the embedded corpus: clips named and packed as those of RAVDESS. @module */

import { encodeWav } from "../../signal/encode_wav.ts";
import { fold, type Key, key, uniforms } from "../../tensor/random.ts";
import { statementSegments } from "./phones.ts";
import { drawProsody, drawSpeaker, type SpeechEmotion, speechEmotions } from "./prosody.ts";
import { drawRecording, record } from "./recording.ts";
import { synthesise, synthesisRate } from "./synthesiser.ts";
import { tripleRate } from "./triple_rate.ts";

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
  const speaker = drawSpeaker(fold(root, "speaker", id.actor), id.actor);
  const speech = synthesise(statementSegments(id.statement), {
    speaker,
    prosody: drawProsody(fold(k, "prosody"), { ...id, speaker }),
    key: fold(k, "synthesis"),
  });
  const recording = drawRecording(fold(k, "recording"));
  const samples = record(amidSilence(speech, fold(k, "room")), recording);
  return { path, bytes: encodeWav(tripleRate(samples), { sampleRate: clipRate }) };
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

/** A moment of silence before and after the speech, in which a room may sound on. */
function amidSilence(speech: Float32Array, k: Key): Float32Array {
  const uniform = uniforms(k);
  const before = Math.floor(synthesisRate * (0.15 + 0.2 * uniform()));
  const after = Math.floor(synthesisRate * (0.15 + 0.2 * uniform()));
  const clip = new Float32Array(before + speech.length + after);
  clip.set(speech, before);
  return clip;
}
