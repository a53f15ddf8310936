/** What the validation part teaches of a model's verdicts: how sure they are, and what is an outlier. @module */

import {
  type Pair,
  type PairingProtocol,
  pairsAmong,
  pairTriples,
  type Part,
} from "../datasets/mod.ts";
import * as inference from "../inference/mod.ts";
import {
  fitOutlierCheck,
  isPooled,
  outlierDistance,
  percentiles,
  pooledStates,
} from "../inference/outlier_check.ts";
import {
  certaintyOf,
  farthestRank,
  nameOfShown,
  outlierDistances,
} from "../inference/reliability.ts";
import {
  calibratedVerdict,
  type CalibrationRecord,
  fewestToCalibrate,
  fitVerdictTemperature,
} from "../inference/verdict_temperature.ts";
import type { JudgedLabels } from "../inference/verdict_scores.ts";
import { topLabelCalibrationError } from "../metrics/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { polarities, type Target, verdictWidth } from "../target.ts";
import { fold, key, permutation } from "../tensor/random.ts";
import { type CorpusFeatures, gather } from "../systems/features.ts";
import type { Rows, TrainedModel } from "../systems/system.ts";
import type { Splits } from "./splits.ts";

/** What a model was trained on. */
export interface ReliabilityProblem {
  readonly features: CorpusFeatures;
  readonly split: Splits;
  readonly protocol: PairingProtocol;
  /** The modalities to be learnt. */
  readonly present: readonly Modality[];
  /** Under `natural`, what belongs together. */
  readonly pairs?: readonly Pair[] | undefined;
  readonly seed: number;
}

/** What is kept beside a model, and what its description says of it. */
export interface FittedReliability {
  readonly reliability: inference.Reliability;
  readonly outliers: inference.OutlierRecords;
  /** Empty of a model of scores. */
  readonly calibration: inference.CalibrationRecords;
}

// Samples a call of the model.
const batchSize = 64;

/**
 * Fits a check for outliers in each modality on the training part, with its threshold from the
 * validation part (of more than 20,000 samples so many that are drawn by the seed), and counts on the
 * test part how often it is wrong; takes the certainties of the model's verdicts on the validation
 * part, for every set of modalities of which it has samples: each alone, and together rows under
 * `natural`, triples of one label under `label`; and fits to these a temperature, whose calibration
 * error it measures on the test part.
 */
export async function fitReliability(
  trained: TrainedModel,
  problem: ReliabilityProblem,
): Promise<FittedReliability> {
  const { features, split } = problem;
  const checks: { [M in Modality]?: inference.OutlierCheck } = {};
  const outliers: { [M in Modality]?: inference.OutlierRecord } = {};
  for (const m of problem.present) {
    const { train, validation, test } = split[m];
    const learnt = [train, validation].map((rows) => drawnOf(rows, problem.seed));
    const [own, judged] = learnt.map((rows) => [...pooledRows(trained, m, features, rows)]);
    const check = fitOutlierCheck(own!, judged!);
    if (check === undefined) continue;
    let alarms = 0;
    for (const x of pooledRows(trained, m, features, test)) {
      if (outlierDistance(check, x) > check.threshold) alarms++;
    }
    checks[m] = check;
    outliers[m] = {
      threshold: check.threshold,
      validated: judged!.length,
      tested: test.length,
      falseAlarms: alarms / test.length,
    };
  }
  const model = await inference.loadExportedModel(inference.exportOnnx(trained));
  const certainties: Record<string, Float64Array> = {};
  const calibration: Record<string, CalibrationRecord> = {};
  const asked = { model, trained, features, checks };
  try {
    for (const shown of subsetsOf(problem)) {
      const rows = rowsOf(shown, problem, { part: "validation", trained });
      if (rows === undefined) continue;
      const name = nameOfShown(shown);
      const found = await verdictsOn(rows, asked);
      certainties[name] = percentiles(found.certainties.sort((a, b) => a - b));
      if (found.judged === undefined) continue;
      const tests = rowsOf(shown, problem, { part: "test", trained });
      calibration[name] = calibrated(found.judged, {
        fitted: Math.min(...Object.values(rows).map((places) => new Set(Array.from(places)).size)),
        test: tests && (await verdictsOn(tests, asked)).judged,
        classes: trained.config.target ?? polarities,
      });
    }
  } finally {
    await model.dispose();
  }
  const temperatures = Object.entries(calibration).map(([name, { temperature, fitted }]) =>
    [name, { ...temperature !== undefined && { temperature }, fitted }] as const
  );
  return {
    reliability: {
      ...{ checks, certainties },
      ...temperatures.length > 0 && { temperatures: Object.fromEntries(temperatures) },
    },
    ...{ outliers, calibration },
  };
}

/** A temperature, where validation has enough samples of every class, and what it does on the test part. */
function calibrated(
  { labels, scores }: JudgedLabels,
  { fitted, test, classes: target }: {
    readonly fitted: number;
    readonly test: JudgedLabels | undefined;
    readonly classes: Target;
  },
): CalibrationRecord {
  const classes = target.kind === "classes" ? target.classes.length : 0;
  const isEnough = fitted >= fewestToCalibrate && new Set(Array.from(labels)).size === classes;
  const temperature = isEnough ? fitVerdictTemperature({ labels, scores }) : undefined;
  if (test === undefined) return { ...temperature && { temperature }, fitted, tested: 0 };
  const width = test.scores.length / test.labels.length;
  const errorOf = (change: (verdict: number[]) => number[]) => {
    const rows = Array.from(test.labels, (_, n) => {
      const verdict = Array.from({ length: width }, (_, k) => test.scores[n * width + k]!);
      const told = change(verdict);
      return width === 1 ? [1 - told[0]!, told[0]!] : told;
    });
    return topLabelCalibrationError({ actual: test.labels, scores: rows.flat(), classes });
  };
  return {
    ...temperature && { temperature },
    ...{ fitted, tested: test.labels.length, before: errorOf((verdict) => verdict) },
    ...temperature && { after: errorOf((verdict) => calibratedVerdict(verdict, temperature)) },
  };
}

/** The tables of some samples. */
function rowFeatures(features: CorpusFeatures, m: Modality, rows: ArrayLike<number>) {
  const tables = Object.entries(features[m].tables);
  return Object.fromEntries(tables.map(([name, table]) => [name, gather(table, rows)]));
}

/** The pooled states of samples, one by one: no more of their tables than a batch is in memory. */
function* pooledRows(
  { standardisation, config }: TrainedModel,
  m: Modality,
  features: CorpusFeatures,
  rows: readonly number[],
): Generator<Float64Array> {
  const tables = Object.entries(features[m].tables).filter(([name]) => isPooled(name));
  const width = config.inputs[m].width;
  for (let first = 0; first < rows.length; first += batchSize) {
    const some = rows.slice(first, first + batchSize);
    const read = tables.map(([name, table]) => [name, gather(table, some)] as const);
    for (const i of some.keys()) {
      const own = read.map(([name, values]) => {
        const size = values.length / some.length;
        return [name, values.subarray(i * size, (i + 1) * size)];
      });
      yield pooledStates(Object.fromEntries(own), standardisation[m] ?? {}, { width });
    }
  }
}

// A covariance of so many samples, and a hundredth of them, are as good as those of millions.
const mostPooled = 20_000;

/** Rows, or so many of them that their pooled states have room in memory, in order. */
function drawnOf(rows: readonly number[], seed: number): readonly number[] {
  if (rows.length <= mostPooled) return rows;
  return permutation(fold(key(seed), "reliability"), rows.length).slice(0, mostPooled)
    .sort((a, b) => a - b).map((i) => rows[i]!);
}

/** The sets of modalities that the model was trained to be shown. */
function subsetsOf({ split, protocol, present }: ReliabilityProblem): Modality[][] {
  const learnt = present.filter((m) => split[m].train.length > 0);
  if (protocol === "single") return learnt.map((m) => [m]);
  const all = Array.from({ length: 7 }, (_, s) => modalities.filter((_, i) => s + 1 & 1 << i));
  return all.filter((shown) => shown.every((m) => learnt.includes(m)));
}

function rowsOf(
  shown: readonly Modality[],
  { features, split, protocol, pairs, seed }: ReliabilityProblem,
  { part, trained: { config: { target } } }: {
    readonly part: Part;
    readonly trained: TrainedModel;
  },
): Rows | undefined {
  const indices = byModality((m) => split[m][part]);
  if (shown.some((m) => indices[m].length === 0)) return undefined;
  if (shown.length === 1) return { [shown[0]!]: indices[shown[0]!] };
  if (protocol === "natural") {
    const whole = pairsAmong(pairs!, indices)
      .filter((pair) => shown.every((m) => pair[m] !== undefined));
    if (whole.length === 0) return undefined;
    return Object.fromEntries(shown.map((m) => [m, whole.map((pair) => pair[m]!)]));
  }
  const triples = pairTriples({
    indices,
    labels: byModality((m) => features[m].labels),
    protocol,
    count: Math.max(...modalities.map((m) => indices[m].length)),
    key: fold(key(seed), `${part} triples`, protocol),
    ...target && { target },
  });
  return Object.fromEntries(shown.map((m) => [m, triples[m]]));
}

interface Asked {
  readonly model: inference.ExportedModel;
  readonly trained: TrainedModel;
  readonly features: CorpusFeatures;
  readonly checks: inference.Reliability["checks"];
}

/** What the model says of rows. */
interface Answers {
  readonly certainties: number[];
  /** Of classes, with what is true. */
  readonly judged?: JudgedLabels;
}

async function verdictsOn(rows: Rows, asked: Asked): Promise<Answers> {
  const { target = polarities } = asked.trained.config;
  const [[m, places]] = Object.entries(rows) as [[Modality, ArrayLike<number>]];
  const labels = Array.from(places, (row) => asked.features[m].labels[row]!);
  const answers = { certainties: [] as number[], scores: [] as number[] };
  for (let first = 0; first < labels.length; first += batchSize) {
    const some = Object.fromEntries(
      Object.entries(rows).map(([m, places]) => [
        m,
        Array.from(places).slice(first, first + batchSize),
      ]),
    );
    if (target.kind === "score") answers.certainties.push(...nearness(some, asked));
    else await addVerdicts(answers, some, { ...asked, target });
  }
  const { certainties, scores } = answers;
  return target.kind === "score" ? { certainties } : { certainties, judged: { labels, scores } };
}

/** Of verdicts on classes. */
async function addVerdicts(
  { certainties, scores }: { readonly certainties: number[]; readonly scores: number[] },
  rows: Rows,
  { model, features, target }: Asked & { readonly target: Target },
): Promise<void> {
  const shown = modalities.filter((m) => rows[m] !== undefined);
  const samples = rows[shown[0]!]!.length;
  const read = Object.fromEntries(shown.map((m) => [m, rowFeatures(features, m, rows[m]!)]));
  const { "logits/unified": logits, "probability/unified": probabilities } = await model.run(read, {
    shown,
    outputs: ["logits/unified", "probability/unified"],
    samples,
  });
  const classes = logits!.length / samples;
  for (let i = 0; i < samples; i++) {
    certainties.push(certaintyOf(logits!.subarray(i * classes, (i + 1) * classes)));
  }
  scores.push(...probabilities!.subarray(0, samples * verdictWidth(target)));
}

/** Of scores, which have no probability: how near a sample is to the training part. */
function nearness(rows: Rows, { trained, features, checks }: Asked): number[] {
  const shown = modalities.filter((m) => rows[m] !== undefined);
  const reliability = { checks, certainties: {} };
  return Array.from(rows[shown[0]!]!, (_, i) => {
    const one = Object.fromEntries(
      shown.map((m) => [m, rowFeatures(features, m, [rows[m]![i]!])]),
    );
    const distances = outlierDistances(one, reliability, trained);
    return 1 - farthestRank(distances, reliability);
  });
}
