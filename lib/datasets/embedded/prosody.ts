/**
 * How the speakers of the embedded corpus sound, and what an emotion does to it.
 *
 * The directions follow Juslin & Laukka, "Communication of emotions in vocal
 * expression and music performance" (Psychological Bulletin, 2003), and Banse &
 * Scherer, "Acoustic profiles in vocal emotion expression" (JPSP, 1996); the
 * exact values are ours, and so is how far utterances and speakers stray from them.
 *
 * @module
 */

import { fold, type Key, normals, uniforms } from "../../tensor/random.ts";
import profile from "./prosody.json" with { type: "json" };

/** The emotions 01 to 08 of RAVDESS, in order. */
export const speechEmotions = [
  "neutral",
  "calm",
  "happy",
  "sad",
  "angry",
  "fearful",
  "disgust",
  "surprised",
] as const;

/** One of {@linkcode speechEmotions}. */
export type SpeechEmotion = (typeof speechEmotions)[number];

/** The manner of one utterance. */
export interface Prosody {
  /** Speaking rate, 1 as the speaker's own. */
  readonly rate: number;
  /** Mean pitch, 1 as the speaker's own. */
  readonly pitch: number;
  /** Span of the melody, 1 as in neutral speech. */
  readonly range: number;
  /** Loudness in dB against neutral speech. */
  readonly level: number;
  /** Energy at 3 kHz in dB against neutral speech. */
  readonly brightness: number;
  /** Depth of the tremor, 0 none. */
  readonly tremor: number;
  /** Amplitude of the breath noise against the voice. */
  readonly breath: number;
  /** Standard deviation of the pulses' period and loudness, as a share. */
  readonly jitter: number;
  /** Rise of the melody over the last quarter, in semitones. */
  readonly finalRise: number;
}

/** What is constant about a speaker. */
export interface Speaker {
  /** Mean fundamental frequency of neutral speech in Hz. */
  readonly pitchHz: number;
  /** Factor on all formants: above 1 for a tract shorter than 17 cm. */
  readonly tract: number;
  /** Factor on the speaking rate. */
  readonly rate: number;
  /** Loudness in dB against other speakers. */
  readonly level: number;
  /** Energy at 3 kHz in dB against other speakers. */
  readonly brightness: number;
  /** How much of each of an emotion's cues the speaker gives, in the order of the profiles: 1 all. */
  readonly cues: readonly number[];
}

// By emotion rate, pitch, range, level, brightness, tremor, breath, jitter and final rise. `deviations`
// has how far they vary: rate, pitch and range by a factor, the rest by a sum (of log or value).
// `strength` is how far an utterance goes from neutral along its profile, by RAVDESS's intensity.
// `strengthSpread` is the deviation of that strength's logarithm, `speakers` says how speakers differ.
const { profiles, deviations, strength, strengthSpread, speakers } = profile;

/** The voice of an actor: odd numbers are men, even ones women, as in RAVDESS. */
export function drawSpeaker(k: Key, actor: number): Speaker {
  const next = uniforms(k);
  const between = (low: number, high: number) => low + (high - low) * next();
  const male = actor % 2 === 1;
  const normal = normals(fold(k, "manner"));
  return {
    pitchHz: male ? between(90, 135) : between(170, 230),
    tract: male ? between(0.92, 1.06) : between(1.06, 1.2),
    rate: between(0.92, 1.08),
    level: speakers.level * normal(),
    brightness: speakers.brightness * normal(),
    cues: deviations.map(() => Math.max(0, 1 + speakers.cues * normal())),
  };
}

/**
 * The manner of one utterance: the emotion's profile at the intensity's strength, the speaker's way
 * with it, and chance.
 */
export function drawProsody(
  k: Key,
  { emotion, intensity, speaker }: {
    emotion: SpeechEmotion;
    intensity: 1 | 2;
    speaker: Pick<Speaker, "level" | "brightness" | "cues">;
  },
): Prosody {
  const normal = normals(k);
  const given = strength[intensity] * Math.exp(strengthSpread * normals(fold(k, "strength"))());
  const value = (i: number, floor: number) => {
    const [from, to] = [profiles.neutral[i]!, profiles[emotion][i]!];
    return Math.max(
      floor,
      from + given * speaker.cues[i]! * (to - from) + deviations[i]! * normal(),
    );
  };
  const factor = (i: number) => {
    const exponent = given * speaker.cues[i]! * Math.log(profiles[emotion][i]!);
    return Math.exp(exponent + deviations[i]! * normal());
  };
  return {
    rate: factor(0),
    pitch: factor(1),
    range: factor(2),
    level: speaker.level + value(3, -Infinity),
    brightness: speaker.brightness + value(4, -Infinity),
    tremor: value(5, 0),
    breath: value(6, 0.002),
    jitter: value(7, 0.001),
    finalRise: value(8, -Infinity),
  };
}
