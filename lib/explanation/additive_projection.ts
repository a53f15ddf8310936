/** What a fused verdict is without any interaction of its modalities. @module */

import { modalities, type Modality } from "../modality.ts";
import type { Rows } from "../systems/system.ts";
import { fold, type Key, permutation, uniforms } from "../tensor/random.ts";

/** What {@linkcode additiveProjection} gives. */
export interface AdditiveProjection {
  /** Of each row, `[N, w]`. */
  readonly evidence: Float64Array;
  /** How many combinations of samples were judged. */
  readonly combinations: number;
  /** How many there are, N^M. */
  readonly of: number;
}

/** What of the combinations is judged. */
export interface AdditiveOptions {
  /** Most combinations that are all judged; of more, a sample of about as many. @default 40_000 */
  readonly most?: number;
  /** Draws the sample. */
  readonly key: Key;
}

// Fewer partners than these say little of a mean.
const fewestPartners = 8;
// Combinations in one call of the judge.
const atOnce = 4096;

/**
 * The empirical multimodally-additive projection (EMAP; Hessel and Lee, EMNLP 2020) of a verdict on
 * rows that show M modalities: of all sums of a function of each modality the one that is nearest to
 * the verdict over every combination of the rows' samples,
 *
 *     f_A(x) = Σ_m mean over the others of f(x_m, others) − (M − 1) · mean of f
 *
 * `judge` gives f of combinations, `[n, w]`: evidence, such as a logit (`evidenceOf`), in which sums are
 * of independent parts. What a verdict loses by it is what interaction adds. Of rows of one modality
 * it is f itself.
 *
 * With at most `most` combinations, N^M, all are judged, and the formula is exact. Otherwise each row's
 * sample meets as many partners as that allows, 8 at least, in a design in which every sample is met
 * equally often, and f_A is the least-squares sum over those that were judged: of all combinations it
 * is the formula, and of a verdict that is a sum already it is that sum however few are judged. The
 * authors judge all combinations of two modalities; three, and the sample, are ours.
 *
 * @throws {RangeError} Rows without a modality, or of different lengths.
 */
export async function additiveProjection(
  judge: (rows: Rows) => Promise<Float64Array>,
  rows: Rows,
  { most = 40_000, key }: AdditiveOptions,
): Promise<AdditiveProjection> {
  const shown = modalities.filter((m) => rows[m] !== undefined);
  const count = rows[shown[0]!]?.length ?? 0;
  if (shown.length === 0 || shown.some((m) => rows[m]!.length !== count)) {
    const got = shown.map((m) => `${rows[m]!.length} of ${m}`).join(", ") || "none";
    throw new RangeError(`Cannot project verdicts: expected as many samples of each, got ${got}`);
  }
  if (shown.length === 1 || count === 0) {
    return { evidence: await judge(rows), combinations: count, of: count };
  }
  const of = count ** shown.length;
  const draws = of <= most
    ? allShifts(count, shown.length - 1)
    : someShifts(count, shown.length - 1, {
      draws: Math.max(fewestPartners, Math.floor(most / count)),
      key,
    });
  // Neighbours in a table may be alike: partners are taken in another order of each modality.
  const orders = shown.map((m, k) =>
    k === 0 ? [...Array(count).keys()] : permutation(fold(key, "partners", m), count)
  );
  const places = draws.map((shifts) =>
    shown.map((_, k) =>
      Array.from(
        { length: count },
        (_, i) => orders[k]![k === 0 ? i : (i + shifts[k - 1]!) % count]!,
      )
    )
  );
  const cells = await judgeAll(judge, rows, { shown, places });
  return { evidence: nearestSum(cells, places, count), combinations: draws.length * count, of };
}

/** Every way to shift `others` modalities against the first. */
function allShifts(count: number, others: number): number[][] {
  if (others === 0) return [[]];
  return allShifts(count, others - 1).flatMap((some) =>
    Array.from({ length: count }, (_, shift) => [...some, shift])
  );
}

/** Some of them, none twice. */
function someShifts(
  count: number,
  others: number,
  { draws, key }: { readonly draws: number; readonly key: Key },
): number[][] {
  const next = uniforms(fold(key, "shifts"));
  const found = new Map<string, number[]>();
  const wanted = Math.min(draws, count ** others);
  while (found.size < wanted) {
    const shifts = Array.from({ length: others }, () => Math.floor(next() * count));
    found.set(shifts.join(), shifts);
  }
  return [...found.values()];
}

/** By draw and modality, the place of each combination's sample among the rows. */
type Places = readonly (readonly (readonly number[])[])[];

/** The evidence of each draw's combinations, `[N, w]`. */
async function judgeAll(
  judge: (rows: Rows) => Promise<Float64Array>,
  rows: Rows,
  { shown, places }: { readonly shown: readonly Modality[]; readonly places: Places },
): Promise<Float64Array[]> {
  const count = rows[shown[0]!]!.length;
  const together = Math.max(1, Math.floor(atOnce / count));
  const cells: Float64Array[] = [];
  for (let from = 0; from < places.length; from += together) {
    const some = places.slice(from, from + together);
    const combined = shown.map((m, k) => [
      m,
      some.flatMap((draw) => draw[k]!.map((place) => rows[m]![place]!)),
    ]);
    const evidence = await judge(Object.fromEntries(combined));
    const size = evidence.length / some.length;
    some.forEach((_, d) => cells.push(evidence.slice(d * size, (d + 1) * size)));
  }
  return cells;
}

const mostRounds = 500;

// Each function in turn is what the others leave, on average; every sample is in as many combinations.
function nearestSum(cells: readonly Float64Array[], places: Places, count: number): Float64Array {
  const width = cells[0]!.length / count, parts = places[0]!.length;
  const functions = Array.from({ length: parts }, () => new Float64Array(count * width));
  const greatest = cells.reduce(
    (most, cell) => cell.reduce((a, z) => Math.max(a, Math.abs(z)), most),
    0,
  );
  for (let round = 0, change = Infinity; round < mostRounds && change > 1e-12 * greatest; round++) {
    change = 0;
    for (let k = 0; k < parts; k++) {
      const mean = new Float64Array(count * width);
      cells.forEach((cell, d) => {
        const own = places[d]!;
        for (let at = 0; at < cell.length; at++) {
          const i = Math.floor(at / width), c = at % width;
          let rest = cell[at]!;
          for (let j = 0; j < parts; j++) {
            if (j !== k) rest -= functions[j]![own[j]![i]! * width + c]!;
          }
          mean[own[k]![i]! * width + c]! += rest / cells.length;
        }
      });
      mean.forEach((z, at) => change = Math.max(change, Math.abs(z - functions[k]![at]!)));
      functions[k] = mean;
    }
  }
  return Float64Array.from(
    { length: count * width },
    (_, at) => functions.reduce((sum, own) => sum + own[at]!, 0),
  );
}
