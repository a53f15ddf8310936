/**
 * Every system on a table of one's own: does fusion, the gate or attention help on these rows?
 *
 *     deno task compare --data TABLE [options]
 *
 * Rows are natural pairs, any of their modalities may be missing, and what is learnt is two classes,
 * several, or a score. Beside rows as they are, each modality of them alone. Differences to the
 * proposed model have an interval by group and a p with Holm's correction; one row is the proposed
 * model without any level of attention. The paper compares on triples that it puts together by label.
 *
 * @module
 */

import * as datasets from "../../lib/datasets/mod.ts";
import { forestFigure, type Form } from "../../lib/figures/mod.ts";
import { leadingScore, verdictScores } from "../../lib/inference/verdict_scores.ts";
import { byModality } from "../../lib/modality.ts";
import { dataHash } from "../../lib/study/corpora.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { encoderCaption, trainedBySplit } from "../../lib/study/encoder_source.ts";
import { withSoundFeatures } from "../../lib/study/feature_audit.ts";
import { assertHeeded } from "../../lib/study/heeded_settings.ts";
import type { Job, Outcome } from "../../lib/study/job.ts";
import { type PoolOptions, runJobs } from "../../lib/study/pool.ts";
import {
  type ReadRows,
  readRows,
  type RowMeaning,
  type RowReports,
} from "../../lib/study/read_rows.ts";
import {
  assertContext,
  assertEncodersFit,
  featuresOfRows,
  sourcesOf,
} from "../../lib/study/row_features.ts";
import { rowsToCsv } from "../../lib/study/rows_csv.ts";
import { encodersTrained } from "../../lib/study/scratch_systems.ts";
import {
  assertExecutor,
  rowCounts,
  settleExecutor,
  stepsOf,
} from "../../lib/study/run_executor.ts";
import type { NamedSettings } from "../../lib/study/setting_names.ts";
import { assertSpeakers } from "../../lib/study/speakers.ts";
import { resultFiles } from "../../lib/study/result_files.ts";
import { saveRun } from "../../lib/study/save_run.ts";
import { type CommandOptions, json, type Result } from "../../lib/study/study.ts";
import { saveFigure } from "../../lib/study/save_figure.ts";
import { bySpeakerNote } from "../../lib/systems/by_speaker.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { runOnTrained, trainedStates } from "../../lib/study/trained_encoders.ts";
import type { Target } from "../../lib/target.ts";
import { compareMarkdown } from "./markdown.ts";
import { type ComparePlan, planCompare, poolFolds } from "./plan.ts";
import { collateCompare, type CompareRow, flatRow, hearsClips, nameOfRow } from "./rows.ts";

/** What a comparison is told. */
export interface CompareOptions extends CommandOptions, RowReports, RowMeaning {
  /** Which settings of `config` were asked for: those that would change nothing are refused. */
  readonly asked?: NamedSettings;
  readonly seeds: readonly number[];
  /** Runs side by side. */
  readonly jobs: number;
  /** For the record. */
  readonly command: string;
  /** What becomes of samples that training shares with the test part of a table that gives its parts. */
  readonly leaks?: datasets.LeakChoice | undefined;
  /** How many neighbours before and behind a row in its group are its context; 0 by default. */
  readonly context?: number | undefined;
  /** Whether features that know the labels are used all the same; no by default. */
  readonly leakingFeatures?: boolean | undefined;
  /** How many folds of groups, or each group by itself, tested in turn; one split a seed by default. */
  readonly folds?: number | "groups" | undefined;
  /** Whether clips are normalised by their speakers (`normaliseBySpeaker`); no by default. */
  readonly bySpeaker?: boolean | undefined;
  /** Told how the rows are divided with the first seed, before anything is learnt. */
  readonly onSplit?: (report: datasets.SplitReport) => void;
}

/** Reads, encodes, fits every system and judges the test parts. */
export async function compareSystems(options: CompareOptions): Promise<Result> {
  const { data, config, seeds, onProgress } = options;
  await assertExecutor(options);
  onProgress("reading the rows");
  const source = await readRows(data, options);
  const { report, target, valence, features: given, ...paired } = source;
  assertEncodersFit(options, given);
  assertHeeded(options.asked ?? {}, { ...paired, data, folds: options.folds });
  const samples = byModality((m) => paired.corpora[m].samples);
  // Of folds, which are drawn, the parts that the set gives cut nothing.
  const ordered = options.folds === undefined
    ? paired
    : { pairs: paired.pairs, order: paired.order };
  assertContext(options, ordered);
  // A table that can't be divided is refused before anything is encoded.
  const { jobs, audits: planned, split } = planCompare(paired, {
    ...{ seeds, target, data: config.data, leaks: options.leaks, features: given },
    ...{ folds: options.folds, context: options.context },
  });
  const { report: audit, audits: featureAudit } = withSoundFeatures(
    planned[0],
    { given, samples, split, target, groupedBy: source.groupedBy },
    options,
  );
  const audits = [audit!, ...planned.slice(1)];
  options.onSplit?.(audits[0]!);
  const spoken = options.bySpeaker ? assertSpeakers(samples, source.groupedBy) : undefined;
  const { features, digests, encoderNotes } = await featuresOfRows(options, {
    ...{ samples, jobs, given: source, paired: ordered },
  });
  const hash = dataHash(samples);
  const trained = given ? {} : encodersTrained(options.encoders, config);
  const decides = {
    ...{ code: options.code, data: hash, encoders: digests, ...trained },
    ...spoken && { bySpeaker: true },
    ...options.context && { context: options.context },
  };
  const work = await options.openWork({ ...decides, configuration: config });
  const on = await settleExecutor(options, { work, steps: stepsOf(rowCounts(features), config) });
  const count = (done: number) => onProgress("training and judging", done, jobs.length);
  count(0);
  const outcomes = await run(options, jobs, {
    ...{ features, config, workers: options.jobs, work, on },
    watcher: options.watcher,
    onDamage: onProgress,
    onOutcome: (_: Outcome, done) => count(done),
  });
  const files = resultFiles({ folder: work.folder });
  const judged = poolFolds(outcomes).map((outcome) => saveRun(files, outcome, samples));
  const rows = collateCompare(judged, { samples, target })
    .map((row) => spoken && hearsClips(row) ? { ...row, bySpeaker: true as const } : row);
  const label = spoken ? `${options.dataLabel}, by speaker` : options.dataLabel;
  if (rows.some(({ comparison }) => comparison)) {
    await saveFigure(
      files,
      "compare",
      (form) => differencesFigure(rows, { target, label, ...form }),
    );
  }
  const title = `Which system fits ${options.dataLabel} best?`;
  const caption = captionOf(options, { ...source, audits, encoderNotes });
  const numbers = {
    ...{ name: "compare", title, caption },
    data: { label: options.dataLabel, hash, report, valence },
    ...{ target, seeds, folds: options.folds, audits, encoders: digests, ...trained },
    ...given && { featureAudit },
    ...options.context && { context: options.context },
    ...encoderNotes && { encoderNotes },
    ...spoken && { bySpeaker: spoken },
    configuration: config,
    arithmetic: on.arithmetic,
    ...{ command: options.command, commit: options.commit },
    leading: leadingScore(target).name,
    scores: verdictScores(target).map(({ name, title }) => ({ name, title })),
    rows,
  };
  const markdown = compareMarkdown(rows, { title, caption, target });
  files.set("compare.json", json(numbers));
  files.set("compare.md", markdown);
  files.set("compare.csv", rowsToCsv(rows.map((row) => flatRow(row, target))));
  return { data: numbers, markdown, files };
}

/** Where encoders are yet to be trained, all systems of a seed and fold read what those of its split give. */
async function run(
  { encoders, onProgress }: CompareOptions,
  jobs: readonly Job[],
  told: PoolOptions & { readonly features: CorpusFeatures },
): Promise<Outcome[]> {
  const trained = trainedBySplit(encoders);
  if (trained.length === 0) return await runJobs(jobs, told);
  return await runOnTrained(jobs, trainedStates(trained), {
    ...told,
    onEncoder: (done, total) => onProgress("training encoders", done, total),
  });
}

function captionOf(
  { seeds, encoders, folds, bySpeaker, context }: CompareOptions,
  { corpora, report, target, features, numbersFrom, audits, encoderNotes, groupedBy }:
    & ReadRows
    & Pick<ComparePlan, "audits">
    & { readonly encoderNotes: readonly string[] | undefined },
): string {
  const learnt = target.kind === "score"
    ? `scores from ${target.low} to ${target.high}`
    : `classes ${target.classes.join(", ")}`;
  const counts = Object.entries(corpora).filter(([, { samples }]) => samples.length > 0)
    .map(([m, { samples }]) => `${samples.length} ${m}`).join(", ");
  const notes = [...new Set(audits.flatMap(datasets.splitNotes))].slice(0, 5);
  return `${report.used} rows of ${counts}; ${learnt}. ` +
    `${seeds.length === 1 ? "One seed" : `${seeds.length} seeds`}, each with ${
      folds === undefined
        ? "a split of its own by group unless the data give one"
        : folds === "groups"
        ? "each group left out once and all verdicts scored together"
        : `${folds} folds by group and all verdicts scored together`
    }. ${sourcesOf({ corpora, features, numbersFrom }, encoderCaption(encoders, encoderNotes))}.${
      bySpeaker ? ` **Under ${bySpeakerNote}, speakers by ${groupedBy}.**` : ""
    }${context ? ` Context: ± ${context} neighbours in the group.` : ""}${
      notes.map((note) => ` **Note: ${note}.**`).join("")
    }`;
}

function differencesFigure(
  rows: readonly CompareRow[],
  { target, label, narrow = false }: Form & { readonly target: Target; readonly label: string },
) {
  const compared = rows.filter(({ comparison }) => comparison);
  const { title, sign } = leadingScore(target);
  return forestFigure(
    compared.map(({ modality, comparison, ...row }) => {
      const { difference, interval, pHolm } = comparison!;
      return {
        family: modality,
        variant: nameOfRow(row),
        difference: -difference,
        ...interval && { low: -interval[1], high: -interval[0] },
        ...pHolm !== null && { p: pHolm },
        significant: insignificance(comparison!) === undefined,
      };
    }),
    {
      title: `Each system beside the proposed model`,
      subtitle: `${label}; right of 0 it is better`,
      narrow,
      measure: sign > 0 ? title : `less ${title}`,
    },
  );
}
