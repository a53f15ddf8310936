/** What the runs under each map come to. @module */

import { meanAndDeviation, scoreBinary } from "../../lib/metrics/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { overSeeds, type Score } from "../tables.ts";
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
        const own = judged.filter(({ job }) =>
          job.system === system && job.present[0] === modality
        );
        if (own.length === 0) return [];
        const scores = answersTo(own, modality).map(({ predictions: { labels, scores } }) =>
          scoreBinary({ actual: labels, scores })
        );
        const over = (measure: "accuracy" | "f1" | "auc") =>
          overSeeds(scores.map((s) => s[measure]));
        const asked = own.every(({ exams }) => exams.some(({ exam }) => exam === leftOutExam));
        const leftOut = asked && overSeeds(
          answersTo(own, leftOutExam).map(({ predictions: { scores } }) =>
            meanAndDeviation(scores.map((score) => Number(score >= 0.5))).mean
          ),
        );
        return [{
          ...{ modality, map: name, system, used: used[modality], positive: positive[modality] },
          ...{ accuracy: over("accuracy"), f1: over("f1"), auc: over("auc") },
          ...leftOut && { leftOut },
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
