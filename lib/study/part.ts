/** Work that several processes share: which of it is a part's, and what a part does with the rest. @module */

import type { FeatureStore } from "../encoders/mod.ts";
import { sha256 } from "../files.ts";
import { fitKey } from "./fit_key.ts";
import type { Job } from "./job.ts";

/** Part `index` of `count`, from 0. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

/** Says whether what has this key, a digest in hexadecimal, is made by a part: alike on every machine. */
function isInPart(key: string, { index, count }: Part): boolean {
  return Number.parseInt(key.slice(0, 12), 16) % count === index;
}

/** What a process makes of the work of a command that others share. */
export interface Share {
  /** The fits or features that are its own; all of them by default. */
  readonly part?: Part | undefined;
  /** What it makes of its own; `nothing` counts. */
  readonly makes: "fits" | "features" | "nothing";
  /** Told of each round of fits, before its own are made. */
  readonly onRound: (round: readonly PlannedFit[]) => void | Promise<void>;
  /** Told of features that the store lacks: how many encodings of samples, and how many are its own. */
  readonly onMissing?: (missing: number, ours: number) => void;
}

/** A fit of a round. */
export interface PlannedFit {
  /** As {@linkcode fitKey} has it. */
  readonly key: string;
  readonly jobs: readonly Job[];
  readonly isOurs: boolean;
}

/** Thrown for a round of fits that has no outcomes here: a part makes its own, and no results. */
export class MadeInParts extends Error {
  /** Says that there are no results. */
  constructor() {
    super("Cannot make results: expected all fits, got those of a part");
  }
}

/**
 * Makes those of a round's fits that are a share's, by `run`.
 *
 * @throws {MadeInParts} Always: there is no outcome to go on with.
 */
export async function runShare(
  jobs: readonly Job[],
  { part, makes, onRound }: Share,
  { run, encode, keyOf = fitKey }: {
    readonly run: (own: readonly Job[]) => Promise<unknown>;
    /** Encodes what jobs read that is encoded when they are run. */
    readonly encode?: (jobs: readonly Job[]) => Promise<unknown>;
    /** What decides whose part a job is; jobs of one fit have one key. */
    readonly keyOf?: (job: Job) => string;
  },
): Promise<never> {
  const fits = [...Map.groupBy(jobs, fitKey)].map(([key, jobs]): PlannedFit => ({
    ...{ key, jobs },
    isOurs: part === undefined || isInPart(keyOf(jobs[0]!), part),
  }));
  await onRound(fits);
  const own = new Set(fits.filter(({ isOurs }) => isOurs).flatMap(({ jobs }) => jobs));
  if (makes === "fits") await run(jobs.filter((job) => own.has(job)));
  else await encode?.(jobs);
  throw new MadeInParts();
}

type Round = () => Promise<unknown>;

/** What each round gives. */
type Outcomes<Rounds extends readonly Round[]> = {
  -readonly [R in keyof Rounds]: Rounds[R] extends () => Promise<infer Outcome> ? Outcome : never;
};

/**
 * Runs rounds of fits, one after the other. Where they are made in parts no round has outcomes, and
 * the next is begun all the same; so none may need what another gives.
 *
 * @throws {MadeInParts} After the last round.
 */
export async function inRounds<const Rounds extends readonly Round[]>(
  rounds: Rounds,
): Promise<Outcomes<Rounds>> {
  const results: unknown[] = [];
  let parts: MadeInParts | undefined;
  for (const round of rounds) {
    try {
      results.push(await round());
    } catch (error) {
      if (!(error instanceof MadeInParts)) throw error;
      parts = error;
    }
  }
  if (parts) throw parts;
  return results as unknown as Outcomes<Rounds>;
}

/**
 * A store that a share encodes into: what the store lacks is told to be missing where it is the share's
 * to make. The rows of the rest are 0, which nobody learns from: such a share makes no fits. A part
 * adds files and packs none.
 */
export function storeOfShare(kept: FeatureStore, share?: Share): FeatureStore {
  if (share === undefined) return kept;
  const { part, makes, onMissing = () => {} } = share;
  const packs = part === undefined && makes !== "nothing";
  const store: FeatureStore = packs ? kept : { ...kept, pack: () => Promise.resolve() };
  if (makes === "fits") return store;
  const isOurs = (hash: string) => part === undefined || isInPart(sha256(hash), part);
  const ownOf = (missing: readonly number[], hashes: readonly string[]) => {
    const ours = missing.filter((i) => isOurs(hashes[i]!));
    onMissing(missing.length, ours.length);
    return makes === "features" ? ours : [];
  };
  return {
    ...store,
    async find(encoder, hashes) {
      const { tables, missing } = await store.find(encoder, hashes);
      return { tables, missing: ownOf(missing, hashes) };
    },
    async read(encoder, hashes) {
      const { table, missing } = await store.read(encoder, hashes);
      return { table, missing: ownOf(missing, hashes) };
    },
  };
}
