/** The headers of a Vorbis stream: codebooks, floors, residues, mappings, modes. @module */

/** Thrown inside, where a packet ends before what it should hold. */
export const endOfPacket: unique symbol = Symbol("the packet ends");

/** Reads bits, the least significant first. */
export interface PacketBits {
  /** The next `count` bits, 0 to 32, as a number from 0. */
  read(count: number): number;
  readonly flag: () => boolean;
}

/** @throws {typeof endOfPacket} There are no more bits, when reading. */
export function packetBits(packet: Uint8Array): PacketBits {
  let [at, used] = [0, 0];
  const read = (count: number) => {
    let [value, got] = [0, 0];
    while (got < count) {
      const byte = packet[at];
      if (byte === undefined) throw endOfPacket;
      const now = Math.min(count - got, 8 - used);
      value += ((byte >> used) & (2 ** now - 1)) * 2 ** got;
      [got, used] = [got + now, used + now];
      if (used === 8) [at, used] = [at + 1, 0];
    }
    return value;
  };
  return { read, flag: () => read(1) === 1 };
}

/** A Huffman code, and the vector of each of its entries, if it has vectors. */
export interface Codebook {
  readonly dimensions: number;
  /** Two children a node: the next node, or ~entry, or 0 for none. */
  readonly tree: Int32Array;
  /** `[entries, dimensions]`. */
  readonly vectors: Float32Array | undefined;
}

/** A spectral envelope as a broken line. */
export interface Floor {
  /** The class of each partition. */
  readonly partitions: readonly number[];
  readonly classes: readonly FloorClass[];
  readonly multiplier: number;
  /** The abscissae of the points. */
  readonly x: readonly number[];
  /** Indices of the points from left to right. */
  readonly order: readonly number[];
  /** Of each point from the third on: its nearest neighbours among those before it. */
  readonly neighbours: readonly (readonly [number, number])[];
}

/** How the points of a partition are coded. */
export interface FloorClass {
  readonly dimensions: number;
  readonly subclassBits: number;
  readonly masterBook: number;
  /** -1: no book, a point at 0. */
  readonly books: readonly number[];
}

/** How what the envelope leaves is coded. */
export interface Residue {
  /** 0: interleaved, 1: in order, 2: in order, all channels as one. */
  readonly type: number;
  readonly begin: number;
  readonly end: number;
  readonly partitionSize: number;
  readonly classBook: number;
  /** `[classifications, 8]`: the book of each pass, -1 for none. */
  readonly books: readonly (readonly number[])[];
}

/** Which channels share what. */
export interface Mapping {
  /** Pairs of channels that hold a magnitude and an angle. */
  readonly couplings: readonly (readonly [number, number])[];
  /** The submap of each channel. */
  readonly submapOf: readonly number[];
  readonly submaps: readonly { readonly floor: number; readonly residue: number }[];
}

/** All that the three headers say. */
export interface VorbisSetup {
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Samples of a short and of a long block. */
  readonly blockSizes: readonly [number, number];
  readonly codebooks: readonly Codebook[];
  readonly floors: readonly Floor[];
  readonly residues: readonly Residue[];
  readonly mappings: readonly Mapping[];
  readonly modes: readonly { readonly long: boolean; readonly mapping: number }[];
}

/** How many bits `value` takes. */
export function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

/**
 * Reads the first and the third packet of a stream (Vorbis I specification,
 * section 4.2). Floors of type 0, which no encoder has written since 2002, are
 * not read.
 *
 * @throws {RangeError} They are of another kind or damaged; the message says what is wrong.
 */
export function readVorbisSetup(first: Uint8Array, third: Uint8Array): VorbisSetup {
  const bits = openHeader(first, 1);
  if (bits.read(32) !== 0) throw new RangeError("another version");
  const [channels, sampleRateHz] = [bits.read(8), bits.read(32)];
  for (let i = 0; i < 3; i++) bits.read(32); // Bit rates.
  const blockSizes = [2 ** bits.read(4), 2 ** bits.read(4)] as const;
  if (channels === 0 || sampleRateHz === 0 || blockSizes[0] < 64 || blockSizes[1] > 8192) {
    throw new RangeError("an identification header out of range");
  }
  return { channels, sampleRateHz, blockSizes, ...readThird(openHeader(third, 5), channels) };
}

function openHeader(packet: Uint8Array, type: number): PacketBits {
  const bits = packetBits(packet);
  const name = Array.from({ length: 7 }, () => bits.read(8));
  if (String.fromCharCode(...name) !== `${String.fromCharCode(type)}vorbis`) {
    throw new RangeError("another header");
  }
  return bits;
}

function readThird(bits: PacketBits, channels: number) {
  const list = <Item>(countBits: number, read: () => Item) =>
    Array.from({ length: bits.read(countBits) + 1 }, read);
  const codebooks = list(8, () => readCodebook(bits));
  list(6, () => bits.read(16)); // Transforms of which there are none.
  const floors = list(6, () => readFloor(bits));
  const residues = list(6, () => readResidue(bits));
  const mappings = list(6, () => readMapping(bits, channels));
  const modes = list(6, () => {
    const long = bits.flag();
    bits.read(32); // Kinds of window and transform; there is one.
    return { long, mapping: bits.read(8) };
  });
  return { codebooks, floors, residues, mappings, modes };
}

function readCodebook(bits: PacketBits): Codebook {
  if (bits.read(24) !== 0x564342) throw new RangeError("a damaged codebook");
  const [dimensions, entries] = [bits.read(16), bits.read(24)];
  const lengths = readLengths(bits, entries);
  const tree = buildTree(lengths);
  return { dimensions, tree, vectors: readVectors(bits, { entries, dimensions }) };
}

/** The length of each entry's code; 0 for none. */
function readLengths(bits: PacketBits, entries: number): Uint8Array {
  const lengths = new Uint8Array(entries);
  if (!bits.flag()) {
    const sparse = bits.flag();
    for (let i = 0; i < entries; i++) lengths[i] = sparse && !bits.flag() ? 0 : bits.read(5) + 1;
    return lengths;
  }
  for (let i = 0, length = bits.read(5) + 1; i < entries; length++) {
    const count = bits.read(bitLength(entries - i));
    if (length > 32 || i + count > entries) throw new RangeError("a damaged codebook");
    lengths.fill(length, i, i + count);
    i += count;
  }
  return lengths;
}

/**
 * Gives each entry the first code of its length that is free, as the format has
 * it. Codes are numbers in [0, 1), their bits those after the point; the free
 * ones are intervals, at most one of each length.
 */
function buildTree(lengths: Uint8Array): Int32Array {
  const free = new Map([[0, 0]]); // By length of the code: its number.
  const nodes = [0, 0];
  const used = lengths.filter((length) => length > 0).length;
  for (const [entry, length] of lengths.entries()) {
    if (length === 0) continue;
    let depth = length;
    while (depth >= 0 && !free.has(depth)) depth--;
    if (depth < 0) throw new RangeError("a codebook of too many codes");
    const code = free.get(depth)!;
    free.delete(depth);
    for (let d = depth + 1; d <= length; d++) free.set(d, code + 2 ** -d);
    insert(nodes, { code, length, entry });
  }
  // The only code of a book is one bit, whichever it is.
  if (used === 1) nodes[1] = nodes[0]!;
  return Int32Array.from(nodes);
}

function insert(
  nodes: number[],
  { code, length, entry }: { code: number; length: number; entry: number },
): void {
  let node = 0;
  let rest = code;
  for (let depth = 1; depth <= length; depth++) {
    const bit = rest >= 0.5 ? 1 : 0;
    rest = 2 * rest - bit;
    const place = 2 * node + bit;
    if (depth === length) nodes[place] = ~entry;
    else {
      if (nodes[place] === 0) {
        nodes[place] = nodes.length / 2;
        nodes.push(0, 0);
      }
      node = nodes[place]!;
    }
  }
}

function readVectors(
  bits: PacketBits,
  { entries, dimensions }: { entries: number; dimensions: number },
): Float32Array | undefined {
  const type = bits.read(4);
  if (type === 0) return undefined;
  if (type > 2) throw new RangeError("a codebook of an unknown kind");
  const [minimum, delta] = [readFloat(bits), readFloat(bits)];
  const [width, cumulative] = [bits.read(4) + 1, bits.flag()];
  const count = type === 1 ? rootOf(entries, dimensions) : entries * dimensions;
  const steps = Array.from({ length: count }, () => bits.read(width));
  const vectors = new Float32Array(entries * dimensions);
  for (let entry = 0; entry < entries; entry++) {
    let last = 0;
    for (let d = 0, divisor = 1; d < dimensions; d++, divisor *= count) {
      const step = type === 1 ? Math.floor(entry / divisor) % count : entry * dimensions + d;
      const value = steps[step]! * delta + minimum + last;
      vectors[entry * dimensions + d] = value;
      if (cumulative) last = value;
    }
  }
  return vectors;
}

/** The greatest integer whose power does not exceed `entries`. */
function rootOf(entries: number, power: number): number {
  let root = Math.floor(entries ** (1 / power));
  while ((root + 1) ** power <= entries) root++;
  while (root ** power > entries) root--;
  return root;
}

function readFloat(bits: PacketBits): number {
  const mantissa = bits.read(21);
  const exponent = bits.read(10) - 788;
  return (bits.flag() ? -mantissa : mantissa) * 2 ** exponent;
}

function readFloor(bits: PacketBits): Floor {
  if (bits.read(16) !== 1) throw new RangeError("a floor that is no broken line");
  const partitions = Array.from({ length: bits.read(5) }, () => bits.read(4));
  const classes = Array.from({ length: Math.max(-1, ...partitions) + 1 }, (): FloorClass => {
    const [dimensions, subclassBits] = [bits.read(3) + 1, bits.read(2)];
    const masterBook = subclassBits > 0 ? bits.read(8) : 0;
    const books = Array.from({ length: 2 ** subclassBits }, () => bits.read(8) - 1);
    return { dimensions, subclassBits, masterBook, books };
  });
  const [multiplier, width] = [bits.read(2) + 1, bits.read(4)];
  const x = [0, 2 ** width];
  for (const partition of partitions) {
    for (let i = 0; i < classes[partition]!.dimensions; i++) x.push(bits.read(width));
  }
  const order = x.map((_, i) => i).sort((a, b) => x[a]! - x[b]!);
  const neighbours = x.slice(2).map((_, i) => nearest(x, i + 2));
  return { partitions, classes, multiplier, x, order, neighbours };
}

function nearest(x: readonly number[], point: number): [number, number] {
  let [below, above] = [0, 1];
  for (let i = 0; i < point; i++) {
    if (x[i]! < x[point]! && x[i]! > x[below]!) below = i;
    if (x[i]! > x[point]! && x[i]! < x[above]!) above = i;
  }
  return [below, above];
}

function readResidue(bits: PacketBits): Residue {
  const type = bits.read(16);
  if (type > 2) throw new RangeError("a residue of an unknown kind");
  const [begin, end, partitionSize] = [bits.read(24), bits.read(24), bits.read(24) + 1];
  const [classifications, classBook] = [bits.read(6) + 1, bits.read(8)];
  const passes = Array.from({ length: classifications }, () => {
    const low = bits.read(3);
    return (bits.flag() ? 8 * bits.read(5) : 0) + low;
  });
  const books = passes.map((used) =>
    Array.from({ length: 8 }, (_, pass) => used >> pass & 1 ? bits.read(8) : -1)
  );
  return { type, begin, end, partitionSize, classBook, books };
}

function readMapping(bits: PacketBits, channels: number): Mapping {
  if (bits.read(16) !== 0) throw new RangeError("a mapping of an unknown kind");
  const submaps = bits.flag() ? bits.read(4) + 1 : 1;
  const width = bitLength(channels - 1);
  const couplings = bits.flag()
    ? Array.from({ length: bits.read(8) + 1 }, () => [bits.read(width), bits.read(width)] as const)
    : [];
  bits.read(2);
  const submapOf = Array.from({ length: channels }, () => submaps > 1 ? bits.read(4) : 0);
  return {
    couplings,
    submapOf,
    submaps: Array.from({ length: submaps }, () => {
      bits.read(8);
      return { floor: bits.read(8), residue: bits.read(8) };
    }),
  };
}
