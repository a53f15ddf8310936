/**
 * Trained branches: small networks that learn from raw inputs alone, beside the
 * simple baselines that a frozen encoder has to justify itself against.
 *
 *     deno task reproduce scratch --data DIR --seeds 5
 *     deno task reproduce scratch --data DIR --modalities audio --split folds
 *
 * Rows of single modalities, of speech by speaker as well, the joint model on triples, fusions,
 * abstention and three classes. Speech alone, with five seeds, took 71 minutes of a busy core; on a
 * part of RAVDESS it has .833, by speaker .896 (docs/trained_branches.md); the paper trains no
 * encoders.
 *
 * @module
 */

import { threeClasses } from "../../lib/branches/branch.ts";
import { defaultValence, splitNotes, type ValenceMap } from "../../lib/datasets/mod.ts";
import { stringify } from "../../lib/deps/csv_stringify.ts";
import type { Encoders } from "../../lib/encoders/mod.ts";
import { coverageFigure, type Figure, type FigureOptions } from "../../lib/figures/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { significanceRule } from "../../lib/study/comparisons.ts";
import { capOf } from "../../lib/study/settings.ts";
import { type Corpora, encodeSamples, keptHashes, openCorpora } from "../../lib/study/corpora.ts";
import { inRounds } from "../../lib/study/part.ts";
import { poolJudged } from "../../lib/study/folds.ts";
import type { Outcome } from "../../lib/study/job.ts";
import { presentIn, type Protocol, usualProtocol } from "../../lib/study/protocol.ts";
import { rawInputEncoders, recipeRecord } from "../../lib/study/scratch_systems.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { dataCaption, type Result, shortCaption, type Study } from "../../lib/study/study.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { beginResult, type OpenResult } from "../result.ts";
import { collateShuffles, planShuffles } from "../shuffles.ts";
import type { Plan } from "../table_1/rows.ts";
import { blocks, capital, coveragePoint } from "../tables.ts";
import { balancedThree } from "../valence_sensitivity/three_classes.ts";
import { runBySpeaker } from "./by_speaker.ts";
import { askElsewhere, collateElsewhere, elsewhereBehind, elsewhereLines } from "./elsewhere.ts";
import { type AbstentionRow, collateAbstention, collateFusion, fuseBranches } from "./fusion.ts";
import { scratchLines, scratchToCsv } from "./markdown.ts";
import { collateBranches } from "./branch_rows.ts";
import { collateNeutral, neutralBehind, planScratch } from "./rows.ts";
import {
  collateBranchOnThree,
  planBranchOnThree,
  type ThreeClassBranchRow,
  withThreeClasses,
} from "./three_classes.ts";

// A training of its own for every modality.
const mostThreeClassSeeds = 3;

/** Where the experiment gets corpora with neutral samples, and the features of samples. */
export interface ScratchSources {
  read(valence: ValenceMap): Promise<Corpora>;
  /** The tables of raw inputs, beside those of the frozen encoders. */
  encode(samples: Samples): Promise<CorpusFeatures>;
}

function sourcesOf(study: Study): ScratchSources {
  const { options: { data, dataLabel, from, cache, protocol, onProgress }, encoders, store } =
    study;
  const encodeBy = (by: Encoders, samples: Samples) =>
    encodeSamples(samples, {
      encoders: by,
      store,
      onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
    });
  const hashes = keptHashes(cache, onProgress);
  const present = presentIn(study.options);
  return {
    read: (valence) =>
      openCorpora(data, {
        ...{ valence, label: dataLabel, from, cache, hashes, present },
        inParts: protocol?.split === "own",
      }),
    async encode(samples) {
      const frozen = await encodeBy(encoders, samples);
      const raw = await encodeBy(rawInputEncoders(), samples);
      return byModality((m) => ({
        ...frozen.features[m],
        tables: { ...frozen.features[m].tables, ...raw.features[m].tables },
      }));
    },
  };
}

/** Trains every branch, baseline and fusion, and makes tables of their predictions. */
export async function scratch(
  study: Study,
  sources: ScratchSources = sourcesOf(study),
): Promise<Result> {
  const { options: { config, seeds: all, protocol, onProgress } } = study;
  const title = "Trained branches: what small networks learn from raw inputs alone";
  const result = beginResult(study, { name: "scratch", title });
  const seeds = config.thorough ? all : all.slice(0, 1);

  onProgress("reading the corpora with neutral");
  // The polarity of neutral is not used: it keeps the reader from leaving it out.
  const withNeutral = await sources.read({ ...defaultValence, neutral: "positive" });
  const shown = neutralBehind(study.samples, withNeutral);
  const { elsewhere } = study;
  const samples = elsewhere ? elsewhereBehind(shown.samples, elsewhere) : shown.samples;
  const plan = planScratch(shown, { seeds, data: config.data, protocol });
  const asked = elsewhere ? askElsewhere(plan.jobs, samples, elsewhere) : plan.jobs;
  const features = await sources.encode(samples);
  const drawing = { seeds, data: config.data, protocol };
  const jobs = [...asked, ...planShuffles(study.samples, drawing)];
  const threeSeeds = seeds.slice(0, mostThreeClassSeeds);
  const [outcomes, spoken, three] = await inRounds([
    () => study.run(jobs, { features, samples }),
    () => runBySpeaker(study, plan.jobs, { features, samples }),
    () => learnThreeClasses(study, sources, { withNeutral, seeds: threeSeeds, result }),
  ]);
  const runs = outcomes.map((outcome) => result.keep(outcome, samples));
  const judged = poolJudged(runs);
  const judgedSpoken = poolJudged(spoken.outcomes.map((outcome) => result.keep(outcome, samples)));
  const isWhole = presentIn(study.options).length === modalities.length;
  const fused = isWhole ? await fuseBranches(runs, samples) : [];
  const results = {
    branches: collateBranches([...judged, ...judgedSpoken], {
      samples,
      outcomes: [...outcomes, ...spoken.outcomes],
    }),
    fusion: isWhole ? collateFusion(judged, { samples, fused }) : [],
    abstention: collateAbstention(judged, fused),
    neutral: collateNeutral(judged),
    shuffles: collateShuffles(judged),
    ...elsewhere && { elsewhere: collateElsewhere(judged, samples, elsewhere) },
    three,
  };

  const caption =
    `${dataCaption(study)} ${shortCaption(study, seeds.length)}; ${splitCaption(protocol)}. ` +
    "Mean ± standard deviation over seeds; differences by the paired bootstrap over speakers, " +
    "texts and icon sets or images, p corrected by Holm within a modality. Intervals beside scores, and " +
    "differences in balanced accuracy, are by the same groups, each drawn with its verdicts of every " +
    "seed, and longer where groups are few. " +
    `Seconds are of one thread, with other runs beside it. ${significanceRule} ${spoken.note}`
      .trim();
  const subtitle = shortCaption(study, seeds.length);
  await result.figure(
    (form) => abstentionFigure(results.abstention, { subtitle, ...form }),
    "scratch_abstention",
  );
  result.files.set("scratch.csv", scratchToCsv(results));
  const rawInputs = Object.fromEntries(
    modalities.flatMap((m) => [rawInputEncoders()[m]].flat()).map(({ id, digest }) => [id, digest]),
  );
  const settings = {
    seeds,
    splits: plan.audits,
    branchesTrained: recipeRecord(config),
    rawInputs,
    ...elsewhere && { otherCorpus: elsewhere.name },
  };
  return result.finish({
    caption,
    body: [
      ...splitLines(plan.audits),
      ...scratchLines(results),
      ...elsewhere ? elsewhereLines(results.elsewhere!, elsewhere) : [],
    ],
    numbers: { ...settings, ...results },
  });
}

function splitCaption({ present, split }: Protocol = usualProtocol): string {
  if (split === undefined) return "splits of Table 1";
  const isRead = present.some((m) => m !== "audio");
  return [
    ...isRead && split === "own" ? ["texts and images in the parts of their corpora"] : [],
    ...isRead && split === "folds" ? ["texts and images as in Table 1"] : [],
    ...present.includes("audio")
      ? ["speech on EmoBox's folds of actors in turn, the verdicts of all folds together"]
      : [],
  ].join(", ");
}

/** What parts that corpora were published in share. */
function splitLines(audits: Plan["audits"]): string[] {
  const notes = Object.entries(audits[0]!)
    .flatMap(([name, report]) => splitNotes(report).map((note) => `- ${capital(name)}: ${note}.`));
  return blocks(notes);
}

async function learnThreeClasses(
  study: Study,
  sources: ScratchSources,
  { withNeutral, seeds, result }: {
    readonly withNeutral: Corpora;
    readonly seeds: readonly number[];
    readonly result: OpenResult;
  },
): Promise<ThreeClassBranchRow[]> {
  const { samples: usual, options: { config: { data }, protocol } } = study;
  const isNeutral = ({ emotion }: { emotion: string }) => emotion === "neutral";
  const present = modalities.filter((m) => withNeutral[m].samples.some(isNeutral));
  if (present.length === 0) return [];
  const samples = byModality((m) =>
    present.includes(m) ? balancedThree(withNeutral[m].samples, capOf(data)) : usual[m]
  );
  const features = withThreeClasses(await sources.encode(samples), samples);
  return await inRounds(present.map((m) => async () => {
    const jobs = planBranchOnThree(samples, { seeds, data, m, protocol });
    const outcomes = await study.run(jobs, { features, samples });
    for (const outcome of outcomes) {
      result.keep(outcome, samples);
      result.files.set(`three_classes/${outcome.job.name}.csv`, threeToCsv(outcome, samples));
    }
    return collateBranchOnThree(outcomes, { samples, m });
  }));
}

// The class is not in a predictions file: it has a file of its own.
function threeToCsv({ job, verdicts }: Outcome, samples: Samples): string {
  const m = job.present[0]!;
  const { rows, inspected } = verdicts[0]!;
  const { values } = inspected!.classes!;
  const lines = Array.from(rows[m]!, (row, i) => {
    const { id, emotion } = samples[m][row]!;
    return [id, emotion, ...threeClasses.names.map((_, k) => values[3 * i + k])];
  });
  return stringify([["id", "emotion", ...threeClasses.names], ...lines]);
}

function abstentionFigure(
  rows: readonly AbstentionRow[],
  words: Pick<FigureOptions, "subtitle" | "narrow">,
): Figure {
  const points = rows.flatMap(({ judged, points }) =>
    points.map(({ coverage, accuracy }) => coveragePoint(judged, coverage.mean, accuracy))
  );
  return coverageFigure(points.filter(({ coverage }) => coverage > 0), {
    title: "Abstention by thresholds from validation",
    ...words,
  });
}
