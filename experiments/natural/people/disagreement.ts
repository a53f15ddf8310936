/** How often modalities disagree, and whom those follow who had all of them. @module */

import { type JudgedSample, type JudgedSet, verdictOf } from "../../../lib/datasets/mod.ts";
import type { Modality } from "../../../lib/modality.ts";
import { type ByGroup, differenceByGroup, type Judgements, scoreByGroup } from "../../by_group.ts";

/** Rows in which modalities do not all say the same. */
export interface Disagreement {
  readonly set: string;
  readonly among: readonly Modality[];
  /** What those who had all said; null for all rows. */
  readonly emotion: string | null;
  /**
   * Of which rows: all with one verdict of those who had all, where of equal votes for a modality the
   * first emotion of the set's order counts; or only those where each modality has one verdict too.
   */
  readonly ties: "first" | "left out";
  readonly rows: number;
  /** Of the rows those in which the modalities disagree. */
  readonly disagree: ByGroup;
  readonly disagreeing: number;
  /** Of these those in which all together say what the modality says. */
  readonly follow: { readonly [M in Modality]?: ByGroup };
  /** … what none of them says. */
  readonly neither: ByGroup;
  /** Of two modalities how much more often they follow the second. */
  readonly secondLessFirst?: ByGroup;
}

interface Said {
  readonly group: string;
  readonly of: { readonly [M in Modality]?: number | undefined };
  readonly all: number;
}

/**
 * Of every two modalities of a set, and of three, over all rows and by what those who had all said.
 * Rows in which these are undecided are left out; combinations without a disagreement too.
 */
export function disagreementsOf(set: JudgedSet): Disagreement[] {
  const { modalities, emotions, samples } = set;
  const pairs = modalities.flatMap((a, i) => modalities.slice(i + 1).map((b) => [a, b]));
  const combinations = modalities.length > 2 ? [[...modalities], ...pairs] : pairs;
  const [first, decided] = [false, true].map((decided) => saidOf(samples, { modalities, decided }));
  const about = { set: set.name, emotions };
  return combinations.flatMap((among) => [
    ...byEmotion(first!, { ...about, among, ties: "first" }),
    ...decided!.length < first!.length
      ? byEmotion(decided!, { ...about, among, ties: "left out" }).slice(0, 1)
      : [],
  ]);
}

function saidOf(
  samples: readonly JudgedSample[],
  { modalities, decided }: { readonly modalities: readonly Modality[]; readonly decided: boolean },
): Said[] {
  return samples.flatMap(({ group, votes }) => {
    const all = verdictOf(votes.all!, { decided: true });
    const of = Object.fromEntries(modalities.map((m) => [m, verdictOf(votes[m]!, { decided })]));
    const isDecided = Object.values(of).every((place) => place !== undefined);
    return all === undefined || !isDecided ? [] : [{ group, of, all }];
  });
}

function byEmotion(
  said: readonly Said[],
  { emotions, ...about }: Pick<Disagreement, "set" | "among" | "ties"> & {
    readonly emotions: readonly string[];
  },
): Disagreement[] {
  return [null, ...emotions].flatMap((emotion) => {
    const own = emotion === null ? said : said.filter(({ all }) => emotions[all] === emotion);
    const isApart = ({ of }: Said) => new Set(about.among.map((m) => of[m])).size > 1;
    const apart = own.filter(isApart);
    if (apart.length === 0) return [];
    return [{
      ...about,
      emotion,
      rows: own.length,
      disagree: shareOf(own, isApart),
      disagreeing: apart.length,
      follow: Object.fromEntries(
        about.among.map((m) => [m, shareOf(apart, ({ of, all }) => of[m] === all)]),
      ),
      neither: shareOf(apart, ({ of, all }) => about.among.every((m) => of[m] !== all)),
      ...about.among.length === 2 && {
        secondLessFirst: differenceByGroup({
          first: judgementsOf(apart, ({ of, all }) => of[about.among[1]!] === all),
          second: judgementsOf(apart, ({ of, all }) => of[about.among[0]!] === all),
        }, "accuracy"),
      },
    }];
  });
}

/** The share of rows of which something holds, with its interval by group. */
function shareOf(rows: readonly Said[], holds: (row: Said) => boolean): ByGroup {
  return scoreByGroup(judgementsOf(rows, holds), "accuracy");
}

// What holds counts as right, so that the share is an accuracy.
function judgementsOf(rows: readonly Said[], holds: (row: Said) => boolean): Judgements {
  return {
    actual: rows.map(() => 0),
    predicted: rows.map((row) => Number(!holds(row))),
    groups: rows.map(({ group }) => group),
    classes: 1,
  };
}
