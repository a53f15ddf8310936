/** Figures on a dark ground: each colour keeps its hue and its contrast. @module */

/** The ground of a figure, and that of its dark form. */
export const grounds = { light: "#ffffff", dark: "#16191d" } as const;

// Of a colour to the dark ground, more than the 4.5 of a text; and the saturation that an ink has at most.
const vivid = 5.5, mostOfGrey = 0.2;

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * The ratio of two colours' luminances, from 1 to 21; a text is read easily from 4.5 on.
 *
 * (L₁ + 0.05) / (L₂ + 0.05), L the relative luminance in sRGB, the lighter over the darker (Web
 * Content Accessibility Guidelines 2.2).
 */
export function contrastOf(first: string, second: string): number {
  const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b) as Two;
  return (high + 0.05) / (low + 0.05);
}

type Two = [number, number];

/**
 * The colour that stands out from the dark ground as far as `colour` does from white, and one that is
 * no grey farther than a text has to: of its hue and saturation, as light as that takes. White
 * becomes the dark ground.
 *
 * @throws {RangeError} A colour that is not `#rrggbb`.
 */
export function darkOf(colour: string): string {
  // The ground has a hue of its own.
  if (colour === grounds.light) return grounds.dark;
  const [hue, saturation] = hueOf(rgbOf(colour));
  // A yellow is faint on white and need not be so in the dark.
  const least = saturation > mostOfGrey ? vivid : 1;
  const contrast = Math.max(least, contrastOf(colour, grounds.light));
  const wanted = contrast * (luminance(grounds.dark) + 0.05) - 0.05;
  let low = 0, high = 1;
  for (let round = 0; round < 20; round++) {
    const middle = (low + high) / 2;
    if (luminance(ofHue(hue, saturation, middle)) < wanted) low = middle;
    else high = middle;
  }
  return ofHue(hue, saturation, high);
}

/** A `<style>` for the colours of an SVG's marks on a dark ground; print stays light. */
export function darkStyle(svg: string): string {
  const used = new Set([...svg.matchAll(/ (?:fill|stroke)="(#[0-9a-f]{6})"/g)].map(([, c]) => c!));
  const rules = [...used].sort().map((colour) => {
    const dark = darkOf(colour);
    return ["fill", "stroke"].filter((kind) => svg.includes(` ${kind}="${colour}"`))
      .map((kind) => `svg.marks [${kind}="${colour}"]{${kind}:${dark}}`).join("");
  });
  return `<style>@media screen and (prefers-color-scheme:dark){${rules.join("")}}</style>`;
}

function rgbOf(colour: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) {
    throw new RangeError(`Cannot read a colour: expected #rrggbb, got ${colour}`);
  }
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255) as unknown as Rgb;
}

function luminance(colour: string): number {
  const [red, green, blue] = rgbOf(colour).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  ) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Hue in sixths of the circle, and saturation in [0, 1]. */
function hueOf([red, green, blue]: Rgb): Two {
  const high = Math.max(red, green, blue), low = Math.min(red, green, blue);
  const range = high - low;
  if (range === 0) return [0, 0];
  const saturation = range / (1 - Math.abs(high + low - 1));
  if (high === red) return [((green - blue) / range + 6) % 6, saturation];
  return [high === green ? (blue - red) / range + 2 : (red - green) / range + 4, saturation];
}

function ofHue(hue: number, saturation: number, lightness: number): string {
  const range = (1 - Math.abs(2 * lightness - 1)) * saturation;
  const part = (offset: number) => {
    const at = Math.abs((hue + offset) % 6 - 3) - 1;
    const value = lightness - range / 2 + range * Math.min(1, Math.max(0, at));
    return Math.round(255 * value).toString(16).padStart(2, "0");
  };
  return `#${part(0)}${part(4)}${part(2)}`;
}
