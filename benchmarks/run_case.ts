/** One case from start to end: both sides made ready, checked against each other, timed. @module */

import { initModel, type ModelConfig, type ModelParams } from "../lib/model/mod.ts";
import type { Init } from "../lib/tensor/parameter.ts";
import { fold, key } from "../lib/tensor/random.ts";
import { type NamedArray, writeSafetensors } from "../lib/tensor/safetensors.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import { type Case, cases } from "./cases.ts";
import { firstBatch, inferenceSide, specsOf, stepSide } from "./ours.ts";
import { sweepSide } from "./sweep.ts";
import { batchArrays, parameterArrays, peerSide, peersSide, tableArrays } from "./peer.ts";
import { configOf, makeFeatures, sourceOf, training } from "./problem.ts";
import { measure, type Side } from "./side.ts";

/** How a case is run. */
export interface RunOptions {
  /** A Python that has the packages of `requirements.txt`. */
  readonly python: string;
  /** Threads of either side; in a sweep, its workers. */
  readonly threads: number;
  /** Timings of either side after the warm-up, of which the median counts. */
  readonly repetitions: number;
}

/** What one peer took, next to us. */
export interface Timed {
  readonly case: string;
  readonly ours_ms: number;
  readonly peer: string;
  readonly peer_ms: number;
  /** ours / peer: below 1 we are faster. */
  readonly ratio: number;
  readonly threads: number;
  readonly repetitions: number;
}

/** One line of the report; `skipped` says why there is no time. */
export type Line = Timed | {
  readonly case: string;
  readonly peer: string;
  readonly skipped: string;
};

/** What the sides of a case share. */
interface Setting extends RunOptions {
  readonly config: ModelConfig;
  readonly features: CorpusFeatures;
  readonly initial: Init<ModelParams>;
  /** Where the arrays for the peer are. */
  readonly file: string;
}

/**
 * Times a case: a line for each peer, of a sweep one for the faster.
 *
 * @throws {Error} A peer fails, or computes something else than we do.
 */
export async function runCase(name: string, options: RunOptions): Promise<Line[]> {
  const { what, iterations } = cases[name]!;
  const config = configOf(what.gate);
  const features = makeFeatures(config);
  const initial = initModel(fold(key(1), "initial"), config);
  const file = await Deno.makeTempFile({ suffix: ".safetensors" });
  const sides: Side[] = [];
  try {
    await Deno.writeFile(file, arraysFor(what, { config, features, initial }));
    const setting = { ...options, config, features, initial, file };
    sides.push(await ourSide(what, setting));
    sides.push(...await peerSides(what, setting));
    const able = sides.filter(({ skipped }) => skipped === undefined);
    if (what.kind !== "sweep") await assertEqualValues(name, able);
    const [ours, ...peers] = await measure(able, { ...options, iterations });
    const timed = peers.map((peer, i) =>
      line(name, able[i + 1]!.name, { ours: ours!, peer }, options)
    ).toSorted((a, b) => a.peer_ms - b.peer_ms);
    return [
      ...what.kind === "sweep" ? timed.slice(0, 1) : timed,
      ...sides.flatMap(({ name: peer, skipped }) => skipped ? [{ case: name, peer, skipped }] : []),
    ];
  } finally {
    for (const side of sides) await side.close();
    await Deno.remove(file);
  }
}

function line(
  name: string,
  peer: string,
  medians: { ours: number; peer: number },
  { threads, repetitions }: RunOptions,
): Timed {
  const rounded = (x: number) => Number(x.toPrecision(4));
  return {
    case: name,
    ours_ms: rounded(medians.ours),
    peer,
    peer_ms: rounded(medians.peer),
    ratio: rounded(medians.ours / medians.peer),
    threads,
    repetitions,
  };
}

function arraysFor(
  what: Case,
  { config, features, initial }: Pick<Setting, "config" | "features" | "initial">,
): Uint8Array {
  const arrays: Record<string, NamedArray> = parameterArrays(initial);
  if (what.kind !== "step") return writeSafetensors({ ...arrays, ...tableArrays(features) });
  const source = sourceOf(features, { config, batch: what.batch, seed: 1 });
  const batch = batchArrays({ specs: specsOf(source), values: firstBatch(source) });
  return writeSafetensors({ ...arrays, ...batch });
}

function ourSide(what: Case, setting: Setting): Promise<Side> {
  const { config, features, threads } = setting;
  if (what.kind === "step") {
    const source = sourceOf(features, { config, batch: what.batch, seed: 1 });
    return stepSide({ ...setting, source });
  }
  if (what.kind === "inference") return inferenceSide({ ...setting, rows: what.rows });
  return Promise.resolve(sweepSide({ ...what, config, features, workers: threads }));
}

async function peerSides(what: Case, setting: Setting): Promise<Side[]> {
  const { config, file, threads, python } = setting;
  const common = { config, training, file, threads, python, compiled: false };
  if (what.kind !== "sweep") {
    return [
      await peerSide("torch eager", { ...common, ...what }),
      await peerSide("torch.compile", { ...common, ...what, compiled: true }),
    ];
  }
  const seeds = Array.from({ length: what.seeds }, (_, i) => i + 1);
  const processes: Side[] = [];
  const count = Math.min(threads, what.seeds);
  for (let i = 0; i < count; i++) {
    const own = seeds.filter((seed) => seed % count === i);
    processes.push(await peerSide("one", { ...common, ...what, threads: 1, seeds: own }));
  }
  return [
    await peerSide(`torch eager, 1 process of ${threads} threads`, { ...common, ...what, seeds }),
    peersSide(`torch eager, ${count} processes of 1 thread`, processes),
  ];
}

/** Sides that compute something else are not worth a comparison. */
async function assertEqualValues(name: string, sides: readonly Side[]): Promise<void> {
  const [ours, ...peers] = await Promise.all(sides.map((side) => side.run(1)));
  peers.forEach(({ value }, i) => {
    if (Math.abs(value - ours!.value) <= 1e-4 * Math.abs(ours!.value)) return;
    throw new Error(
      `Cannot compare ${name}: expected ${ours!.value} from ${sides[i + 1]!.name}, got ${value}`,
    );
  });
}
