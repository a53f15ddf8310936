/** How the sides of a benchmark take turns. @module */

/** What was measured of a side. */
interface Timing {
  /** Wall-clock time of one iteration. */
  readonly milliseconds: number;
}

/** What can be timed. */
interface Timeable<T extends Timing> {
  run(iterations: number): Promise<T>;
}

/** One way to do a case's work, ready to be timed. */
export interface Side extends Timeable<Timing> {
  readonly name: string;
  close(): Promise<void>;
}

// Long enough for the other side's idle threads to fall asleep, which spin for a while before.
const pauseMilliseconds = 100;

/**
 * Each side's timings. The sides take turns, in an order that is reversed each time, so that a change
 * of the machine's speed meets all of them; the first run of each is not counted.
 */
export async function takeTurns<T extends Timing>(
  sides: readonly Timeable<T>[],
  { iterations, repetitions }: { iterations: number; repetitions: number },
): Promise<T[][]> {
  for (const side of sides) await side.run(iterations);
  const timings = sides.map((): T[] => []);
  for (let i = 0; i < repetitions; i++) {
    for (const [place, side] of i % 2 ? [...sides.entries()].reverse() : sides.entries()) {
      await new Promise((done) => setTimeout(done, pauseMilliseconds));
      timings[place]!.push(await side.run(iterations));
    }
  }
  return timings;
}

/** The median of each side's milliseconds an iteration, as {@linkcode takeTurns} has them. */
export async function measure(
  sides: readonly Timeable<Timing>[],
  options: { iterations: number; repetitions: number },
): Promise<number[]> {
  const timings = await takeTurns(sides, options);
  return timings.map((own) => median(own.map(({ milliseconds }) => milliseconds)));
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
