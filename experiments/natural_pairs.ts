/**
 * Natural pairs: a set whose samples belong together, as they are, in place of triples that are
 * put together by their label.
 *
 *     deno task reproduce natural_pairs [--data TABLE]
 *
 * With a table of one's own (`readPairedTable`), its rows. With a folder of corpora the
 * speech of RAVDESS and the sentence that each clip speaks: a control, since by its design the
 * sentence says nothing of the emotion, so text must stay at chance and add nothing.
 *
 * @module
 */

import {
  defaultValence,
  isTable,
  type PairedCorpora,
  ravdessWithSentences,
  readPairedTable,
  shownBy,
} from "../lib/datasets/mod.ts";
import { aucRoc, balancedAccuracy, meanAndDeviation } from "../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../lib/modality.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import { encodeSamples } from "../lib/study/corpora.ts";
import { correctness } from "../lib/study/comparisons.ts";
import type { JudgedJob } from "../lib/study/predictions.ts";
import { modalitiesOfRows, partOfRows, planNatural } from "../lib/study/natural_rows.ts";
import { finish, type Result, saveRun, shortCaption, type Study } from "../lib/study/study.ts";
import { markdownTable, overSeeds, printScore, type Score, spreadCaption } from "./tables.ts";

/** What is shown of the rows: one modality, learnt alone, or all that a row has. */
export type ShownOfRows = Modality | "rows";

/** What was judged, and how well. */
export interface NaturalRow {
  /** Such as `text alone`, `rows`, or `text of rows`. */
  readonly judged: string;
  readonly accuracy: Score;
  /** One half for who can't tell, however the labels are distributed. */
  readonly balancedAccuracy: Score;
  readonly auc: Score;
  /** Test rows by seed. */
  readonly tested: readonly number[];
}

/** Rows of a table: each modality alone, whole rows whatever they show, and parts of them. */
export function collateNatural(judged: readonly JudgedJob[]): NaturalRow[] {
  const alone = modalities.filter((m) => judged.some(({ job }) => job.present.join() === m));
  const rows = judged.filter(({ job }) => job.protocol === "natural");
  const row = (name: string, files: readonly { labels: number[]; scores: number[] }[]) => ({
    judged: name,
    accuracy: overSeeds(files.map((file) => meanAndDeviation(correctness(file)).mean)),
    balancedAccuracy: overSeeds(files.map(({ labels, scores }) => {
      const predicted = scores.map((score) => Number(score >= 0.5));
      return balancedAccuracy({ actual: labels, predicted, classes: 2 });
    })),
    auc: overSeeds(files.map(({ labels, scores }) => aucRoc({ actual: labels, scores }))),
    tested: files.map(({ labels }) => labels.length),
  });
  const exams = (runs: readonly JudgedJob[], is: (exam: string) => boolean) =>
    runs.map(({ exams }) => {
      const own = exams.filter(({ exam }) => is(exam));
      return {
        labels: own.flatMap(({ labels }) => labels),
        scores: own.flatMap(({ scores }) => scores),
      };
    });
  return [
    ...alone.map((m) => {
      const runs = judged.filter(({ job }) => job.present.join() === m);
      return row(`${m} alone`, exams(runs, () => true));
    }),
    row("rows", exams(rows, (exam) => !modalities.some((m) => exam === partOfRows(m)))),
    ...(alone.length > 1 ? alone : []).map((m) =>
      row(partOfRows(m), exams(rows, (exam) => exam === partOfRows(m)))
    ),
  ];
}

/** Where the experiment gets what belongs together, and the features of it. */
export interface NaturalSources {
  read(): Promise<PairedCorpora>;
  encode(paired: PairedCorpora): Promise<CorpusFeatures>;
}

/** Trains on natural pairs, and makes a table of the predictions. */
export function reproduceNaturalPairs(study: Study): Promise<Result> {
  const { options: { data, onProgress }, encoders, store } = study;
  return compareNatural(study, {
    read: () =>
      isTable(data)
        ? readPairedTable(data)
        : ravdessWithSentences(`${data}/ravdess`, { valence: defaultValence }),
    encode: async ({ corpora }) => {
      const { features } = await encodeSamples(byModality((m) => corpora[m].samples), {
        ...{ encoders, store },
        onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
      });
      return features;
    },
  });
}

/** {@linkcode reproduceNaturalPairs} with pairs and features from `sources`. */
export async function compareNatural(study: Study, sources: NaturalSources): Promise<Result> {
  const { options: { config, seeds: all } } = study;
  const seeds = config.thorough ? all : all.slice(0, 1);
  const paired = await sources.read();
  const features = await sources.encode(paired);
  const samples = byModality((m) => paired.corpora[m].samples);
  const jobs = planNatural(paired, { seeds, data: config.data });
  const outcomes = await study.run(jobs, { features, samples });
  const files = new Map<string, string>();
  const rows = collateNatural(outcomes.map((outcome) => saveRun(files, outcome, samples)));

  const title = "Natural pairs: samples that belong together";
  const shows = [...Map.groupBy(paired.pairs, (pair) => shownBy(pair).join(" and "))]
    .map(([shown, own]) => `${own.length} rows of ${shown}`).join(", ");
  const names = [...new Set(modalitiesOfRows(paired).map((m) => paired.corpora[m].name))].join(
    ", ",
  );
  const caption = `${names}: ${shows}. ${shortCaption(study, seeds.length)}. ` +
    `${
      spreadCaption(seeds.length)
    }; no group of rows is in two parts. Alone, a model learns one modality; ` +
    "of rows, a model that has learnt rows is shown one.";
  const markdown = naturalToMarkdown(rows, { title, caption });
  return finish(study, {
    ...{ name: "natural_pairs", title, caption, markdown, files, rows },
    numbers: { seeds, pairs: paired.pairs.length, rows },
  });
}

function naturalToMarkdown(
  rows: readonly NaturalRow[],
  { title, caption }: { readonly title: string; readonly caption: string },
): string {
  return [
    ...[`## ${title}`, "", caption, ""],
    ...markdownTable(
      ["judged", "accuracy", "balanced accuracy", "AUC", "test rows"],
      rows.map(({ judged, accuracy, balancedAccuracy, auc, tested }) => [
        judged,
        ...[accuracy, balancedAccuracy, auc].map((score) => printScore(score)),
        tested.join(", "),
      ]),
    ),
    "",
  ].join("\n");
}
