/** Trained branches, from a study's samples to files. @module */

import { defaultValence, type ValenceMap } from "../../lib/datasets/mod.ts";
import { coverageFigure } from "../../lib/figures/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { type Corpora, encodeSamples, openCorpora } from "../../lib/study/corpora.ts";
import { significanceRule } from "../../lib/study/comparisons.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Outcome } from "../../lib/study/job.ts";
import { collateBranches, collateNeutral, planScratch, type ScratchSamples } from "./rows.ts";
import { type AbstentionRow, collateAbstention, collateFusion, fuseBranches } from "./fusion.ts";
import { scratchToCsv, scratchToMarkdown } from "./markdown.ts";
import { rawInputEncoders, recipeRecord } from "../../lib/study/scratch_systems.ts";
import {
  collateBranchOnThree,
  planBranchOnThree,
  type ThreeClassBranchRow,
  withThreeClasses,
} from "./three_classes.ts";
import type { Samples } from "../../lib/study/splits.ts";
import {
  dataCaption,
  finish,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";
import { band } from "../tables.ts";
import { balancedThree } from "../valence_sensitivity/three_classes.ts";

// A training of its own for every modality.
const mostThreeClassSeeds = 3;

/** Where the experiment gets corpora with neutral samples, and the features of samples. */
export interface ScratchSources {
  read(valence: ValenceMap): Promise<Corpora>;
  /** The tables of raw inputs, beside those of the frozen encoders. */
  encode(samples: Samples): Promise<CorpusFeatures>;
}

/** Trains every branch, baseline and fusion, and makes tables of their predictions. */
export function reproduceScratch(study: Study): Promise<Result> {
  const { options: { data, dataLabel, onProgress }, encoders, store } = study;
  const encode = async (samples: Samples) => {
    const show = (m: string, done: number, total: number) =>
      onProgress(`encoding ${m}`, done, total);
    const frozen = await encodeSamples(samples, { encoders, store, onProgress: show });
    const raw = await encodeSamples(samples, {
      ...{ encoders: rawInputEncoders(), store },
      onProgress: show,
    });
    return byModality((m) => ({
      ...frozen.features[m],
      tables: { ...frozen.features[m].tables, ...raw.features[m].tables },
    }));
  };
  return compareScratch(study, {
    read: (valence) => openCorpora(data, { valence, label: dataLabel }),
    encode,
  });
}

/** {@linkcode reproduceScratch} with corpora and features from `sources`. */
export async function compareScratch(study: Study, sources: ScratchSources): Promise<Result> {
  const { options: { config, seeds: all, onProgress } } = study;
  const seeds = config.thorough ? all : all.slice(0, 1);
  const files = new Map<string, string>();

  onProgress("reading the corpora with neutral");
  // The polarity of neutral is not used: it keeps the reader from leaving it out.
  const withNeutral = await sources.read({ ...defaultValence, neutral: "positive" });
  const shown = neutralBehind(study.samples, withNeutral);
  const { samples } = shown;
  const plan = planScratch(shown, { seeds, data: config.data });
  const features = await sources.encode(samples);
  const outcomes = await study.run(plan.jobs, { features, samples });
  const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
  const fused = await fuseBranches(judged, samples);
  const results = {
    branches: collateBranches(judged, { samples, outcomes }),
    fusion: collateFusion(judged, { samples, fused }),
    abstention: collateAbstention(judged, fused),
    neutral: collateNeutral(judged),
    three: await learnThreeClasses(study, sources, {
      ...{ withNeutral, files },
      seeds: seeds.slice(0, mostThreeClassSeeds),
    }),
  };

  const title = "Trained branches: what small networks learn from raw inputs alone";
  const caption =
    `${dataCaption(study)} ${shortCaption(study, seeds.length)}; splits of Table 1. ` +
    "Mean ± standard deviation over seeds; differences by the paired bootstrap over speakers, " +
    "texts and icon sets or images, p corrected by Holm within a modality. Seconds are of one thread, with " +
    `other runs beside it. ${significanceRule}`;
  const markdown = scratchToMarkdown(results, { title, caption });
  const abstention = coverageOf(results.abstention, study, seeds.length);
  await saveFigure(files, "scratch_abstention", abstention);
  files.set("scratch.csv", scratchToCsv(results));
  const rawInputs = Object.fromEntries(
    modalities.flatMap((m) => [rawInputEncoders()[m]].flat()).map(({ id, digest }) => [id, digest]),
  );
  const settings = { seeds, splits: plan.audits, branchesTrained: recipeRecord(config), rawInputs };
  return finish(study, {
    ...{ name: "scratch", title, caption, markdown, files },
    numbers: { ...settings, ...results },
  });
}

/** The study's samples, and behind them what their corpora have of neutral. */
export function neutralBehind(samples: Samples, withNeutral: Corpora): ScratchSamples {
  return {
    samples: byModality((m) => [
      ...samples[m],
      ...withNeutral[m].samples.filter(({ emotion }) => emotion === "neutral"),
    ]),
    used: byModality((m) => samples[m].length),
  };
}

async function learnThreeClasses(
  study: Study,
  sources: ScratchSources,
  { withNeutral, seeds, files }: {
    readonly withNeutral: Corpora;
    readonly seeds: readonly number[];
    readonly files: Map<string, string>;
  },
): Promise<ThreeClassBranchRow[]> {
  const { samples: usual, options: { config: { data } } } = study;
  const isNeutral = ({ emotion }: { emotion: string }) => emotion === "neutral";
  const present = modalities.filter((m) => withNeutral[m].samples.some(isNeutral));
  if (present.length === 0) return [];
  const samples = byModality((m) =>
    present.includes(m) ? balancedThree(withNeutral[m].samples, data.cap) : usual[m]
  );
  const features = withThreeClasses(await sources.encode(samples), samples);
  const rows: ThreeClassBranchRow[] = [];
  for (const m of present) {
    const jobs = planBranchOnThree(samples, { seeds, data, m });
    const outcomes = await study.run(jobs, { features, samples });
    outcomes.forEach((outcome) => saveThree(files, outcome, samples));
    rows.push(collateBranchOnThree(outcomes, { samples, m }));
  }
  return rows;
}

// The class is not in a predictions file: it has a file of its own.
function saveThree(files: Map<string, string>, outcome: Outcome, samples: Samples): JudgedJob {
  const m = outcome.job.present[0]!;
  const [{ rows, inspected }] = outcome.verdicts as [Outcome["verdicts"][number]];
  const { values } = inspected!.classes!;
  const lines = Array.from(rows[m]!, (row, i) => {
    const { id, emotion } = samples[m][row]!;
    const own = [0, 1, 2].map((k) => values[3 * i + k]!);
    return [JSON.stringify(id), emotion, ...own].join(",");
  });
  const csv = ["id,emotion,negative,positive,neutral", ...lines, ""].join("\n");
  files.set(`three_classes/${outcome.job.name}.csv`, csv);
  return saveRun(files, outcome, samples);
}

function coverageOf(rows: readonly AbstentionRow[], study: Study, seeds: number) {
  const points = rows.flatMap(({ judged, points }) =>
    points.map(({ coverage, accuracy }) => {
      const { mean, ...ends } = band(accuracy);
      return { system: judged, coverage: coverage.mean, accuracy: mean, ...ends };
    })
  );
  return coverageFigure(points.filter(({ coverage }) => coverage > 0), {
    title: "Abstention by thresholds from validation",
    subtitle: shortCaption(study, seeds),
  });
}
