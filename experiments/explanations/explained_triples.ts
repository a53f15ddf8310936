/** Test triples of one trained model, explained, and the explanations tested. @module */

import * as explaining from "../../lib/explanation/mod.ts";
import type { SampleFeatures } from "../../lib/inference/mod.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { initModel } from "../../lib/model/mod.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { type CorpusFeatures, gather, standardiseFeatures } from "../../lib/systems/features.ts";
import { proposedJobs } from "../../lib/study/proposed_runs.ts";
import { testExams } from "../../lib/study/run.ts";
import { named, type Outcome, type Verdicts } from "../../lib/study/job.ts";
import type { Options, Study } from "../../lib/study/study.ts";

/** The control: a model that has learnt nothing explains, the trained one is asked. */
export const untrained = "integrated gradients of an untrained model";

/** Whatever orders parts. */
export type Explained = explaining.ExplanationMethod | typeof untrained;

/** The model, its test triples, and what it said of them. */
export interface Judged {
  readonly trained: TrainedModel;
  readonly verdicts: Verdicts;
  /** As the model takes them, and as the encoders gave them. */
  readonly standardised: CorpusFeatures;
  readonly raw: CorpusFeatures;
}

/** A triple's Shapley values, and how well they add up. */
export interface Contributions {
  /** Its place among the test triples. */
  readonly triple: number;
  readonly label: number;
  readonly values: Readonly<Record<Modality, number>>;
  readonly logOdds: number;
  readonly baseline: number;
}

/**
 * Trains the model on triples with this seed, and judges its test triples. It is
 * the run of Table 1 once more: what that keeps has no parameters.
 */
export async function judgeTriples(
  study: Study,
  seed: number,
): Promise<{ judged: Judged; outcome: Outcome }> {
  const { samples, options: { config, onProgress } } = study;
  const [planned] = proposedJobs(samples, "unified", { seeds: [seed], data: config.data });
  const job = named({
    ...planned!,
    kind: "explained-label",
    exams: testExams(planned!, study.features).map((exam) => ({ ...exam, inspect: true })),
  });
  onProgress("training to explain");
  const { features, fitted, outcome } = await study.fit(job);
  const standardised = standardiseFeatures(features, byModality((m) => job.split[m].train), job);
  const judged: Judged = {
    trained: fitted.model!,
    verdicts: outcome.verdicts[0]!,
    standardised: standardised.features,
    raw: features,
  };
  return { judged, outcome };
}

/** All tables of a triple. */
export function tripleOf(
  features: CorpusFeatures,
  { rows }: Verdicts,
  triple: number,
): SampleFeatures {
  return byModality((m) => {
    const at = [rows[m]![triple]!];
    const tables = Object.entries(features[m].tables);
    return Object.fromEntries(tables.map(([name, table]) => [name, gather(table, at)]));
  });
}

/** Divides the verdict on every test triple among its modalities. */
export async function contributionsOf(
  { verdicts, standardised }: Judged,
  explainer: explaining.Explainer,
  onProgress: Options["onProgress"],
): Promise<Contributions[]> {
  const found: Contributions[] = [];
  for (const [triple, label] of verdicts.labels.entries()) {
    const features = tripleOf(standardised, verdicts, triple);
    const { values, whole, empty } = await explainer.contributions(features);
    found.push({ triple, label, values, logOdds: whole, baseline: empty });
    onProgress("dividing verdicts among modalities", triple + 1, verdicts.labels.length);
  }
  return found;
}

/** A triple, and why it got its verdict. */
export interface ExplainedTriple {
  readonly triple: number;
  readonly features: SampleFeatures;
  readonly explanation: explaining.SampleExplanation;
  /** What the untrained model says of it. */
  readonly control: explaining.SampleExplanation;
}

/** Explains the verdicts on the triples `tested`, and lets an untrained model explain them. */
export async function explainTriples(
  { trained, verdicts, standardised }: Judged,
  { explainer, tested, onProgress }: {
    readonly explainer: explaining.Explainer;
    readonly tested: readonly number[];
    readonly onProgress: Options["onProgress"];
  },
): Promise<ExplainedTriple[]> {
  const { config } = trained;
  const parameters = initModel(fold(key(0), "untrained"), config);
  // Chance needs no precision.
  const blank = await explaining.openExplainer({ parameters, config }, { steps: 32 });
  const found: ExplainedTriple[] = [];
  for (const triple of tested) {
    const features = tripleOf(standardised, verdicts, triple);
    const explanation = await explainer.explain(features);
    found.push({ triple, features, explanation, control: await blank.explain(features) });
    onProgress("attributing verdicts", found.length, tested.length);
  }
  await blank.dispose();
  return found;
}

/** The tests of all triples, by what was removed. */
export type Deletions = Readonly<
  Record<explaining.ExplainedParts, readonly explaining.DeletionTest<Explained>[]>
>;

/** Removes the parts of each triple in the order of each explanation, and at random. */
export async function testExplanations(
  explained: readonly ExplainedTriple[],
  { explainer, seed, onProgress }: {
    readonly explainer: explaining.Explainer;
    readonly seed: number;
    readonly onProgress: Options["onProgress"];
  },
): Promise<Deletions> {
  const found: Record<explaining.ExplainedParts, explaining.DeletionTest<Explained>[]> = {
    segments: [],
    tiles: [],
  };
  for (const { triple, features, explanation, control } of explained) {
    for (const parts of ["segments", "tiles"] as const) {
      const { there, scores } = explanation[parts]!;
      const blank = controlScores(control[parts]!, control, explanation);
      const tested = { parts, there, scores: { ...scores, [untrained]: blank } };
      const random = fold(key(seed), "removal", triple);
      found[parts].push(await explainer.test<Explained>(features, tested, { key: random }));
    }
    onProgress("removing parts", found.tiles.length, explained.length);
  }
  return found;
}

// The untrained model speaks for its own verdict's class: turned, if the trained one has the other.
function controlScores(
  { scores }: explaining.PartScores,
  control: explaining.SampleExplanation,
  { attribution }: explaining.SampleExplanation,
): number[] {
  const same = (control.attribution.logOdds >= 0) === (attribution.logOdds >= 0);
  return scores["integrated gradients"].map((score) => same ? score : -score);
}
