/**
 * Ablations: what each part of the model, of its loss and of its training adds.
 *
 *     deno task reproduce ablation_gate ablation_attention ablation_heads
 *     deno task reproduce ablation_segments ablation_training
 *
 * Every variant is trained anew with the same seeds, splits and settings but
 * for what it changes, and judged on the same test samples as the full model:
 * the gate, which joins the two paths of speech, on speech alone, the rest on
 * triples. 6 gates with every seed; 5 variants of attention, 3 of heads, 4 of
 * segments and 5 of training, each with half of the seeds, one by default.
 * `ablation_segments` takes 2 minutes on 2 cores; the others were not measured
 * alone. The paper has no ablation, and one seed on the synthetic embedded corpus
 * ranks nothing.
 *
 * @module
 */

import { loadEncoders } from "../../lib/encoders/mod.ts";
import * as figures from "../../lib/figures/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { printNumber, printP, signed } from "../../lib/numbers.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import { encodeSamples } from "../../lib/study/corpora.ts";
import { areTrained } from "../../lib/study/encoder_source.ts";
import { foldOf, inFold, poolJudged } from "../../lib/study/folds.ts";
import { type Job, named } from "../../lib/study/job.ts";
import { inRounds } from "../../lib/study/part.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { testExams } from "../../lib/study/run.ts";
import * as studies from "../../lib/study/study.ts";
import { frozenOf } from "../../lib/study/study_encoders.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { beginResult, type Ending, type OpenResult } from "../result.ts";
import { average, blocks, type Column, columnsTable, counted } from "../tables.ts";
import { printDifference, printInterval, printSignificance } from "../tables.ts";
import { gateVerdict } from "./gate_worth.ts";
import * as plans from "./variants.ts";

/** What an experiment is given: the study, its seeds, and the result that its files go to. */
interface Trials {
  readonly study: studies.Study;
  readonly seeds: readonly number[];
  readonly result: OpenResult;
}

/** What the trials of an experiment show beside the table of variants. */
type Addition = Required<Pick<Ending, "numbers" | "body">>;

/** Trains every variant of a family and compares it with the full model. */
function ablationExperiment(
  { family, title, add }: {
    readonly family: plans.Ablation["family"];
    readonly title: string;
    /** Runs what it adds, and shows it beside the rows of the variants. */
    readonly add?: (trials: Trials) => Promise<
      (rows: readonly plans.AblationRow[]) => Addition | Promise<Addition>
    >;
  },
): studies.Experiment {
  return async (study) => {
    const { samples, options: { config, protocol } } = study;
    const name = `ablation_${family}`;
    const result = beginResult(study, { name, title });
    // Speech alone is learnt in seconds, and its few actors need every seed.
    const seeds = family === "gate" ? study.options.seeds : studies.fewerSeeds(study);
    const variants = variantsFor(study, family);
    const chosen = config.thorough ? variants : [smallest(variants)];
    const jobs = plans.planAblations(samples, { seeds, data: config.data, protocol, chosen });
    const [judged, added] = await inRounds([
      () => runByFeatures(study, result, jobs),
      async () => await add?.({ study, seeds, result }),
    ]);
    const rows = plans.collateAblations(poolJudged(judged), samples, chosen);

    for (const [at, setting] of settingsOf(rows).entries()) {
      const compared = rows.filter((row) => row.setting === setting && row.comparison);
      await result.figure((form) =>
        figures.forestFigure(compared.map(forestRow), {
          title: `${title}${setting === "audio" ? ", on speech alone" : ", on triples"}`,
          subtitle: `${studies.shortCaption(study, seeds.length)}; the variant less the full model`,
          measure: "accuracy",
          ...form,
        }), at === 0 ? name : `${name}_${setting}`);
    }
    const caption = `${studies.dataCaption(study)} ${counted(seeds.length, "seed")}; ` +
      `each variant is trained anew. Holm's correction is over the rows of this result. ${significanceRule}` +
      leftOut(study, family);
    const addition = await added?.(rows);
    return result.finish({
      caption,
      body: [...variantTables(rows), ...addition?.body ?? []],
      numbers: { seeds, rows, ...addition?.numbers },
      rows,
    });
  };
}

/** The gate: its kinds, either path alone, and what it does by emotion. */
export const ablationGate: studies.Experiment = ablationExperiment({
  family: "gate",
  title: "Ablation. The dynamic gate of the audio branch",
  async add(trials) {
    const { study, seeds, result } = trials;
    const gates = await gateByEmotion(trials);
    return async (rows) => {
      await result.figure((form) =>
        figures.gateDistributionFigure(gates.rows, {
          title: "The audio gate, by emotion",
          subtitle: `${studies.shortCaption(study, seeds.length)}; test clips of all seeds`,
          ...form,
        }), "gate_by_emotion");
      const verdict = gateVerdict(rows);
      return { numbers: { gates, verdict }, body: [...blocks(verdict), ...gateLines(gates)] };
    };
  },
});

/** The hierarchy of attention: without it, without a level, without the residual. */
export const ablationAttention: studies.Experiment = ablationExperiment({
  family: "attention",
  title: "Ablation. The levels of attention",
});

/** The number of attention heads. */
export const ablationHeads: studies.Experiment = ablationExperiment({
  family: "heads",
  title: "Ablation. The number of attention heads",
});

/** Into how many segments a sample is cut. */
export const ablationSegments: studies.Experiment = ablationExperiment({
  family: "segments",
  title: "Ablation. Segments per sample",
});

/** The auxiliary heads, modality dropout, and the pairing protocol. */
export const ablationTraining: studies.Experiment = ablationExperiment({
  family: "training",
  title: "Ablation. How the model is trained",
  async add({ study, seeds, result }) {
    const { samples, options: { config: { data } } } = study;
    const judged = await result.run(plans.planProtocols(samples, { seeds, data }));
    const protocols = plans.collateProtocols(judged);
    return () => ({ numbers: { protocols }, body: protocolTable(protocols) });
  },
});

function leftOut(study: studies.Study, family: plans.Ablation["family"]): string {
  const possible = variantsFor(study, family);
  const names = plans.ablations.filter((one) => one.family === family && !possible.includes(one))
    .map(({ name }) => name);
  return names.length === 0
    ? ""
    : ` Without ${names.join(", ")}: trained encoders give ${mostSegments(study)} at most.`;
}

function settingsOf(rows: readonly plans.AblationRow[]): plans.Setting[] {
  return [...new Set(rows.map(({ setting }) => setting))];
}

// The last of those that need no more segments than the encoders gave, and so nothing encoded anew.
function smallest(variants: readonly plans.Ablation[]): plans.Ablation {
  return variants.findLast(({ variant }) => (variant.segments ?? 0) <= 4)!;
}

// Trained encoders have as many segments as they were trained with.
function variantsFor(study: studies.Study, family: plans.Ablation["family"]): plans.Ablation[] {
  const variants = plans.ablations.filter((one) => one.family === family);
  if (!areTrained(study.options.encoders)) return variants;
  return variants.filter(({ variant }) => (variant.segments ?? 0) <= mostSegments(study));
}

function mostSegments(study: studies.Study): number {
  return Math.max(...Object.values(studies.sizesOf(study)).map(({ segments }) => segments));
}

// Variants with more segments than the encoders gave need features of their own.
async function runByFeatures(
  study: studies.Study,
  result: OpenResult,
  jobs: readonly Job[],
): Promise<JudgedJob[]> {
  const most = mostSegments(study);
  const finer = jobs.filter(({ variant }) => (variant?.segments ?? 0) > most);
  const rounds = await inRounds([
    () => result.run(jobs.filter((job) => !finer.includes(job))),
    async () => {
      if (finer.length === 0) return [];
      const features = await encodeFiner(study, finer[0]!.variant!.segments!);
      return await result.run(finer, { features });
    },
  ]);
  return rounds.flat();
}

async function encodeFiner(study: studies.Study, segments: number): Promise<CorpusFeatures> {
  const { samples, store, options } = study;
  const { cache, speech, speechLayers, precision = "fp32", onProgress } = options;
  const { textEncoder, imageEncoder } = options;
  const encoders = await loadEncoders(frozenOf(options.encoders), {
    cache,
    speech,
    speechLayers,
    textEncoder,
    imageEncoder,
    precision,
    segments: { text: segments, image: segments, audio: segments },
  });
  const { features } = await encodeSamples(samples, {
    encoders,
    store,
    workers: options.jobs,
    onProgress: (m, done, total) =>
      onProgress(`encoding ${m} in ${segments} segments`, done, total),
  });
  await Promise.all([encoders.text, encoders.image, encoders.audio].flat().map((e) => e.dispose()));
  return features;
}

/** The gate over test clips, and whether it has given up on a path. */
interface Gates {
  readonly rows: readonly figures.GateRow[];
  /** Mean over all clips. */
  readonly mean: number;
  /** Mean deviation of the gate within a clip, over its segments and features. */
  readonly spread: number;
  /** Below 0.05 or above 0.95 on average, the gate listens to one path only. */
  readonly collapsed: boolean;
}

async function gateByEmotion(
  { study, seeds, result }: Trials,
): Promise<Gates> {
  const { samples, options: { config: { data }, protocol } } = study;
  const own = plans.fullJobs(samples, { seeds, data, protocol, setting: "audio" });
  const jobs = own.map((job) =>
    named({
      ...job,
      kind: inFold("gate-single-audio", foldOf(job)),
      exams: testExams(job, study.features).map((exam) => ({ ...exam, inspect: true })),
    })
  );
  const outcomes = await study.run(jobs);
  const clips = outcomes.flatMap((outcome) => {
    result.keep(outcome);
    const { rows, inspected } = outcome.verdicts[0]!;
    const { values } = inspected!.gate!;
    return Array.from(rows.audio!, (row, i) => ({
      emotion: samples.audio[row]!.emotion,
      gate: values[2 * i]!,
      spread: values[2 * i + 1]!,
    }));
  });
  const byEmotion = [...Map.groupBy(clips, ({ emotion }) => emotion)];
  // In the order of the emotions, which a sum in floating point depends on.
  const mean = average(byEmotion.flatMap(([, some]) => some.map(({ gate }) => gate)));
  return {
    rows: byEmotion.toSorted(([a], [b]) => a < b ? -1 : 1).map(([emotion, some]) =>
      figures.gateRow(emotion, some.map(({ gate }) => gate))
    ),
    mean,
    spread: average(clips.map(({ spread }) => spread)),
    collapsed: mean < 0.05 || mean > 0.95,
  };
}

function forestRow({ family, name, comparison }: plans.AblationRow) {
  const { difference, interval, pHolm } = comparison!;
  return {
    family,
    variant: name,
    difference,
    ...pHolm !== null && { p: pHolm },
    significant: insignificance(comparison!) === undefined,
    // The mean over seeds and the pooled bootstrap weigh seeds of unlike size differently.
    ...interval && {
      low: Math.min(interval[0], difference),
      high: Math.max(interval[1], difference),
    },
  };
}

function variantTables(rows: readonly plans.AblationRow[]): string[] {
  return settingsOf(rows).flatMap((setting) =>
    blocks(
      setting === "unified" ? "### Triples, the unified classifier" : "### Speech alone",
      columnsTable(
        rows.filter((row) => row.setting === setting),
        columnsOf(setting === "audio"),
        { lastIsText: true },
      ),
    )
  );
}

const heard: readonly Column<plans.AblationRow>[] = [
  ["balanced accuracy", "balancedAccuracy"],
  ["by actor", ({ balancedAccuracy: b }) => b && printInterval(b.interval, printNumber)],
  [
    "the gate less this, by actor",
    ({ worth }) => worth && printDifference(worth.estimate, worth.interval),
  ],
];

const columnsOf = (audio: boolean): readonly Column<plans.AblationRow>[] => [
  [
    "variant",
    ({ family, name }) => name === plans.fullModel ? `**${name}**` : `${family}: ${name}`,
  ],
  ["accuracy", "accuracy"],
  ...audio ? heard : [],
  ["less the full model", ({ comparison: c }) => c && signed(c.difference)],
  ["95 % interval", ({ comparison: c }) => c && printInterval(c.interval)],
  ["p (Holm)", ({ comparison: c }) => c && printP(c.pHolm)],
  ["effect h", ({ comparison: c }) => c && signed(c.effect)],
  ["resolvable", ({ comparison: c }) => c && printNumber(c.resolvable)],
  ["significant", ({ comparison: c }) => c && printSignificance(insignificance(c))],
];

function protocolTable(protocols: readonly plans.ProtocolRow[]): string[] {
  return blocks(
    "### Trained under one pairing protocol, asked the same",
    columnsTable(protocols, [
      ["trained under", "protocol"],
      ...modalities.map((m): Column<plans.ProtocolRow> => [`${m} alone`, (row) => row.accuracy[m]]),
      ["unified, on triples of one label", ({ accuracy }) => accuracy.unified],
    ]),
  );
}

function gateLines({ rows, mean, spread, collapsed }: Gates): string[] {
  return blocks(
    "### The gate",
    columnsTable(rows, [
      ["emotion", "emotion"],
      ["clips", "count"],
      ["mean gate", ({ mean }) => printNumber(mean)],
      [
        "middle half",
        ({ quantiles: [, low, , high] }) => `${printNumber(low)} to ${printNumber(high)}`,
      ],
    ]),
    `Over all test clips the gate is ${printNumber(mean)} on average, the share of the spectral ` +
      `path, and varies by ${printNumber(spread)} within a clip. ` +
      (collapsed ? "It has collapsed: one path is not listened to." : "It has not collapsed."),
  );
}
