/** What the runs under each map come to. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { overSeeds, type Score, scoresOver, shareCalledPositive } from "../tables.ts";
import { defaultMap, judgedSystems, leftOutExam, type MappedSamples } from "./plan.ts";

/** One system on one modality under one map. */
export interface ValenceRow {
  readonly modality: Modality;
  readonly map: string;
  readonly system: (typeof judgedSystems)[number];
  /** Samples trained and tested on. */
  readonly used: number;
  /** The share of positive samples before balancing. */
  readonly positive: number;
  readonly accuracy: Score;
  readonly f1: Score;
  readonly auc: Score;
  /** Accuracy less that under the default map; not in its own rows. */
  readonly difference?: number;
  /** The share called positive of the emotion that the map leaves out. */
  readonly leftOut?: Score;
}

/** Rows of every modality, map and system, from the runs under each map. */
export function collateValence(
  maps: readonly (Pick<MappedSamples, "used" | "positive"> & {
    readonly name: string;
    readonly judged: readonly JudgedJob[];
  })[],
): ValenceRow[] {
  return modalities.flatMap((modality) =>
    judgedSystems.flatMap((system) => {
      const rows = maps.flatMap(({ name, used, positive, judged }): ValenceRow[] => {
        const runs = judged.filter(({ job }) =>
          job.system === system && job.present[0] === modality
        );
        if (runs.length === 0) return [];
        const predictionsOf = (exam: string) =>
          answersTo(runs, exam).map(({ predictions }) => predictions);
        const { accuracy, f1, auc } = scoresOver(predictionsOf(modality));
        const isAsked = runs.every(({ exams }) => exams.some(({ exam }) => exam === leftOutExam));
        const common = { modality, map: name, system, used: used[modality] };
        return [{
          ...common,
          positive: positive[modality],
          accuracy,
          f1,
          auc,
          ...isAsked && { leftOut: overSeeds(predictionsOf(leftOutExam).map(shareCalledPositive)) },
        }];
      });
      const base = rows.find(({ map }) => map === defaultMap);
      return rows.map((row) =>
        base === undefined || row === base
          ? row
          : { ...row, difference: row.accuracy.mean - base.accuracy.mean }
      );
    })
  );
}
