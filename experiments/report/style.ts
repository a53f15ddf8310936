/** How the report looks, by day, by night and on paper. @module */

import { inks, modalityColours } from "../../lib/figures/palette.ts";
import sheet from "./page.css" with { type: "text" };

/** The style sheet. Ink and accent are those of the figures, which stay on white. */
export const style = `
:root { --ink: ${inks.text}; --chart-ink: ${inks.text}; --muted: ${inks.muted}; --accent: ${modalityColours.unified}; }
${sheet}`;
