/** The parts of a split. @module */

/** The parts of a {@linkcode Split}. */
export const parts = ["train", "validation", "test"] as const;

/** One of {@linkcode parts}. */
export type Part = (typeof parts)[number];

/** Indices of samples, ascending, by part. */
export type Split = Readonly<Record<Part, readonly number[]>>;

/** A record with `valueOf(part)` for each part. */
export function byPart<Value>(valueOf: (part: Part) => Value): Record<Part, Value> {
  return { train: valueOf("train"), validation: valueOf("validation"), test: valueOf("test") };
}
