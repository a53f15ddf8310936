/** The scene of a face image, as a camera sees it. @module */

import type { Glyph } from "./glyphs.ts";

/** Width and height of a face image in pixels. */
export const faceSize = 224;

/** The two generators that a picture draws from. */
export interface Random {
  readonly uniform: () => number;
  readonly normal: () => number;
}

/**
 * The scene as SVG, at the resolution of the camera: a cluttered background,
 * the glyph in some pose, at times something in front of it.
 */
export function faceSvg(glyph: Glyph, random: Random): string {
  const { uniform, normal } = random;
  const size = faceSize * (0.5 + 0.36 * uniform());
  const x = faceSize * (0.5 + 0.036 * normal());
  const y = faceSize * (0.5 + 0.036 * normal());
  const flip = uniform() < 0.5 ? -1 : 1;
  const pose = [
    `translate(${fixed(x)} ${fixed(y)})`,
    `rotate(${fixed(8.5 * normal())})`,
    `skewX(${fixed(3.5 * normal())})`,
    `scale(${fixed(flip * size / glyph.width * (1 + 0.06 * normal()))} ${
      fixed(size / glyph.height)
    })`,
    `translate(${-glyph.width / 2} ${-glyph.height / 2})`,
  ].join(" ");
  // Most cameras see fewer pixels than the file has: enlarging blurs the picture.
  const resolution = Math.min(faceSize, Math.round(faceSize * (0.5 + 0.75 * uniform())));
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${resolution}" height="${resolution}" viewBox="0 0 ${faceSize} ${faceSize}">` +
    background(random) +
    `<g transform="${pose}">${glyph.body.replaceAll("currentColor", colour(random))}</g>` +
    occluder(random, { x, y, size }) + "</svg>";
}

function background(random: Random): string {
  const { uniform } = random;
  const angle = Math.floor(360 * uniform());
  const shapes = Array.from({ length: 2 + Math.floor(6 * uniform()) }, () => shape(random));
  return `<linearGradient id="scene-background" gradientTransform="rotate(${angle} .5 .5)">` +
    `<stop offset="0" stop-color="${colour(random)}"/>` +
    `<stop offset="1" stop-color="${colour(random)}"/></linearGradient>` +
    `<rect width="100%" height="100%" fill="url(#scene-background)"/>${shapes.join("")}`;
}

function shape(random: Random): string {
  const { uniform } = random;
  const across = () => fixed(faceSize * uniform());
  const paint = `fill="${colour(random)}" fill-opacity="${fixed(0.2 + 0.6 * uniform())}"`;
  if (uniform() < 0.5) {
    return `<circle cx="${across()}" cy="${across()}" r="${fixed(64 * uniform())}" ${paint}/>`;
  }
  const [width, height] = [fixed(128 * uniform()), fixed(96 * uniform())];
  const turn = `rotate(${fixed(90 * uniform())} 112 112)`;
  return `<rect x="${across()}" y="${across()}" width="${width}" height="${height}" ${paint} ` +
    `transform="${turn}"/>`;
}

/** In about a quarter of the scenes, a bar that hides part of the face. */
function occluder(
  random: Random,
  { x, y, size }: { x: number; y: number; size: number },
): string {
  const { uniform } = random;
  if (uniform() >= 0.27) return "";
  const width = size * (0.15 + 0.3 * uniform());
  const height = size * (0.15 + 0.3 * uniform());
  const left = x + 0.8 * size * (uniform() - 0.5) - width / 2;
  const top = y + 0.8 * size * (uniform() - 0.5) - height / 2;
  return `<rect x="${fixed(left)}" y="${fixed(top)}" width="${fixed(width)}" ` +
    `height="${fixed(height)}" fill="${colour(random)}" ` +
    `transform="rotate(${fixed(40 * uniform() - 20)} ${fixed(x)} ${fixed(y)})"/>`;
}

function colour({ uniform }: Random): string {
  const [hue, saturation, lightness] = [360 * uniform(), 15 + 70 * uniform(), 15 + 70 * uniform()];
  return `hsl(${Math.floor(hue)},${Math.floor(saturation)}%,${Math.floor(lightness)}%)`;
}

function fixed(value: number): string {
  return value.toFixed(3);
}
