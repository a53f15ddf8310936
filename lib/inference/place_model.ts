/** Puts a model's folder in place of an older one, whole or not at all. @module */

import { moveInto } from "../files.ts";
import {
  assertPlaceForModel,
  type ModelDescription,
  type SavedFiles,
  writeModel,
} from "./model_folder.ts";

/**
 * Saves a model in `out` by way of the work folder, so that what a kill leaves half-written is
 * removed with that folder.
 *
 * @throws {RangeError} `out` holds something that is no model.
 */
export async function placeModel(
  out: string,
  { work, description, files }: {
    readonly work: string;
    readonly description: ModelDescription;
    readonly files: SavedFiles;
  },
): Promise<void> {
  await writeModel(`${work}/model`, { description, files });
  await assertPlaceForModel(out);
  await moveInto(out, { made: `${work}/model`, previous: `${work}/previous` });
}
