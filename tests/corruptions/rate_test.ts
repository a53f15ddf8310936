import { throws } from "node:assert/strict";
import { assertRate } from "../../lib/corruptions/rate.ts";

Deno.test("assertRate() takes 0 to 1 and nothing else", () => {
  assertRate("drop words", 0);
  assertRate("drop words", 1);
  for (const rate of [-0.1, 1.1, NaN, Infinity]) {
    throws(() => assertRate("drop words", rate), {
      name: "RangeError",
      message: `Cannot drop words: expected a rate from 0 to 1, got ${rate}`,
    });
  }
});
