/** Whether a result may go where it is to go. @module */

import { kindOf } from "../lib/files.ts";

/**
 * Refuses a folder that is there, but for one of an earlier result that is to be replaced.
 *
 * @throws {RangeError} With what to type.
 */
export async function assertPlace(
  folder: string,
  { marker, name, force }: {
    /** The file that every such result has. */
    readonly marker: string;
    /** What such a result is called: `a comparison`. */
    readonly name: string;
    readonly force: boolean;
  },
): Promise<void> {
  const kind = await kindOf(folder);
  if (kind === "nothing") return;
  const isOurs = await kindOf(`${folder}/${marker}`) === "file";
  if (isOurs && force) return;
  throw new RangeError(
    `Cannot write to "${folder}": expected nothing there, got ` +
      (isOurs
        ? `${name}; --force replaces it, --out takes another folder`
        : `a ${kind} without ${marker}; --out takes another folder`),
  );
}
