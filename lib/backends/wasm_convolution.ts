/**
 * Gradients of convolution for the WebAssembly backend of tfjs, which has none
 * by the filter and a slow one by the input. Both are convolutions themselves,
 * and those the backend does fast.
 *
 * @module
 */

import * as tf from "../deps/tf.ts";

type Rank4 = [number, number, number, number];

/** What tfjs passes to a gradient kernel of a convolution. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** How a convolution of NHWC images by HWIO filters was laid out. */
interface Geometry {
  readonly strides: readonly [number, number];
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/**
 * Registers `Conv2DBackpropFilter` and `Conv2DBackpropInput` for the backend `wasm`, in place of
 * what is there. Calling it again changes nothing. The backend need not be registered yet.
 *
 * The forward pass stays the package's own. Where the padding is `same` and a filter narrower than
 * its stride, that differs from tfjs's other backends; these gradients then fit theirs.
 */
export function registerWasmConvolutionGradients(): void {
  register("Conv2DBackpropFilter", ({ x, dy }, attrs) => {
    const { filterShape } = attrs as unknown as { filterShape: Rank4 };
    return filterGradient(x!, dy!, { filterShape, ...geometry(x!.shape, filterShape, attrs) });
  });
  register("Conv2DBackpropInput", ({ dy, filter }, attrs) => {
    const { inputShape } = attrs as unknown as { inputShape: Rank4 };
    return inputGradient(dy!, filter!, {
      inputShape,
      ...geometry(inputShape, filter!.shape, attrs),
    });
  });
}

/**
 * With s the strides and x padded as in the forward pass:
 *
 *     dW[i, j, c, o] = Σ_nab x[n, a·s + i, b·s + j, c] · dy[n, a, b, o]
 *
 * It is a convolution of x by dy with batch and channel swapped, where dy is dilated by s.
 */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, strides, top, left, bottom, right }: Geometry & { readonly filterShape: Rank4 },
): tf.Tensor {
  const [height, width, channels, filters] = filterShape;
  const padded = resize(x, [top, bottom], [left, right]);
  const images = tf.transpose(padded, [3, 1, 2, 0]);
  const kernels = tf.transpose(dy, [1, 2, 0, 3]);
  const full = tf.conv2d(images, kernels, 1, "valid", "NHWC", [...strides]);
  // Rows that no stride reached give positions past the filter's end.
  const gradient = tf.slice(full, [0, 0, 0, 0], [channels, height, width, filters]);
  return tf.transpose(gradient, [1, 2, 0, 3]);
}

/**
 * With W turned by 180° and its channels swapped, and dy with s − 1 zeros after each value:
 *
 *     dx[n, p, q, c] = Σ_ijo dy↑[n, p + top − i, q + left − j, o] · W[i, j, c, o]
 *
 * It is a convolution of dy↑, with as many zeros around it as make dx as large as x.
 */
function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { inputShape, strides, top, left }: Geometry & { readonly inputShape: Rank4 },
): tf.Tensor {
  const [height, width] = filter.shape;
  const spread = spreadOut(spreadOut(dy, 1, strides[0]), 2, strides[1]);
  const before = [height - 1 - top, width - 1 - left] as const;
  const framed = resize(
    spread,
    [before[0], inputShape[1] + height - 1 - before[0] - spread.shape[1]],
    [before[1], inputShape[2] + width - 1 - before[1] - spread.shape[2]],
  );
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(framed, turned, 1, "valid");
}

function geometry(
  inputShape: Rank4,
  filterShape: Rank4,
  { strides, pad, dimRoundingMode }: Attributes,
): Geometry {
  const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, left, bottom, right } = padInfo;
  return { strides: [strideHeight, strideWidth], top, left, bottom, right };
}

/** Puts `stride` − 1 zeros after each position along an axis. */
function spreadOut(x: tf.Tensor4D, axis: 1 | 2, stride: number): tf.Tensor4D {
  if (stride === 1) return x;
  const outer = x.shape.slice(0, axis + 1).reduce((a, b) => a * b, 1);
  const rows = tf.reshape(x, [outer, 1, -1]);
  const spread = tf.pad(rows, [[0, 0], [0, stride - 1], [0, 0]]);
  return tf.reshape(spread, x.shape.with(axis, x.shape[axis] * stride) as Rank4);
}

/** Adds zeros before and after rows and columns; negative counts take away. */
function resize(
  x: tf.Tensor4D,
  rows: readonly [number, number],
  columns: readonly [number, number],
): tf.Tensor4D {
  const counts = [...rows, ...columns];
  const [cutTop, cutBottom, cutLeft, cutRight] = counts.map((n) => Math.max(0, -n)) as Rank4;
  const [top, bottom, left, right] = counts.map((n) => Math.max(0, n)) as Rank4;
  const [batch, height, width, channels] = x.shape;
  // Neither is free where it changes nothing: the backend copies.
  const cut = counts.every((n) => n >= 0) ? x : tf.slice(x, [0, cutTop, cutLeft, 0], [
    batch,
    height - cutTop - cutBottom,
    width - cutLeft - cutRight,
    channels,
  ]);
  if (counts.every((n) => n <= 0)) return cut;
  return tf.pad(cut, [[0, 0], [top, bottom], [left, right], [0, 0]]);
}

function register(
  kernelName: string,
  gradient: (inputs: Readonly<Record<string, tf.Tensor4D>>, attrs: Attributes) => tf.Tensor,
): void {
  const backendName = "wasm";
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  const kernelFunc = (
    { inputs, attrs }: { inputs: Record<string, tf.Tensor4D>; attrs: Attributes },
  ) => tf.tidy(() => gradient(inputs, attrs));
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: kernelFunc as unknown as tf.KernelFunc,
  });
}
