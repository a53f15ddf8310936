/**
 * Sliding windows over images, for pooling and depthwise convolution: which
 * input pixel lies under each position of the filter, and back.
 *
 * Both directions are gathers of whole rows, in a layout `[A, pixels, B]` that
 * holds `[N, H, W, C]` as it is, and also `[C, H, W, N]`, in which convolutions
 * leave their output.
 *
 * @module
 */

import * as tf from "../../deps/tf.ts";
import { inverse } from "./elementwise.ts";
import type { Info, Trace } from "../trace.ts";

/** The geometry of windows as tfjs computes it, for a pool or a convolution. */
export type WindowInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** The windows of a convolution; `depthwise`, each channel has filters of its own. */
export function convInfo(
  inputShape: number[],
  filterShape: number[],
  // deno-lint-ignore no-explicit-any -- tfjs does not type the attributes of its kernels.
  attrs: any,
  depthwise = false,
): WindowInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
    depthwise ? "channelsLast" : tf.backend_util.convertConv2DDataFormat(attrs.dataFormat),
  );
}

/** A value of the graph with a row for each pixel: `[A, pixels, B]`. */
export interface Rows {
  readonly name: string;
  /** A: N, or C where the batch is innermost. */
  readonly outer: number;
  readonly pixels: number;
  /** B: C, or N where the batch is innermost. */
  readonly inner: number;
}

/** The permutation from the layout that `x` is stored in to `[N, H, W, C]`. */
export function storedOrder(trace: Trace, x: Info): readonly number[] {
  const { perm } = trace.untransposed(trace.name(x));
  // Any other order would put something between height and width, or swap them.
  return perm !== undefined && perm[1] === 1 && perm[2] === 2 ? perm : [0, 1, 2, 3];
}

/** The pixels of an `[N, H, W, C]` tensor as rows, in the layout given by {@linkcode storedOrder}. */
export function asRows(trace: Trace, x: Info, order: readonly number[]): Rows {
  const stored = inverse(order);
  const [outer, height, width, inner] = stored.map((axis) => x.shape[axis]!);
  const pixels = height! * width!;
  const dims = [outer!, pixels, inner!];
  const value = trace.transpose(trace.name(x), stored, x.shape);
  const name = trace.reshape(value, [outer!, height!, width!, inner!], dims);
  return { name, outer: outer!, pixels, inner: inner! };
}

/** Rows back in an `[N, H, W, C]` tensor. */
export function fromRows(
  trace: Trace,
  name: string,
  shape: readonly number[],
  order: readonly number[],
): Info {
  const stored = inverse(order).map((axis) => shape[axis]!);
  return trace.info(trace.transpose(trace.shaped(name, stored), order), shape, "float32");
}

/** The pixel under each filter position at each output, or -1 for padding: `[taps, outputs]`, flat. */
export function pixelsUnder(info: WindowInfo): number[] {
  const { padInfo, inHeight, inWidth, outHeight, outWidth } = info;
  return range(info.filterHeight).flatMap((row) =>
    range(info.filterWidth).flatMap((column) =>
      range(outHeight * outWidth).map((output) => {
        const y = Math.floor(output / outWidth) * info.strideHeight - padInfo.top +
          row * info.dilationHeight;
        const x = (output % outWidth) * info.strideWidth - padInfo.left +
          column * info.dilationWidth;
        return y >= 0 && y < inHeight && x >= 0 && x < inWidth ? y * inWidth + x : -1;
      })
    )
  );
}

/** The integers from 0 to n - 1. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Rows by index, `[A, indices, B]`; -1 gives a row of `padding`. */
function gatherRows(
  trace: Trace,
  { name, outer, pixels, inner }: Rows,
  indices: readonly number[],
  padding = 0,
): string {
  const { graph } = trace;
  const padded = indices.includes(-1)
    ? graph.node("Concat", [name, trace.broadcast(trace.scalar(padding), [], [outer, 1, inner])], {
      axis: 1,
    })
    : name;
  const index = graph.integers(indices.map((i) => i < 0 ? pixels : i));
  return graph.node("Gather", [padded, index], { axis: 1 });
}

/** What lies under the windows, `[A, taps, outputs, B]`. */
export function gatherWindows(trace: Trace, x: Rows, info: WindowInfo, padding = 0): string {
  const taps = info.filterHeight * info.filterWidth, outputs = info.outHeight * info.outWidth;
  const gathered = gatherRows(trace, x, pixelsUnder(info), padding);
  return trace.shaped(gathered, [x.outer, taps, outputs, x.inner]);
}

/**
 * The transpose of {@linkcode gatherWindows}: adds `[A, taps, outputs, B]` up by
 * pixel, `[A, pixels, B]`.
 */
export function addWindows(
  trace: Trace,
  windows: string,
  { outer, inner }: Pick<Rows, "outer" | "inner">,
  info: WindowInfo,
): string {
  const under = pixelsUnder(info);
  const uses: number[][] = range(info.inHeight * info.inWidth).map(() => []);
  under.forEach((pixel, use) => pixel >= 0 && uses[pixel]!.push(use));
  const most = Math.max(1, ...uses.map((u) => u.length));
  const name = trace.shaped(windows, [outer, under.length, inner]);
  const rows = { name, outer, pixels: under.length, inner };
  const indices = range(most).flatMap((i) => uses.map((u) => u[i] ?? -1));
  const parts = trace.shaped(gatherRows(trace, rows, indices), [outer, most, uses.length, inner]);
  return trace.summed(parts, [1]);
}
