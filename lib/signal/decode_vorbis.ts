/** Reads the packets of a Vorbis stream. @module */

import { fourierTransform } from "../deps/fft.ts";
import type { OggStream } from "./ogg_packets.ts";
import {
  bitLength,
  type Codebook,
  endOfPacket,
  type Floor,
  type PacketBits,
  packetBits,
  readVorbisSetup,
  type Residue,
  type VorbisSetup,
} from "./vorbis_setup.ts";
import {
  assertLimits,
  type DecodeOptions,
  mixChannels,
  unreadable,
  type Waveform,
} from "./waveform.ts";

/**
 * The samples of a Vorbis stream, its channels averaged.
 *
 * Written from the Vorbis I specification. (The decoders on the registry that
 * hold libvorbis depend on a parser under the LGPL.) The stream ends where its
 * last page says, and must have that many samples.
 *
 * @throws {RangeError} The stream is damaged or cut off, holds no sample, or lasts longer than
 * `maxSeconds`.
 */
export function decodeVorbis({ packets, granule }: OggStream, options: DecodeOptions): Waveform {
  const { path } = options;
  const setup = readSetup(packets, path);
  const { channels, sampleRateHz } = setup;
  assertLimits({ samples: granule, sampleRateHz }, options);
  const decode = blockDecoder(setup);
  const whole = Array.from({ length: channels }, () => new Float32Array(Math.max(0, granule)));
  let count = 0;
  for (const [i, packet] of packets.slice(3).entries()) {
    let block: readonly Float32Array[];
    try {
      block = decode(packet);
    } catch (error) {
      if (!(error instanceof RangeError) && error !== endOfPacket) throw error;
      throw unreadable(path, "packets of Vorbis", `a damaged one, number ${i + 3}`);
    }
    // What the last block has beyond the end is cut away.
    block.forEach((part, c) => whole[c]!.set(part.subarray(0, whole[c]!.length - count), count));
    count = Math.min(count + block[0]!.length, whole[0]!.length);
  }
  if (count === 0) throw unreadable(path, "at least one sample", "none");
  if (count < granule) throw unreadable(path, `${granule} samples`, `${count}`);
  return { samples: mixChannels(whole), sampleRateHz };
}

function readSetup([first, , third]: readonly Uint8Array[], path: string): VorbisSetup {
  if (!first || !third) throw unreadable(path, "three headers of Vorbis", "fewer");
  try {
    return readVorbisSetup(first, third);
  } catch (error) {
    const got = error instanceof RangeError ? error.message : "one that is cut off";
    throw unreadable(path, "headers of Vorbis", got);
  }
}

/** The samples that each next packet completes, by channel; none for the first. */
function blockDecoder(setup: VorbisSetup): (packet: Uint8Array) => Float32Array[] {
  const transforms = new Map(setup.blockSizes.map((size) => [size, inverseTransform(size)]));
  let before: { right: Float32Array[]; size: number } | undefined;
  return (packet) => {
    const bits = packetBits(packet);
    if (bits.flag()) throw new RangeError("no packet of sound");
    const mode = setup.modes[bits.read(bitLength(setup.modes.length - 1))];
    if (mode === undefined) throw new RangeError("an unknown mode");
    const size = setup.blockSizes[mode.long ? 1 : 0];
    if (mode.long) bits.read(2); // The sizes of the neighbours, which they tell themselves.
    const spectra = readSpectra(bits, { setup, mapping: mode.mapping, bins: size / 2 });
    const blocks = spectra.map((spectrum) => transforms.get(size)!(spectrum));
    const overlapped = before === undefined
      ? blocks.map(() => new Float32Array())
      : blocks.map((block, c) => overlap({ left: before!.right[c]!, block, size: before!.size }));
    before = { right: blocks.map((block) => block.subarray(size / 2)), size };
    return overlapped;
  };
}

/**
 * From the middle of the block before to the middle of this one. Where they
 * overlap, the slopes sin(π/2 sin²(π/2 (i + ½) / n)) of the shorter of both
 * weight them, rising and falling.
 */
function overlap(
  { left, block, size }: {
    /** The second half of the block before, whose size is `size`. */
    readonly left: Float32Array;
    readonly block: Float32Array;
    readonly size: number;
  },
): Float32Array {
  const n = Math.min(size, block.length) / 2;
  const y = new Float32Array((size + block.length) / 4);
  const [leftStart, blockStart] = [(size / 2 - n) / 2, (block.length / 2 - n) / 2];
  // In y, the slope begins where the later of the two begins.
  for (let i = 0; i < y.length; i++) {
    const j = i - leftStart;
    if (j < 0) y[i] = left[i]!;
    else if (j >= n) y[i] = block[j + blockStart]!;
    else y[i] = left[i]! * slope(n - 1 - j, n) + block[j + blockStart]! * slope(j, n);
  }
  return y;
}

const slopes = new Map<number, Float32Array>();

function slope(i: number, n: number): number {
  let table = slopes.get(n);
  if (table === undefined) {
    table = Float32Array.from(
      { length: n },
      (_, i) => Math.sin(Math.PI / 2 * Math.sin(Math.PI / 2 * (i + 0.5) / n) ** 2),
    );
    slopes.set(n, table);
  }
  return table[i]!;
}

/** The spectrum of each channel: envelope times residue. */
function readSpectra(
  bits: PacketBits,
  { setup, mapping, bins }: { setup: VorbisSetup; mapping: number; bins: number },
): Float32Array[] {
  const { couplings, submapOf, submaps } = setup.mappings[mapping]!;
  const { codebooks } = setup;
  const envelopes = submapOf.map((submap) =>
    readEnvelope(bits, { floor: setup.floors[submaps[submap]!.floor]!, codebooks, bins })
  );
  // Of a pair, both are coded or neither is.
  const silent = envelopes.map((envelope) => envelope === undefined);
  for (const [a, b] of couplings) silent[a] = silent[b] = silent[a]! && silent[b]!;
  const spectra = envelopes.map(() => new Float32Array(bins));
  for (const [number, { residue }] of submaps.entries()) {
    const own = submapOf.keys().filter((c) => submapOf[c] === number).toArray();
    readResidues(bits, {
      residue: setup.residues[residue]!,
      codebooks,
      spectra: own.map((c) => spectra[c]!),
      silent: own.map((c) => silent[c]!),
    });
  }
  for (const [a, b] of couplings.toReversed()) decouple(spectra[a]!, spectra[b]!);
  for (const [c, spectrum] of spectra.entries()) {
    const envelope = envelopes[c];
    if (envelope === undefined) spectrum.fill(0);
    else for (let k = 0; k < bins; k++) spectrum[k]! *= envelope[k]!;
  }
  return spectra;
}

/** Walks down the tree, bit by bit. */
function readEntry(bits: PacketBits, { tree }: Codebook): number {
  let node = 0;
  do {
    node = tree[2 * node + bits.read(1)]!;
    if (node === 0) throw new RangeError("an unused code");
  } while (node > 0);
  return ~node;
}

const ranges = [256, 128, 86, 64];

/** The envelope of a channel in `bins` frequencies; `undefined` if it is silent. */
function readEnvelope(
  bits: PacketBits,
  { floor, codebooks, bins }: { floor: Floor; codebooks: readonly Codebook[]; bins: number },
): Float32Array | undefined {
  try {
    if (!bits.flag()) return undefined;
    return drawEnvelope(floor, readPoints(bits, floor, codebooks), bins);
  } catch (error) {
    if (error === endOfPacket) return undefined; // So the format has it.
    throw error;
  }
}

function readPoints(bits: PacketBits, floor: Floor, codebooks: readonly Codebook[]): number[] {
  const width = bitLength(ranges[floor.multiplier - 1]! - 1);
  const y = [bits.read(width), bits.read(width)];
  for (const partition of floor.partitions) {
    const { dimensions, subclassBits, masterBook, books } = floor.classes[partition]!;
    let subclasses = subclassBits > 0 ? readEntry(bits, codebooks[masterBook]!) : 0;
    for (let i = 0; i < dimensions; i++) {
      const book = books[subclasses & (books.length - 1)]!;
      subclasses >>= subclassBits;
      y.push(book < 0 ? 0 : readEntry(bits, codebooks[book]!));
    }
  }
  return y;
}

// Levels of the envelope are 140/256 dB apart, the last one is 0 dB.
const levels = Float32Array.from({ length: 256 }, (_, i) => 10 ** ((i - 255) * 7 / 256));

/** From points, each coded as a step from the line through its neighbours, to the line. */
function drawEnvelope(floor: Floor, coded: readonly number[], bins: number): Float32Array {
  const { x, multiplier, order, neighbours } = floor;
  const range = ranges[multiplier - 1]!;
  const y = [...coded];
  const kept = coded.map((_, i) => i < 2);
  for (let i = 2; i < x.length; i++) {
    const [a, b] = neighbours[i - 2]!;
    const expected = pointBetween([x[a]!, y[a]!], [x[b]!, y[b]!], x[i]!);
    if (coded[i] !== 0) kept[a] = kept[b] = kept[i] = true;
    y[i] = expected + unfold(coded[i]!, { below: expected, above: range - expected });
  }
  const line = new Float32Array(bins);
  let [x0, y0] = [0, y[0]! * multiplier];
  for (const i of order.slice(1)) {
    if (!kept[i]) continue;
    const [x1, y1] = [x[i]!, y[i]! * multiplier];
    drawLine(line, [x0, y0], [x1, y1]);
    [x0, y0] = [x1, y1];
  }
  drawLine(line, [x0, y0], [bins, y0]);
  return line;
}

/** Signs take turns while there is room on both sides; then there is but one. */
function unfold(coded: number, { below, above }: { below: number; above: number }): number {
  if (coded >= 2 * Math.min(below, above)) {
    return above > below ? coded - below : above - coded - 1;
  }
  return coded % 2 ? -(coded + 1) / 2 : coded / 2;
}

type Point = readonly [number, number];

function pointBetween([x0, y0]: Point, [x1, y1]: Point, x: number): number {
  return y0 + Math.trunc((y1 - y0) * (x - x0) / (x1 - x0));
}

/** From the first point to before the second; as far as there are bins. */
function drawLine(line: Float32Array, [x0, y0]: Point, [x1, y1]: Point): void {
  for (let x = x0; x < Math.min(x1, line.length); x++) {
    line[x] = levels[Math.max(0, Math.min(255, pointBetween([x0, y0], [x1, y1], x)))]!;
  }
}

/** Adds up to eight passes of vectors to the spectra of channels that are not silent. */
function readResidues(
  bits: PacketBits,
  { residue, codebooks, spectra, silent }: {
    readonly residue: Residue;
    readonly codebooks: readonly Codebook[];
    readonly spectra: readonly Float32Array[];
    readonly silent: readonly boolean[];
  },
): void {
  if (silent.every(Boolean) || spectra.length === 0) return;
  if (residue.type < 2) {
    const own = spectra.filter((_, i) => !silent[i]);
    return readVectors(bits, { residue, codebooks, spectra: own });
  }
  const bins = spectra[0]!.length;
  const joined = new Float32Array(bins * spectra.length);
  readVectors(bits, { residue, codebooks, spectra: [joined] });
  for (const [c, spectrum] of spectra.entries()) {
    for (let k = 0; k < bins; k++) spectrum[k] = joined[k * spectra.length + c]!;
  }
}

function readVectors(
  bits: PacketBits,
  { residue, codebooks, spectra }: {
    readonly residue: Residue;
    readonly codebooks: readonly Codebook[];
    readonly spectra: readonly Float32Array[];
  },
): void {
  const { type, partitionSize, books } = residue;
  const classBook = codebooks[residue.classBook]!;
  const [begin, end] = [residue.begin, residue.end].map((x) => Math.min(x, spectra[0]!.length));
  const partitions = Math.floor((end! - begin!) / partitionSize);
  const classes = spectra.map(() => new Int32Array(partitions + classBook.dimensions));
  try {
    for (let pass = 0; pass < 8; pass++) {
      for (let p = 0; p < partitions; p++) {
        if (pass === 0 && p % classBook.dimensions === 0) {
          for (const own of classes) readClasses(bits, { classBook, own, p, count: books.length });
        }
        for (const [c, spectrum] of spectra.entries()) {
          const book = books[classes[c]![p]!]![pass]!;
          if (book < 0) continue;
          const at = begin! + p * partitionSize;
          addPartition(bits, codebooks[book]!, spectrum.subarray(at, at + partitionSize), type);
        }
      }
    }
  } catch (error) {
    if (error !== endOfPacket) throw error; // A packet may end here: the rest is 0.
  }
}

/** The classes of as many partitions as an entry of the book tells, as digits of a number. */
function readClasses(
  bits: PacketBits,
  { classBook, own, p, count }: {
    readonly classBook: Codebook;
    readonly own: Int32Array;
    readonly p: number;
    readonly count: number;
  },
): void {
  let digits = readEntry(bits, classBook);
  for (let i = classBook.dimensions - 1; i >= 0; i--) {
    own[p + i] = digits % count;
    digits = Math.floor(digits / count);
  }
}

function addPartition(bits: PacketBits, book: Codebook, part: Float32Array, type: number): void {
  const { dimensions, vectors } = book;
  if (vectors === undefined) throw new RangeError("a codebook without vectors");
  const steps = part.length / dimensions;
  for (let i = 0; i < steps; i++) {
    const entry = readEntry(bits, book) * dimensions;
    for (let d = 0; d < dimensions; d++) {
      part[type === 0 ? i + d * steps : i * dimensions + d]! += vectors[entry + d]!;
    }
  }
}

/** From magnitude and angle to two channels. */
function decouple(magnitudes: Float32Array, angles: Float32Array): void {
  for (let k = 0; k < magnitudes.length; k++) {
    const [m, a] = [magnitudes[k]!, angles[k]!];
    const other = m > 0 ? m - Math.abs(a) : m + Math.abs(a);
    magnitudes[k] = a > 0 ? m : other;
    angles[k] = a > 0 ? other : m;
  }
}

/**
 * The inverse modified cosine transform of n / 2 bins to n samples:
 *
 *     y[i] = Σₖ X[k] cos(2π/n (i + ½ + n/4) (k + ½))
 *
 * by a cosine transform of type IV, and that by a Fourier transform of n / 4 points.
 */
function inverseTransform(n: number): (spectrum: Float32Array) => Float32Array {
  const half = n / 2;
  const points = n / 4;
  const fourier = fourierTransform(points);
  const [input, output] = [fourier.createComplexArray(), fourier.createComplexArray()];
  const angle = (k: number) => -Math.PI * (k + 1 / 8) / half;
  const cosines = Float64Array.from({ length: points }, (_, k) => Math.cos(angle(k)));
  const sines = Float64Array.from({ length: points }, (_, k) => Math.sin(angle(k)));
  return (spectrum) => {
    for (let k = 0; k < points; k++) {
      const [re, im] = [spectrum[2 * k]!, spectrum[half - 1 - 2 * k]!];
      input[2 * k] = re * cosines[k]! - im * sines[k]!;
      input[2 * k + 1] = re * sines[k]! + im * cosines[k]!;
    }
    fourier.transform(output, input);
    const cosine = new Float32Array(half);
    for (let k = 0; k < points; k++) {
      const [re, im] = [output[2 * k]!, output[2 * k + 1]!];
      cosine[2 * k] = re * cosines[k]! - im * sines[k]!;
      cosine[half - 1 - 2 * k] = -(re * sines[k]! + im * cosines[k]!);
    }
    // Its continuation: mirrored with the sign turned about half, turned after n.
    return Float32Array.from({ length: n }, (_, i) => {
      const j = i + points;
      if (j < half) return cosine[j]!;
      return j < n ? -cosine[n - 1 - j]! : -cosine[j - n]!;
    });
  };
}
