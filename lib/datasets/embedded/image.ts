/** The image part of the embedded corpus: emoji on random backgrounds, made hard to read. @module */

import { sharp } from "../../deps/sharp.ts";
import type { IconSetName } from "../../deps/iconify.ts";
import { fold, key, normals, uniforms } from "../../tensor/random.ts";
import {
  type FaceEmotion,
  faceEmotions,
  type GlyphsByEmotion,
  glyphSets,
  glyphsOf,
} from "./glyphs.ts";
import { faceSize, faceSvg, type Random } from "./face_svg.ts";
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
