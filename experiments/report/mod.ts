/**
 * One page to look at: every result that a folder holds, in one HTML file that
 * opens from disk and loads nothing: what was found, as answers to a reader's
 * questions, and below each, folded, what it is made of. Its one script makes
 * the pictures answer and the tables sort; without it everything is there to be read.
 *
 * @module
 */

import { join } from "node:path";
import { writeWhole } from "../../lib/files.ts";
import { type Picture, readResults, type SavedResult } from "./read_results.ts";
import { makeReport, type ReportContext } from "./page.ts";

export type { ReportContext };
export { type Picture, readResults, type SavedResult };

/**
 * Writes the report of all results in `folder`, those of earlier commands
 * included, beside them as `report.html`, whole or not at all. Returns its path.
 *
 * @throws {RangeError} A result's file of JSON that is none.
 */
export async function writeReport(folder: string, context: ReportContext): Promise<string> {
  const page = await makeReport(await readResults(folder, context.experiments), context);
  const path = join(folder, "report.html");
  await writeWhole(path, page);
  return path;
}
