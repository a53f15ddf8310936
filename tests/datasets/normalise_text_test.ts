import { equal } from "node:assert/strict";
import { normaliseText } from "../../lib/datasets/normalise_text.ts";

Deno.test("normaliseText() makes spellings of one message equal", () => {
  const cases = [
    ["I don't  KNOW…\n", "i dont know"],
    ["i dont know", "i dont know"],
    ["(well-known)", "well known"],
    ["ｆｕｌｌ ﬁne", "full fine"], // full-width letters and a ligature
    ["cafe\u0301", "caf\u00e9"], // a combining accent
    ["a\u200bb\u00a0c", "a b c"], // zero-width and no-break spaces
    ["I <3 it 😀", "i <3 it 😀"], // symbols carry sentiment and stay
    [" ?! ", ""],
    ["don\u0092t donâ€™t DON´T don＇t don`t", "dont dont dont dont dont"], // apostrophes, mistaken too
    ["don&#39;t don&#x27;t don&amp;#39;t don&#146;t", "dont dont dont dont"],
    ["cafÃ© &amp; bar&nbsp;AT&T &lt;3", "café bar at t <3"], // UTF-8 read as Windows-1252; entities
    ["naïve é’", "naïve é"],
  ] as const;
  for (const [text, wanted] of cases) {
    equal(normaliseText(text), wanted);
    equal(normaliseText(wanted), wanted);
  }
});
