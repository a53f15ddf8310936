/** The best of three systems that know one modality each: what fusion has to improve on. @module */

import { aucRoc } from "../metrics/roc.ts";
import type { Modality } from "../modality.ts";
import { polarities, type Target, verdictWidth } from "../target.ts";
import type { System } from "../systems/system.ts";
import { type Branches, joined, probeBranches } from "./branches.ts";
import { verdictsOfEvidence } from "./evidence.ts";
import { repeated, verdictOfLabels } from "./labels.ts";
import { learntModalities, trainingRows } from "./natural_rows.ts";
import { shownIn } from "./shown_modalities.ts";

const name = "Best single modality";

/**
 * Answers for a triple with the branch that has the highest AUC on the validation
 * samples of its modality, and no test sample has a say in which. Of several classes it is the
 * branch of the lowest log loss, of scores that of the lowest mean absolute error.
 *
 * AUC rather than log loss, since corpora with other shares of positive samples
 * have other losses at chance. Of equal ones the first in the order text, image,
 * audio wins. Of a triple that lacks the best modality, the best of the rest answers.
 * Under `single` and `random` each branch answers for itself. The branches are linear probes by
 * default: what fusion has to improve on.
 *
 * Under `natural` a row is judged by the best of the modalities that it shows. One that can't be
 * ranked, since it has no validation samples or, of two classes, those of one only, is worse than
 * all others. A row that shows none that was learnt has the usual label of the training rows.
 *
 * Under `label` the fit throws a RangeError if a modality has validation samples of one label only.
 */
export function bestSingle(branches: Branches = probeBranches()): System {
  return joined(name, branches, async (problem, evidenceFrom) => {
    const { features, validation, present, protocol, target = polarities } = problem;
    const isNatural = protocol === "natural";
    const learnt = isNatural ? learntModalities(problem) : present;
    const { key, score, sign } = rankingOf(target);
    const scores: { [M in Modality]?: number } = {};
    for (const m of learnt) {
      const actual = validation[m].map((i) => features[m].labels[i]!);
      const scored = actual.length === 0
        ? NaN
        : score(actual, (await evidenceFrom({ [m]: validation[m] }))[m]!);
      if (Number.isNaN(scored) && !isNatural) {
        throw new RangeError(
          `Cannot choose a modality: expected ${m} validation samples of both labels, ` +
            `got only ${actual[0]}`,
        );
      }
      scores[m] = scored;
    }
    const rank = (m: Modality) => Number.isNaN(scores[m]) ? -Infinity : sign * scores[m]!;
    const best = (of: readonly Modality[]) => of.reduce((a, b) => rank(b) > rank(a) ? b : a);
    const usual = isNatural
      ? verdictOfLabels(trainingRows(name, problem).labels, target)
      : undefined;
    return {
      fuse: (evidence, count) => {
        const shown = shownIn(evidence);
        return shown.length === 0
          ? repeated(usual!, count)
          : verdictsOfEvidence(target, evidence[best(shown)]!);
      },
      record: { chosen: best(learnt), [key]: scores },
    };
  });
}

/** A score of evidence on validation; with the sign, higher is better. */
function rankingOf(target: Target): {
  readonly key: string;
  readonly score: (actual: readonly number[], evidence: Float64Array) => number;
  readonly sign: 1 | -1;
} {
  const width = verdictWidth(target);
  const mean = (actual: readonly number[], of: (y: number, i: number) => number) =>
    actual.reduce((sum, y, i) => sum + of(y, i), 0) / actual.length;
  if (target.kind === "score") {
    return {
      key: "validationMeanAbsoluteError",
      score: (actual, y) => mean(actual, (truth, i) => Math.abs(y[i]! - truth)),
      sign: -1,
    };
  }
  if (width > 1) {
    return {
      key: "validationLogLoss",
      score: (actual, logs) => mean(actual, (k, i) => -logs[i * width + k]!),
      sign: -1,
    };
  }
  return {
    key: "validationAucRoc",
    score: (actual, scores) => aucRoc({ actual, scores }),
    sign: 1,
  };
}
