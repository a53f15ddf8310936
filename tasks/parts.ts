/** Parts of a command's work: on the command line, and as they are told of. @module */

import { counted } from "../experiments/tables.ts";
import type { Job } from "../lib/study/job.ts";
import { MadeInParts, type Part, type Share } from "../lib/study/part.ts";
import type { OpenWork } from "../lib/study/with_work_folder.ts";
import type { WorkerKind, WorkFolder } from "../lib/study/work_folder.ts";
import { flag, option, type Values } from "./option.ts";

/** Which of the work is made. */
export const partOptions = {
  part: option(
    "I/N",
    "makes the fits of part I of N, from 0/N to N-1/N, and no results: parts are of any machine that " +
      "shares --out, --cache and --data, and the same command without it collects; docs/cluster.md",
    parsePart,
  ),
  plan: flag(
    "makes nothing: counts the runs that are there and those that are missing; with --part lists " +
      "those of the part",
  ),
};

/** `3/9`: the fourth of nine. */
function parsePart(text: string, name: string): Part {
  const [index, count] = text.split("/").map(Number) as [number, number];
  if (/^\d{1,6}\/\d{1,6}$/.test(text) && index < count) return { index, count };
  throw new RangeError(`Cannot use ${name}: expected such as 0/8, up to 7/8, got "${text}"`);
}

/** A part as the command line has it. */
export function partToText({ index, count }: Part): string {
  return `${index}/${count}`;
}

/**
 * Refuses a part of what makes nothing.
 *
 * @throws {RangeError} With `--check`.
 */
export function assertPartFits(
  { part, plan, check }: Values<typeof partOptions> & { readonly check?: string | undefined },
): void {
  const asked = part ? "--part" : plan ? "--plan" : undefined;
  if (asked === undefined || check === undefined) return;
  throw new RangeError(`Cannot use ${asked}: expected no --check beside it, got one`);
}

/** A run of the work. */
export interface ReportedRun {
  readonly name: string;
  readonly isOurs: boolean;
  /** Whether its outcome was there before; of others' runs this is asked where nothing is made. */
  readonly isThere: boolean;
}

/** What became of a part, or would. */
export interface PartReport {
  /** Of all results that are not made already. */
  readonly runs: readonly ReportedRun[];
  /** Encodings of samples that the store lacked, and how many of them were the part's; of fits none are counted. */
  readonly missing: number;
  readonly ours: number;
}

/** A part's share of a command, and what is told of it. */
export interface OpenShare {
  readonly share: Share;
  /** How it opens work folders. */
  readonly as: WorkerKind;
  /** Has the runs that are there looked for in the folder that is opened last. */
  watch(openWork: OpenWork): OpenWork;
  report(): PartReport;
}

/** Begins a part's share of what a command makes. */
export function openShare(part: Part | undefined, makes: Share["makes"]): OpenShare {
  const runs = new Map<string, ReportedRun>();
  let work: WorkFolder | undefined;
  let missing = 0, ours = 0;
  const share: Share = {
    ...{ part, makes },
    async onRound(round) {
      const asked = makes === "nothing" ? round : round.filter(({ isOurs }) => isOurs);
      const there = await thereOf(asked.flatMap(({ jobs }) => jobs), work!);
      for (const { jobs, isOurs } of round) {
        for (const job of jobs) {
          runs.set(job.name, { name: job.name, isOurs, isThere: there.has(job) });
        }
      }
    },
    onMissing(of, own) {
      missing += of;
      ours += own;
    },
  };
  return {
    share,
    as: makes === "fits" ? { part: partToText(part!) } : "reader",
    watch: (openWork) => async (decides) => work = await openWork(decides),
    report: () => ({ runs: [...runs.values()], missing, ours }),
  };
}

async function thereOf(jobs: readonly Job[], work: WorkFolder): Promise<ReadonlySet<Job>> {
  const there = new Set<Job>();
  for (const job of jobs) if (await work.outcome(job)) there.add(job);
  return there;
}

/** Makes a share, which has no results. */
export async function makeShare(making: Promise<unknown>): Promise<void> {
  await making.catch((error) => {
    if (!(error instanceof MadeInParts)) throw error;
  });
}

/** A report of fits in a few lines; of a plan of a part, a line a run as well. */
export function reportToText(
  { runs, missing }: PartReport,
  { part, plan, made = [] }: Values<typeof partOptions> & {
    /** Results that are made already. */
    readonly made?: readonly string[];
  },
): string {
  const own = runs.filter(({ isOurs }) => isOurs);
  const there = (of: readonly ReportedRun[]) => of.filter(({ isThere }) => isThere).length;
  const left = (of: readonly ReportedRun[]) => of.length - there(of);
  const already = made.map((name) => `${name} is made already.`);
  if (!plan) {
    return [
      ...already,
      `Part ${partToText(part!)}: ${counted(own.length, "run")} of ${runs.length}, ` +
      `${there(own)} of them there before.`,
    ].join("\n");
  }
  return [
    ...already,
    ...missing > 0 ? [`Features: ${counted(missing, "encoding")} of samples missing.`] : [],
    `${counted(runs.length, "run")}: ${there(runs)} there, ${left(runs)} missing.`,
    ...part
      ? [
        `Part ${partToText(part)}: ${counted(own.length, "run")}: ${there(own)} there, ` +
        `${left(own)} missing.`,
        ...own.map(({ name, isThere }) => `  ${isThere ? "there  " : "missing"}  ${name}`),
      ]
      : [],
  ].join("\n");
}
