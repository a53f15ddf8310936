import { deepEqual, equal, ok } from "node:assert/strict";
import { faceEmotions, glyphSets, glyphsOf } from "../../../lib/datasets/embedded/glyphs.ts";

Deno.test("each icon set has a glyph for each emotion, and none for two", async () => {
  for (const set of glyphSets) {
    const glyphs = await glyphsOf(set);
    deepEqual(Object.keys(glyphs), [...faceEmotions]);
    for (const emotion of faceEmotions) ok(glyphs[emotion].length > 1, `${set} ${emotion}`);
    const names = faceEmotions.flatMap((emotion) => glyphs[emotion].map(({ name }) => name));
    equal(new Set(names).size, names.length, set);
  }
});
