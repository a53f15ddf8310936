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
import { type Branch, proposedRunsOf } from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption } from "../../lib/study/study.ts";
import { dash, printNumber } from "../../lib/numbers.ts";
import { beginResult } from "../result.ts";
import { average, blocks, markdownTable, printInterval } from "../tables.ts";
import { branchName } from "./branch_name.ts";
import { type CurveRow, curveRow, scoredOf } from "./curve_row.ts";

/** Draws a branch's confusion matrix and ROC curves from the predictions of Table 1's runs. */
function judgementOf(number: number, branch: Branch): Experiment {
  return async (study) => {
    const title = `Figure ${number}. What ${branchName(branch)} gets right`;
    const result = beginResult(study, { name: `fig_${number}`, title });
    const runs = await proposedRunsOf(study, branch);
    const answers = answersTo(runs.map((run) => result.keep(run)));
    const row = curveRow(branch, answers, study.samples);
    const figure = judgementFigure({
      confusion: { name: branch, counts: meanCounts(row.confusion) },
      curves: answers.map((answer) =>
        rocRow({ system: "Proposed", seed: answer.seed, ...scoredOf(answer) })
      ),
    }, { title, subtitle: `${shortCaption(study)}; counts are means over seeds` });
    await result.figure(figure);
    return result.finish({
      caption: dataCaption(study),
      note: "Counts are sums over seeds. The interval is DeLong's, of the first seed.",
      body: linesOf(row),
      numbers: { row },
    });
  };
}

/** Fig. 9: the whole model. */
export const fig9: Experiment = judgementOf(9, "unified");
/** Fig. 10: images alone. */
export const fig10: Experiment = judgementOf(10, "image");
/** Fig. 11: text alone. */
export const fig11: Experiment = judgementOf(11, "text");
/** Fig. 12: speech alone. */
export const fig12: Experiment = judgementOf(12, "audio");

function meanCounts(matrices: CurveRow["confusion"]): number[][] {
  return [0, 1].map((i) => [0, 1].map((j) => average(matrices.map((matrix) => matrix[i]![j]!))));
}

function linesOf({ branch, confusion, auc, interval, reason, paperAuc }: CurveRow): string[] {
  const sum = (i: number, j: number) => confusion.reduce((n, matrix) => n + matrix[i]![j]!, 0);
  const counts = [sum(0, 0), sum(0, 1), sum(1, 0), sum(1, 1)];
  return blocks(
    markdownTable(
      ["judged on", "TN", "FP", "FN", "TP", "AUC", "95 % interval"]
        .concat("AUC in the paper, on its own data"),
      [[branch, ...counts, auc, printInterval(interval, printNumber), printNumber(paperAuc)]],
    ),
    reason === undefined ? [] : `- ${dash}: ${reason}.`,
  );
}
