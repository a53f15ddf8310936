import { deepEqual, equal, ok } from "node:assert/strict";
import { linesOf, markWidth, textWidth } from "../../lib/figures/text_width.ts";

Deno.test("textWidth() adds the widths of letters, in proportion to their size", () => {
  // 0.64 of the size a digit.
  equal(textWidth("1234", 10), 25.6);
  equal(textWidth("", 10), 0);
  ok(textWidth("mmm", 10) > 2 * textWidth("iii", 10));
  ok(textWidth("mmm", 10, { bold: true }) > textWidth("mmm", 10));
  // A letter of another script is not without width.
  ok(textWidth("時", 10) > 8);
});

Deno.test("linesOf() breaks at spaces, and within words only where it may", () => {
  // Of 10 pixels, four digits are 25.6 and a space 3.2.
  deepEqual(linesOf("1234 1234 1234", 60, { size: 10 }), ["1234 1234", "1234"]);
  deepEqual(linesOf("12345678 1", 30, { size: 10 }), ["12345678", "1"]);
  deepEqual(linesOf("1234/1234_1", 32, { size: 10, within: true }), ["1234/", "1234_", "1"]);
  deepEqual(linesOf("", 30, { size: 10 }), [""]);
});

Deno.test("markWidth() takes Vega's size and weight, and what is no text for none", () => {
  equal(markWidth({ fontSize: 20 }, 12), textWidth("12", 20));
  equal(markWidth({ fontWeight: "bold" }, "ab"), textWidth("ab", 11, { bold: true }));
  equal(markWidth({}, null), 0);
});
