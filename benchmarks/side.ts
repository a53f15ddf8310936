/** One contestant, and how contestants take turns. @module */

/** What was measured. */
export interface Timing {
  /** Wall-clock time of one iteration. */
  readonly milliseconds: number;
  /** A loss or a score, by which contestants are seen to compute the same. */
  readonly value: number;
}

/** One way to do a case's work, ready to be timed. */
export interface Side {
  readonly name: string;
  /** Why it cannot run on this machine, if it cannot. */
  readonly skipped?: string | undefined;
  run(iterations: number): Promise<Timing>;
  close(): Promise<void>;
}

// Long enough for the other side's idle threads to fall asleep, which spin for a while before.
const pauseMilliseconds = 100;

/**
 * The median of each side's milliseconds an iteration. The sides take turns,
 * in an order that is reversed each time, so that a change of the machine's
 * speed meets all of them.
 */
export async function measure(
  sides: readonly Side[],
  { iterations, repetitions }: { iterations: number; repetitions: number },
): Promise<number[]> {
  for (const side of sides) await side.run(iterations);
  const times = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (let i = 0; i < repetitions; i++) {
    for (const side of i % 2 ? sides.toReversed() : sides) {
      await new Promise((done) => setTimeout(done, pauseMilliseconds));
      times.get(side)!.push((await side.run(iterations)).milliseconds);
    }
  }
  return sides.map((side) => median(times.get(side)!));
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Times an iteration of `work`, whose last value counts. */
export async function timed(iterations: number, work: () => Promise<number>): Promise<Timing> {
  const begin = performance.now();
  let value = NaN;
  for (let i = 0; i < iterations; i++) value = await work();
  return { milliseconds: (performance.now() - begin) / iterations, value };
}
