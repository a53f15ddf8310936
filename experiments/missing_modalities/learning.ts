/** How evenly networks learn from each modality: of the gradients that their training kept. @module */

import { modalityLearning } from "../../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { Epoch } from "../../lib/training/train.ts";
import { average, overSeeds, type Score } from "../tables.ts";
import type { LearningSystem } from "./plan.ts";

/** A network in training. */
export interface LearningRow {
  readonly system: LearningSystem;
  /** `modalityLearning` of its gradients. */
  readonly imbalance: Score;
  /** The gradient of each modality's modules over the mean of the three, averaged over epochs. */
  readonly gradients: Readonly<Record<Modality, Score>>;
  /** The same of each module, over the same mean: `audio gate`. */
  readonly modules: Readonly<Record<string, Score>>;
}

/** A row a network, from what its runs' records keep. */
export function learningRows(outcomes: readonly Outcome[]): LearningRow[] {
  const runs = Map.groupBy(outcomes, ({ job }) => job.system as LearningSystem);
  return [...runs].map(([system, own]) => {
    const bySeed = own.map(({ record }) => historyOf(record).map(({ gradients }) => gradients!));
    const names = Object.keys(bySeed[0]![0]!);
    const relative = (name: string) =>
      overSeeds(
        bySeed.map((epochs) =>
          average(epochs.map((norms) => norms[name]! / average(modalities.map((m) => norms[m]!))))
        ),
      );
    const modules = names.filter((name) => !(modalities as readonly string[]).includes(name));
    return {
      system,
      imbalance: overSeeds(
        bySeed.map((epochs) =>
          modalityLearning(byModality((m) => epochs.map((norms) => norms[m]!))).imbalance
        ),
      ),
      gradients: byModality(relative),
      modules: Object.fromEntries(modules.map((name) => [name, relative(name)])),
    };
  });
}

// What is more than one network keeps the record of its joint model within its own.
function historyOf(record: Outcome["record"]): readonly Epoch[] {
  const { history } = (record.residual ?? record) as { readonly history: readonly Epoch[] };
  return history;
}
