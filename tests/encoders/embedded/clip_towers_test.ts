import { ok, throws } from "node:assert/strict";
import * as tf from "../../../lib/deps/tf.ts";
import {
  type ClipParams,
  contrastiveLoss,
  imageTower,
  initClip,
  logScaleRange,
  similarities,
  textTower,
} from "../../../lib/encoders/embedded/clip_towers.ts";
import { type Parameter, tensors } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import type { Tree } from "../../../lib/tensor/tree.ts";
import reference from "../../fixtures/contrastive_loss.json" with { type: "json" };
import { gradientsAgree } from "../../gradient_check.ts";
import { differ, near, uniformTensor } from "../../tensor_values.ts";

const size = { channels: [3, 4], words: 5, hidden: 6, width: 4 };
const init = initClip(key(1), size);
const params = () => tensors(init as Tree<Parameter>) as unknown as ClipParams;

Deno.test("the contrastive loss is that of two classes worked by hand", () => {
  // Rows: softmax(ln 3, 0) = 3/4 and softmax(0, 0) = 1/2; columns: 3/4 and 1/2 too.
  const z = tf.tensor2d([[Math.log(3), 0], [0, 0]]);
  near(contrastiveLoss(z), -(Math.log(3 / 4) + Math.log(1 / 2)) / 2);
  throws(() => contrastiveLoss(tf.zeros([2, 3])), /expected shape \[2, 2\], got \[2, 3\]/);
});

Deno.test("loss and gradients agree with PyTorch's", () => {
  for (const { logScale, image, text, loss, gradients } of reference) {
    const run = (image: tf.Tensor, text: tf.Tensor, s: tf.Tensor) =>
      contrastiveLoss(similarities(s, { image, text })) as tf.Scalar;
    const inputs = [tf.tensor2d(image), tf.tensor2d(text), tf.tensor1d([logScale])];
    const { value, grads } = tf.valueAndGrads(run as (...xs: tf.Tensor[]) => tf.Scalar)(inputs);
    near(value, loss, 1e-5, "loss");
    near(grads[0]!, gradients.image, 1e-5, "by images");
    near(grads[1]!, gradients.text, 1e-5, "by texts");
    near(grads[2]!, gradients.logScale, 1e-5, "by s");
  }
});

Deno.test("the scale begins at 1 / 0.07 and stays at 100 however large s is", () => {
  const same = { image: tf.tensor2d([[2, 0]]), text: tf.tensor2d([[5, 0]]) };
  near(similarities(tf.tensor1d([logScaleRange.initial]), same), [[1 / 0.07]], 1e-5);
  near(similarities(tf.tensor1d([9]), same), [[100]], 1e-5);
});

Deno.test("the text tower pays no heed to words that the mask leaves out, nor to their order", () => {
  const vectors = uniformTensor("vectors", 2, 3, 5);
  const mask = tf.tensor2d([[1, 1, 0], [1, 0, 1]]);
  const y = textTower(params().text, { vectors, mask });
  const other = tf.where(
    tf.expandDims(tf.equal(mask, 1), 2).tile([1, 1, 5]),
    vectors,
    tf.fill([2, 3, 5], 7),
  );
  near(textTower(params().text, { vectors: other, mask }), y);
  near(
    textTower(params().text, { vectors: tf.reverse(vectors, 1), mask: tf.reverse(mask, 1) }),
    y,
  );
  ok(differ(textTower(params().text, { vectors, mask: tf.onesLike(mask) }), y));
});

Deno.test("the image tower sees each picture for itself, and no brightness or contrast", () => {
  const pixels = uniformTensor("pixels", 2, 8, 8, 3);
  const y = imageTower(params().image, { pixels });
  const first = tf.slice(pixels, 0, 1);
  near(imageTower(params().image, { pixels: first }), tf.slice(y, 0, 1), 1e-5);
  // The first convolution has no bias, and its map is standardised.
  near(imageTower(params().image, { pixels: tf.mul(pixels, 3) }), y, 1e-3);
  ok(differ(imageTower(params().image, { pixels: tf.reverse(pixels, 2) }), y));
  throws(
    () => imageTower(params().image, { pixels: tf.zeros([1, 8, 8, 1]) }),
    /expected shape \[any, any, any, 3\]/,
  );
});

Deno.test("the loss has the gradient of its central differences by every parameter", () => {
  const pixels = uniformTensor("pixels", 3, 8, 8, 3);
  const vectors = uniformTensor("vectors", 3, 2, 5);
  const mask = tf.tensor2d([[1, 1], [1, 0], [1, 1]]);
  gradientsAgree(init as Tree<Parameter> as { [name: string]: Tree<Parameter> }, (at) => {
    const { image, text, logScale } = at as unknown as ClipParams;
    return contrastiveLoss(
      similarities(logScale, {
        image: imageTower(image, { pixels }),
        text: textTower(text, { vectors, mask }),
      }),
    );
  }, { tolerance: 5e-2, h: 2e-3 });
});
