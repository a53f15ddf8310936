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
  ] as const;
  for (const [text, wanted] of cases) {
    equal(normaliseText(text), wanted);
    equal(normaliseText(wanted), wanted);
  }
});
