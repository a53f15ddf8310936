/** How well systems tell what people said, and how far from late fusion. @module */

import { type ByGroup, differenceByGroup, type Judgements, scoreByGroup } from "../../by_group.ts";
import { systemNames } from "./judge.ts";
import type { Answers } from "./predictions.ts";
import type { Question } from "./question.ts";

/** One system on one question under one protocol. */
export interface PeopleRow {
  readonly set: string;
  readonly target: string;
  readonly protocol: string;
  readonly system: string;
  /** How many rows were answered, of how many groups. */
  readonly tested: number;
  readonly groups: number;
  readonly accuracy: ByGroup;
  /** The mean recall of the classes. */
  readonly balancedAccuracy: ByGroup;
  /** Accuracy less that of late fusion on the same rows. */
  readonly lessLate?: ByGroup;
  /** Accuracy less that of the system that shows what this one's is owed to. */
  readonly control?: ByGroup & { readonly than: string };
}

const { late, products, projected, latePaired, productsPaired } = systemNames;

/** What each is compared with beside late fusion: without interaction, and on rows as they are. */
const controls: Readonly<Record<string, string>> = {
  [products]: projected,
  [latePaired]: late,
  [productsPaired]: products,
};

/** A row for each system; intervals are those of the bootstrap over groups, 2,000 draws. */
export function collatePeople(
  { rows, systems }: Answers,
  { set, target, classes, protocol }: Pick<Question, "set" | "target" | "classes"> & {
    readonly protocol: string;
  },
): PeopleRow[] {
  const groups = rows.map(({ group }) => group);
  const judged = (system: string): Judgements => ({
    actual: rows.map(({ label }) => label),
    predicted: systems.get(system)!,
    classes: classes.length,
    groups,
  });
  const less = (system: string, than: string) =>
    differenceByGroup({ first: judged(system), second: judged(than) }, "accuracy");
  return [...systems.keys()].map((system) => ({
    ...{ set, target, protocol, system, tested: rows.length, groups: new Set(groups).size },
    accuracy: scoreByGroup(judged(system), "accuracy"),
    balancedAccuracy: scoreByGroup(judged(system), "recall"),
    ...system !== late && { lessLate: less(system, late) },
    ...controls[system] !== undefined &&
      { control: { than: controls[system], ...less(system, controls[system]) } },
  }));
}
