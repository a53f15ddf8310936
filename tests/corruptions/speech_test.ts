import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { gaussianNoise } from "../../lib/corruptions/gaussian_noise.ts";
import {
  activePower,
  addNoise,
  clipAmplitude,
  dropPackets,
  impulseResponse,
  type Noise,
  reverberate,
} from "../../lib/corruptions/speech.ts";
import { powerSpectrum } from "../../lib/signal/log_mel.ts";
import { key } from "../../lib/tensor/random.ts";

const tone = (hz: number, seconds: number, amplitude = 0.5) =>
  Float32Array.from(
    { length: 16_000 * seconds },
    (_, i) => amplitude * Math.sin(2 * Math.PI * hz * i / 16_000),
  );

/** A second of a tone between two of near silence, 60 dB below it. */
const clip = Float32Array.of(
  ...tone(300, 1, 0.0005),
  ...tone(200, 1),
  ...tone(300, 1, 0.0005),
);

const voices = [1, 2, 3, 4, 5, 6, 7].map((seed) =>
  // Each three times as loud as the one before it, to see that all are heard alike.
  gaussianNoise(key(seed), 5000).map((z) => z * 1e-3 * 3 ** seed)
);

const noises: readonly Noise[] = [
  { kind: "white" },
  { kind: "pink" },
  { kind: "babble", voices },
];

const energy = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0);
const difference = (a: Float32Array, b: Float32Array) => a.map((x, i) => x - b[i]!);

Deno.test("activePower() is that of the speech, not of the pauses", () => {
  ok(Math.abs(activePower({ samples: clip }) - 0.125) < 1e-6);
  equal(activePower({ samples: new Float32Array(1000) }), 0);
  equal(activePower({ samples: new Float32Array(0) }), 0);
  // 39 dB below the loudest still counts, 41 dB does not.
  const steps = (db: number) =>
    Float32Array.of(...tone(200, 1, 1), ...tone(200, 1, 10 ** (-db / 20)));
  ok(activePower({ samples: steps(39) }) < 0.26);
  ok(activePower({ samples: steps(41) }) > 0.49);
});

Deno.test("activePower() weighs a last frame cut short by its length", () => {
  const samples = new Float32Array(480).fill(1).fill(0.5, 320); // 320 of 1, 160 of 1/2.
  ok(Math.abs(activePower({ samples }) - (320 + 160 / 4) / 480) < 1e-12);
});

for (const noise of noises) {
  Deno.test(`addNoise() of ${noise.kind} noise has the ratio asked for, within 0.1 dB`, () => {
    for (const snrDb of [20, 10, 0, -5]) {
      const noisy = addNoise({ samples: clip, snrDb, key: key(1), ...noise });
      equal(noisy.length, clip.length);
      const power = energy(difference(noisy, clip)) / clip.length;
      const measured = 10 * Math.log10(0.125 / power);
      ok(Math.abs(measured - snrDb) < 0.1, `${measured} dB is not ${snrDb} dB`);
    }
  });

  Deno.test(`addNoise() draws one ${noise.kind} noise a key, at any ratio`, () => {
    const at = (snrDb: number, seed: number) =>
      difference(addNoise({ samples: clip, snrDb, key: key(seed), ...noise }), clip);
    deepEqual(at(5, 1), at(5, 1));
    notDeepEqual(at(5, 1), at(5, 2));
    const [quiet, loud] = [at(20, 1), at(0, 1)];
    ok(energy(difference(loud, quiet.map((n) => 10 * n))) < 1e-6 * energy(loud));
  });

  Deno.test(`addNoise() of ${noise.kind} noise at a ratio of Infinity changes nothing`, () => {
    const samples = clip.slice();
    deepEqual(addNoise({ samples, snrDb: Infinity, key: key(1), ...noise }), clip);
    addNoise({ samples, snrDb: 0, key: key(1), ...noise });
    deepEqual(samples, clip);
    const silence = new Float32Array(100);
    deepEqual(addNoise({ samples: silence, snrDb: 0, key: key(1), ...noise }), silence);
    equal(addNoise({ samples: clip.slice(0, 0), snrDb: 0, key: key(1), ...noise }).length, 0);
  });
}

/** Power of the noise from one frequency up to another, over its whole length. */
function bandPower(kind: "white" | "pink", [lowHz, highHz]: readonly [number, number]): number {
  const samples = tone(200, 4);
  const noise = difference(addNoise({ samples, snrDb: 0, key: key(3), kind }), samples);
  const size = 2048, spectrum = powerSpectrum({ window: size, size });
  let sum = 0;
  for (let start = 0; start + size <= noise.length; start += size / 2) {
    const power = spectrum(noise, start);
    for (let k = Math.ceil(lowHz * size / 16_000); k * 16_000 / size < highHz; k++) {
      sum += power[k]!;
    }
  }
  return sum;
}

Deno.test("white noise has equal power a hertz, pink noise equal power an octave", () => {
  const octaves = [[250, 500], [500, 1000], [1000, 2000], [2000, 4000], [4000, 8000]] as const;
  const inDb = (kind: "white" | "pink") =>
    octaves.map((octave) => 10 * Math.log10(bandPower(kind, octave)));
  const steps = (powers: number[]) => powers.slice(1).map((power, i) => power - powers[i]!);
  for (const step of steps(inDb("white"))) ok(Math.abs(step - 3.01) < 0.9, `${step} dB`);
  for (const step of steps(inDb("pink"))) ok(Math.abs(step) < 0.9, `${step} dB`);
});

Deno.test("babble is made of as many voices as asked, all equally loud", () => {
  // Each voice has a frequency of its own, and another loudness.
  const pitches = [1, 2, 3, 4, 5, 6, 7].map((k) => 100 * k);
  const singers = pitches.map((hz, k) => tone(hz, 1, 0.001 * 3 ** k));
  const samples = tone(1000, 1);
  const sharesOf = (talkers?: number) => {
    const people = talkers === undefined ? { voices: singers } : { voices: singers, talkers };
    const noisy = addNoise({ samples, snrDb: 0, key: key(1), kind: "babble", ...people });
    const noise = difference(noisy, samples);
    return pitches.map((hz) => {
      const part = (wave: (x: number) => number) =>
        noise.reduce((sum, n, i) => sum + n * wave(2 * Math.PI * hz * i / 16_000), 0);
      return (part(Math.sin) ** 2 + part(Math.cos) ** 2) / (energy(noise) * 8000);
    });
  };
  for (const [asked, talkers] of [[1, 1], [3, 3], [7, 7], [undefined, 5]] as const) {
    const heard = sharesOf(asked).filter((share) => share > 1e-6);
    equal(heard.length, talkers);
    for (const share of heard) ok(Math.abs(share - 1 / talkers) < 1e-3, `${share}`);
  }
});

Deno.test("addNoise() refuses a ratio that is none, and babble without voices", () => {
  const samples = clip;
  const white = (snrDb: number) => addNoise({ samples, snrDb, key: key(1), kind: "white" });
  throws(() => white(NaN), /^RangeError: Cannot add noise: expected a ratio in dB, got NaN$/);
  throws(() => white(-Infinity), /got -Infinity/);
  const babble = (voices: Float32Array[], talkers?: number) =>
    addNoise({
      samples,
      snrDb: 0,
      key: key(1),
      kind: "babble",
      voices,
      ...(talkers === undefined ? {} : { talkers }),
    });
  throws(() => babble([]), /expected 1 to 0 talkers, got 0/);
  throws(() => babble([clip], 2), /expected 1 to 1 talkers, got 2/);
  throws(() => babble([new Float32Array(9)]), /expected voices, got silence as number 0/);
});

/** RT60 from the slope between -5 and -35 dB of the energy that is still to come (Schroeder). */
function schroederRt60(response: Float32Array): number {
  const remaining = new Float64Array(response.length);
  let sum = 0;
  for (let n = response.length - 1; n >= 0; n--) remaining[n] = sum += response[n]! ** 2;
  const db = remaining.map((value) => 10 * Math.log10(value / sum));
  const [from, to] = [db.findIndex((value) => value < -5), db.findIndex((value) => value < -35)];
  return 60 * (to - from) / 16_000 / (db[from]! - db[to]!);
}

Deno.test("impulseResponse() decays in the time asked for, within 10 %", () => {
  for (const rt60Seconds of [0.2, 0.5, 1, 3.2]) {
    for (const seed of [1, 2, 3]) {
      const estimate = schroederRt60(impulseResponse({ rt60Seconds, key: key(seed) }));
      ok(Math.abs(estimate / rt60Seconds - 1) < 0.1, `${estimate} s is not ${rt60Seconds} s`);
    }
  }
});

Deno.test("impulseResponse() keeps the direct path, and the ratio to it that is asked for", () => {
  for (const directToReverberantDb of [-6, 0, 12]) {
    const response = impulseResponse({ rt60Seconds: 0.4, directToReverberantDb, key: key(1) });
    equal(response[0], 1);
    const ratio = 10 * Math.log10(1 / energy(response.subarray(1)));
    ok(Math.abs(ratio - directToReverberantDb) < 1e-3);
  }
});

Deno.test("reverberate() of a click is the impulse response, at the energy of the click", () => {
  const room = { rt60Seconds: 0.1, key: key(1) };
  const click = new Float32Array(4000);
  click[100] = 2;
  const heard = reverberate({ samples: click, ...room });
  equal(heard.length, 4000);
  ok(Math.abs(energy(heard) - 4) < 1e-4);
  const response = impulseResponse(room);
  const gain = 2 / Math.sqrt(energy(response));
  response.forEach((h, n) => ok(Math.abs(heard[100 + n]! - gain * h) < 1e-5));
  ok(heard.subarray(0, 100).every((x) => Math.abs(x) < 1e-6));
});

Deno.test("reverberate() follows its key, fills pauses, and in a dead room does nothing", () => {
  const heard = (rt60Seconds: number, seed = 1) =>
    reverberate({ samples: clip, rt60Seconds, key: key(seed) });
  deepEqual(heard(0), clip);
  deepEqual(heard(0.5), heard(0.5));
  notDeepEqual(heard(0.5), heard(0.5, 2));
  ok(Math.abs(energy(heard(0.5)) / energy(clip) - 1) < 1e-4);
  const pause = (samples: Float32Array) => energy(samples.subarray(33_600, 36_000));
  ok(pause(heard(0.2)) > 10 * pause(clip));
  ok(pause(heard(0.8)) > 10 * pause(heard(0.2)));
  deepEqual(
    reverberate({ samples: new Float32Array(50), rt60Seconds: 1, key: key(1) }),
    new Float32Array(50),
  );
  throws(() => heard(-1), /^RangeError: Cannot reverberate: expected a time in seconds from 0/);
  throws(() => heard(Infinity), /got Infinity/);
});

Deno.test("clipAmplitude() cuts both sides at a share of the peak", () => {
  const samples = Float32Array.of(0, 1, -2, 4, -4, 0.5);
  deepEqual([...clipAmplitude({ samples, threshold: 0.25 })], [0, 1, -1, 1, -1, 0.5]);
  deepEqual(clipAmplitude({ samples, threshold: 1 }), samples);
  for (const threshold of [0, -1, 1.5, NaN]) {
    throws(() => clipAmplitude({ samples, threshold }), /^RangeError: Cannot clip: expected/);
  }
});

Deno.test("dropPackets() silences whole packets of 20 ms at the rate asked for", () => {
  const samples = new Float32Array(320 * 2000 + 100).fill(1);
  const lost = (rate: number, seed = 1) => {
    const result = dropPackets({ samples, rate, key: key(seed) });
    return Array.from({ length: 2001 }, (_, i) => {
      const packet = result.subarray(320 * i, 320 * (i + 1));
      ok(packet.every((x) => x === packet[0]));
      return packet[0] === 0;
    });
  };
  const share = (flags: boolean[]) => flags.filter(Boolean).length / flags.length;
  // Four standard errors.
  for (const rate of [0.1, 0.3]) {
    ok(Math.abs(share(lost(rate)) - rate) < 4 * Math.sqrt(0.25 / 2000));
  }
  deepEqual([share(lost(0)), share(lost(1))], [0, 1]);
  deepEqual(lost(0.3), lost(0.3));
  notDeepEqual(lost(0.3), lost(0.3, 2));
  const higher = lost(0.3);
  ok(lost(0.1).every((gone, i) => !gone || higher[i]));
  throws(() => lost(1.1), /Cannot drop packets: expected a rate from 0 to 1, got 1.1/);
  deepEqual(
    [...dropPackets({
      samples: new Float32Array(5).fill(1),
      sampleRateHz: 100,
      rate: 1,
      key: key(1),
    })],
    [0, 0, 0, 0, 0],
  );
});
