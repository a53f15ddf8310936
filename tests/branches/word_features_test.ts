import { deepEqual, equal, notDeepEqual, notEqual, ok, throws } from "node:assert/strict";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import {
  piecesOf,
  wordFeatures,
  wordIds,
  wordSizes,
  wordsOf,
} from "../../lib/branches/word_features.ts";

const sizes = { length: 4, words: 1000, wordPieces: 6, pieces: 500 };

async function numbered(text: string, from = sizes) {
  const [features] = await wordFeatures(from).encode([text]);
  return { words: [...features!.words!], pieces: [...features!.pieces!] };
}

Deno.test("words are parted by spaces once case, apostrophes and punctuation are gone", () => {
  deepEqual(wordsOf("I can't wait... It's SO good! 🎉"), [
    ...["i", "cant", "wait", "its", "so", "good", "🎉"],
  ]);
  deepEqual(wordsOf(" ... "), []);
});

Deno.test("the pieces of a word are its runs of 3, 4 and 5 letters between marks", () => {
  deepEqual(piecesOf("i", 9), ["<i>"]);
  deepEqual(piecesOf("sad", 9), ["<sa", "sad", "ad>", "<sad", "sad>", "<sad>"]);
  // A letter outside the basic plane is one letter.
  deepEqual(piecesOf("🎉", 9), ["<🎉>"]);
});

Deno.test("of too many pieces those at equal distances count", () => {
  const all = piecesOf("amazing", 99);
  equal(all.length, 7 + 6 + 5);
  deepEqual(piecesOf("amazing", 18), all);
  deepEqual(piecesOf("amazing", 6), [0, 3, 6, 9, 12, 15].map((i) => all[i]));
});

Deno.test("numbers are the hashes of words and pieces, worked out by another program", async () => {
  // FNV-1a and MurmurHash3's last steps in Python: 1 + 1 + hash % 998 and 1 + hash % 499.
  const { words, pieces } = await numbered("sad i");
  deepEqual(words, [399, 642, 0, 0]);
  deepEqual(pieces.slice(0, 6), [496, 398, 183, 116, 441, 472]);
  deepEqual(pieces.slice(6), [285, ...Array(17).fill(0)]);
});

Deno.test("what follows the last word is padding, and what exceeds the length is left out", async () => {
  const short = await numbered("so good"), long = await numbered("so good and warm today");
  deepEqual(short.words.slice(2), [wordIds.padding, wordIds.padding]);
  deepEqual(short.pieces.slice(2 * 6), Array(2 * 6).fill(0));
  deepEqual(long.words.slice(0, 2), short.words.slice(0, 2));
  deepEqual(long, await numbered("so good and warm"));
});

Deno.test("a message without a word is padding throughout", async () => {
  const { words, pieces } = await numbered("?!");
  ok([...words, ...pieces].every((id) => id === 0));
});

Deno.test("no word has a number that is kept for padding or hidden words, and none is too large", async () => {
  const few = { length: 300, words: 5, wordPieces: 4, pieces: 3 };
  const text = Array.from({ length: 300 }, (_, i) => `word${i}`).join(" ");
  const { words, pieces } = await numbered(text, few);
  deepEqual(new Set(words), new Set([2, 3, 4]));
  deepEqual(new Set(pieces), new Set([1, 2]));
});

Deno.test("a thousand words seldom share one of 16,384 numbers", async () => {
  const text = Array.from({ length: 1000 }, (_, i) => `w${i}`).join(" ");
  const { words } = await numbered(text, { ...wordSizes, length: 1000 });
  // 1000² / 2 / 16382 = 30.5 pairs are expected by chance, give or take 5.5.
  const shared = 1000 - new Set(words).size;
  ok(shared > 30.5 - 4 * 5.5 && shared < 30.5 + 4 * 5.5, `${shared} are shared`);
});

Deno.test("order in the message moves words, and the rest of a call changes nothing", async () => {
  const [a, b] = await wordFeatures(sizes).encode(["sad day", "day sad"]);
  deepEqual([...a!.words!.slice(0, 2)], [...b!.words!.slice(0, 2)].reverse());
  deepEqual([...b!.words!], (await numbered("day sad")).words);
  notDeepEqual(a, b);
});

Deno.test("word features have the shapes they declare, and a digest of their sizes", async () => {
  const { shapes, digest } = wordFeatures();
  deepEqual(shapes, { words: [56], pieces: [56, 16] });
  const { words, pieces } = await numbered("so good", wordSizes);
  deepEqual([words.length, pieces.length], [56, 56 * 16]);
  equal(digest, wordFeatures(wordSizes).digest);
  notEqual(digest, wordFeatures({ ...wordSizes, pieces: 4096 }).digest);
});

Deno.test("numbers are the same after a stay in a store of half precision", async () => {
  const folder = await Deno.makeTempDir();
  const encoder = wordFeatures();
  const [features] = await encoder.encode(["i feel so generous this morning"]);
  const hash = "0".repeat(64);
  await openFeatureStore(folder, { precision: "float16" }).write(encoder, [{
    hash,
    features: features!,
  }]);
  const { table } = await openFeatureStore(folder).read(encoder, [hash]);
  deepEqual(table.words!.data, features!.words);
  deepEqual(table.pieces!.data, features!.pieces);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("wordFeatures() refuses sizes without room for a word", () => {
  throws(
    () => wordFeatures({ ...sizes, words: 2 }),
    /RangeError: Cannot number words: expected words from 3, got 2/,
  );
  throws(
    () => wordFeatures({ ...sizes, length: 1.5 }),
    /RangeError: Cannot number words: expected length from 1, got 1.5/,
  );
});

Deno.test("words beyond the 56th are said to be cut, and a message without a word to be nothing", () => {
  const inspect = (text: string) => wordFeatures().inspect!(text);
  const own = { windows: 1, unknown: 0, blank: false };
  deepEqual(inspect("so ".repeat(56)), { ...own, given: 56, taken: 56 });
  deepEqual(inspect("so ".repeat(70)), { ...own, given: 70, taken: 56 });
  deepEqual(inspect(" "), { ...own, given: 0, taken: 0, blank: true });
});
