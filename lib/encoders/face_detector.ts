/** Whether an image shows a face: BlazeFace, asked for its surest box. @module */

import { sha256 } from "../files.ts";
import { Graph } from "../compile/onnx.ts";
import { faceDetectorFiles } from "../deps/human.ts";
import { onnxruntime } from "../deps/onnxruntime.ts";
import { sharp } from "../deps/sharp.ts";
import { decodeImage, type Pixels } from "./decode_image.ts";
import { tfGraphToOnnx } from "./embedded/tf_graph_to_onnx.ts";
import type { Encoder, ImageFile } from "./encoder.ts";
import { digestRecipe } from "./model_folder.ts";

const inputSize = 256;

// The maps of box scores, before the sigmoid: 16 by 16 cells of 2 boxes, and 8 by 8 of 6.
const scoreMaps = ["conv2d_33/BiasAdd", "conv2d_34/BiasAdd"]
  .map((name) => `StatefulPartitionedCall/functional_1/${name}`);

// The share of the network's input that the image's longer side takes: all of it, where faces are
// small, and half, since a face that fills the frame is larger than any box that it was trained on.
const views = [1, 0.5];

/**
 * From what score on {@linkcode faceDetector} has seen a face.
 *
 * Chosen on a trial of 324 images: then a face is seen in 86 of 96 of FER-2013, cropped to the face,
 * in 99 of 100 of LFW, and in both photographs of people; and in none of 100 patches of LFW without
 * one and 3 of 26 photographs and micrographs of other things (a cat among them).
 */
export const faceThreshold = 0.65;

/**
 * The detector as an encoder, so that the store keeps what it said: the feature `face [1]` is the
 * largest score of any box, in (0, 1), over two views of the image.
 *
 * BlazeFace (Bazarevsky et al., *BlazeFace: sub-millisecond neural face detection on mobile GPUs*,
 * 2019; the model for the back camera, Apache-2.0) as npm:@vladmandic/human has it. The image is put
 * on grey, as a square, and its values from −1 to 1. Noise of large coloured spots can score as high as a
 * face: a score says what is likely of pictures that somebody took.
 *
 * @throws {Deno.errors.NotFound} The package is neither in the cache nor within reach.
 */
export async function faceDetector(): Promise<Encoder<ImageFile>> {
  const files = await faceDetectorFiles();
  const weights = await Deno.readFile(files.weights);
  const model = JSON.parse(await Deno.readTextFile(files.graph));
  const g = new Graph();
  const input = g.input("pixels", "float32", [1, 3, inputSize, inputSize]);
  scoreMaps.forEach((output, i) => {
    const map = tfGraphToOnnx(g, { model, weights, input, output });
    g.output(`scores${i}`, map, "float32", [1, "boxes", "height", "width"]);
  });
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(g.toBytes(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });

  async function score(image: ImageFile): Promise<number> {
    const pixels = await decodeImage(image);
    let largest = -Infinity;
    for (const share of views) {
      const data = channelsFirst(await onSquare(pixels, share));
      const tensor = new ort.Tensor("float32", data, [1, 3, inputSize, inputSize]);
      const maps = await session.run({ pixels: tensor });
      for (const { data } of Object.values(maps)) {
        for (const logit of data as Float32Array) largest = Math.max(largest, logit);
      }
    }
    return 1 / (1 + Math.exp(-largest));
  }

  return {
    modality: "image",
    id: "blazeface",
    digest: digestRecipe(sha256(weights), {
      stage: "face",
      inputSize,
      views,
      decode: "sRGB over white, upright, on grey",
    }),
    shapes: { face: [1] },
    async encode(images) {
      const features = [];
      for (const image of images) features.push({ face: Float32Array.of(await score(image)) });
      return features;
    },
    dispose: () => session.release(),
  };
}

/** The image in the middle of a grey square, its longer side a `share` of the square's. */
async function onSquare({ data, width, height }: Pixels, share: number): Promise<Uint8Array> {
  const scale = share * inputSize / Math.max(width, height);
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const [left, top] = [w!, h!].map((side) => Math.floor((inputSize - side) / 2));
  return await (await sharp())(data, { raw: { width, height, channels: 3 } })
    .resize(w!, h!, { fit: "fill" })
    .extend({
      left: left!,
      top: top!,
      right: inputSize - w! - left!,
      bottom: inputSize - h! - top!,
      background: { r: 128, g: 128, b: 128 },
    })
    .raw()
    .toBuffer();
}

/** RGB bytes as three planes from −1 to 1. */
function channelsFirst(rgb: Uint8Array): Float32Array {
  const area = inputSize ** 2;
  return Float32Array.from(
    { length: 3 * area },
    (_, i) => rgb[3 * (i % area) + Math.floor(i / area)]! / 127.5 - 1,
  );
}
