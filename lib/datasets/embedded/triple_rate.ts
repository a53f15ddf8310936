/** Speech at three times the sample rate that it was made at. @module */

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
