/** The strengths of regularisation that a linear model is tried with. @module */

/**
 * The strengths that are tried: 0.001 to 100, by decades. Radford et al. (2021)
 * choose CLIP's by a sweep on validation as well, from 1e-6 to 1e6; the range is our choice.
 */
export const defaultStrengths: readonly number[] = [1e-3, 1e-2, 0.1, 1, 10, 100];

/** A model with how its fit went. */
export interface Fit<Model> {
  /** The minimum, or where the minimiser stopped. */
  readonly model: Model;
  /** Steps of the minimiser. */
  readonly iterations: number;
  /** Whether it met its tolerance. */
  readonly converged: boolean;
}

/** One strength that was tried. */
export interface Trial extends Omit<Fit<unknown>, "model"> {
  /** The strength tried. */
  readonly C: number;
  /** On the validation part. */
  readonly loss: number;
}

/** The model of the strength that has the lowest loss. */
export interface Chosen<Model> {
  readonly model: Model;
  readonly C: number;
  /** One a strength, rising. */
  readonly trials: readonly Trial[];
}

/** Each fit starts from the last; of equal losses the smaller C wins. */
export function chooseAmong<Model>(
  grid: readonly number[],
  { fit, loss }: {
    readonly fit: (C: number, start: Model | undefined) => Fit<Model>;
    readonly loss: (model: Model) => number;
  },
): Chosen<Model> {
  const trials: Trial[] = [];
  let start: Model | undefined;
  let best: { model: Model; trial: Trial } | undefined;
  for (const C of grid.toSorted((a, b) => a - b)) {
    const { model, ...how } = fit(C, start);
    const trial = { C, loss: loss(model), ...how };
    trials.push(trial);
    if (best === undefined || trial.loss < best.trial.loss) best = { model, trial };
    start = model;
  }
  return { model: best!.model, C: best!.trial.C, trials };
}

/**
 * Refuses a strength that is none; `action` is what it is for.
 *
 * @throws {RangeError} A `C` that is not positive.
 */
export function checkStrength(action: string, C: number): void {
  if (!Number.isFinite(C) || C <= 0) {
    throw new RangeError(`Cannot ${action}: expected C > 0, got ${C}`);
  }
}
