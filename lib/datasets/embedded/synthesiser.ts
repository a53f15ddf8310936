/**
 * A formant synthesiser: glottal pulses and noise through resonators.
 *
 * The structure is that of Klatt, "Software for a cascade/parallel formant
 * synthesizer" (JASA 1980), cut down to what the two statements need.
 *
 * @module
 */

import { fold, type Key, normals, uniforms } from "../../tensor/random.ts";
import { noiseSize, noiseTable } from "./noise.ts";
import type { Segment } from "./phones.ts";
import type { Prosody, Speaker } from "./prosody.ts";

/** The synthesiser's sample rate in Hz. */
export const synthesisRate = 16_000;

/** Targets move once per frame of 5 ms. */
const frameSamples = synthesisRate / 200;

// F4 and F5 in Hz stay put; bandwidths in Hz of F1 to F5.
const upperFormants = [3400, 4300];
const bandwidths = [70, 100, 140, 220, 280];

/** A segment with its place in the utterance, in seconds. */
interface Timed extends Segment {
  readonly start: number;
  readonly end: number;
}

/**
 * Speaks `segments`: samples at {@linkcode synthesisRate} in (−1, 1), no silence around them.
 *
 * Loudness is set last: neutral speech has a root mean square of 0.06, and what
 * would pass full scale is bent by a hyperbolic tangent.
 */
export function synthesise(
  segments: readonly Segment[],
  { speaker, prosody, key }: { speaker: Speaker; prosody: Prosody; key: Key },
): Float32Array {
  const timed = timeSegments(segments, { rate: speaker.rate * prosody.rate, key });
  const speech = sound(timed, { speaker, prosody, key });
  fadeEnds(speech);
  setLevel(speech, 0.06 * 10 ** (prosody.level / 20));
  return speech;
}

function timeSegments(
  segments: readonly Segment[],
  { rate, key }: { rate: number; key: Key },
): Timed[] {
  const normal = normals(fold(key, "durations"));
  let end = 0;
  return segments.map((segment, i) => {
    const start = end;
    // Speakers slow down before a pause.
    const final = i >= segments.length - 2 ? 1.6 : 1;
    const stretch = (segment.stressed ? 1.35 : 1) * final * (1 + 0.08 * normal());
    end += 1.15 * segment.milliseconds / 1000 * stretch / rate;
    return { ...segment, start, end };
  });
}

/**
 * Fundamental frequency in Hz at `seconds`: a line that falls, a bump on each
 * stressed vowel, the last quarter bent by the final rise, and the tremor.
 */
function melody(
  timed: readonly Timed[],
  { speaker, prosody }: { speaker: Speaker; prosody: Prosody },
): (seconds: number) => number {
  const total = timed.at(-1)!.end;
  const peaks = timed.filter((s) => s.stressed).map((s) => (s.start + s.end) / 2 / total);
  return (seconds) => {
    const place = seconds / total;
    let shape = 0.6 - 4.4 * place;
    for (const peak of peaks) shape += 3.4 * Math.exp(-(((place - peak) / 0.08) ** 2));
    const semitones = prosody.range * shape +
      prosody.finalRise * Math.max(0, 4 * place - 3) +
      0.7 * prosody.tremor * Math.sin(2 * Math.PI * 6.3 * seconds);
    return speaker.pitchHz * prosody.pitch * 2 ** (semitones / 12);
  };
}

function sound(
  timed: readonly Timed[],
  { speaker, prosody, key }: { speaker: Speaker; prosody: Prosody; key: Key },
): Float32Array {
  const frames = Math.floor(timed.at(-1)!.end * synthesisRate / frameSamples);
  const out = new Float32Array(frames * frameSamples);
  const noise = noiseTable();
  const noiseStart = Math.floor(noiseSize * uniforms(fold(key, "noise"))());
  const glottis = new Glottis({ prosody, key, pitch: melody(timed, { speaker, prosody }) });
  const cascade = bandwidths.map((bandwidth) => new Resonator(bandwidth));
  const mouth = new Resonator(900);
  const formants = [...timed[0]!.formants, ...upperFormants];
  const hiss = new Float64Array(frameSamples);
  const voice = new Float64Array(frameSamples);
  let voicing = 0;
  for (let frame = 0; frame < frames; frame++) {
    const first = frame * frameSamples;
    const seconds = first / synthesisRate;
    const target = timed.find(({ end }) => seconds < end) ?? timed.at(-1)!;
    for (let j = 0; j < 3; j++) formants[j]! += 0.28 * (target.formants[j]! - formants[j]!);
    voicing += 0.45 * (target.voicing - voicing);

    for (let i = 0; i < frameSamples; i++) {
      hiss[i] = noise[(noiseStart + first + i) & (noiseSize - 1)]!;
    }
    glottis.sound(voice, { first, voicing, hiss });
    cascade.forEach((resonator, j) => resonator.filter(voice, speaker.tract * formants[j]!));
    mouth.filter(hiss, speaker.tract * target.fricationHz);
    const friction = 0.02 * target.frication * (1 + 0.1 * prosody.brightness);
    const swell = 1 + 0.25 * prosody.tremor * Math.sin(2 * Math.PI * 5.1 * seconds);
    for (let i = 0; i < frameSamples; i++) {
      out[first + i] = swell * (voice[i]! + friction * hiss[i]!);
    }
  }
  return out;
}

/** The source of voice: pulses at the pitch of the melody, each a little off, and breath. */
class Glottis {
  readonly #pitch: (seconds: number) => number;
  readonly #prosody: Prosody;
  readonly #chance: () => number;
  #phase = 1;
  #period = 1;
  #loudness = 1;
  #source = 0;
  #breath = 0;

  constructor(
    { pitch, prosody, key }: { pitch: (seconds: number) => number; prosody: Prosody; key: Key },
  ) {
    this.#pitch = pitch;
    this.#prosody = prosody;
    this.#chance = normals(fold(key, "pulses"));
  }

  /** Fills `block`, whose first sample is number `first` of the utterance. */
  sound(
    block: Float64Array,
    { first, voicing, hiss }: { first: number; voicing: number; hiss: Float64Array },
  ): void {
    const { brightness, breath: breathiness, jitter } = this.#prosody;
    // Louder voices close the glottis faster: a shorter pulse with less loss at 3 kHz.
    const openShare = clamp(0.62 - 0.025 * brightness, 0.4, 0.8);
    const loss = lowPass(clamp(14 - 1.6 * brightness, 1, 30));
    let [phase, period, loudness] = [this.#phase, this.#period, this.#loudness];
    let [source, breath] = [this.#source, this.#breath];
    for (let i = 0; i < block.length; i++) {
      if (phase >= 1) {
        phase %= 1;
        const hz = this.#pitch((first + i) / synthesisRate);
        period = synthesisRate / (hz * (1 + jitter * this.#chance()));
        loudness = 1 + 4 * jitter * this.#chance();
      }
      breath += 0.3 * (hiss[i]! - breath);
      source = loss * source + (1 - loss) * loudness * glottalFlow(phase, openShare);
      block[i] = voicing * (source + breathiness * breath);
      phase += 1 / period;
    }
    [this.#phase, this.#period, this.#loudness] = [phase, period, loudness];
    [this.#source, this.#breath] = [source, breath];
  }
}

/** Derivative of the flow, 2u − 3u² while the glottis is open (KLGLOTT88: Klatt & Klatt, JASA 1990). */
function glottalFlow(phase: number, openShare: number): number {
  if (phase >= openShare) return 0;
  const u = phase / openShare;
  return u * (2 - 3 * u);
}

/** The pole of y = c y₋₁ + (1 − c) x that weakens 3 kHz by `decibels` against 0 Hz. */
function lowPass(decibels: number): number {
  const power = 10 ** (-decibels / 10);
  const a = 1 - power;
  const b = 1 - power * Math.cos(2 * Math.PI * 3000 / synthesisRate);
  return (b - Math.sqrt(b * b - a * a)) / a;
}

/** y = a x + b y₋₁ + c y₋₂: a resonance with gain 1 at 0 Hz (Klatt 1980, equation 1). */
class Resonator {
  readonly #radius: number;
  #last = 0;
  #secondLast = 0;

  constructor(bandwidthHz: number) {
    this.#radius = Math.exp(-Math.PI * bandwidthHz / synthesisRate);
  }

  /** Filters `block` in place with the resonance at `hz`, kept below half the sample rate. */
  filter(block: Float64Array, hz: number): void {
    const angle = 2 * Math.PI * Math.min(hz / synthesisRate, 0.47);
    const b = 2 * this.#radius * Math.cos(angle);
    const c = -this.#radius * this.#radius;
    const a = 1 - b - c;
    let [last, secondLast] = [this.#last, this.#secondLast];
    for (let i = 0; i < block.length; i++) {
      const y = a * block[i]! + b * last + c * secondLast;
      secondLast = last;
      last = y;
      block[i] = y;
    }
    [this.#last, this.#secondLast] = [last, secondLast];
  }
}

/** 15 ms in and 60 ms out, so that no clip begins or ends with a click. */
function fadeEnds(speech: Float32Array): void {
  const fadeIn = 0.015 * synthesisRate;
  const fadeOut = 0.06 * synthesisRate;
  for (let i = 0; i < fadeIn; i++) speech[i]! *= i / fadeIn;
  for (let i = 0; i < fadeOut; i++) {
    speech[speech.length - 1 - i]! *= 0.5 - 0.5 * Math.cos(Math.PI * i / fadeOut);
  }
}

function setLevel(speech: Float32Array, rootMeanSquare: number): void {
  const energy = speech.reduce((sum, x) => sum + x * x, 0) / speech.length;
  const gain = rootMeanSquare / Math.sqrt(energy);
  for (let i = 0; i < speech.length; i++) speech[i] = Math.tanh(gain * speech[i]!);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
