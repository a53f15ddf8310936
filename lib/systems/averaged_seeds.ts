/** Systems whose verdicts are averaged: several, or one with several keys. @module */

import { fold } from "../tensor/random.ts";
import type { TrainOptions } from "../training/train.ts";
import type { Fitted, Head, Inspected, Problem, Rows, System } from "./system.ts";

/** What a fit is told of its training run. */
export type FitOptions = Omit<TrainOptions, "threads">;

// What means the same in every fit: states of networks with other keys have nothing in common.
const comparable = ["classes"] as const;

/**
 * The system `name`: `member` fitted `seeds` times, fit i with the key `fold(key, "averaged", i)`, and
 * asked for the mean of their verdicts (deep ensembles, Lakshminarayanan et al. 2017),
 *
 *     p(x) = 1/M Σ_i p_i(x)
 *
 * `member` is given the options with the checkpoints of its own fit. Fits are made one after another,
 * and each is kept once it has ended. `inspect` shows the mean probabilities of `classes`
 * where the fits show them. The record has the number of all parameters, and those of the fits.
 *
 * @throws {RangeError} `seeds` is no integer from 1.
 */
export function averagedSeeds(
  name: string,
  member: (options: FitOptions) => System,
  { seeds, ...options }: FitOptions & { readonly seeds: number },
): System {
  if (!Number.isSafeInteger(seeds) || seeds < 1) {
    throw new RangeError(`Cannot average seeds: expected how many from 1, got ${seeds}`);
  }
  return averagedSystems(name, Array<typeof member>(seeds).fill(member), options);
}

/**
 * {@linkcode averagedSeeds} of systems that are not the same: fit i is that of member i, whose name
 * is in the record of several.
 *
 * The fit throws a RangeError where members show other classes.
 */
export function averagedSystems(
  name: string,
  members: readonly ((options: FitOptions) => System)[],
  options: FitOptions = {},
): System {
  const fit = async (problem: Problem) => {
    const names: string[] = [];
    const fits: Fitted[] = [];
    const dispose = async () => void await Promise.all(fits.map((fitted) => fitted.dispose()));
    try {
      for (const [i, member] of members.entries()) {
        const checkpoints = options.checkpoints?.part?.(String(i));
        const { checkpoints: _, ...others } = options;
        const onEpoch = ofPart(String(i), options);
        const system = member({
          ...others,
          ...checkpoints && { checkpoints },
          ...onEpoch && { onEpoch },
        });
        names.push(system.name);
        fits.push(await system.fit({ ...problem, key: fold(problem.key, "averaged", i) }));
      }
      assertSameClasses(name, fits);
    } catch (error) {
      await dispose();
      throw error;
    }
    const { record, ...mean } = averaged(fits);
    const isOfOne = new Set(names).size === 1;
    return { ...mean, record: { ...record, ...!isOfOne && { members: names } }, dispose };
  };
  return { name, fit };
}

function ofPart(name: string, { onEpoch }: FitOptions): FitOptions["onEpoch"] {
  return onEpoch &&
    ((epoch, { part, ...progress }) =>
      onEpoch(epoch, { ...progress, part: part === undefined ? name : `${name}.${part}` }));
}

function assertSameClasses(name: string, fits: readonly Fitted[]): void {
  const [wanted, ...others] = fits.map(({ record }) => JSON.stringify(record.classes ?? null));
  const other = others.find((classes) => classes !== wanted);
  if (other === undefined) return;
  throw new RangeError(`Cannot average ${name}: expected classes ${wanted}, got ${other}`);
}

function averaged(fits: readonly Fitted[]): Omit<Fitted, "dispose"> {
  const records = fits.map(({ record }) => record);
  const { classes } = records[0]!;
  const parameters = records.reduce((sum, { parameters }) => sum + Number(parameters ?? NaN), 0);
  return {
    async predict(rows, features) {
      const verdicts: Awaited<ReturnType<Fitted["predict"]>>[] = [];
      for (const fitted of fits) verdicts.push(await fitted.predict(rows, features));
      const heads = Object.keys(verdicts[0]!) as Head[];
      return Object.fromEntries(
        heads.map((head) => [head, mean(verdicts.map((verdict) => verdict[head]!))]),
      );
    },
    ...fits.every(({ inspect }) => inspect) && { inspect: (rows: Rows) => inspectAll(fits, rows) },
    record: {
      ...Number.isFinite(parameters) && { parameters },
      ...classes !== undefined && { classes },
      fits: records,
    },
  };
}

async function inspectAll(
  fits: readonly Fitted[],
  rows: Rows,
): Promise<Readonly<Record<string, Inspected>>> {
  const shown: Readonly<Record<string, Inspected>>[] = [];
  for (const fitted of fits) shown.push(await fitted.inspect!(rows));
  const names = comparable.filter((name) => shown[0]![name]);
  return Object.fromEntries(names.map((name) => {
    const { width } = shown[0]![name]!;
    return [name, { width, values: mean(shown.map((inspected) => inspected[name]!.values)) }];
  }));
}

function mean(of: readonly ArrayLike<number>[]): Float32Array {
  return Float32Array.from(
    of[0]!,
    (_, i) => of.reduce((sum, values) => sum + values[i]!, 0) / of.length,
  );
}
