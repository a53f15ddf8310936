import { deepEqual, ok, rejects } from "node:assert/strict";
import { faceDetectorFiles } from "../../lib/deps/human.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import * as tf from "../../lib/deps/tf.ts";
import { faceDetector, faceThreshold } from "../../lib/encoders/face_detector.ts";
import { loadGraphModel } from "../deps/tfjs_converter.ts";

const side = 256;

/** A drawing on a blue ground: SVG elements in a square of 256. */
async function drawing(elements: string, size = side): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">
    <rect width="${side}" height="${side}" fill="#7890a8"/>${elements}</svg>`;
  const image = (await sharp())(new TextEncoder().encode(svg)).resize(size, size);
  return new Uint8Array(await image.removeAlpha().png().toBuffer());
}

const face = `
  <ellipse cx="128" cy="120" rx="82" ry="104" fill="#3a2a20"/>
  <ellipse cx="128" cy="136" rx="68" ry="90" fill="#d0a080"/>
  <path d="M80 106q20-14 38 0M138 106q20-14 38 0" stroke="#3a2a20" stroke-width="7" fill="none"/>
  <ellipse cx="100" cy="122" rx="15" ry="8" fill="#fff"/>
  <ellipse cx="156" cy="122" rx="15" ry="8" fill="#fff"/>
  <circle cx="100" cy="122" r="7" fill="#222"/>
  <circle cx="156" cy="122" r="7" fill="#222"/>
  <path d="M128 122l-12 44q12 8 24 0z" fill="#b08060"/>
  <path d="M96 192q32 24 64 0q-32-10-64 0z" fill="#a04040"/>`;

/** The largest score that TensorFlow.js finds in the published model, of one view. */
async function reference(rgb: Uint8Array): Promise<number> {
  const { graph, weights } = await faceDetectorFiles();
  const { modelTopology, weightsManifest } = JSON.parse(await Deno.readTextFile(graph));
  await tf.setBackend("cpu");
  const model = await loadGraphModel(tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: (await Deno.readFile(weights)).buffer,
  }));
  const logits = tf.tidy(() => {
    const input = tf.tensor4d(Float32Array.from(rgb, (v) => v / 127.5 - 1), [1, side, side, 3]);
    const maps = model.execute(input, ["Identity", "Identity_1"]) as tf.Tensor[];
    return maps.flatMap((map) => [...map.dataSync()]);
  });
  model.dispose();
  return 1 / (1 + Math.exp(-Math.max(...logits)));
}

Deno.test("faceDetector() scores a view as TensorFlow.js does from the published files", async () => {
  const detector = await faceDetector();
  // Small enough that the whole view is the surer one.
  const shrunk = `<g transform="translate(60 90) scale(0.15)">${face}</g>`;
  const bytes = await drawing(shrunk);
  const rgb = new Uint8Array(await (await sharp())(bytes).raw().toBuffer());
  const [features] = await detector.encode([{ path: "face.png", bytes }]);
  const expected = await reference(rgb);
  ok(
    Math.abs(features!.face![0]! - expected) < 1e-3,
    `${features!.face![0]} is not ${expected}`,
  );
  await detector.dispose();
});

Deno.test("faceDetector() tells a drawn face from the ground without it, at any size and side", async () => {
  const detector = await faceDetector();
  const upright = await drawing(face);
  const images = await Promise.all([
    upright,
    drawing(face, 48),
    (await sharp())(upright).rotate(-90).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    drawing(""),
    drawing(`<path d="M0 64h256v32H0zM0 128h256v32H0zM0 192h256v32H0z" fill="#203040"/>`),
    drawing(`<circle cx="128" cy="128" r="90" fill="#d0a080"/>`),
  ]);
  const features = await detector.encode(
    images.map((bytes, i) => ({ path: `${i}`, bytes: new Uint8Array(bytes) })),
  );
  deepEqual(
    features.map(({ face }) => face![0]! >= faceThreshold),
    [true, true, true, false, false, false],
  );
  await rejects(detector.encode([{ path: "a.png", bytes: new Uint8Array(3) }]), {
    name: "RangeError",
    message: /^Cannot read "a\.png"/,
  });
  await detector.dispose();
});
