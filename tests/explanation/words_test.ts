import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { loadWordCutter } from "../../lib/explanation/load_word_cutter.ts";
import { spreadOverWords, wholeMessage } from "../../lib/explanation/words.ts";
import { withModels } from "../encoders/tiny_models.ts";

const word = (text: string, tokens: number) => ({ text, tokens });

Deno.test("a segment's score is divided equally among its tokens", () => {
  // Five tokens in two segments: two and three. "loved" has one token in each.
  const words = [word("I", 1), word("loved", 2), word("it", 1), word("!", 1)];
  const found = spreadOverWords(words, [6, 9]);
  deepEqual(found, [
    { text: "I", score: 3 },
    { text: "loved", score: 6 },
    { text: "it", score: 3 },
    { text: "!", score: 3 },
  ]);
});

Deno.test("a message left whole has what its segments have together", () => {
  const text = "not a good film";
  deepEqual(spreadOverWords(wholeMessage(4)(text), [1, -2, 0.5, 4]), [{ text, score: 3.5 }]);
});

Deno.test("of fewer tokens than segments each token is a segment", () => {
  deepEqual(spreadOverWords([word("so", 1), word("sad", 1)], [1, -2, 0, 0]), [
    { text: "so", score: 1 },
    { text: "sad", score: -2 },
  ]);
});

Deno.test("of a long message every word has a score, and the sum stays", () => {
  const words = Array.from({ length: 300 }, (_, i) => word(String(i), 1));
  const found = spreadOverWords(words, [1, 2, 3, 4, 5, 6, 7, 8]);
  equal(found.length, 300);
  ok(Math.abs(found.at(-1)!.score - 8 / 38) < 1e-9);
  ok(Math.abs(found.reduce((sum, { score }) => sum + score, 0) - 36) < 1e-9);
});

Deno.test("a word without a token of its own did nothing", () => {
  deepEqual(spreadOverWords([word("\u200b", 0), word("ok", 1)], [2])[0], {
    text: "\u200b",
    score: 0,
  });
});

Deno.test("messages are cut at spaces, and tokens counted by the encoder's tokenizer", () =>
  withModels(["tiny/bert"], async (root) => {
    const cut = await loadWordCutter({ model: "tiny/bert", root });
    deepEqual(cut("  Good film,  bad!"), [word("Good", 1), word("film,", 2), word("bad!", 2)]);
    await rejects(loadWordCutter({ model: "tiny/none", root }), {
      name: "NotFound",
      message: `Cannot cut messages into words: expected tiny/none in "${root}", got nothing`,
    });
  }));
