/** What features are found by: keys of 32 bytes, many at a time. @module */

import { sha256 } from "../files.ts";

/** The length of a key. */
export const keyBytes = 32;

const words = keyBytes / 4;

/** A key a sample: the hash itself where it is a SHA-256, as those of samples are, else its SHA-256. */
export function sampleKeys(hashes: readonly string[]): Uint8Array<ArrayBuffer> {
  return keysOf(hashes, (some, room) => {
    if (!some.every(isDigestLong) || !setFromHex(room, some)) setFromHex(room, some.map(keyOf));
  });
}

/** As older versions have them: SHA-256(hash, encoder digest). */
export function keysOfOlder(hashes: readonly string[], digest: string): Uint8Array<ArrayBuffer> {
  return keysOf(hashes, (some, room) => {
    setFromHex(room, some.map((hash) => sha256(`${hash} ${digest}`)));
  });
}

/** Hundreds at a time: a call for each would take most of the time of a search. */
function keysOf(
  hashes: readonly string[],
  put: (some: readonly string[], room: Uint8Array) => void,
): Uint8Array<ArrayBuffer> {
  const keys = new Uint8Array(hashes.length * keyBytes);
  const most = 1024;
  for (let first = 0; first < hashes.length; first += most) {
    put(hashes.slice(first, first + most), keys.subarray(first * keyBytes));
  }
  return keys;
}

function keyOf(hash: string): string {
  return isDigestLong(hash) && /^[0-9a-fA-F]*$/.test(hash) ? hash : sha256(hash);
}

function isDigestLong({ length }: string): boolean {
  return length === 2 * keyBytes;
}

/** Says false where not all of it is hexadecimal. */
function setFromHex(bytes: Uint8Array, hex: readonly string[]): boolean {
  try {
    bytes.setFromHex(hex.join(""));
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}

/** Finds keys among some. */
export interface KeyTable {
  /** Of each key the place of the first that equals it. */
  readonly first: Int32Array;
  /** The place of the first key that equals the one that is `at` in others, or -1. */
  find(others: Uint32Array, at: number): number;
}

/** A hash table of keys, 8 words each: open addressing, half full at most. */
export function keyTable(keys: Uint32Array): KeyTable {
  const count = keys.length / words;
  const size = 2 ** Math.ceil(Math.log2(2 * count + 1));
  const slots = new Int32Array(size).fill(-1);
  // A word of the key beside its slot: most keys that are not there are told without going to another.
  const tags = new Uint32Array(size);
  const slotOf = (others: Uint32Array, at: number) => {
    // Keys are digests: any word of them will do, but for the first, of which a folder has one prefix.
    for (let slot = others[at * words + 1]! & (size - 1);; slot = (slot + 1) & (size - 1)) {
      const place = slots[slot]!;
      if (place < 0) return slot;
      if (tags[slot] === others[at * words + 2] && isEqual(keys, place, others, at)) return slot;
    }
  };
  const first = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const slot = slotOf(keys, i);
    if (slots[slot]! < 0) {
      slots[slot] = i;
      tags[slot] = keys[i * words + 2]!;
    }
    first[i] = slots[slot]!;
  }
  return { first, find: (others, at) => slots[slotOf(others, at)]! };
}

function isEqual(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  for (let word = 0; word < words; word++) {
    if (a[i * words + word] !== b[j * words + word]) return false;
  }
  return true;
}
