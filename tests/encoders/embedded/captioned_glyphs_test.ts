import { deepEqual, doesNotThrow, equal, ok, throws } from "node:assert/strict";
import { captionedIconSets, iconSets } from "../../../lib/deps/iconify.ts";
import { captionedEmoji } from "../../../lib/encoders/embedded/captioned_emoji.ts";
import type { CaptionedGlyph } from "../../../lib/encoders/embedded/captioned_glyphs.ts";
import {
  assertApartFromCorpus,
  corpusGlyphs,
} from "../../../lib/encoders/embedded/corpus_glyphs.ts";

const glyph = (
  codePoints: string,
  set: CaptionedGlyph["drawings"][number]["set"],
): CaptionedGlyph => ({
  codePoints,
  name: ["party", "popper"],
  keywords: [],
  drawings: [{ set, pixels: new Uint8Array(), tinted: false }],
});

Deno.test("assertApartFromCorpus() names the icon set, or the emoji, that the corpus has too", () => {
  const glyphs = [glyph("1f388", "fluent-emoji"), glyph("1f389", "emojione-monotone")];
  const apart = { sets: ["noto"], codePoints: new Set(["1f600"]) };
  doesNotThrow(() => assertApartFromCorpus(glyphs, apart));
  throws(() => assertApartFromCorpus(glyphs, { ...apart, sets: ["noto", "emojione-monotone"] }), {
    name: "RangeError",
    message: "Cannot train on captioned glyphs: expected no icon set of the embedded corpus, " +
      "got emojione-monotone",
  });
  throws(() => assertApartFromCorpus(glyphs, { ...apart, codePoints: new Set(["1f389"]) }), {
    name: "RangeError",
    message: "Cannot train on captioned glyphs: expected no emoji of the embedded corpus, " +
      "got 1f389 (party popper)",
  });
});

Deno.test("no icon set of the small CLIP is one of the embedded corpus", () => {
  const corpus = new Set(Object.keys(iconSets));
  deepEqual(Object.keys(captionedIconSets).filter((name) => corpus.has(name)), []);
});

Deno.test("no emoji of the small CLIP is one of the embedded corpus, by the sets' own tables", async () => {
  const emoji = await captionedEmoji(), corpus = await corpusGlyphs();
  // Crying, grinning and fearful face, and a cat that only some sets call by this name.
  for (const code of ["1f622", "1f600", "1f628", "1f638"]) ok(corpus.codePoints.has(code), code);
  ok(corpus.codePoints.size > 60);
  const glyphs = emoji.map((one) => ({ ...one, drawings: [] }));
  doesNotThrow(() => assertApartFromCorpus(glyphs, corpus));
  const all = [...emoji, { ...emoji[0]!, codePoints: "1f622" }];
  throws(
    () => assertApartFromCorpus(all.map((one) => ({ ...one, drawings: [] })), corpus),
    /got 1f622/,
  );
});

Deno.test("captionedEmoji() gives the words of a name, and keywords without signs", async () => {
  const emoji = await captionedEmoji();
  ok(emoji.length > 1500);
  const popper = emoji.find(({ codePoints }) => codePoints === "1f389")!;
  deepEqual(popper.name, ["party", "popper"]);
  ok(popper.keywords.some((keyword) => keyword.join() === "celebration"));
  ok(emoji.every(({ keywords }) => keywords.flat().every((word) => /^[a-z0-9]+$/.test(word))));
  // A variation selector is no part of what an emoji is.
  equal(emoji.find(({ name }) => name.join(" ") === "red heart")?.codePoints, "2764");
});
