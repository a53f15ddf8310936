/**
 * Figs. 9 to 12: confusion matrices and ROC curves of the whole model and of
 * each branch.
 *
 *     deno task reproduce fig_9 fig_10 fig_11 fig_12
 *
 * A branch × 2 seeds each: the runs of Table 1, found if it was made before;
 * their time alone was not measured. The paper's AUCs are 0.922, 0.962, 0.922 and
 * 0.923; ours are of the embedded corpus, which is synthetic.
 *
 * @module
 */

import { judgementFigure, rocRow } from "../../lib/figures/mod.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import { type Branch, branches, proposedRunsOf } from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption } from "../../lib/study/study.ts";
import { dash, printNumber } from "../../lib/numbers.ts";
import { beginResult } from "../result.ts";
import { blocks, branchName, markdownTable, printInterval, scored } from "../tables.ts";
import { type CurveRow, curveRow } from "./curve_row.ts";

/** Draws a branch's confusion matrix and ROC curves from the predictions of Table 1's runs. */
function judgementOf(number: number, branch: Branch): Experiment {
  return async (study) => {
    const title = `Figure ${number}. What ${branchName(branch)} gets right`;
    const result = beginResult(study, { name: `fig_${number}`, title });
    const runs = await proposedRunsOf(study, branch);
    const answers = answersTo(runs.map((run) => result.keep(run)));
    const row = curveRow(branch, answers, study.samples);
    const judged = {
      confusion: { name: branch, counts: sumCounts(row.confusion) },
      curves: answers.map(({ seed, predictions }) =>
        rocRow({ system: "Proposed", seed, ...scored(predictions) })
      ),
    };
    const subtitle = `${shortCaption(study)}; ${
      answers.length === 1 ? "test samples" : `test samples of all ${answers.length} seeds together`
    }`;
    await result.figure((form) => judgementFigure(judged, { title, subtitle, ...form }));
    return result.finish({
      caption: dataCaption(study),
      note: "Counts are sums over seeds. The interval is DeLong's, of the first seed.",
      body: linesOf(row),
      numbers: { row },
    });
  };
}

/** Figs. 9 to 12: the whole model, then images, text and speech alone. */
export const judgementFigures: Readonly<Record<string, Experiment>> = Object.fromEntries(
  branches.map((branch, i) => [`fig_${9 + i}`, judgementOf(9 + i, branch)]),
);

function sumCounts(matrices: CurveRow["confusion"]): number[][] {
  const sum = (i: number, j: number) => matrices.reduce((n, matrix) => n + matrix[i]![j]!, 0);
  return [0, 1].map((i) => [0, 1].map((j) => sum(i, j)));
}

function linesOf({ branch, confusion, auc, interval, reason, paperAuc }: CurveRow): string[] {
  const counts = sumCounts(confusion).flat();
  return blocks(
    markdownTable(
      ["judged on", "TN", "FP", "FN", "TP", "AUC", "95 % interval"]
        .concat("AUC in the paper, on its own data"),
      [[branch, ...counts, auc, printInterval(interval, printNumber), printNumber(paperAuc)]],
    ),
    reason === undefined ? [] : `- ${dash}: ${reason}.`,
  );
}
