/** Texts of another corpus, which the systems of text are asked about: where what they learnt ends. @module */

import {
  answersTo,
  compare,
  type Corrected,
  corrected,
  insignificance,
} from "../../lib/study/comparisons.ts";
import { areKnown, type Elsewhere } from "../../lib/study/elsewhere.ts";
import type { Job } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import * as tables from "../tables.ts";
import { chosenBranches, contenders, scoresOf } from "./rows.ts";

/** The exam on the other corpus. */
const elsewhereExam = "elsewhere";

const chosenBranch = chosenBranches.text;

/** One system of text, asked about the other corpus. */
export interface ElsewhereRow extends tables.BalancedScores {
  readonly system: SystemName;
  /** Texts asked about, by seed. */
  readonly asked: readonly number[];
  /** Texts left out since one like them was learnt from or chosen by, by seed. */
  readonly known: readonly number[];
  /** The chosen branch less this system; not in its own row. */
  readonly comparison?: Corrected;
}

/** The samples, and behind them the texts of another corpus. */
export function elsewhereBehind(samples: Samples, { samples: texts }: Elsewhere): Samples {
  return { ...samples, text: [...samples.text, ...texts] };
}

/**
 * Jobs on text alone are asked about the other corpus too, but for texts that occur in the parts that
 * they learn from or choose by. `samples` are those of {@linkcode elsewhereBehind}.
 */
export function askElsewhere(
  jobs: readonly Job[],
  samples: Samples,
  { samples: texts }: Elsewhere,
): Job[] {
  const from = samples.text.length - texts.length;
  return jobs.map((job) => {
    if (job.protocol !== "single" || job.present.join() !== "text") return job;
    const { train, validation } = job.split.text;
    const isKnown = areKnown(texts, [...train, ...validation].map((row) => samples.text[row]!));
    const rows = [...texts.keys()].filter((i) => !isKnown(texts[i]!)).map((i) => from + i);
    const labels = rows.map((row) => samples.text[row]!.label);
    const exam = { name: elsewhereExam, head: "text", rows: { text: rows }, labels } as const;
    return { ...job, exams: [...job.exams ?? [], exam] };
  });
}

/** A row for each contender of text that was asked. */
export function collateElsewhere(
  judged: readonly JudgedJob[],
  samples: Samples,
  { samples: texts }: Elsewhere,
): ElsewhereRow[] {
  const answersOf = (system: SystemName) =>
    answersTo(
      judged.filter(({ job, exams }) =>
        job.system === system && exams.some(({ exam }) => exam === elsewhereExam)
      ),
      elsewhereExam,
    );
  const others = contenders.text.filter((system) => system !== chosenBranch);
  const chosen = answersOf(chosenBranch);
  const comparisons = corrected(
    others.map((other) => compare({ first: chosen, second: answersOf(other) }, samples)),
  );
  return contenders.text.map((system): ElsewhereRow => {
    const answers = answersOf(system), at = others.findIndex((other) => other === system);
    const asked = answers.map(({ predictions: { labels } }) => labels.length);
    return {
      system,
      ...scoresOf(answers),
      asked,
      known: asked.map((count) => texts.length - count),
      ...at >= 0 && { comparison: comparisons[at]! },
    };
  });
}

/** The rows as Markdown, and what they say. */
export function elsewhereLines(
  rows: readonly ElsewhereRow[],
  { name, neutral }: Pick<Elsewhere, "name" | "neutral">,
): string[] {
  const [{ asked, known }] = rows as [ElsewhereRow];
  const counts =
    `${asked.join(", ")} texts a seed; left out are ${known.join(", ")} that occur in ` +
    `the training or validation part${neutral > 0 ? `, and ${neutral} that are neutral` : ""}.`;
  return tables.blocks(
    `### Text of another corpus, ${name}`,
    `Fitted as above, on the same training parts, and asked about texts of another kind. ${counts}`,
    tables.columnsTable(rows, [
      ["system", "system"],
      ["accuracy", "accuracy"],
      ["balanced accuracy", "balancedAccuracy"],
      ["AUC", "auc"],
      ...tables.comparisonColumns(`${chosenBranch} less this`),
    ]),
    tables.untestedLines(rows),
    verdictOf(rows),
  );
}

function verdictOf(rows: readonly ElsewhereRow[]): string {
  const better = rows.filter(({ comparison }) =>
    comparison && comparison.difference < 0 && insignificance(comparison) === undefined
  );
  return better.length === 0
    ? `No other system is significantly better there than ${chosenBranch}.`
    : `Better there than ${chosenBranch}: ${better.map(({ system }) => system).join(", ")}.`;
}
