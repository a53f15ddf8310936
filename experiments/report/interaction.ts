/** The report's only script. @module */

import { createHash } from "node:crypto";
import script from "./page.js" with { type: "text" };

export { script };

/** What a page's policy names, so that this script runs and no other. */
export const scriptHash = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
