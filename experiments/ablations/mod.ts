/** The ablations, from a study's features to files. @module */

import { loadEncoders } from "../../lib/encoders/mod.ts";
import {
  forestFigure,
  gateDistributionFigure,
  type GateRow,
  gateRow,
} from "../../lib/figures/mod.ts";
import { printNumber, signed } from "../../lib/numbers.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import {
  type Ablation,
  type AblationRow,
  ablations,
  collateAblations,
  collateProtocols,
  fullModel,
  planAblations,
  planProtocols,
  type ProtocolRow,
  type Setting,
} from "./variants.ts";
import { encodeSamples } from "../../lib/study/corpora.ts";
import { areTrained } from "../../lib/study/encoder_source.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Job, named, type Outcome } from "../../lib/study/job.ts";
import { proposedJobs } from "../../lib/study/proposed_runs.ts";
import {
  dataCaption,
  type Experiment,
  fewerSeeds,
  finish,
  saveFigure,
  saveRun,
  shortCaption,
  sizesOf,
  type Study,
} from "../../lib/study/study.ts";
import { frozenOf } from "../../lib/study/study_encoders.ts";
import { markdownTable, printCorrected, printInterval, printScore } from "../tables.ts";

/** What an experiment is given: the study, its seeds, where its files go, its variants. */
interface Trials {
  readonly study: Study;
  readonly seeds: readonly number[];
  readonly files: Map<string, string>;
  readonly chosen: readonly Ablation[];
}

/** What the trials of an experiment show beside the table of variants. */
interface Addition {
  readonly numbers: Readonly<Record<string, unknown>>;
  /** Lines below the table. */
  readonly markdown: readonly string[];
}

/** Trains every variant of some families and compares it with the full model. */
export function ablationExperiment(
  { name, title, families, add }: {
    readonly name: string;
    readonly title: string;
    readonly families: readonly Ablation["family"][];
    readonly add?: (trials: Trials) => Promise<Addition>;
  },
): Experiment {
  return async (study) => {
    const { samples, options: { config } } = study;
    const seeds = fewerSeeds(study);
    const own = variantsFor(study, families);
    const chosen = config.thorough ? own : oneOfEachFamily(own);
    const files = new Map<string, string>();
    const jobs = planAblations(samples, { seeds, data: config.data, chosen });
    const outcomes = await runByFeatures(study, jobs);
    const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
    const rows = collateAblations(judged, samples, chosen);

    for (const [at, setting] of settingsOf(rows).entries()) {
      const compared = rows.filter((row) => row.setting === setting && row.comparison);
      const figure = forestFigure(compared.map(forestRow), {
        title: `${title}${setting === "audio" ? ", on speech alone" : ", on triples"}`,
        subtitle: `${shortCaption(study, seeds.length)}; the variant less the full model`,
        measure: "accuracy",
      });
      await saveFigure(files, at === 0 ? name : `${name}_${setting}`, figure);
    }
    const caption = `${dataCaption(study)} ${seeds.length} seed${seeds.length === 1 ? "" : "s"}; ` +
      `each variant is trained anew. Holm's correction is over the rows of this result. ${significanceRule}` +
      leftOut(study, families);
    const addition = await add?.({ study, seeds, files, chosen });
    const markdown = [
      ...[`## ${title}`, "", caption, ""],
      ...variantTables(rows),
      ...addition?.markdown ?? [],
    ].join("\n");
    const numbers = { seeds, rows, ...addition?.numbers };
    return finish(study, { name, title, caption, markdown, numbers, rows, files });
  };
}

/** The gate: its kinds, either path alone, and what it does by emotion. */
export const reproduceGateAblation = ablationExperiment({
  name: "ablation_gate",
  title: "Ablation. The dynamic gate of the audio branch",
  families: ["gate"],
  async add({ study, seeds, files }) {
    const gates = await gateByEmotion(study, { seeds, files });
    const figure = gateDistributionFigure(gates.rows, {
      title: "The audio gate, by emotion",
      subtitle: `${shortCaption(study, seeds.length)}; test clips of all seeds`,
    });
    await saveFigure(files, "gate_by_emotion", figure);
    return { numbers: { gates }, markdown: gateLines(gates) };
  },
});

/** The hierarchy of attention: without it, without a level, without the residual. */
export const reproduceAttentionAblation = ablationExperiment({
  name: "ablation_attention",
  title: "Ablation. The levels of attention",
  families: ["attention"],
});

/** The number of attention heads. */
export const reproduceHeadsAblation = ablationExperiment({
  name: "ablation_heads",
  title: "Ablation. The number of attention heads",
  families: ["heads"],
});

/** Into how many segments a sample is cut. */
export const reproduceSegmentsAblation = ablationExperiment({
  name: "ablation_segments",
  title: "Ablation. Segments a sample",
  families: ["segments"],
});

/** The auxiliary heads, modality dropout, and the pairing protocol. */
export const reproduceTrainingAblation = ablationExperiment({
  name: "ablation_training",
  title: "Ablation. How the model is trained",
  families: ["training"],
  async add({ study, seeds, files }) {
    const { samples, options: { config: { data } } } = study;
    const outcomes = await study.run(planProtocols(samples, { seeds, data }));
    const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
    const protocols = collateProtocols(judged);
    return { numbers: { protocols }, markdown: protocolTable(protocols) };
  },
});

function leftOut(study: Study, families: readonly Ablation["family"][]): string {
  const all = ablations.filter(({ family }) => families.includes(family));
  const names = all.filter((one) => !variantsFor(study, families).includes(one))
    .map(({ name }) => name);
  return names.length === 0
    ? ""
    : ` Without ${names.join(", ")}: trained encoders give ${mostSegments(study)} at most.`;
}

function settingsOf(rows: readonly AblationRow[]): Setting[] {
  return [...new Set(rows.map(({ setting }) => setting))];
}

// The last of a family: that of segments needs fewer than the encoders gave, unless it has to encode anew.
function oneOfEachFamily(all: readonly Ablation[]): Ablation[] {
  const small = all.filter(({ variant }) => (variant.segments ?? 0) <= 4);
  return [...Map.groupBy(small, ({ family }) => family).values()].map((own) => own.at(-1)!);
}

// Trained encoders have as many segments as they were trained with.
function variantsFor(study: Study, families: readonly Ablation["family"][]): Ablation[] {
  const own = ablations.filter(({ family }) => families.includes(family));
  if (!areTrained(study.options.encoders)) return own;
  return own.filter(({ variant }) => (variant.segments ?? 0) <= mostSegments(study));
}

function mostSegments(study: Study): number {
  return Math.max(...Object.values(sizesOf(study)).map(({ segments }) => segments));
}

// Variants with more segments than the encoders gave need features of their own.
async function runByFeatures(study: Study, jobs: readonly Job[]): Promise<Outcome[]> {
  const most = mostSegments(study);
  const finer = jobs.filter(({ variant }) => (variant?.segments ?? 0) > most);
  const usual = await study.run(jobs.filter((job) => !finer.includes(job)));
  if (finer.length === 0) return usual;
  const features = await encodeFiner(study, finer[0]!.variant!.segments!);
  return [...usual, ...await study.run(finer, { features })];
}

async function encodeFiner(study: Study, segments: number): Promise<CorpusFeatures> {
  const { samples, store, options } = study;
  const { cache, speechLayers = "last", precision = "fp32", onProgress } = options;
  const encoders = await loadEncoders(frozenOf(options.encoders), {
    cache,
    speechLayers,
    precision,
    segments: { text: segments, image: segments, audio: segments },
  });
  const { features } = await encodeSamples(samples, {
    encoders,
    store,
    onProgress: (m, done, total) =>
      onProgress(`encoding ${m} in ${segments} segments`, done, total),
  });
  await Promise.all([encoders.text, encoders.image, encoders.audio].flat().map((e) => e.dispose()));
  return features;
}

/** The gate over test clips, and whether it has given up on a path. */
interface Gates {
  readonly rows: readonly GateRow[];
  /** Mean over all clips. */
  readonly mean: number;
  /** Mean deviation of the gate within a clip, over its segments and features. */
  readonly spread: number;
  /** Below 0.05 or above 0.95 on average, the gate listens to one path only. */
  readonly collapsed: boolean;
}

async function gateByEmotion(
  study: Study,
  { seeds, files }: Pick<Trials, "seeds" | "files">,
): Promise<Gates> {
  const { samples, options: { config: { data } } } = study;
  const jobs = proposedJobs(samples, "audio", { seeds, data }).map((job) =>
    named({
      ...job,
      kind: "gate-single-audio",
      exams: testExams(job, study.features).map((exam) => ({ ...exam, inspect: true })),
    })
  );
  const byEmotion = new Map<string, number[]>();
  const spreads: number[] = [];
  for (const outcome of await study.run(jobs)) {
    saveRun(files, outcome, samples);
    const { verdicts: [verdict] } = outcome;
    const { values } = verdict!.inspected!.gate!;
    Array.from(verdict!.rows.audio!, (row, i) => {
      const { emotion } = samples.audio[row]!;
      byEmotion.set(emotion, [...byEmotion.get(emotion) ?? [], values[2 * i]!]);
      spreads.push(values[2 * i + 1]!);
    });
  }
  const mean = average([...byEmotion.values()].flat());
  return {
    rows: [...byEmotion].toSorted(([a], [b]) => a < b ? -1 : 1).map(([emotion, gates]) =>
      gateRow(emotion, gates)
    ),
    mean,
    spread: average(spreads),
    collapsed: mean < 0.05 || mean > 0.95,
  };
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function forestRow({ family, name, comparison }: AblationRow) {
  const { difference, interval, pHolm } = comparison!;
  return {
    ...{ family, variant: name, difference },
    ...pHolm !== null && { p: pHolm },
    significant: insignificance(comparison!) === undefined,
    // The mean over seeds and the pooled bootstrap weigh seeds of unlike size differently.
    ...interval && {
      low: Math.min(interval[0], difference),
      high: Math.max(interval[1], difference),
    },
  };
}

function variantTables(rows: readonly AblationRow[]): string[] {
  return settingsOf(rows).flatMap((setting) => [
    setting === "unified" ? "### Triples, the unified classifier" : "### Speech alone",
    "",
    ...markdownTable(
      ["variant", "accuracy", "less the full model", "95 % interval", "p (Holm)", "effect h"]
        .concat("resolvable", "significant"),
      rows.filter((row) => row.setting === setting).map(variantCells),
      { lastIsText: true },
    ),
    "",
  ]);
}

function variantCells({ family, name, accuracy, comparison }: AblationRow): string[] {
  const label = name === fullModel ? `**${name}**` : `${family}: ${name}`;
  if (!comparison) return [label, printScore(accuracy), "", "", "", "", "", ""];
  const { difference, interval, effect, resolvable } = comparison;
  const why = insignificance(comparison);
  return [
    ...[label, printScore(accuracy), signed(difference), printInterval(interval)],
    ...[printCorrected(comparison), signed(effect), printNumber(resolvable)],
    why === undefined ? "yes" : `no: ${why}`,
  ];
}

function protocolTable(protocols: readonly ProtocolRow[]): string[] {
  return [
    "### Trained under one pairing protocol, asked the same",
    "",
    ...markdownTable(
      ["trained under", "text alone", "image alone", "audio alone"]
        .concat("unified, on triples of one label"),
      protocols.map(({ protocol, accuracy: { text, image, audio, unified } }) => [
        protocol,
        ...[text, image, audio, unified].map((score) => printScore(score)),
      ]),
    ),
    "",
  ];
}

function gateLines({ mean, spread, collapsed }: Gates): string[] {
  return [
    "### The gate",
    "",
    `Over all test clips the gate is ${printNumber(mean)} on average, the share of the spectral ` +
    `path, and varies by ${printNumber(spread)} within a clip. ` +
    (collapsed ? "It has collapsed: one path is not listened to." : "It has not collapsed."),
    "",
  ];
}
