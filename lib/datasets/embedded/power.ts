/** The mean square of a sound, and a sound of another. @module */

/** The mean of the squared samples; 0 of none. */
export function power(signal: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < signal.length; i++) sum += signal[i]! * signal[i]!;
  return signal.length === 0 ? 0 : sum / signal.length;
}

/** Makes `signal` as loud as `wanted`, a {@linkcode power}; silence stays what it is. */
export function setPower(signal: Float32Array, wanted: number): void {
  const found = power(signal);
  if (found > 0) scale(signal, Math.sqrt(wanted / found));
}

/** Multiplies `signal` by `gain`. */
export function scale(signal: Float32Array, gain: number): void {
  for (let i = 0; i < signal.length; i++) signal[i]! *= gain;
}

/** Adds `gain` times `other`, which is as long, to `signal`. */
export function add(signal: Float32Array, other: Float32Array, gain = 1): void {
  for (let i = 0; i < signal.length; i++) signal[i]! += gain * other[i]!;
}

/** A gain in decibels as a factor on amplitudes. */
export function amplitude(decibels: number): number {
  return 10 ** (decibels / 20);
}
