/** What is made of a set: each thing that can be learnt of it, on each division of its rows. @module */

import type { PairedCorpora, SplitReport } from "../../lib/datasets/mod.ts";
import {
  type LeadingScore,
  leadingScore,
  verdictScores,
} from "../../lib/inference/verdict_scores.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { type Job, longestFirst, named, slug } from "../../lib/study/job.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import type { Splits } from "../../lib/study/splits.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { planCompare } from "../compare/plan.ts";
import { joinKin, type Kin } from "./kin.ts";
import type { NaturalSet } from "./natural_set.ts";

/** A division of the rows: the parts that the set gives, or parts drawn by group with each seed. */
export type Division = "official" | "by group";

/** One table of the experiment. */
export interface Section {
  readonly set: string;
  /** Such as `polarity`, `negative, neutral, positive` or `scores from -3 to 3`. */
  readonly learnt: string;
  readonly division: Division;
  readonly target: Target;
  /** How many neighbours on each side of a row are read beside it; absent where none are. */
  readonly context?: number;
  /** Of features that know their labels. */
  readonly leaking?: true;
  /** Samples labelled as they are learnt here; where parts are drawn, kin of one group. */
  readonly rows: PairedCorpora;
  readonly jobs: readonly Job[];
  /** With context, of what reads out the row itself: the same with its segments like any others. */
  readonly alike: readonly Job[];
  /** Of each seed's split. */
  readonly audits: readonly SplitReport[];
  /** The split of the first seed. */
  readonly split: Splits;
}

/** What names a section. */
export type SectionName = Pick<Section, "set" | "learnt" | "division" | "context" | "leaking">;

/** Names a section: `mosi, polarity, by group, ± 3 neighbours`. */
export function sectionName({ set, learnt, division, context, leaking }: SectionName): string {
  const name = [set, learnt, division, ...context ? [`± ${context} neighbours`] : []].join(", ");
  return leaking ? `${name} (features that know their labels)` : name;
}

/**
 * The score by which the experiment compares: accuracy, which its published results are in, or the
 * mean absolute error.
 */
export function leadOf(target: Target): LeadingScore {
  if (target.kind === "score") return leadingScore(target);
  return { ...verdictScores(target).find(({ name }) => name === "accuracy")!, sign: 1 };
}

// The sum of probes, and what is learnt upon it: both tell a row's segments from its neighbours'.
const readers: readonly string[] = ["Late fusion", "Residual fusion (ours)"];

// Alone these say what a modality has; other systems are asked of rows.
const alone: readonly string[] = ["Linear probe", "TF-IDF regression", "MFCC regression"];

/**
 * The sections of a set: of three sentiments two and all three classes, of scores the scores and,
 * without those in the middle of their range, on which side of it they are; each on the parts that
 * the set gives, if it does, and on parts drawn by group; and each with `context` as well, if there
 * is some.
 *
 * @throws {Error} As `planCompare`.
 */
export function sectionsOf(
  { name, rows: { target, features, ...rows } }: NaturalSet,
  kin: readonly Kin[],
  { seeds, data, context }: {
    readonly seeds: readonly number[];
    readonly data: DataConfig;
    /** Neighbours on each side. */
    readonly context?: number | undefined;
  },
): Section[] {
  const divisions: readonly Division[] = rows.given ? ["official", "by group"] : ["by group"];
  return variantsOf(target).flatMap(({ learnt, target, labelOf }) => {
    const own = relabelled(rows, labelOf);
    return divisions.flatMap((division) => {
      const isDrawn = division === "by group";
      const divided = isDrawn ? joinKin(own, kinAmong(own, rows, kin)) : own;
      return [{}, ...context ? [{ context }] : []].map((beside): Section => {
        const section = { set: name, learnt, division, ...beside };
        const { jobs, audits, split } = planCompare(divided, {
          ...{ seeds, target, data, features, drawn: isDrawn, ...beside },
        });
        const asked = jobs.filter(({ protocol, system }) =>
          protocol === "natural" || alone.includes(system)
        );
        const kind = slug(sectionName(section));
        return {
          ...{ ...section, target, audits, split, rows: divided },
          jobs: longestFirst(asked.map((job) => named({ ...job, kind: `${kind}-${job.kind}` }))),
          alike: "context" in beside ? alikeJobs(asked, kind) : [],
        };
      });
    });
  });
}

/** Of systems that read out the row itself: what they are with all segments alike, without controls. */
function alikeJobs(jobs: readonly Job[], kind: string): Job[] {
  return jobs.filter(({ system, protocol }) => protocol === "natural" && readers.includes(system))
    .map(({ controls: _, parts: __, ...job }) =>
      named({ ...job, kind: `${kind}-alike-${job.kind}` })
    );
}

interface Variant {
  readonly learnt: string;
  readonly target: Target;
  /** The label of a row that had another; undefined of one that is left out. */
  readonly labelOf: (label: number) => number | undefined;
}

function variantsOf(target: Target): Variant[] {
  const whole = { target, labelOf: (label: number) => label };
  if (target.kind === "score") {
    const middle = (target.low + target.high) / 2;
    const side = (score: number) => score === middle ? undefined : Number(score > middle);
    return [
      { learnt: `scores from ${target.low} to ${target.high}`, ...whole },
      { learnt: "polarity", target: polarities, labelOf: side },
    ];
  }
  const { classes } = target;
  if (classes.join() !== "negative,neutral,positive") {
    return [{ learnt: target === polarities ? "polarity" : classes.join(", "), ...whole }];
  }
  const side = (label: number) => label === 1 ? undefined : label / 2;
  return [
    { learnt: "polarity", target: polarities, labelOf: side },
    { learnt: "three classes", ...whole },
  ];
}

/** The rows that have a label, and all samples, with these labels. */
function relabelled(rows: PairedCorpora, labelOf: Variant["labelOf"]): PairedCorpora {
  const { corpora, pairs, given } = rows;
  const isKept = (pair: PairedCorpora["pairs"][number]) => {
    const m = modalities.find((m) => pair[m] !== undefined)!;
    return labelOf(corpora[m].samples[pair[m]!]!.label) !== undefined;
  };
  const kept = [...pairs.keys()].filter((row) => isKept(pairs[row]!));
  return {
    corpora: byModality((m) => ({
      ...corpora[m],
      // A sample of no row is never asked for its label.
      samples: corpora[m].samples.map((sample) => ({
        ...sample,
        label: labelOf(sample.label) ?? 0,
      })),
    })),
    pairs: kept.map((row) => pairs[row]!),
    ...given && { given: kept.map((row) => given[row]) },
  };
}

/** Kin by their places among `own`, some of all rows. */
function kinAmong(own: PairedCorpora, all: PairedCorpora, kin: readonly Kin[]): Kin[] {
  const places = new Map(own.pairs.map((pair, i) => [pair, i]));
  const found = kin.map(({ what, rows }) => ({
    what,
    rows: rows.map((row) => places.get(all.pairs[row]!)).filter((row) => row !== undefined),
  }));
  return found.filter(({ rows }) => rows.length > 1);
}
