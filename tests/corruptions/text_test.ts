import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { addTypos, dropWords, swapWords } from "../../lib/corruptions/text.ts";
import { fold, key } from "../../lib/tensor/random.ts";

const message = "  What a day:\tso much joy,\n and no-one to tell… 😀 Überall!  ";
const seeds = Array.from({ length: 200 }, (_, seed) => key(seed));
const wordsOf = (text: string): string[] => text.match(/\S+/g) ?? [];
const spacesOf = (text: string) => text.split(/\S+/);

/** Words that differ from each other, with two spaces between them. */
const numbered = Array.from({ length: 4000 }, (_, i) => `w${i}`).join("  ");

Deno.test("each corruption leaves the message alone at rate 0, and obeys its key", () => {
  for (const corrupt of [addTypos, dropWords, swapWords]) {
    equal(corrupt({ text: message, rate: 0, key: key(1) }), message);
    const at = (seed: number) => corrupt({ text: numbered, rate: 0.2, key: key(seed) });
    equal(at(1), at(1));
    notEqual(at(1), at(2));
    for (const text of ["", " \n "]) equal(corrupt({ text, rate: 1, key: key(1) }), text);
    throws(() => corrupt({ text: message, rate: 1.5, key: key(1) }), /a rate from 0 to 1, got 1.5/);
  }
});

Deno.test("addTypos() mistypes as many letters as asked", () => {
  // Words of one letter whose slips can be told: it is another one, or has company.
  const text = Array(20_000).fill("g").join(" ");
  for (const rate of [0.05, 0.2, 1]) {
    const typos = wordsOf(addTypos({ text, rate, key: key(1) })).filter((word) => word !== "g");
    ok(Math.abs(typos.length / 20_000 - rate) < 4 * Math.sqrt(rate * (1 - rate) / 20_000) + 1e-9);
  }
});

Deno.test("addTypos() makes the four slips of a finger, each as often", () => {
  const counts: Record<string, number> = {};
  let mistyped = 0;
  for (let i = 0; i < 4000; i++) {
    // On the first letter only: of a word of two, the second is on no key.
    const word = addTypos({ text: "Gö", rate: 1, key: fold(key(1), i) });
    counts[word] = (counts[word] ?? 0) + 1;
  }
  // Around g: f and h beside it, t and y above, v and b below.
  const near = ["F", "H", "T", "Y", "V", "B"];
  const expected = [...near.map((k) => `${k}ö`), ...near.map((k) => `G${k}ö`), "ö"];
  deepEqual(Object.keys(counts).sort(), expected.sort());
  for (const k of near) {
    ok(Math.abs(counts[`${k}ö`]! / 4000 - 1 / 18) < 0.02);
    ok(Math.abs(counts[`G${k}ö`]! / 4000 - 1 / 18) < 0.02);
  }
  ok(Math.abs(counts["ö"]! / 4000 - 1 / 3) < 0.04);
  for (let i = 0; i < 4000; i++) {
    mistyped += addTypos({ text: "ab", rate: 1, key: fold(key(2), i) }) === "ba" ? 1 : 0;
  }
  ok(Math.abs(mistyped / 4000 - 1 / 4) < 0.04);
});

Deno.test("addTypos() keeps white space, other signs and every word, whatever the rate", () => {
  for (const k of seeds) {
    const typed = addTypos({ text: message, rate: 1, key: k });
    deepEqual(spacesOf(typed), spacesOf(message));
    deepEqual(typed.match(/[^\sa-z]/gi), message.match(/[^\sa-z]/gi));
    // Nothing is mistyped into a word that was right.
    notEqual(wordsOf(typed)[1], "a");
  }
});

Deno.test("addTypos() has at a higher rate the slips of a lower one", () => {
  // Words of one letter: there is no next letter to change places with.
  const text = Array(2000).fill("k").join(" ");
  const [few, many] = [0.1, 0.4].map((rate) => wordsOf(addTypos({ text, rate, key: key(1) })));
  few!.forEach((word, i) => ok(word === "k" || word === many![i]));
  ok(few!.filter((word) => word !== "k").length > 100);
});

Deno.test("dropWords() leaves out as many words as asked, and their space with them", () => {
  const all = wordsOf(numbered);
  for (const rate of [0.1, 0.5, 0.9]) {
    const text = dropWords({ text: numbered, rate, key: key(1) });
    const kept = wordsOf(text);
    ok(Math.abs(1 - kept.length / 4000 - rate) < 4 * Math.sqrt(rate * (1 - rate) / 4000));
    equal(text, kept.join("  "));
    const places = kept.map((word) => all.indexOf(word));
    ok(places.every((place, i) => i === 0 || place > places[i - 1]!));
  }
});

Deno.test("dropWords() keeps more at a lower rate, and the white space round the message", () => {
  for (const k of seeds) {
    const [few, many] = [0.3, 0.6].map((rate) => dropWords({ text: message, rate, key: k }));
    const kept = wordsOf(few!);
    ok(wordsOf(many!).every((word) => kept.includes(word)));
    ok(/^ {2}\S(.*\S)? {2}$/s.test(many!), JSON.stringify(many));
  }
  const outcomes = new Set(seeds.map((k) => dropWords({ text: "a\t b\n c", rate: 0.5, key: k })));
  deepEqual(
    [...outcomes].sort(),
    ["a\t b\n c", "a\t b", "a\t c", "b\n c", "a", "b", "c"].sort(),
  );
});

Deno.test("dropWords() leaves one word, any of them, if all would go", () => {
  const last = seeds.map((k) => dropWords({ text: " one two three\n", rate: 1, key: k }));
  deepEqual([...new Set(last)].sort(), [" one\n", " three\n", " two\n"]);
});

Deno.test("swapWords() moves as many words as asked, each to the place of its neighbour", () => {
  const before = wordsOf(numbered);
  for (const rate of [0.2, 0.6, 1]) {
    const text = swapWords({ text: numbered, rate, key: key(1) });
    deepEqual(spacesOf(text), spacesOf(numbered));
    const after = wordsOf(text);
    const moved = after.filter((word, i) => word !== before[i]);
    ok(Math.abs(moved.length / 4000 - rate) < 0.05, `${moved.length} words`);
    ok(after.every((word, i) => Math.abs(before.indexOf(word) - i) <= 1));
  }
  equal(swapWords({ text: " a  b\tc ", rate: 1, key: key(1) }), " b  a\tc ");
});
