/** What the small CLIP learns from: drawings of emoji that the embedded corpus lacks, and their words. @module */

import { emojiWords } from "../../deps/emojilib.ts";
import {
  type CaptionedIconSetName,
  captionedIconSets,
  type Icon,
  iconCodePoints,
  iconSet,
} from "../../deps/iconify.ts";
import { sharp } from "../../deps/sharp.ts";
import { glyphSets, glyphsOf } from "../../datasets/embedded/glyphs.ts";

/** Width and height of a {@linkcode Drawing} in pixels. */
export const drawingSize = 48;

/** One drawing of an emoji, without a background. */
export interface Drawing {
  /** The icon set that it is from. */
  readonly set: CaptionedIconSetName;
  /** RGBA, `[48, 48, 4]`; the colour of what is transparent means nothing. */
  readonly pixels: Uint8Array;
  /** Whether it has no colour of its own. */
  readonly tinted: boolean;
}

/** An emoji with all that is drawn and said of it. */
export interface CaptionedGlyph {
  /** `1f389`, or several joined by hyphens; without variation selectors. */
  readonly codePoints: string;
  /** The words of its Unicode name. */
  readonly name: readonly string[];
  /** What people look for it by, a word or a few each. */
  readonly keywords: readonly (readonly string[])[];
  /** One for each set that has it, one at least. */
  readonly drawings: readonly Drawing[];
}

/** What the embedded corpus shows. */
export interface CorpusGlyphs {
  /** Its icon sets. */
  readonly sets: readonly string[];
  /** Its emoji, by code points. */
  readonly codePoints: ReadonlySet<string>;
}

/** An emoji without its drawings. */
export type CaptionedEmoji = Omit<CaptionedGlyph, "drawings">;

/**
 * All emoji that have words (emojilib) and are in no picture of the embedded corpus, in the
 * order of their code points.
 */
export async function captionedEmoji(): Promise<CaptionedEmoji[]> {
  const names = await corpusNames();
  return Object.entries(await emojiWords())
    .map(([emoji, [name, ...keywords]]) => ({
      codePoints: codePointsOf(emoji),
      name: toWords(name!),
      keywords: keywords.map(toWords).filter((keyword) => keyword.length > 0),
    }))
    .filter(({ name }) => !names.has(name.join("-")))
    .sort((a, b) => a.codePoints < b.codePoints ? -1 : 1);
}

/**
 * {@linkcode captionedEmoji} with their drawings in {@linkcode captionedIconSets}, those that have one.
 *
 * @throws {RangeError} As {@linkcode assertApartFromCorpus}.
 */
export async function captionedGlyphs(): Promise<CaptionedGlyph[]> {
  const emoji = await captionedEmoji();
  const drawings = await draw(emoji.map(({ name }) => name.join("-")));
  const glyphs = emoji.map((one, i) => ({ ...one, drawings: drawings[i]! }))
    .filter(({ drawings }) => drawings.length > 0);
  assertApartFromCorpus(glyphs, await corpusGlyphs());
  return glyphs;
}

/**
 * Refuses pairs that share an icon set or an emoji with the embedded corpus: what
 * the small CLIP says of the corpus is of drawings and emoji that it has not seen.
 *
 * @throws {RangeError} Names the first set, or the first emoji, that both have.
 */
export function assertApartFromCorpus(
  glyphs: readonly CaptionedGlyph[],
  corpus: CorpusGlyphs,
): void {
  for (const { codePoints, name, drawings } of glyphs) {
    const set = drawings.find(({ set }) => corpus.sets.includes(set))?.set;
    if (set !== undefined) {
      throw new RangeError(
        `Cannot train on captioned glyphs: expected no icon set of the embedded corpus, got ${set}`,
      );
    }
    if (corpus.codePoints.has(codePoints)) {
      throw new RangeError(
        `Cannot train on captioned glyphs: expected no emoji of the embedded corpus, ` +
          `got ${codePoints} (${name.join(" ")})`,
      );
    }
  }
}

/** What the embedded corpus shows. */
export async function corpusGlyphs(): Promise<CorpusGlyphs> {
  const names = await corpusNames();
  // By the sets' own tables and not by name: the emoji were left out by name above.
  const tables = await iconCodePoints();
  const codePoints = tables.flatMap((table) =>
    Object.entries(table).flatMap(([codes, name]) => names.has(name) ? [codes] : [])
  );
  return { sets: glyphSets, codePoints: new Set(codePoints) };
}

/** Names of all drawings that the embedded corpus may show, in the spelling of any of its sets. */
async function corpusNames(): Promise<Set<string>> {
  const sets = await Promise.all(glyphSets.map(glyphsOf));
  return new Set(sets.flatMap((set) => Object.values(set).flat().map(({ name }) => name)));
}

function codePointsOf(emoji: string): string {
  const points = Array.from(emoji, (character) => character.codePointAt(0)!);
  const presentation = 0xfe0f;
  return points.filter((point) => point !== presentation)
    .map((point) => point.toString(16)).join("-");
}

/** The words of a text in lower case: letters and digits, without accents. */
function toWords(text: string): string[] {
  const plain = text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/['’]/g, "");
  return plain.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** The drawings of each emoji, by its name as icon sets spell it. */
async function draw(names: readonly string[]): Promise<Drawing[][]> {
  const drawings = names.map((): Drawing[] => []);
  for (const set of Object.keys(captionedIconSets) as CaptionedIconSetName[]) {
    const { icons, width = 16, height = 16 } = await iconSet(set);
    await Promise.all(names.map(async (name, i) => {
      if (!Object.hasOwn(icons, name)) return;
      const icon = { width, height, ...icons[name]! };
      const tinted = icon.body.includes("currentColor");
      drawings[i]!.push({ set, tinted, pixels: await rasterise(icon) });
    }));
  }
  return drawings;
}

async function rasterise({ body, width, height }: Required<Icon>): Promise<Uint8Array> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${drawingSize}" height="${drawingSize}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  const image = (await sharp())(new TextEncoder().encode(svg));
  return new Uint8Array(await image.ensureAlpha().raw().toBuffer());
}
