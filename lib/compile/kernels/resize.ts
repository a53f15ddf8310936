/**
 * Translations of bilinear resizing and its gradient: along each axis the
 * result is a matrix, known while tracing, times the image.
 *
 * @module
 */

import { type Trace, translate } from "../trace.ts";

interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * The weights `[to, from]` by which `from` pixels make `to`. A new pixel r lies
 * at `r · from / to`, at `(r + 1/2) · from / to - 1/2` with half-pixel centres,
 * or at `r (from - 1) / (to - 1)` with aligned corners.
 */
function weights(
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: Sampling,
): Float32Array {
  const matrix = new Float32Array(to * from);
  const ends = alignCorners && to > 1 ? 1 : 0;
  const ratio = (from - ends) / (to - ends), half = halfPixelCenters ? 0.5 : 0;
  for (let r = 0; r < to; r++) {
    const at = ratio * (r + half) - half;
    const low = Math.max(0, Math.floor(at)), high = Math.min(from - 1, Math.ceil(at));
    // Beyond the first and the last centre both neighbours are the same pixel.
    const fraction = high === low ? 0 : at - low;
    matrix[r * from + low]! += 1 - fraction;
    matrix[r * from + high]! += fraction;
  }
  return matrix;
}

/** `rows · image · columnsᵀ` on each of `[N, H, W, C]`. */
function bothAxes(
  trace: Trace,
  image: string,
  [batch, height, width, channels]: readonly [number, number, number, number],
  [rows, columns]: readonly [string, string],
  [newHeight, newWidth]: readonly [number, number],
): string {
  const flat = trace.shaped(image, [batch, height, width * channels]);
  const tall = trace.graph.node("MatMul", [rows, flat]);
  const lines = trace.shaped(tall, [batch * newHeight, width, channels]);
  const wide = trace.graph.node("MatMul", [columns, lines]);
  return trace.shaped(wide, [batch, newHeight, newWidth, channels]);
}

translate("ResizeBilinear", ({ inputs: { images }, attrs, trace }) => {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const [newHeight, newWidth] = attrs.size as [number, number];
  const rows = trace.graph.floats(weights(height, newHeight, attrs), [newHeight, height]);
  const columns = trace.graph.floats(weights(width, newWidth, attrs), [newWidth, width]);
  const y = bothAxes(trace, trace.name(images), images.shape, [rows, columns], attrs.size);
  return trace.info(y, [batch, newHeight, newWidth, channels], "float32");
});

// tfjs's cpu backend ignores half-pixel centres here, and mixes up height and width; this is the derivative.
translate("ResizeBilinearGrad", ({ inputs: { dy, images }, attrs, trace }) => {
  const [, height, width] = images.shape as [number, number, number, number];
  const [, newHeight, newWidth] = dy.shape as [number, number, number, number];
  const rows = trace.graph.floats(weights(height, newHeight, attrs), [newHeight, height]);
  const columns = trace.graph.floats(weights(width, newWidth, attrs), [newWidth, width]);
  const transposed = [trace.transpose(rows, [1, 0]), trace.transpose(columns, [1, 0])] as const;
  const slope = bothAxes(trace, trace.name(dy), dy.shape, transposed, [height, width]);
  return trace.info(slope, images.shape, "float32");
});
