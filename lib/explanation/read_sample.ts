/** A sample by its paths, as a page shows it. @module */

import { readBounded } from "../files.ts";
import { decodeClip } from "../encoders/load_input.ts";
import type { SampleInput } from "../inference/input_encoders.ts";
import type { RawSample } from "./explained_page.ts";

/**
 * Reads the image and the clip that a sample names.
 *
 * @throws {RangeError} A file is gone or longer than 64 MB, or the clip is no sound file that is read.
 */
export async function readSample({ text, image, audio }: SampleInput): Promise<RawSample> {
  return {
    ...text !== undefined && { text },
    ...image !== undefined && { image: { path: image, bytes: await readBounded(image) } },
    ...audio !== undefined && {
      audio: await decodeClip(await readBounded(audio), { path: audio }),
    },
  };
}
