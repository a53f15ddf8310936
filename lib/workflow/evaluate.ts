/** The fifth step: what a fitted system says of samples that it has not seen, scored with intervals. @module */

import * as checks from "../checks.ts";
import type { Part } from "../datasets/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { Exam, Verdicts } from "../study/job.ts";
import { testExams } from "../study/run.ts";
import type { BySpeakerRecord } from "../inference/mod.ts";
import {
  type Estimate,
  estimate,
  type ScoreName,
  verdictScores,
} from "../inference/verdict_scores.ts";
import type { Samples } from "../study/splits.ts";
import type { Head } from "../systems/system.ts";
import type { EncodedDataset } from "./encode.ts";
import type { Model } from "./fit.ts";

/** The scores of one head on samples that show the same modalities. */
export interface EvaluatedRow {
  /** Whose verdict. */
  readonly head: Head;
  /** What was looked at. */
  readonly shown: readonly Modality[];
  /** Samples, rows or triples. */
  readonly tested: number;
  /** What was resampled whole: speakers, icon sets, texts, groups of rows. */
  readonly clusters: number;
  /** By name: those that `verdictScores` has for what was learnt. */
  readonly scores: { readonly [S in ScoreName]?: Estimate };
}

/** What a system scores. */
export interface Evaluation {
  /** Its name. */
  readonly system: string;
  /** What it was asked. */
  readonly part: Part;
  /** One per head and set of modalities shown. */
  readonly rows: readonly EvaluatedRow[];
  /** What the rows are computed from. */
  readonly verdicts: readonly Verdicts[];
  /** The protocol in words, where clips were normalised by their speakers. */
  readonly bySpeaker?: string;
}

/** How a system is evaluated. */
export interface EvaluateOptions {
  /** `test` by default. The validation part has chosen the epoch, and flatters. */
  readonly part?: Part;
  /** The modalities that are shown, others being missing; all that the samples have by default. */
  readonly shown?: readonly Modality[];
  /** The same samples encoded otherwise, such as with noise; as they were fitted by default. */
  readonly data?: EncodedDataset;
}

const optionChecks = checks.record({
  part: checks.choice(["train", "validation", "test"]),
  shown: checks.list(checks.choice(modalities)),
  data: checks.anything,
}, { optional: "all" });

/**
 * Asks the system what Table 1 asks: each modality alone under `single`, rows by what they show under
 * `natural`, else fixed triples of one label. Intervals are of the percentile bootstrap over clusters,
 * 1000 resamples; with fewer than six clusters there is none, and `reason` says so.
 *
 * @throws {RangeError} An option is unknown, the model has learnt nothing of what is shown, or `data`
 * are other samples than those of the fit, or clips by speaker where those were not, or not where they
 * were.
 */
export async function evaluate(model: Model, options: EvaluateOptions = {}): Promise<Evaluation> {
  optionChecks(options, "the options of evaluate");
  const { part = "test", data } = options;
  const { encoders: { bySpeaker } } = model.data;
  if (data) {
    assertSameSamples(data.samples, model.data.samples);
    assertSameProtocol(data.encoders.bySpeaker, bySpeaker);
  }
  const verdicts: Verdicts[] = [];
  for (const exam of examsOf(model, part, options.shown)) {
    const heads = await model.fitted.predict(exam.rows, data?.features);
    // One modality alone may have its own head and no unified one.
    const scores = heads[exam.head] ?? Object.values(heads)[0]!;
    verdicts.push({ ...exam, scores });
  }
  const rows = verdicts.map((verdict) => scoreRow(verdict, model.data));
  return {
    ...{ system: model.system, part, rows, verdicts },
    ...bySpeaker && { bySpeaker: bySpeaker.protocol },
  };
}

function assertSameProtocol(found?: BySpeakerRecord, fitted?: BySpeakerRecord): void {
  if ((found === undefined) === (fitted === undefined)) return;
  const named = (record?: BySpeakerRecord) => record ? "by speaker" : "as they are";
  throw new RangeError(
    `Cannot evaluate on these data: expected clips ${
      named(fitted)
    }, as they were fitted, got them ` +
      named(found),
  );
}

function examsOf(model: Model, part: Part, shown: readonly Modality[] = modalities): Exam[] {
  const { data, split: { parts }, protocol, present, seed } = model;
  const only = <T>(rows: { readonly [M in Modality]?: T }) =>
    Object.fromEntries(Object.entries(rows).filter(([m]) => shown.includes(m as Modality)));
  const pairs = data.pairs?.map(only).filter((pair) => Object.keys(pair).length > 0);
  const split = byModality((m) => ({ ...parts[m], test: parts[m][part] }));
  const exams = testExams({ protocol, present, split, seed, ...pairs && { pairs } }, data.features);
  const asked = exams.filter(({ head }) => head === "unified" || shown.includes(head))
    .map((exam) => ({ ...exam, rows: only(exam.rows) }));
  if (asked.some(({ rows }) => Object.keys(rows).length > 0)) return asked;
  throw new RangeError(
    `Cannot evaluate ${model.system}: expected some of ${present.join(", ")} to be shown, ` +
      `got ${shown.join(", ")}`,
  );
}

function assertSameSamples(samples: Samples, fitted: Samples): void {
  const m = modalities.find((m) =>
    samples[m].length !== fitted[m].length ||
    samples[m].some(({ hash }, i) => hash !== fitted[m][i]!.hash)
  );
  if (m === undefined) return;
  throw new RangeError(
    `Cannot evaluate on these data: expected the ${fitted[m].length} ${m} samples of the fit, ` +
      `got ${samples[m].length}, others`,
  );
}

function scoreRow(verdict: Verdicts, { samples, target }: EncodedDataset): EvaluatedRow {
  const { head, rows, labels } = verdict;
  const clusters = clustersOf(rows, samples);
  const scores = verdictScores(target).map(({ name, of }) => [
    name,
    estimate(of, verdict, clusters),
  ]);
  return {
    head,
    shown: modalities.filter((m) => rows[m] !== undefined),
    tested: labels.length,
    clusters: new Set(clusters).size,
    scores: Object.fromEntries(scores),
  };
}

// Of triples the clip's speaker; of rows their group, which all of their samples have.
function clustersOf(rows: Verdicts["rows"], samples: Samples): string[] {
  const m = rows.audio ? "audio" : modalities.find((m) => rows[m])!;
  return Array.from(rows[m]!, (row) => samples[m][row]!.group);
}
