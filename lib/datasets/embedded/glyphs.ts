/** Which emoji show which emotion, and their drawings. @module */

import names from "./glyph_names.json" with { type: "json" };
import { iconSet, type IconSetName, iconSets } from "../../deps/iconify.ts";

/** The folders of the face images. */
export const faceEmotions = [
  "happy",
  "sad",
  "angry",
  "fear",
  "disgust",
  "surprise",
  "neutral",
] as const;

/** One of {@linkcode faceEmotions}. */
export type FaceEmotion = (typeof faceEmotions)[number];

/** One emoji of one set: SVG elements in a box of `width` by `height` units. */
export interface Glyph {
  readonly name: string;
  readonly body: string;
  readonly width: number;
  readonly height: number;
}

/** The glyphs of one set by the emotion they show. */
export type GlyphsByEmotion = Readonly<Record<FaceEmotion, readonly Glyph[]>>;

/** The sets, in the order in which the corpus takes turns. */
export const glyphSets = Object.keys(iconSets) as readonly IconSetName[];

// Names as Unicode has them, then those of the sets that go their own way. Emoji
// that people read in more than one manner (smirking, sleepy, zany) are left out.
const namesOf: Readonly<Record<FaceEmotion, readonly string[]>> = names;

const loaded = new Map<IconSetName, Promise<GlyphsByEmotion>>();

/** The glyphs of a set; read once, then kept. */
export function glyphsOf(set: IconSetName): Promise<GlyphsByEmotion> {
  const glyphs = loaded.get(set) ?? readGlyphs(set);
  loaded.set(set, glyphs);
  return glyphs;
}

async function readGlyphs(set: IconSetName): Promise<GlyphsByEmotion> {
  const { icons, width = 16, height = 16 } = await iconSet(set);
  const withNames = (wanted: readonly string[]): Glyph[] =>
    wanted
      // Streamline numbers the drawings of one emoji: hushed-face-1, hushed-face-2.
      .flatMap((name) => [name, `${name}-1`, `${name}-2`])
      .filter((name) => Object.hasOwn(icons, name))
      .map((name) => ({ name, width, height, ...icons[name]! }));
  const entries = faceEmotions.map((emotion) => [emotion, withNames(namesOf[emotion])] as const);
  return Object.fromEntries(entries) as Record<FaceEmotion, Glyph[]>;
}
