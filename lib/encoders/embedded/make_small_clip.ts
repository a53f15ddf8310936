/** Makes the folder of the small CLIP. @module */

import { writeModelFolder } from "./model_files.ts";
import { smallClip } from "./small_clip.ts";
import { embeddedWords, readWordVectors } from "./word_vectors.ts";

/** Trains it on this thread and writes its folder. */
export async function makeSmallClip(path: string): Promise<void> {
  await writeModelFolder(path, await smallClip(await readWordVectors(embeddedWords)));
}
