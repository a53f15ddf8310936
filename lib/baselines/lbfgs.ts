/**
 * Minimises a smooth function of many numbers: limited-memory BFGS with a line
 * search for the strong Wolfe conditions (Nocedal and Wright, *Numerical
 * Optimization*, 2006, algorithms 7.4, 3.5 and 3.6).
 *
 * @module
 */

/** The function to minimise: returns its value at `point` and writes its gradient there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** Options of {@linkcode minimise}. */
export interface MinimiseOptions {
  /**
   * Stop when no component of the gradient is larger.
   *
   * @default 1e-6
   */
  readonly tolerance?: number;
  /**
   * Stop after so many steps.
   *
   * @default 1000
   */
  readonly maxIterations?: number;
}

/** Where {@linkcode minimise} ended. */
export interface Minimum {
  /** The lowest point found. */
  readonly point: Float64Array;
  /** The objective there. */
  readonly value: number;
  /** Steps taken. */
  readonly iterations: number;
  /** How often the objective was computed. */
  readonly evaluations: number;
  /** Whether the gradient is within the tolerance. */
  readonly converged: boolean;
}

// How many past steps shape the next one.
const memory = 10;

/**
 * The point at which `objective` is smallest, as seen from `start`.
 *
 * It ends unconverged when the steps run out, or when float64 shows no lower
 * value along the direction of descent. It finds the minimum of a convex
 * function, and a local one of any other.
 *
 * @throws {RangeError} A value that is not finite at `start`.
 *
 * @example A parabola
 * ```ts
 * import { minimise } from "./lbfgs.ts";
 * import { ok } from "node:assert/strict";
 *
 * const { point } = minimise((x, gradient) => {
 *   gradient[0] = 2 * (x[0]! - 3);
 *   return (x[0]! - 3) ** 2;
 * }, Float64Array.of(0));
 * ok(Math.abs(point[0]! - 3) < 1e-6);
 * ```
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-6, maxIterations = 1000 }: MinimiseOptions = {},
): Minimum {
  let evaluations = 0;
  const evaluate = (point: Float64Array): Place => {
    evaluations++;
    const gradient = new Float64Array(point.length);
    return { point, gradient, value: objective(point, gradient) };
  };

  let place = evaluate(start.slice());
  if (!Number.isFinite(place.value)) {
    throw new RangeError(
      `Cannot minimise: expected a finite value at the start, got ${place.value}`,
    );
  }
  const moves: Move[] = [];
  let iterations = 0;
  while (largest(place.gradient) > tolerance && iterations < maxIterations) {
    const next = wolfeStep(evaluate, place, descentDirection(place.gradient, moves));
    if (next === undefined) break;
    const move = moveBetween(place, next);
    // Without curvature along the step there is nothing to learn from it.
    if (move.curvature > 0) moves.push(move);
    if (moves.length > memory) moves.shift();
    place = next;
    iterations++;
  }
  const converged = largest(place.gradient) <= tolerance;
  return { point: place.point, value: place.value, iterations, evaluations, converged };
}

interface Place {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Move {
  /** The change of the point, s. */
  readonly step: Float64Array;
  /** The change of the gradient, y. */
  readonly change: Float64Array;
  /** s · y. */
  readonly curvature: number;
}

function moveBetween(from: Place, to: Place): Move {
  const step = to.point.map((x, i) => x - from.point[i]!);
  const change = to.gradient.map((g, i) => g - from.gradient[i]!);
  return { step, change, curvature: dot(step, change) };
}

// The two-loop recursion: minus the inverse Hessian, as the moves show it, times the gradient.
function descentDirection(gradient: Float64Array, moves: readonly Move[]): Float64Array {
  const last = moves.at(-1);
  // The first direction has no scale yet: no longer than 1, so that it cannot leap far.
  if (last === undefined) {
    const length = Math.max(1, Math.sqrt(dot(gradient, gradient)));
    return gradient.map((g) => -g / length);
  }
  const direction = gradient.map((g) => -g);
  const weights = new Float64Array(moves.length);
  for (let k = moves.length - 1; k >= 0; k--) {
    const { step, change, curvature } = moves[k]!;
    weights[k] = dot(step, direction) / curvature;
    addScaled(direction, -weights[k]!, change);
  }
  const scale = last.curvature / dot(last.change, last.change);
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  for (const [k, { step, change, curvature }] of moves.entries()) {
    addScaled(direction, weights[k]! - dot(change, direction) / curvature, step);
  }
  return direction;
}

/** A place on the line of search. */
interface Trial extends Place {
  /** How far along the direction. */
  readonly along: number;
  /** The derivative along the direction. */
  readonly slope: number;
}

// The constants of the strong Wolfe conditions that Nocedal and Wright recommend for quasi-Newton steps.
const sufficientDecrease = 1e-4;
const remainingSlope = 0.9;
const mostTrials = 40;

// `low` is the best trial so far; a step that will do lies between it and `high`, or beyond it
// while there is no `high`.
function wolfeStep(
  evaluate: (point: Float64Array) => Place,
  from: Place,
  direction: Float64Array,
): Place | undefined {
  const slope = dot(from.gradient, direction);
  // Near the minimum two values differ by rounding alone; then the slopes decide.
  const rounding = 4 * Number.EPSILON * Math.abs(from.value);
  let low: Trial = { ...from, along: 0, slope };
  let high: Trial | undefined;
  let along = 1;
  for (let tried = 0; tried < mostTrials; tried++) {
    const point = from.point.map((x, i) => x + along * direction[i]!);
    const place = evaluate(point);
    const trial: Trial = { ...place, along, slope: dot(place.gradient, direction) };
    const wanted = Math.min(from.value + sufficientDecrease * along * slope, low.value) + rounding;
    // Written so that NaN, too, counts as too high.
    if (!(trial.value <= wanted)) {
      high = trial;
    } else {
      if (Math.abs(trial.slope) <= -remainingSlope * slope) return trial;
      const ahead = high === undefined ? 1 : high.along - low.along;
      if (trial.slope * ahead >= 0) high = low;
      low = trial;
    }
    along = high === undefined ? 2 * along : between(low, high);
  }
  return low.along > 0 && low.value < from.value ? low : undefined;
}

// The minimum of the cubic through both values and slopes, kept off the ends so that the interval shrinks.
function between(low: Trial, high: Trial): number {
  const width = high.along - low.along;
  const mean = low.slope + high.slope - 3 * (high.value - low.value) / width;
  const root = Math.sign(width) * Math.sqrt(mean ** 2 - low.slope * high.slope);
  const share = 1 - (high.slope + root - mean) / (high.slope - low.slope + 2 * root);
  // No such minimum, or a value that is not finite: the middle.
  const kept = Number.isFinite(share) ? Math.min(Math.max(share, 0.1), 0.9) : 0.5;
  return low.along + kept * width;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, scale: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * source[i]!;
}

function largest(gradient: Float64Array): number {
  return gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
}
