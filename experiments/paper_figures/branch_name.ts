/** What captions call a branch. @module */

import type { Branch } from "../../lib/study/proposed_runs.ts";

/** `the whole model`, or such as `the text branch`. */
export function branchName(branch: Branch): string {
  return branch === "unified" ? "the whole model" : `the ${branch} branch`;
}
