/**
 * What lenses, sensors, compression and things in the way do to a picture. Each function
 * takes an image file and gives one, so that it fits between a corpus and its encoder. The
 * pixels are those that the encoder sees: sRGB, upright, transparent parts white.
 *
 * @module
 */

import { sharp } from "../deps/sharp.ts";
import { decodeImage, type Pixels } from "../encoders/decode_image.ts";
import type { ImageFile } from "../encoders/encoder.ts";
import { fold, type Key, uniforms } from "../tensor/random.ts";
import { gaussianNoise } from "./gaussian_noise.ts";
import { assertRate } from "./rate.ts";

/**
 * Blurs by a Gaussian of standard deviation `sigma`, in pixels of the file. 0 leaves the file
 * as it is.
 *
 * @throws {RangeError} `sigma` is neither 0 nor from 0.3 to 1000; the file is no image.
 */
export async function blurImage(
  { image, sigma }: { readonly image: ImageFile; readonly sigma: number },
): Promise<ImageFile> {
  if (sigma === 0) return image;
  if (!(sigma >= 0.3 && sigma <= 1000)) {
    throw new RangeError(`Cannot blur: expected a sigma of 0 or from 0.3 to 1000, got ${sigma}`);
  }
  const picture = await openPixels(await decodeImage(image));
  // The library's own choice cuts the Gaussian off where it is still 0.2 high.
  return encodePng(image, picture.blur({ sigma, precision: "float", minAmplitude: 0.001 }));
}

/**
 * Encodes the image as JPEG of a quality from 1 to 100, at half the resolution for colour.
 *
 * @throws {RangeError} The quality is not such a whole number; the file is no image.
 */
export async function compressJpeg(
  { image, quality }: { readonly image: ImageFile; readonly quality: number },
): Promise<ImageFile> {
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new RangeError(`Cannot compress: expected a quality from 1 to 100, got ${quality}`);
  }
  const picture = await openPixels(await decodeImage(image));
  const bytes = await picture.jpeg({ quality, chromaSubsampling: "4:2:0" }).toBuffer();
  return { path: image.path, bytes };
}

/**
 * Adds normal noise to each colour of each pixel: y = x + 255 σ z, cut off at 0 and 255.
 * `sigma` is a share of the full range. Equal keys give the same z at any σ; 0 leaves the file
 * as it is.
 *
 * @throws {RangeError} `sigma` is negative or not finite; the file is no image.
 */
export async function addPixelNoise(
  { image, sigma, key }: {
    readonly image: ImageFile;
    /** σ. */
    readonly sigma: number;
    readonly key: Key;
  },
): Promise<ImageFile> {
  if (!(sigma >= 0 && sigma < Infinity)) {
    throw new RangeError(`Cannot add noise: expected a sigma from 0, got ${sigma}`);
  }
  if (sigma === 0) return image;
  return await changePixels(image, ({ data }) => {
    const noise = gaussianNoise(key, data.length);
    for (let i = 0; i < data.length; i++) data[i]! += 255 * sigma * noise[i]!;
  });
}

/**
 * Makes each pixel black or white, one as likely as the other, with probability `rate`. Equal
 * keys hit at a higher rate the pixels that they hit at a lower one, in the same colour, and more.
 *
 * @throws {RangeError} The rate is not from 0 to 1; the file is no image.
 */
export async function addSaltAndPepper(
  { image, rate, key }: {
    readonly image: ImageFile;
    readonly rate: number;
    readonly key: Key;
  },
): Promise<ImageFile> {
  assertRate("add salt and pepper", rate);
  if (rate === 0) return image;
  return await changePixels(image, ({ data }) => {
    const draw = uniforms(key);
    for (let i = 0; i < data.length; i += 3) {
      const hit = draw() < rate;
      const colour = draw() < 0.5 ? 0 : 255;
      if (hit) data.fill(colour, i, i + 3);
    }
  });
}

/**
 * Hides `share` of the picture's area behind a grey square at a drawn place, wholly inside. A
 * square that is taller or wider than the picture becomes an oblong of the same area. Equal
 * keys give squares of which the larger holds the smaller, to a pixel.
 *
 * @throws {RangeError} The share is not from 0 to 1; the file is no image.
 */
export async function occlude(
  { image, share, key }: {
    readonly image: ImageFile;
    readonly share: number;
    readonly key: Key;
  },
): Promise<ImageFile> {
  assertRate("occlude", share);
  if (share === 0) return image;
  return await changePixels(image, ({ data, width, height }) => {
    const area = share * width * height;
    const square = Math.max(Math.round(Math.sqrt(area)), Math.ceil(area / width));
    const rows = Math.max(1, Math.min(height, square));
    const columns = Math.min(width, Math.round(area / rows));
    const draw = uniforms(fold(key, "place"));
    const left = Math.round(draw() * (width - columns));
    const top = Math.round(draw() * (height - rows));
    for (let y = top; y < top + rows; y++) {
      data.fill(128, 3 * (y * width + left), 3 * (y * width + left + columns));
    }
  });
}

/**
 * Changes light and contrast, all colours alike: y = m + c (x - m) + 255 b, cut off at 0 and
 * 255, where m is the mean of the picture. It works on the numbers of the file, which are no
 * linear measure of light. b = 0 and c = 1 leave the file as it is.
 *
 * @throws {RangeError} The brightness is not from -1 to 1, the contrast is negative or not
 * finite; the file is no image.
 */
export async function adjustLight(
  { image, brightness = 0, contrast = 1 }: {
    readonly image: ImageFile;
    /** b, a share of the full range; 0 by default. */
    readonly brightness?: number;
    /** c, 1 by default. */
    readonly contrast?: number;
  },
): Promise<ImageFile> {
  if (!(brightness >= -1 && brightness <= 1 && contrast >= 0 && contrast < Infinity)) {
    throw new RangeError(
      `Cannot adjust light: expected a brightness from -1 to 1 and a contrast from 0, ` +
        `got ${brightness} and ${contrast}`,
    );
  }
  if (brightness === 0 && contrast === 1) return image;
  return await changePixels(image, ({ data }) => {
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    data.forEach((x, i) => data[i] = mean + contrast * (x - mean) + 255 * brightness);
  });
}

/** `change` writes to the pixels in place; the array rounds, and cuts off at 0 and 255. */
async function changePixels(
  image: ImageFile,
  change: (pixels: Pixels) => void,
): Promise<ImageFile> {
  const { data, ...size } = await decodeImage(image);
  const pixels = { ...size, data: data.slice() };
  change(pixels);
  return encodePng(image, await openPixels(pixels));
}

type Picture = ReturnType<Awaited<ReturnType<typeof sharp>>>;

async function openPixels({ data, width, height }: Pixels): Promise<Picture> {
  return (await sharp())(data, { raw: { width, height, channels: 3 } });
}

// Nothing is lost, and hardly any time spent on making small what no disk will see.
async function encodePng({ path }: ImageFile, picture: Picture): Promise<ImageFile> {
  return { path, bytes: await picture.png({ compressionLevel: 1 }).toBuffer() };
}
