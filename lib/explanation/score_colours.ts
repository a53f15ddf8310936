/** Colours of scores: the larger, the fuller. @module */

/** Teal and brown of ColorBrewer's BrBG: apart for all eyes, and no colour of a modality. */
export const towards = { positive: "#018571", negative: "#a6611a" } as const;

/** The largest of scores, whatever their sign; 0 of none. */
export function largest(scores: readonly (number | null)[]): number {
  return Math.max(0, ...scores.map((score) => Math.abs(score ?? 0)));
}

/** Says what the fullest colour stands for. */
export function scaleNote(scale: number): string {
  return `Full colour is ${scale.toPrecision(2)}.`;
}

/** The colour of a score by its sign. */
export function colourOf(score: number): string {
  return score >= 0 ? towards.positive : towards.negative;
}

/** How opaque a colour over a picture is, `most` at the scale. */
export function opacity(score: number, scale: number, most: number): string {
  return (scale === 0 ? 0 : most * Math.abs(score) / scale).toFixed(3);
}

/** The colour of a score on white, pale enough for black letters. */
export function heat(score: number, scale: number): string {
  return tint(colourOf(score), scale === 0 ? 0 : 0.6 * Math.abs(score) / scale);
}

/** A colour over white, `share` of it. */
export function tint(colour: string, share: number): string {
  const parts = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return `rgb(${parts.map((c) => Math.round(255 + share * (c - 255))).join(",")})`;
}
