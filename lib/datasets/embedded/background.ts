/** What is heard beside the speaker: noise, hum, and others who talk. @module */

import { fold, key, uniforms } from "../../tensor/random.ts";
import { noiseSize, noiseTable } from "./noise.ts";
import { statementSegments } from "./phones.ts";
import { drawProsody, drawSpeaker, speechEmotions } from "./prosody.ts";
import { add, amplitude, power, setPower } from "./power.ts";
import { synthesise, synthesisRate } from "./synthesiser.ts";

/** Of what a background is made. */
export interface Background {
  /** Shares of its power: steady noise, the hum of the mains, and others' talk. */
  readonly noise: number;
  readonly hum: number;
  readonly babble: number;
  /** How dark the noise is: 0 white, towards 1 ever less of the high. */
  readonly darkness: number;
  /** Frequency of the mains in Hz. */
  readonly mainsHz: number;
  /** Where in the noise and in the talk it begins, 0 to 1. */
  readonly place: number;
}

const voices = 6;
let talk: Float32Array | undefined;

/**
 * Six people who talk at once, without beginning or end: 2¹⁷ samples at the synthesiser's rate, the
 * same in every run; made on first use.
 */
function babbleTable(): Float32Array {
  return talk ??= makeBabble();
}

function makeBabble(): Float32Array {
  const table = new Float32Array(noiseSize);
  for (let voice = 0; voice < voices; voice++) {
    const k = fold(key(0), "babble", voice);
    const speaker = drawSpeaker(k, voice + 1);
    const uniform = uniforms(fold(k, "places"));
    const start = Math.floor(noiseSize * uniform());
    for (let at = 0, utterance = 0; at < noiseSize; utterance++) {
      const emotion = speechEmotions[Math.floor(speechEmotions.length * uniform())]!;
      const speech = synthesise(statementSegments(uniform() < 0.5 ? 1 : 2), {
        speaker,
        prosody: drawProsody(fold(k, utterance), { emotion, intensity: 1, speaker }),
        key: fold(k, "synthesis", utterance),
      });
      // The table is a circle: what passes its end goes on at its beginning.
      speech.forEach((x, i) => table[(start + at + i) & (noiseSize - 1)]! += x);
      at += speech.length + Math.floor(0.3 * synthesisRate * uniform());
    }
  }
  return table;
}

/** `signal` and `background`, whose power lies `decibels` below that of the signal. */
export function withBackground(
  signal: Float32Array,
  background: Background,
  { decibels }: { decibels: number },
): Float32Array {
  const heard = signal.slice();
  const sound = backgroundSound(background, signal.length);
  setPower(sound, power(signal));
  add(heard, sound, amplitude(-decibels));
  return heard;
}

/** `length` samples of a background, in which each part has its share of the power. */
function backgroundSound(
  { noise, hum, babble, darkness, mainsHz, place }: Background,
  length: number,
): Float32Array {
  const from = Math.floor(noiseSize * place);
  const out = new Float32Array(length);
  const parts = [
    [darkened(read(noiseTable(), { from, length }), darkness), noise],
    [humming(mainsHz, length), hum],
    [read(babbleTable(), { from, length }), babble],
  ] as const;
  for (const [part, share] of parts) {
    setPower(part, share);
    add(out, part);
  }
  return out;
}

/** `length` samples of a table that is a circle. */
function read(
  table: Float32Array,
  { from, length }: { from: number; length: number },
): Float32Array {
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) out[i] = table[(from + i) & (noiseSize - 1)]!;
  return out;
}

/** `noise` behind a low pass, y = a y₋₁ + (1 − a) x, in place. */
function darkened(noise: Float32Array, a: number): Float32Array {
  let y = 0;
  for (let i = 0; i < noise.length; i++) {
    y = a * y + (1 - a) * noise[i]!;
    noise[i] = y;
  }
  return noise;
}

/** Five multiples of the mains, ever fainter, as of a transformer nearby. */
function humming(mainsHz: number, length: number): Float32Array {
  const out = new Float32Array(length);
  for (let multiple = 1; multiple <= 5; multiple++) {
    // A number on the unit circle that is turned by one step: two products in place of a sine.
    const step = 2 * Math.PI * multiple * mainsHz / synthesisRate;
    const cos = Math.cos(step), sin = Math.sin(step);
    let re = 1 / multiple, im = 0;
    for (let i = 0; i < length; i++) {
      out[i]! += im;
      const turned = re * cos - im * sin;
      im = re * sin + im * cos;
      re = turned;
    }
  }
  return out;
}
