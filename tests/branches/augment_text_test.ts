import { deepEqual, notDeepEqual, ok } from "node:assert/strict";
import { wordIds } from "../../lib/branches/word_features.ts";
import { key } from "../../lib/tensor/random.ts";
import { hideWords } from "../../lib/branches/augment_text.ts";

/** Messages of `length` places, the last of them padding, with two pieces a word. */
function messages(count: number, length: number) {
  const words = Float32Array.from(
    { length: count * length },
    (_, i) => i % length === length - 1 ? wordIds.padding : 2 + i,
  );
  const pieces = Float32Array.from(
    { length: 2 * words.length },
    (_, i) => words[i >> 1] === wordIds.padding ? 0 : 100 + i,
  );
  return { words, pieces };
}

Deno.test("nothing changes at a rate of 0, and what is given is never written to", () => {
  const given = messages(3, 4), before = messages(3, 4);
  deepEqual(hideWords(given, { hidden: 0, length: 4 }, key(1)), before);
  hideWords(given, { hidden: 1, length: 4 }, key(1));
  deepEqual(given, before);
});

Deno.test("a hidden word loses its number and its pieces, and padding stays padding", () => {
  deepEqual(hideWords(messages(1, 3), { hidden: 1, length: 3 }, key(1)), {
    words: Float32Array.of(1, 1, 0),
    pieces: new Float32Array(6),
  });
});

Deno.test("words are hidden at the rate asked for, each as a whole, and the others stay", () => {
  const length = 50, given = messages(200, length);
  const { words, pieces } = hideWords(given, { hidden: 0.2, length }, key(2));
  let hidden = 0;
  words.forEach((word, i) => {
    const own = [...pieces.slice(2 * i, 2 * i + 2)];
    if (word === wordIds.hidden) {
      hidden++;
      deepEqual(own, [0, 0]);
    } else {
      deepEqual([word, ...own], [given.words[i], ...given.pieces.slice(2 * i, 2 * i + 2)]);
    }
  });
  // Of 9800 words; the deviation is 0.004.
  ok(Math.abs(hidden / (200 * (length - 1)) - 0.2) < 0.016, `${hidden}`);
});

Deno.test("a message's changes follow from the key and its place, not from its neighbours", () => {
  const rate = { hidden: 0.5, length: 8 };
  const two = messages(2, 8);
  const one = { words: two.words.slice(0, 8), pieces: two.pieces.slice(0, 16) };
  const of = (given: typeof two, seed: number) => hideWords(given, rate, key(seed)).words;
  deepEqual(of(two, 3).slice(0, 8), of(one, 3));
  deepEqual(of(two, 3), of(two, 3));
  notDeepEqual(of(two, 3), of(two, 4));
  const places = (words: Float32Array) => [...words].map((word) => word === wordIds.hidden);
  notDeepEqual(places(of(two, 3).slice(0, 8)), places(of(two, 3).slice(8)));
});
