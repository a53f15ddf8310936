/** Pictures and captions as the small CLIP sees them in training: each draw another view of a glyph. @module */

import { noiseSize, noiseTable } from "../../datasets/embedded/noise.ts";
import { type CaptionedGlyph, type Drawing, drawingSize } from "./captioned_glyphs.ts";
import files from "./small_clip.json" with { type: "json" };

/** Width and height of the image tower's input in pixels; Lanczos alone averages what it shrinks. */
export const pictureSize = files["preprocessor_config.json"].size.height;

/** Most words of a caption in training. */
export const captionLength = 12;

const templates: readonly (readonly string[])[] = [
  "a photo of a",
  "a photo of the",
  "a picture of a",
  "a drawing of a",
  "an image showing",
  "this is a",
].map((template) => template.split(" "));

/**
 * A caption: the name or keywords in random order, half of the time behind words
 * such as "a photo of a", so that the text tower learns to pass over these.
 */
export function caption(
  { name, keywords }: Pick<CaptionedGlyph, "name" | "keywords">,
  uniform: () => number,
): string[] {
  if (uniform() < 0.3) return fullCaption({ name, keywords });
  const pick = <T>(items: readonly T[]): T => items[Math.floor(uniform() * items.length)]!;
  const parts = keywords.filter(() => uniform() < 0.35);
  if (parts.length === 0 || uniform() < 0.6) parts.splice(pick([0, parts.length]), 0, name);
  const lead = uniform() < 0.4 ? pick(templates) : [];
  return [...lead, ...parts.flat()].slice(0, captionLength);
}

/** The caption by which a glyph is found in validation and test: name, then keywords. */
export function fullCaption(
  { name, keywords }: Pick<CaptionedGlyph, "name" | "keywords">,
): string[] {
  return [...name, ...keywords.flat()].slice(0, captionLength);
}

/**
 * A picture `[32, 32, 3]`, each number in [-1, 1]: the drawing in some pose on a
 * background of two colours, seen through a poor camera that at times has no colour.
 *
 * The ranges of pose and camera are like those of photographs of faces; the drawing
 * takes 60 to 100 per cent of the width.
 */
export function picture(
  { pixels, tinted }: Drawing,
  uniform: () => number,
  strength: number = 1,
): Float32Array {
  const around = (middle: number, spread: number) =>
    middle + strength * spread * (2 * uniform() - 1);
  // A background is light and a tint dark, or the other way round: outlines must be seen.
  const light = uniform() < 1 - strength / 2;
  const colour = (light: boolean): Colour => {
    const middle = light ? 0.75 : 0.25;
    return [around(middle, 0.25), around(middle, 0.25), around(middle, 0.25)];
  };
  const ground = background([colour(light), colour(light)], 2 * Math.PI * uniform());
  const tint = tinted ? colour(!light) : undefined;
  const place = pose({
    scale: around(0.8, 0.2),
    flip: uniform() < strength / 2,
    angle: around(0, 0.2),
    shift: [around(0, 2), around(0, 2)],
  });
  const balance = [around(1, 0.15), around(1, 0.15), around(1, 0.15)];
  const lift = around(0, 0.06);
  const saturation = uniform() < strength / 4 ? 0 : around(1, 0.3);
  const deviation = strength * 0.04 * uniform();
  const noise = noiseTable(), at = Math.floor(uniform() * noiseSize);
  const result = new Float32Array(pictureSize * pictureSize * 3);
  const rgba = new Float64Array(4), rgb = new Float64Array(3);
  for (let y = 0, i = 0; y < pictureSize; y++) {
    for (let x = 0; x < pictureSize; x++, i += 3) {
      const [u, v] = place(x, y);
      sample(pixels, u, v, rgba);
      const alpha = rgba[3]!;
      for (let c = 0; c < 3; c++) {
        rgb[c] = ground(x, y, c) * (1 - alpha) + (tint ? tint[c]! * alpha : rgba[c]!);
      }
      const grey = 0.299 * rgb[0]! + 0.587 * rgb[1]! + 0.114 * rgb[2]!;
      for (let c = 0; c < 3; c++) {
        const seen = (grey + saturation * (rgb[c]! - grey)) * balance[c]! + lift +
          deviation * noise[(at + i + c) & (noiseSize - 1)]!;
        result[i + c] = 2 * Math.min(1, Math.max(0, seen)) - 1;
      }
    }
  }
  return result;
}

/** The drawing upright on light grey: {@linkcode picture} without chance. */
export function plainPicture(drawing: Drawing): Float32Array {
  return picture(drawing, () => 0.5, 0);
}

type Colour = readonly [number, number, number];

/** From one colour to another across the picture, in the direction `angle`. */
function background([from, to]: readonly [Colour, Colour], angle: number) {
  const [dx, dy] = [Math.cos(angle) / pictureSize, Math.sin(angle) / pictureSize];
  const middle = (pictureSize - 1) / 2;
  return (x: number, y: number, c: number): number => {
    const share = Math.min(1, Math.max(0, 0.5 + dx * (x - middle) + dy * (y - middle)));
    return from[c]! + (to[c]! - from[c]!) * share;
  };
}

/** Where in the drawing a pixel of the picture looks. */
function pose(
  { scale, flip, angle, shift }: {
    scale: number;
    flip: boolean;
    angle: number;
    shift: readonly [number, number];
  },
): (x: number, y: number) => readonly [number, number] {
  const zoom = drawingSize / (pictureSize * scale);
  const [cos, sin] = [zoom * Math.cos(angle), zoom * Math.sin(angle)];
  const [middle, centre] = [(pictureSize - 1) / 2, (drawingSize - 1) / 2];
  return (x, y) => {
    const [dx, dy] = [x - middle - shift[0], y - middle - shift[1]];
    const across = cos * dx + sin * dy;
    return [centre + (flip ? -across : across), centre - sin * dx + cos * dy];
  };
}

/** The bilinear mean at (u, v) as premultiplied RGBA in [0, 1]; transparent outside. */
function sample(pixels: Uint8Array, u: number, v: number, rgba: Float64Array): void {
  rgba.fill(0);
  const left = Math.floor(u), top = Math.floor(v);
  for (let y = top; y <= top + 1; y++) {
    for (let x = left; x <= left + 1; x++) {
      if (x < 0 || y < 0 || x >= drawingSize || y >= drawingSize) continue;
      const weight = (1 - Math.abs(u - x)) * (1 - Math.abs(v - y)) / 255;
      const at = 4 * (y * drawingSize + x);
      const alpha = weight * pixels[at + 3]!;
      for (let c = 0; c < 3; c++) rgba[c]! += alpha * pixels[at + c]! / 255;
      rgba[3]! += alpha;
    }
  }
}
