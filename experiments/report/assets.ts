/** The report's only script, and how it looks by day, by night and on paper. @module */

import { createHash } from "node:crypto";
import { inks, modalityColours } from "../../lib/figures/palette.ts";
import sheet from "./page.css" with { type: "text" };
import script from "./page.js" with { type: "text" };

export { script };

/** What a page's policy names, so that this script runs and no other. */
export const scriptHash = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

/** The style sheet. Ink and accent are those of the figures, which stay on white. */
export const style = `
:root { --ink: ${inks.text}; --muted: ${inks.muted}; --accent: ${modalityColours.unified}; }
${sheet}`;
