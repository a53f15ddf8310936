/** How a command is told its encoders, and tells of them. @module */

import type { EncoderChoice } from "../encoders/mod.ts";

/**
 * Frozen encoders by name; `scratch`, which each split's own training part trains; or a folder of
 * such, trained before, as `deno task train --encoders scratch` leaves them in `encoders/`.
 */
export type EncoderSource = EncoderChoice | "scratch" | { readonly folder: string };

/** Says whether encoders are branches trained on samples, now or before. */
export function areTrained(source: EncoderSource): boolean {
  return source !== "paper" && source !== "embedded";
}

/** The encoders in a few words, for captions, with what they tell of themselves. */
export function encoderCaption(source: EncoderSource, notes: readonly string[] = []): string {
  return [inWords(source), ...notes].join(". ");
}

function inWords(source: EncoderSource): string {
  if (typeof source === "object") return `trained before, of ${source.folder}`;
  return source === "scratch"
    ? "trained from raw inputs, for each split on its training part alone"
    : source;
}
