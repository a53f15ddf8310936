/**
 * How a clip is recorded: the room, the distance, what else sounds, and the microphone.
 *
 * Each take is recorded elsewhere. The ranges are ours, about those of offices and living rooms,
 * telephones and cheap microphones; docs/data.md says by what trial they were set.
 *
 * @module
 */

import { fold, type Key, normals, uniforms } from "../../tensor/random.ts";
import { type Background, withBackground } from "./background.ts";
import { type Microphone, through } from "./microphone.ts";
import { amplitude, scale } from "./power.ts";
import ranges from "./recording.json" with { type: "json" };
import { inRoom, type Room } from "./room.ts";
import { synthesisRate } from "./synthesiser.ts";

// A third of a decibel below full scale, for what lies between samples at three times the rate.
const loudest = 0.96;

/** How one clip was recorded. */
export interface Recording {
  /** Where. */
  readonly room: Room;
  /** Beside what. */
  readonly background: Background;
  /** Power of the speech against the background's, in dB. */
  readonly signalToNoise: number;
  /** With what. */
  readonly microphone: Microphone;
  /** Gain in dB. */
  readonly gain: number;
}

/** The recording that `k` gives: all but the gain uniform in the ranges of `recording.json`. */
export function drawRecording(k: Key): Recording {
  const uniform = uniforms(k);
  const within = ([low, high]: readonly number[]) => low! + (high! - low!) * uniform();
  const { room, microphone, background } = ranges;
  // Squared, so that one of the three is often most of it; none of them is ever quite absent.
  const amounts = [uniform(), uniform(), uniform()].map((u) => u * u + 1e-3);
  const total = amounts.reduce((sum, amount) => sum + amount);
  const [noise, hum, babble] = amounts.map((amount) => amount / total);
  return {
    room: {
      reverberation: within(room.reverberation),
      size: within(room.size),
      damping: within(room.damping),
      direct: within(room.direct),
    },
    background: {
      noise: noise!,
      hum: hum!,
      babble: babble!,
      darkness: within(background.darkness),
      mainsHz: uniform() < 0.5 ? 50 : 60,
      place: uniform(),
    },
    signalToNoise: within(background.decibels),
    microphone: {
      lowest: within(microphone.lowest),
      highest: within(microphone.highest),
      colourHz: within(microphone.colourHz),
      colour: within(microphone.colour),
    },
    gain: ranges.gain * normals(fold(k, "gain"))(),
  };
}

/**
 * Speech with silence around it, as it was recorded: samples in (−1, 1). What would pass full scale is
 * turned down, and so is not clipped.
 */
export function record(
  speech: Float32Array,
  { room, background, signalToNoise, microphone, gain }: Recording,
): Float32Array {
  const sampleRate = synthesisRate;
  const there = inRoom(speech, room, { sampleRate });
  const among = withBackground(there, background, { decibels: signalToNoise });
  const heard = through(among, microphone, { sampleRate });
  scale(heard, Math.min(amplitude(gain), loudest / peak(heard)));
  return heard;
}

/** The largest distance from 0. */
function peak(signal: Float32Array): number {
  let most = 0;
  for (let i = 0; i < signal.length; i++) most = Math.max(most, Math.abs(signal[i]!));
  return most;
}
