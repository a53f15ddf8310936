/** Images to states: the last feature map of a network, averaged into a grid of cells, or its pooled features. @module */

import { transformers } from "../deps/transformers.ts";
import { decodeImage, type DecodeImageOptions } from "./decode_image.ts";
import type { Encoder, Features, ImageFile } from "./encoder.ts";
import { sendable, withOrigin } from "./encoder_origin.ts";
import {
  digestRecipe,
  loadModel,
  type ModelOptions,
  rowsAtOnce,
  soleRows,
} from "./model_folder.ts";
import { type ImageOutput, imageOutput } from "./image_output.ts";
import { imageExtent } from "./image_extent.ts";
import { imagePreparation, type PreparedImage } from "./prepare_image.ts";
import { isBicubic } from "./raw_image.ts";
import { assertSegments, gridMeans } from "./segments.ts";

const mostImages = 16;

/**
 * A frozen network, such as a ResNet or an EfficientNet. Features of an image:
 * `states [segments, channels]`, `mask [segments]`, all 1.
 *
 * The image is decoded to RGB (turned as its EXIF tag says, transparent parts
 * white), prepared as the model's own `preprocessor_config.json` says (bicubic
 * resampling as Pillow does it, see {@linkcode rawImage}), and its
 * last feature map `[channels, height, width]` averaged by {@linkcode gridMeans}; 4 segments by
 * default. A network that gives pooled features `[channels]` alone has one segment, whatever is asked for.
 * The paper says that "features from the resulting image are sequenced", not
 * how: cells in reading order are our choice.
 *
 * @throws {Deno.errors.NotFound} There is no such model.
 * @throws {RangeError} The model gives neither a feature map nor pooled features (class scores
 * never pass for features), or such of another width.
 */
export async function loadImageEncoder(
  options: ModelOptions & DecodeImageOptions,
): Promise<Encoder<ImageFile>> {
  const { segments: asked = 4, model: id } = options;
  const batchSize = rowsAtOnce(mostImages, options);
  assertSegments(asked);
  const { folder, model, digest } = await loadModel(options);
  const { AutoProcessor, Tensor } = await transformers();
  const processor = await AutoProcessor.from_pretrained(folder.path, { local_files_only: true });

  const prepare = await imagePreparation(processor);

  /** The network's input `[images, 3, height, width]`, in `buffer` as far as images are there. */
  function stack(images: readonly PreparedImage[], buffer = new Float32Array()) {
    const [{ data, dims }] = images as [PreparedImage];
    const length = images.length * data.length;
    const isThere = images.every((image) => image.data.buffer === buffer.buffer);
    const stacked = isThere ? buffer.subarray(0, length) : new Float32Array(length);
    images.forEach((image, i) => {
      if (`${image.dims}` !== `${dims}`) {
        throw new RangeError(
          `Cannot use ${id}: expected a preparation to one size, got ${dims} and ${image.dims}`,
        );
      }
      if (!isThere) stacked.set(image.data, i * data.length);
    });
    return new Tensor("float32", stacked, [images.length, ...dims]);
  }

  async function run(pixelValues: ReturnType<typeof stack>): Promise<ImageOutput> {
    const output = await model({ pixel_values: pixelValues });
    return imageOutput(output, { model: id, width: options.width, config: model.config });
  }

  const blank = { data: new Uint8ClampedArray(3 * 64 * 64), width: 64, height: 64 };
  const prepared = await prepare(blank);
  const { channels, isPooled } = await run(stack([prepared]));
  const size = prepared.data.length;
  const segments = isPooled ? 1 : asked;
  const recipe = {
    ...{ stage: "image", segments, decode: "sRGB over white, upright" },
    ...soleRows(options),
  };
  // What has been stored of models that are resampled otherwise stays valid.
  const cubic = isBicubic(processor.image_processor?.config) && { resample: "cubic" };
  const encoder: Encoder<ImageFile> = {
    modality: "image",
    id,
    digest: digestRecipe(digest, { ...recipe, ...cubic }),
    inspect: (file) => imageExtent(file, options),
    shapes: { states: [segments, channels], mask: [segments] },
    async encode(files) {
      const most = Math.min(batchSize, files.length);
      // The network runs on one while the next batch is put into the other.
      const buffers = [0, batchSize].map((first) =>
        new Float32Array(first < files.length ? most * size : 0)
      );
      const load = async (first: number) => {
        const buffer = buffers[first / batchSize % 2]!;
        const images = await Promise.all(
          files.slice(first, first + batchSize).map(async (file, i) =>
            prepare(
              await decodeImage(file, options),
              buffer.subarray(i * size, (i + 1) * size),
            )
          ),
        );
        return stack(images, buffer);
      };
      const features: Features[] = [];
      let next = files.length > 0 ? load(0) : undefined;
      for (let first = 0; first < files.length; first += batchSize) {
        const pixelValues = await next!;
        // Decoded on other threads while the network runs.
        if (first + batchSize < files.length) next = load(first + batchSize);
        next?.catch(() => {}); // Awaited in the next round, which reports it.
        const { data, count, height, width } = await run(pixelValues);
        const numbers = channels * height * width;
        for (let i = 0; i < count; i++) {
          const map = data.subarray(i * numbers, (i + 1) * numbers);
          features.push(gridMeans({ data: map, channels, height, width }, segments));
        }
      }
      return features;
    },
    dispose: async () => void await model.dispose(),
  };
  return withOrigin(encoder, { loader: "image", options: sendable(options) });
}
