/** What the small CLIP learns from: drawings of emoji that the embedded corpus lacks, and their words. @module */

import * as iconify from "../../deps/iconify.ts";
import { sharp } from "../../deps/sharp.ts";
import { type CaptionedEmoji, captionedEmoji } from "./captioned_emoji.ts";
import { assertApartFromCorpus, corpusGlyphs } from "./corpus_glyphs.ts";

/** Width and height of a {@linkcode Drawing} in pixels. */
export const drawingSize = 48;

/** One drawing of an emoji, without a background. */
export interface Drawing {
  /** The icon set that it is from. */
  readonly set: iconify.CaptionedIconSetName;
  /** RGBA, `[48, 48, 4]`; the colour of what is transparent means nothing. */
  readonly pixels: Uint8Array;
  /** Whether it has no colour of its own. */
  readonly tinted: boolean;
}

/** An emoji with all that is drawn and said of it. */
export interface CaptionedGlyph extends CaptionedEmoji {
  /** One for each set that has it, one at least. */
  readonly drawings: readonly Drawing[];
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

/** The drawings of each emoji, by its name as icon sets spell it. */
async function draw(names: readonly string[]): Promise<Drawing[][]> {
  const drawings = names.map((): Drawing[] => []);
  for (const set of Object.keys(iconify.captionedIconSets) as iconify.CaptionedIconSetName[]) {
    const { icons, width = 16, height = 16 } = await iconify.iconSet(set);
    await Promise.all(names.map(async (name, i) => {
      if (!Object.hasOwn(icons, name)) return;
      const icon = { width, height, ...icons[name]! };
      const tinted = icon.body.includes("currentColor");
      drawings[i]!.push({ set, tinted, pixels: await rasterise(icon) });
    }));
  }
  return drawings;
}

async function rasterise({ body, width, height }: Required<iconify.Icon>): Promise<Uint8Array> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${drawingSize}" height="${drawingSize}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  const image = (await sharp())(new TextEncoder().encode(svg));
  return new Uint8Array(await image.ensureAlpha().raw().toBuffer());
}
