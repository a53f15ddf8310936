/** Whether a picture shows anything. @module */

import type { Pixels } from "./decode_image.ts";

// Standard deviation of a channel, in steps of 255: above what a compressed plain surface or the
// sensor of a covered camera has, below a line of one pixel across 48.
const plainDeviation = 3;

/** Says whether a picture is of one colour: no channel's standard deviation is above 3 of 255. */
export function isPlain({ data }: Pick<Pixels, "data">): boolean {
  const pixels = data.length / 3;
  return [0, 1, 2].every((channel) => {
    let sum = 0, squares = 0;
    for (let at = channel; at < data.length; at += 3) {
      sum += data[at]!;
      squares += data[at]! ** 2;
    }
    const mean = sum / pixels;
    return squares / pixels - mean * mean <= plainDeviation ** 2;
  });
}
