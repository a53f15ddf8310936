/** One case from start to end: all sides made ready, checked against each other, timed. @module */

import { arraysOf } from "./arrays.ts";
import { type Case, cases } from "./cases.ts";
import { flopsOf } from "./flops.ts";
import { load } from "./machine.ts";
import { type Design, type DesignName, designs } from "./problem.ts";
import type { Preparation, SideName, Timing } from "./protocol.ts";
import { median, takeTurns } from "./side.ts";
import { isPeer, joinSides, openSide, type Side, sidesOf, type StartOptions } from "./sides.ts";

/** How cases are run. */
export interface RunOptions extends StartOptions {
  readonly sides: readonly SideName[];
  /** Numbers of threads, one after the other; in a sweep, of workers. */
  readonly threads: readonly number[];
  /** Timings of each side after the warm-up. */
  readonly repetitions: number;
}

/** What one side took on so many threads: an iteration, medians. */
export interface Timed {
  readonly case: string;
  readonly threads: number;
  readonly side: SideName;
  /** Wall-clock time, and the least and the most of it. */
  readonly ms: number;
  readonly ms_range: readonly [number, number];
  /** Processor time of all threads: less than `ms` on one thread where others use the machine. */
  readonly cpu_ms: number;
  /** What the ratios are to. */
  readonly reference: SideName;
  /** The median of this side's time over the reference's in the same turn: below 1 it is faster. */
  readonly ratio: number;
  readonly cpu_ratio: number;
  /** 10⁹ operations of products and convolutions a second of `ms`, and of `cpu_ms`. */
  readonly gflops?: number;
  readonly cpu_gflops?: number;
  /** Of PyTorch in a sweep: processes that the trainings were divided among. */
  readonly processes?: number;
  readonly repetitions: number;
  /** The machine's load over a minute before and after; the sides themselves are in it. */
  readonly load: readonly [number, number];
}

/** One line of the report; `skipped` says why there is no time. */
export type Line =
  | Timed
  | (Pick<Timed, "case" | "threads" | "side"> & { readonly skipped: string });

/** The sides of a case that are asked for. */
export function chosenSides(what: Case, sides: readonly SideName[]): SideName[] {
  return sidesOf(what).filter((side) => sides.includes(side === "c_cached" ? "c" : side));
}

/**
 * Times a case: for each number of threads a line a side.
 *
 * @throws {Error} A side fails, or computes something else than the others.
 */
export async function* runCase(name: string, options: RunOptions): AsyncGenerator<Line> {
  const { what, iterations, most = Infinity } = cases[name]!;
  const repetitions = Math.min(options.repetitions, most);
  const file = await Deno.makeTempFile({ suffix: ".safetensors" });
  const open: Side[] = [];
  try {
    const names = chosenSides(what, options.sides);
    if (names.some(isPeer)) await Deno.writeFile(file, arraysOf(what));
    const asked = options.threads.flatMap((threads) => names.map((side) => ({ side, threads })));
    // All at once: nothing is timed yet, and torch.compile takes its time.
    const opened = await Promise.allSettled(
      asked.map((own) => openSides({ kind: "prepare", ...own, what, file }, options)),
    );
    for (const result of opened) if (result.status === "fulfilled") open.push(...result.value);
    for (const result of opened) if (result.status === "rejected") throw result.reason;
    await assertEqualValues(name, open.filter(({ skipped }) => skipped === undefined));
    const flops = flopsOf(what);
    for (const threads of options.threads) {
      const own = open.filter((side) => side.threads === threads);
      yield* timeSides(name, own, { iterations, repetitions, flops });
    }
  } finally {
    await Promise.all(open.map((side) => side.close()));
    await Deno.remove(file);
  }
}

/** One side; of a sweep in PyTorch each way to divide it, of which the faster counts. */
async function openSides(given: Preparation, options: RunOptions): Promise<Side[]> {
  const { what, side, threads } = given;
  if (!isPeer(side)) return [await openSide(given, options)];
  const preparation = what.kind === "product" ? given : { ...given, ...settingsOf(what.design) };
  if (what.kind !== "sweep") return [await openSide(preparation, options)];
  const seeds = Array.from({ length: what.seeds }, (_, i) => i + 1);
  const whole = await openSide({ ...preparation, seeds }, options);
  if (threads === 1) return [whole];
  const parts = await Promise.all(
    Array.from({ length: threads }, (_, i) => {
      const own = seeds.filter((seed) => seed % threads === i);
      return openSide({ ...preparation, threads: 1, seeds: own }, options);
    }),
  );
  return [whole, joinSides(parts, threads)];
}

/** What a peer is told of a network. */
function settingsOf(name: DesignName): Pick<Preparation, "config" | "training"> {
  const { config, training }: Design = designs[name];
  return { config, training };
}

/** How far values may differ from the first side's, relatively. */
const tolerances: Record<Case["kind"], number | undefined> = {
  step: 1e-4,
  inference: 1e-4,
  product: 1e-4,
  // The same weights, but each library draws its own batches and masks.
  epoch: 0.1,
  // Here the weights are drawn, too.
  sweep: undefined,
};

/** Sides that compute something else are not worth a comparison. */
async function assertEqualValues(name: string, sides: readonly Side[]): Promise<void> {
  const tolerance = tolerances[cases[name]!.what.kind];
  if (tolerance === undefined) return;
  const [first, ...others] = await Promise.all(sides.map((side) => side.run(1)));
  others.forEach(({ value }, i) => {
    if (Math.abs(value - first!.value) <= tolerance * Math.abs(first!.value)) return;
    throw new Error(
      `Cannot compare ${name}: expected ${first!.value} from ${sides[i + 1]!.name}, got ${value}`,
    );
  });
}

async function* timeSides(
  name: string,
  sides: readonly Side[],
  { iterations, repetitions, flops }: {
    readonly iterations: number;
    readonly repetitions: number;
    readonly flops: number | undefined;
  },
): AsyncGenerator<Line> {
  const able = sides.filter(({ skipped }) => skipped === undefined);
  const before = load()[0]!;
  const turns = await takeTurns(able, { iterations, repetitions });
  const common = { case: name, repetitions, load: [before, load()[0]!] as const };
  const timed = fastest(able.map((side, i) => ({ side, turns: turns[i]! })));
  const reference = timed.find(({ side }) => side.name === "eager") ??
    timed.find(({ side }) => side.name === "onnxruntime") ?? timed[0]!;
  for (const own of timed) yield { ...common, ...summary(own, reference, flops) };
  for (const { name: side, threads, skipped } of sides) {
    if (skipped !== undefined) yield { case: name, threads, side, skipped };
  }
}

/** A side with all its timings. */
interface TimedSide {
  readonly side: Side;
  readonly turns: readonly Timing[];
}

/** The faster of sides that have one name. */
function fastest(sides: readonly TimedSide[]): TimedSide[] {
  const wall = ({ turns }: TimedSide) => median(turns.map(({ milliseconds }) => milliseconds));
  const names = [...new Set(sides.map(({ side }) => side.name))];
  return names.map((name) =>
    sides.filter(({ side }) => side.name === name).toSorted((a, b) => wall(a) - wall(b))[0]!
  );
}

function summary(
  { side: { name, threads, processes }, turns }: TimedSide,
  reference: TimedSide,
  flops: number | undefined,
): Omit<Timed, "case" | "repetitions" | "load"> {
  const of = (field: "milliseconds" | "cpuMilliseconds") => {
    const own = turns.map((turn) => turn[field]);
    const ratios = own.map((x, i) => x / reference.turns[i]![field]);
    return { own, median: median(own), ratio: rounded(median(ratios)) };
  };
  const wall = of("milliseconds"), cpu = of("cpuMilliseconds");
  return {
    threads,
    side: name,
    ms: rounded(wall.median),
    ms_range: [rounded(Math.min(...wall.own)), rounded(Math.max(...wall.own))],
    cpu_ms: rounded(cpu.median),
    reference: reference.side.name,
    ratio: wall.ratio,
    cpu_ratio: cpu.ratio,
    ...flops !== undefined && {
      gflops: rounded(flops / wall.median / 1e6),
      cpu_gflops: rounded(flops / cpu.median / 1e6),
    },
    ...processes !== undefined && { processes },
  };
}

function rounded(x: number): number {
  return Number(x.toPrecision(4));
}
