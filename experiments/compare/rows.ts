/** The rows of a comparison, from saved predictions. @module */

import * as metrics from "../../lib/metrics/mod.ts";
import {
  type LeadingScore,
  leadingScore,
  predictedLabels,
  type ScoreName,
  verdictsAt,
  verdictScores,
} from "../../lib/inference/verdict_scores.ts";
import { modalities } from "../../lib/modality.ts";
import type { Ends } from "../../lib/study/comparisons.ts";
import type { Control } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { overSeeds, type Score } from "../tables.ts";
import { equityOf, type RowEquity } from "./equity.ts";
import {
  type Compared,
  comparedOf,
  type ComparedSystem,
  comparedSystems,
  systemOfJob,
} from "./plan.ts";
import {
  compared,
  correctedByName,
  groupsOf,
  pool,
  type RowComparison,
  type Said,
  saidOf,
  turned,
} from "./said.ts";

export type { RowComparison };

/** A control of a system on rows. */
export interface ControlRow extends RowComparison {
  /** The leading score of the control itself. */
  readonly score: Score;
}

/** One system on rows, or on one modality of them. Scores by the names of `verdictScores`. */
export type CompareRow = { readonly [S in ScoreName]?: Score } & {
  readonly system: ComparedSystem;
  readonly modality: Compared;
  readonly protocol: "natural" | "single";
  /** Whether its clips were normalised by their speakers. */
  readonly bySpeaker?: true;
  /** Test rows by seed. */
  readonly tested: readonly number[];
  /** Of the leading score, by resampling groups whole, all seeds pooled; null with fewer than six. */
  readonly interval: Ends | null;
  /** Of classes, row = actual, summed over seeds. */
  readonly confusion?: readonly (readonly number[])[];
  /** Proposed less this system, on the rows that both judge; not in Proposed's own rows. */
  readonly comparison?: RowComparison;
  /** This system less late fusion, on the rows that it judges; of rows alone, not of late fusion itself. */
  readonly lessLate?: RowComparison;
  /** This system less its additive projection: what the interaction of its modalities adds. */
  readonly interaction?: ControlRow;
  /** On rows paired anew by their label, less on rows as they are: what such pairing makes up. */
  readonly labelPaired?: ControlRow;
  /** How evenly the modalities of whole rows contribute; of classes, and of what fuses. */
  readonly equity?: RowEquity;
};

const deaf: readonly ComparedSystem[] = ["TF-IDF regression", "Majority"];

/** Says whether what is compared may hear clips. */
export function hearsClips({ system, modality }: Pick<CompareRow, "system" | "modality">): boolean {
  return (modality === "rows" || modality === "audio") && !deaf.includes(system);
}

/** The system, and whether it is of another protocol. */
export function nameOfRow({ system, bySpeaker }: Pick<CompareRow, "system" | "bySpeaker">): string {
  return bySpeaker ? `${system}, by speaker` : system;
}

/** The verdicts of a system over seeds, on rows as they are and under controls. */
type Answers =
  & { readonly own: readonly Said[] }
  & {
    readonly [C in Control]?: readonly Said[] | undefined;
  };

type BySystem = ReadonlyMap<ComparedSystem, Answers>;

/** The rows, rows as they are first, in the order of systems. */
export function collateCompare(
  judged: readonly JudgedJob[],
  { samples, target, lead = leadingScore(target) }: {
    readonly samples: Samples;
    readonly target: Target;
    /** The score by which systems are compared. */
    readonly lead?: LeadingScore;
  },
): CompareRow[] {
  const groups = groupsOf(samples);
  const cells = Map.groupBy(judged, ({ job }) => `${comparedOf(job)}|${systemOfJob(job)}`);
  return (["rows", ...modalities] as const).flatMap((modality) => {
    const answers: BySystem = new Map(comparedSystems.flatMap((system) => {
      const cell = cells.get(`${modality}|${system}`);
      return cell ? [[system, answersOf(cell, groups)]] : [];
    }));
    const differences = differencesOf(answers, lead);
    return [...answers].map(([system, { own }]) => {
      const equity = equityOf(cells.get(`${modality}|${system}`)!, target);
      return {
        ...rowOf({ system, modality, said: own }, { target, lead }),
        ...differences(system),
        ...equity && { equity },
      };
    });
  });
}

function answersOf(cell: readonly JudgedJob[], groups: ReadonlyMap<string, string>): Answers {
  const of = (control?: Control) => {
    const said = cell.map((one) => saidOf(one, groups, control)).filter((one) => one !== undefined);
    return said.length === 0 ? undefined : said.toSorted((a, b) => a.seed - b.seed);
  };
  return { own: of()!, additive: of("additive"), "label-paired": of("label-paired") };
}

/** What the rows of one table say of each other, by system; each kind has its own correction. */
function differencesOf(
  answers: BySystem,
  lead: LeadingScore,
): (system: ComparedSystem) => Partial<CompareRow> {
  const [proposed, late] = [answers.get("Proposed")?.own, answers.get("Late fusion")?.own];
  const family = (differ: (own: Answers, system: ComparedSystem) => Uncorrected | undefined) =>
    correctedByName(
      new Map([...answers].flatMap(([system, own]) => {
        const found = differ(own, system);
        return found ? [[system, found] as const] : [];
      })),
    );
  const comparison = family(({ own }, system) =>
    proposed && system !== "Proposed" ? compared(proposed, own, lead) : undefined
  );
  const lessLate = family(({ own }, system) =>
    late && system !== "Late fusion" ? turned(compared(late, own, lead)) : undefined
  );
  const interaction = family(({ own, additive }) => additive && compared(own, additive, lead));
  const labelPaired = family(({ own, "label-paired": paired }) =>
    paired && compared(paired, own, lead)
  );
  return (system) => {
    const own = answers.get(system)!;
    const ofControl = (control: Control, found: RowComparison | undefined) =>
      found && { ...found, score: overSeeds(own[control]!.map(lead.of)) };
    const all = {
      comparison: comparison.get(system),
      lessLate: lessLate.get(system),
      interaction: ofControl("additive", interaction.get(system)),
      labelPaired: ofControl("label-paired", labelPaired.get(system)),
    };
    return Object.fromEntries(Object.entries(all).filter(([, found]) => found !== undefined));
  };
}

type Uncorrected = Omit<RowComparison, "pHolm">;

function rowOf(
  { system, modality, said }: {
    readonly system: ComparedSystem;
    readonly modality: Compared;
    readonly said: readonly Said[];
  },
  { target, lead: { of: lead } }: { readonly target: Target; readonly lead: LeadingScore },
): CompareRow {
  const scores = verdictScores(target).map(({ name, of }) => [name, overSeeds(said.map(of))]);
  const pooled = pool(said);
  const count = pooled.labels.length;
  const few = metrics.tooFew(new Set(pooled.clusters).size, "groups");
  const drawn = few === undefined && metrics.bootstrapInterval({
    ...{ count, clusters: pooled.clusters, key: key(0) },
    statistic: (rows) => lead(verdictsAt(pooled, rows)),
  });
  return {
    ...{ system, modality, protocol: modality === "rows" ? "natural" : "single" },
    ...Object.fromEntries(scores),
    tested: said.map(({ labels }) => labels.length),
    interval: drawn ? [drawn.low, drawn.high] : null,
    ...target.kind === "classes" && {
      confusion: metrics.confusionMatrix({
        ...{ actual: pooled.labels, predicted: predictedLabels(pooled) },
        classes: target.classes.length,
      }),
    },
  };
}

/** A row as CSV has it. */
export function flatRow(row: CompareRow, target: Target): object {
  const { modality, protocol, tested, interval, comparison } = row;
  const scores = verdictScores(target).flatMap(({ name }) => [
    [name, row[name]!.mean],
    [`${name}_sd`, row[name]!.sd],
  ]);
  return {
    ...{ modality, system: nameOfRow(row), protocol, tested: tested.join(" ") },
    ...Object.fromEntries(scores),
    ...{ low: interval?.[0], high: interval?.[1] },
    ...flatDifference("proposed_less_this", comparison),
    ...flatDifference("less_late_fusion", row.lessLate),
    ...flatDifference("interaction", row.interaction),
    ...flatDifference("label_paired_less_natural", row.labelPaired),
    modality_equity: row.equity?.equity.mean,
    ...Object.fromEntries(
      modalities.map((m) => [`contribution_${m}`, row.equity?.contributions[m]?.mean]),
    ),
  };
}

/** A difference as CSV has it, under a name. */
export function flatDifference(name: string, of: RowComparison | undefined): object {
  return {
    [name]: of?.difference,
    [`${name}_low`]: of?.interval?.[0],
    [`${name}_high`]: of?.interval?.[1],
    [`${name}_p_holm`]: of?.pHolm,
  };
}
