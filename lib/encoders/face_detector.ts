/** Whether an image shows a face, and where: BlazeFace, asked for its surest box. @module */

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

// 16 by 16 cells of 2 boxes, and 8 by 8 of 6: their scores before the sigmoid, and of each box its
// middle, from that of its cell, its size, and six points of the face.
const maps = [
  { cells: 16, scores: "conv2d_33/BiasAdd", boxes: "conv2d_35/BiasAdd" },
  { cells: 8, scores: "conv2d_34/BiasAdd", boxes: "conv2d_36/BiasAdd" },
] as const;

const numbersOfBox = 16;

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

/** What is most like a face in an image. */
export interface Face {
  /** In (0, 1); from {@linkcode faceThreshold} on it is taken for a face. */
  readonly score: number;
  /** In pixels of the image, beyond which it may go: from the brow to the chin. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

/** The detector, loaded. */
export interface FaceFinder {
  /** SHA-256 of the weights. */
  readonly hash: string;
  find(pixels: Pixels): Promise<Face>;
  dispose(): Promise<void>;
}

/**
 * Loads BlazeFace (Bazarevsky et al., *BlazeFace: sub-millisecond neural face detection on mobile
 * GPUs*, 2019; the model for the back camera, Apache-2.0) as npm:@vladmandic/human has it. The image is
 * put on grey, as a square, in two sizes, and its values from −1 to 1.
 *
 * @throws {Deno.errors.NotFound} The package is neither in the cache nor within reach.
 */
export async function loadFaceFinder(): Promise<FaceFinder> {
  const files = await faceDetectorFiles();
  const weights = await Deno.readFile(files.weights);
  const model = JSON.parse(await Deno.readTextFile(files.graph));
  const g = new Graph();
  const input = g.input("pixels", "float32", [1, 3, inputSize, inputSize]);
  for (const { cells, ...names } of maps) {
    for (const [kind, name] of Object.entries(names)) {
      const output = `StatefulPartitionedCall/functional_1/${name}`;
      const map = tfGraphToOnnx(g, { model, weights, input, output });
      g.output(`${kind}${cells}`, map, "float32", [1, kind, "height", "width"]);
    }
  }
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(g.toBytes(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });

  async function find(pixels: Pixels): Promise<Face> {
    let [largest, box] = [-Infinity, { left: 0, top: 0, width: 0, height: 0 }];
    for (const share of views) {
      const view = placeOnSquare(pixels, share);
      const data = channelsFirst(await onSquare(pixels, view));
      const tensor = new ort.Tensor("float32", data, [1, 3, inputSize, inputSize]);
      const outputs = await session.run({ pixels: tensor });
      for (const { cells } of maps) {
        const scores = outputs[`scores${cells}`]!.data as Float32Array;
        scores.forEach((logit, place) => {
          if (logit <= largest) return;
          largest = logit;
          box = boxAt(place, outputs[`boxes${cells}`]!.data as Float32Array, { cells, view });
        });
      }
    }
    return { score: 1 / (1 + Math.exp(-largest)), box };
  }

  return { hash: sha256(weights), find, dispose: () => session.release() };
}

/**
 * The detector as an encoder, so that the store keeps what it said: the feature `face [1]` is the
 * largest score of any box, in (0, 1), over two views of the image. Noise of large coloured spots can
 * score as high as a face: a score says what is likely of pictures that somebody took.
 *
 * @throws {Deno.errors.NotFound} As {@linkcode loadFaceFinder}.
 */
export async function faceDetector(): Promise<Encoder<ImageFile>> {
  const finder = await loadFaceFinder();
  return {
    modality: "image",
    id: "blazeface",
    digest: digestRecipe(finder.hash, {
      stage: "face",
      inputSize,
      views,
      decode: "sRGB over white, upright, on grey",
    }),
    shapes: { face: [1] },
    async encode(images) {
      const features = [];
      for (const image of images) {
        const { score } = await finder.find(await decodeImage(image));
        features.push({ face: Float32Array.of(score) });
      }
      return features;
    },
    dispose: finder.dispose,
  };
}

/** Where an image is on the square. */
interface View {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** Its longer side is a `share` of the square's. */
function placeOnSquare({ width, height }: Pixels, share: number): View {
  const scale = share * inputSize / Math.max(width, height);
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const [left, top] = [w!, h!].map((side) => Math.floor((inputSize - side) / 2));
  return { scale, width: w!, height: h!, left: left!, top: top! };
}

/** The box of the score at `place` of a map `[boxes, cells, cells]`, in pixels of the image. */
function boxAt(
  place: number,
  boxes: Float32Array,
  { cells, view }: { readonly cells: number; readonly view: View },
): Face["box"] {
  const area = cells ** 2;
  const [box, cell] = [Math.floor(place / area), place % area];
  const at = (number: number) => boxes[(numbersOfBox * box + number) * area + cell]!;
  const step = inputSize / cells;
  const [width, height] = [at(2), at(3)];
  const x = (cell % cells + 0.5) * step + at(0) - width / 2 - view.left;
  const y = (Math.floor(cell / cells) + 0.5) * step + at(1) - height / 2 - view.top;
  return {
    left: x / view.scale,
    top: y / view.scale,
    width: width / view.scale,
    height: height / view.scale,
  };
}

/** The image in the middle of a grey square. */
async function onSquare({ data, ...size }: Pixels, view: View): Promise<Uint8Array> {
  const { left, top } = view;
  return await (await sharp())(data, { raw: { ...size, channels: 3 } })
    .resize(view.width, view.height, { fit: "fill" })
    .extend({
      left,
      top,
      right: inputSize - view.width - left,
      bottom: inputSize - view.height - top,
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
