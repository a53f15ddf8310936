/** A sample by its paths, as a page shows it. @module */

import { decodeClip } from "../encoders/load_input.ts";
import type { SampleInput } from "../inference/input_encoders.ts";
import type { RawSample } from "./explained_page.ts";

/**
 * Reads the image and the clip that a sample names.
 *
 * @throws {Deno.errors.NotFound} A file is gone.
 * @throws {RangeError} The clip is no sound file that is read.
 */
export async function readSample({ text, image, audio }: SampleInput): Promise<RawSample> {
  return {
    ...text !== undefined && { text },
    ...image !== undefined && { image: { path: image, bytes: await Deno.readFile(image) } },
    ...audio !== undefined && {
      audio: await decodeClip(await Deno.readFile(audio), { path: audio }),
    },
  };
}
