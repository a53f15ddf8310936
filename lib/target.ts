/** What is learnt of a sample: one of several classes, or a score. @module */

/** Classes that exclude each other, by name; a label is a place among them, from 0. */
export interface ClassTarget {
  /** Tells it from scores. */
  readonly kind: "classes";
  /** Two or more. */
  readonly classes: readonly string[];
}

/** A number in a range, such as −3 to 3 of CMU-MOSI; a label is the score itself. */
export interface ScoreTarget {
  /** Tells it from classes. */
  readonly kind: "score";
  /** The least score that there can be. */
  readonly low: number;
  /** The greatest. */
  readonly high: number;
}

/** What is learnt of a sample. The paper learns {@linkcode polarities}. */
export type Target = ClassTarget | ScoreTarget;

/** The paper's two classes: a label of 0 is negative, one of 1 positive. */
export const polarities: ClassTarget = { kind: "classes", classes: ["negative", "positive"] };

/** Numbers that a classifier's output has: a logit per class, or one for a score. */
export function outputsOf(target: Target): number {
  return target.kind === "classes" ? target.classes.length : 1;
}

/**
 * Numbers that a verdict has: of two classes the probability of the second, of K > 2 the
 * probabilities of all, of a score the score.
 */
export function verdictWidth(target: Target): number {
  return target.kind === "classes" && target.classes.length > 2 ? target.classes.length : 1;
}

/** Says whether there are two classes, which one probability tells apart. */
export function isBinary(target: Target): boolean {
  return target.kind === "classes" && target.classes.length === 2;
}

/** The place of the likeliest class in a verdict on classes: of equal ones the first, of two the second. */
export function mostLikely(verdict: ArrayLike<number>): number {
  if (verdict.length === 1) return verdict[0]! >= 0.5 ? 1 : 0;
  let best = 0;
  for (let k = 1; k < verdict.length; k++) if (verdict[k]! > verdict[best]!) best = k;
  return best;
}

/** A target that is not the paper's: what is made for that stays as it is, to the bit. */
export function otherThanPolarities(target: Target): Target | undefined {
  const isUsual = target.kind === "classes" &&
    target.classes.join("\n") === polarities.classes.join("\n");
  return isUsual ? undefined : target;
}
