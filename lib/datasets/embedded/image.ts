/** The image part of the embedded corpus: emoji on random backgrounds, made hard to read. @module */

import { sharp } from "../../deps/sharp.ts";
import type { IconSetName } from "../../deps/iconify.ts";
import { fold, key, normals, uniforms } from "../../tensor/random.ts";
import {
  type FaceEmotion,
  faceEmotions,
  type Glyph,
  type GlyphsByEmotion,
  glyphSets,
  glyphsOf,
} from "./glyphs.ts";
import { noiseSize, noiseTable } from "./noise.ts";

/** One face image. */
export interface EmbeddedFace {
  /** Relative to the folder of faces: `happy/noto-00007.jpg`. */
  readonly path: string;
  /** The emotion the glyph shows, which is also its folder. */
  readonly emotion: FaceEmotion;
  /** The icon set, which stands for the person who poses: `noto`. */
  readonly group: IconSetName;
  /** A JPEG file of {@linkcode faceSize} by {@linkcode faceSize} pixels, in colour. */
  readonly bytes: Uint8Array;
}

/** Width and height of a face image in pixels. */
export const faceSize = 224;

/** The two generators that a picture draws from. */
interface Random {
  readonly uniform: () => number;
  readonly normal: () => number;
}

// Shares of the seven folders: half pleasant, few neutral ones.
const shares: Readonly<Record<FaceEmotion, number>> = {
  happy: 0.345,
  sad: 0.175,
  angry: 0.135,
  fear: 0.1,
  disgust: 0.07,
  surprise: 0.135,
  neutral: 0.04,
};

/**
 * The face number `index`, from 0, of the endless list that `seed` names.
 *
 * The icon sets take turns; emotion, glyph, pose, background and camera are
 * drawn. The picture depends on the seed and the index alone. Its bytes are
 * the same each time on one machine; another version of the image library may
 * round a pixel or a coefficient differently.
 *
 * @throws {RangeError} If the index is not a non-negative integer, or the seed not one `key` takes.
 */
export async function embeddedFace(
  index: number,
  { seed = 1 }: { seed?: number } = {},
): Promise<EmbeddedFace> {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(`Cannot make a face: expected a whole number from 0, got ${index}`);
  }
  const k = fold(key(seed), "image", index);
  const random = { uniform: uniforms(fold(k, "uniform")), normal: normals(fold(k, "normal")) };
  const group = glyphSets[index % glyphSets.length]!;
  const { emotion, glyph } = chooseGlyph(await glyphsOf(group), random);
  const bytes = await photograph(faceSvg(glyph, random), random);
  const number = String(index).padStart(5, "0");
  return { path: `${emotion}/${group}-${number}.jpg`, emotion, group, bytes };
}

function chooseGlyph(glyphs: GlyphsByEmotion, { uniform }: Random) {
  let rest = uniform();
  const emotion = faceEmotions.find((name) => (rest -= shares[name]) < 0) ?? "happy";
  const choices = glyphs[emotion];
  return { emotion, glyph: choices[Math.floor(uniform() * choices.length)]! };
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

/** Renders the scene, passes it through a poor camera and packs it as JPEG. */
async function photograph(scene: string, random: Random): Promise<Uint8Array> {
  const Sharp = await sharp();
  const rendered = Sharp(new TextEncoder().encode(scene)).removeAlpha();
  const pixels = await rendered.resize(faceSize, faceSize, { kernel: "cubic" }).raw().toBuffer();
  degrade(pixels, random);
  const quality = 60 + Math.floor(36 * random.uniform());
  const raw = { width: faceSize, height: faceSize, channels: 3 } as const;
  return await Sharp(pixels, { raw }).jpeg({ quality }).toBuffer();
}

/**
 * Exposure, white balance, loss of colour and sensor noise, in place.
 *
 * A quarter of the images lose all colour, so that the skin of a glyph gives
 * its emotion away less often. `bytes` are RGB, row by row.
 */
function degrade(bytes: Uint8Array, { uniform, normal }: Random): void {
  // A clamped array rounds, and cuts off at 0 and 255.
  const pixels = new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length);
  const noise = noiseTable();
  const gain = Math.exp(0.11 * normal());
  const offset = 8.5 * normal();
  const balance = [0, 0, 0].map(() => gain * (1 + 0.05 * normal()));
  const saturation = uniform() < 0.25 ? 0 : 1 - 0.5 * uniform();
  const deviation = 2.5 + 8 * uniform();
  const rowLength = 3 * faceSize;
  for (let row = 0; row < faceSize; row++) {
    const start = Math.floor(uniform() * (noiseSize - rowLength));
    for (let i = row * rowLength, n = start; i < (row + 1) * rowLength; i += 3, n += 3) {
      const [r, g, b] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
      const grey = 0.299 * r + 0.587 * g + 0.114 * b;
      const camera = (value: number, channel: number) =>
        (grey + saturation * (value - grey)) * balance[channel]! + offset +
        deviation * noise[n + channel]!;
      pixels[i] = camera(r, 0);
      pixels[i + 1] = camera(g, 1);
      pixels[i + 2] = camera(b, 2);
    }
  }
}
