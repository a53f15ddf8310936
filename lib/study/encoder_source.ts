/** How a command is told its encoders, and tells of them. @module */

import type { EncoderChoice, OwnEncoders } from "../encoders/mod.ts";
import { modalities, type Modality } from "../modality.ts";

/**
 * Frozen encoders by name; `scratch`, which each split's own training part trains; `best`, of which it
 * trains those of text and image, while that of speech is frozen; or a folder of trained ones, as
 * `deno task train` leaves them in `encoders/`.
 */
export type EncoderSource = EncoderChoice | "scratch" | "best" | { readonly folder: string };

/** Says whether encoders are branches trained on samples, now or before: all, or but that of speech. */
export function areTrained(source: EncoderSource): boolean {
  return source !== "paper" && source !== "embedded";
}

/** The modalities whose encoders each split trains on its own training part. */
export function trainedBySplit(source: EncoderSource): readonly Modality[] {
  if (source === "scratch") return modalities;
  return source === "best" ? ["text", "image"] : [];
}

/**
 * Refuses encoders of one's own where others are trained.
 *
 * @throws {RangeError} By the option.
 */
export function assertOwnFit(source: EncoderSource, own: OwnEncoders): void {
  const given = own.imageEncoder !== undefined
    ? "--image-encoder"
    : own.textEncoder !== undefined
    ? "--text-encoder"
    : undefined;
  if (given === undefined || !areTrained(source)) return;
  const got = typeof source === "string" ? source : `those of "${source.folder}"`;
  throw new RangeError(
    `Cannot use ${given}: expected --encoders embedded or paper with it, got ${got}, whose encoders ` +
      "of text and image are trained",
  );
}

/** The encoders in a few words, for captions, with what they tell of themselves. */
export function encoderCaption(source: EncoderSource, notes: readonly string[] = []): string {
  return [inWords(source), ...notes].join(". ");
}

function inWords(source: EncoderSource): string {
  if (typeof source === "object") return `trained before, of ${source.folder}`;
  const trained = "trained from raw inputs, for each split on its training part alone";
  if (source === "best") return `of text and image ${trained}; of speech frozen`;
  return source === "scratch" ? trained : source;
}
