/** What hasty typing does to a message: slips of the finger, words left out or swapped. @module */

import { fold, type Key, uniforms } from "../tensor/random.ts";
import { assertRate } from "./rate.ts";

/** A message and how often something happens to it. */
export interface TextCorruption {
  /** The message. */
  readonly text: string;
  /** From 0 to 1. */
  readonly rate: number;
  /** Of what is drawn. */
  readonly key: Key;
}

// The rows of a QWERTY keyboard, each half a key to the right of the one above.
const keyboard = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const neighbours: ReadonlyMap<string, readonly string[]> = new Map(
  keyboard.flatMap((row, y) => [...row].map((letter, x) => [letter, around(x, y)])),
);

// A key touches two keys of its row, two above and two below.
function around(x: number, y: number): string[] {
  const places = [[x - 1, y], [x + 1, y], [x, y - 1], [x + 1, y - 1], [x - 1, y + 1], [x, y + 1]];
  return places.map(([x, y]) => keyboard[y!]?.[x!]).filter((letter) => letter !== undefined);
}

/**
 * Mistypes each letter from a to z with probability `rate`, in one of four ways, each as likely:
 * the key beside it is hit instead, or as well (after it), the letter is left out, or it
 * changes places with the next letter of its word. Ways that are not open are passed over: a word
 * keeps a character, equal letters are not transposed, and a letter that was transposed is not
 * mistyped again. Capitals stay capitals; what is on no key of the QWERTY letters, and all
 * white space, stays as it is.
 *
 * @throws {RangeError} The rate is not from 0 to 1.
 */
export function addTypos({ text, rate, key }: TextCorruption): string {
  assertRate("add typos", rate);
  const draw = uniforms(key);
  return text.replace(/\S+/g, (word) => mistype([...word], { rate, draw }));
}

interface Typist {
  readonly rate: number;
  readonly draw: () => number;
}

function mistype(letters: readonly string[], { rate, draw }: Typist): string {
  // Three draws a character, needed or not, so that a higher rate leaves the slips of a lower one.
  const draws = letters.map(() => [draw(), draw(), draw()] as const);
  let written = "";
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!, next = letters[i + 1];
    const [happens, which, where] = draws[i]!;
    const near = neighbours.get(letter.toLowerCase());
    if (near === undefined || happens >= rate) {
      written += letter;
      continue;
    }
    const beside = likeCase(near[Math.floor(where * near.length)]!, letter);
    const slips = [beside, letter + beside];
    const isAlone = written === "" && next === undefined;
    if (!isAlone) slips.push("");
    const changesPlaces = next !== undefined && next !== letter &&
      neighbours.has(next.toLowerCase());
    if (changesPlaces) slips.push(next + letter);
    const slip = Math.floor(which * slips.length);
    written += slips[slip]!;
    if (slip === 3) i++;
  }
  return written;
}

function likeCase(letter: string, model: string): string {
  return model === model.toLowerCase() ? letter : letter.toUpperCase();
}

/**
 * Leaves out each word with probability `rate`, and with it the white space after it, or before
 * it for the last words. A word is what white space bounds. If all would go, the one that a
 * higher rate would have spared longest stays, so a message with words is never empty. Equal keys
 * leave out at a higher rate the words that they leave out at a lower one, and more.
 *
 * @throws {RangeError} The rate is not from 0 to 1.
 */
export function dropWords({ text, rate, key }: TextCorruption): string {
  assertRate("drop words", rate);
  const { words, spaces } = layOut(text);
  const draw = uniforms(key);
  const fates = words.map(draw);
  const last = fates.reduce((a, b) => Math.max(a, b), 0);
  const kept = [...words.keys()].filter((i) => fates[i]! >= rate || fates[i] === last);
  if (kept.length === words.length) return text;
  return spaces[0] +
    kept.map((i, at) => words[i]! + (at < kept.length - 1 ? spaces[i + 1]! : spaces.at(-1)!))
      .join("");
}

/**
 * Makes neighbouring words change places so that the share of words that move is `rate` on
 * average, in a long message: from the first on, a word and the next are swapped with probability
 * rate / (2 - rate), and the two are then done with. The white space stays where it was.
 *
 * @throws {RangeError} The rate is not from 0 to 1.
 */
export function swapWords({ text, rate, key }: TextCorruption): string {
  assertRate("swap words", rate);
  const { words, spaces } = layOut(text);
  const draw = uniforms(fold(key, "swap"));
  for (let i = 0; i + 1 < words.length; i++) {
    // A walk of steps 2 (probability p) and 1 puts 2p / (1 + p) of the words in pairs.
    if (draw() >= rate / (2 - rate)) continue;
    [words[i], words[i + 1]] = [words[i + 1]!, words[i]!];
    i++;
  }
  return words.map((word, i) => spaces[i]! + word).join("") + spaces.at(-1)!;
}

/** The words, and the white space before, between and after them: one more than words. */
function layOut(text: string): { words: string[]; spaces: string[] } {
  return { words: text.match(/\S+/g) ?? [], spaces: text.split(/\S+/) };
}
