/** A handful of glyphs that a small CLIP learns in moments: coloured squares and their colours. @module */

import {
  type CaptionedGlyph,
  drawingSize,
} from "../../../lib/encoders/embedded/captioned_glyphs.ts";
import type { ClipTraining } from "../../../lib/encoders/embedded/train_clip.ts";
import type { WordVectors } from "../../../lib/encoders/embedded/parse_word_vectors.ts";
import { key, normals } from "../../../lib/tensor/random.ts";

const levels = [0, 128, 255];
const colours = levels.flatMap((r) => levels.flatMap((g) => levels.map((b) => [r, g, b] as const)));

/** 27 squares, each called by the level of its red, green and blue: `r0 g1 b2`. */
export const tinyGlyphs: readonly CaptionedGlyph[] = colours.map(([r, g, b], i) => {
  const pixels = new Uint8Array(drawingSize * drawingSize * 4);
  for (let at = 0; at < pixels.length; at += 4) pixels.set([r, g, b, 255], at);
  const digits = i.toString(3).padStart(3, "0");
  return {
    codePoints: i.toString(16),
    name: [...digits].map((digit, c) => `${"rgb"[c]}${digit}`),
    keywords: [],
    drawings: [{ set: "fluent-emoji", pixels, tinted: false }],
  };
});

/** Vectors of the words in the names, and of some in templates. */
export const tinyWords: WordVectors = (() => {
  const words = ["r", "g", "b"].flatMap((c) => [0, 1, 2].map((level) => `${c}${level}`));
  const all = [...words, "photo", "good", "bad"];
  return {
    words: all,
    vectors: Float32Array.from({ length: all.length * 8 }, normals(key(1))),
    width: 8,
  };
})();

/** Some steps of a small network. */
export const tinyTraining: ClipTraining = {
  size: { channels: [4, 8], words: 8, hidden: 16, width: 6 },
  epochs: 12,
  patience: 12,
  batch: 8,
  learningRate: 0.02,
  warmup: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  averaging: 0,
  modalityDropout: 0,
};
