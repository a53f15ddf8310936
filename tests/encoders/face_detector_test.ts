import { deepEqual, ok, rejects } from "node:assert/strict";
import { faceDetectorFiles } from "../../lib/deps/human.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import * as tf from "../../lib/deps/tf.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { faceDetector, faceThreshold, loadFaceFinder } from "../../lib/encoders/face_detector.ts";
import { drawing, face, side } from "./drawn_face.ts";
import { loadGraphModel } from "../deps/tfjs_converter.ts";

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

Deno.test("loadFaceFinder() finds a face where it is, at any place and size", async () => {
  const finder = await loadFaceFinder();
  for (const [left, top, scale] of [[0, 0, 1], [20, 60, 0.6], [120, 10, 0.5]] as const) {
    const bytes = await drawing(
      `<g transform="translate(${left} ${top}) scale(${scale})">${face}</g>`,
      300,
    );
    const { score, box } = await finder.find(await decodeImage({ path: "face.png", bytes }));
    ok(score >= faceThreshold, `${score}`);
    // The drawing's eyes to its mouth, in the image's 300 pixels for 256.
    const place = (x: number, from: number) => (scale * x + from) * 300 / side;
    const [middleX, middleY] = [box.left + box.width / 2, box.top + box.height / 2];
    ok(Math.abs(middleX - place(128, left)) < 25 * scale, `${middleX}`);
    ok(Math.abs(middleY - place(150, top)) < 45 * scale, `${middleY}`);
    ok(box.width > scale * 80 && box.width < scale * 260, `${box.width}`);
  }
  await finder.dispose();
});
