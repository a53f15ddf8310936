/** The robustness experiments, from a study's features to files. @module */

import { type BandRow, curvesWithBands } from "../../lib/figures/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { addNoisySamples, noisePoints, trainingVoices } from "./corrupted_samples.ts";
import { significanceRule } from "../../lib/study/comparisons.ts";
import { missingDraws } from "./missing_modalities.ts";
import { planMissing, planNoise, planTrials, type Trial } from "./exams.ts";
import {
  attentionUnderConflict,
  collateMissing,
  collateNoise,
  type MissingRow,
  type NoiseRow,
} from "./rows.ts";
import {
  missingShortcomings,
  missingToMarkdown,
  noiseShortcomings,
  noiseToMarkdown,
} from "./markdown.ts";
import {
  dataCaption,
  fewerSeeds,
  finish,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";
import { band, type Score } from "../tables.ts";
import { accuracyInterval } from "../../lib/metrics/mod.ts";

/** How much is tried: what is encoded anew, speech above all, takes most of the time. */
const sizes = {
  thorough: { noisyTriples: 60, levels: 3 },
  quick: { noisyTriples: 40, levels: 2 },
};

/** Shows the model of each seed less, and contradictory samples, and says what it makes of them. */
export async function reproduceMissing(study: Study): Promise<Result> {
  const { samples, options: { seeds, config: { data } } } = study;
  const trials = planTrials(samples, { seeds, data });
  const outcomes = await study.run(planMissing(trials, samples));
  const files = new Map<string, string>();
  const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
  const rows = collateMissing(judged, { samples });
  const attention = attentionUnderConflict(outcomes);

  const [name, title] = ["robustness_missing", "Robustness. Missing and contradictory modalities"];
  await saveFigure(files, name, missingFigure(rows.missing, shortCaption(study, seeds.length)));
  const caption = captionOf(study, seeds);
  const markdown = missingToMarkdown(
    { ...rows, attention },
    { title, caption, draws: missingDraws },
  );
  const shortcomings = missingShortcomings(rows);
  const numbers = { seeds, draws: missingDraws, shortcomings, ...rows, attention };
  return finish(study, { name, title, caption, markdown, numbers, rows: rows.missing, files });
}

/** Shows the model of each seed noisy samples, and says what it makes of them. */
export async function reproduceNoise(study: Study): Promise<Result> {
  const { samples, options: { config: { data, thorough } } } = study;
  const { noisyTriples, levels } = thorough ? sizes.thorough : sizes.quick;
  const seeds = fewerSeeds(study);
  const trials = planTrials(samples, { seeds, data });
  const points = await Promise.all(trials.map(async ({ seed, split, rows }: Trial) => {
    const voices = await trainingVoices(samples, { seed, train: split.audio.train });
    return noisePoints({ seed, rows, voices }, { count: noisyTriples, levels });
  }));
  const { noisy, ...noisyStudy } = await addNoisySamples(study, points.flat());

  const jobs = planNoise(trials, { noisy, noisyTriples });
  const outcomes = await study.run(jobs, noisyStudy);
  const files = new Map<string, string>();
  const judged = outcomes.map((outcome) => saveRun(files, outcome, noisyStudy.samples));
  const rows = collateNoise(judged, noisy);

  const [name, title] = ["robustness_noise", "Robustness. Noise before encoding"];
  for (const m of modalities) {
    const subtitle = shortCaption(study, seeds.length);
    const figure = noiseFigure(rows, m, { subtitle, tests: noisyTriples });
    await saveFigure(files, m === "audio" ? name : `${name}_${m}`, figure);
  }
  const caption = captionOf(study, seeds);
  const markdown = noiseToMarkdown(rows, { title, caption, noisyTriples });
  const numbers = { seeds, noisyTriples, shortcomings: noiseShortcomings(rows), rows };
  return finish(study, { name, title, caption, markdown, numbers, rows, files });
}

function captionOf(study: Study, seeds: readonly number[]): string {
  return `${dataCaption(study)} ${seeds.length} seed${seeds.length === 1 ? "" : "s"}, ` +
    `each with its own split. One model a seed, trained on clean triples of one label with ` +
    `modality dropout, answers everything. ${significanceRule}`;
}

function missingFigure(rows: readonly MissingRow[], subtitle: string) {
  const nameOf = (lost: MissingRow["lost"]) =>
    lost === "any" ? "any may be missing" : `${lost} may be missing`;
  const bands = rows.map(({ system, lost, rate, accuracy }) => ({
    corruption: nameOf(lost),
    series: system,
    level: rate,
    ...band(accuracy),
  }));
  return curvesWithBands(bands, {
    title: "Missing modalities",
    subtitle: `${subtitle}; a triple misses what is named at this rate, never all three`,
    measure: "accuracy",
    levels: Object.fromEntries(rows.map(({ lost }) => [nameOf(lost), "missing rate"])),
  });
}

function noiseFigure(
  rows: readonly NoiseRow[],
  modality: Modality,
  { subtitle, tests }: { readonly subtitle: string; readonly tests: number },
) {
  const own = rows.filter((row) => row.modality === modality);
  const ours = own.filter(({ system }) => system === "Proposed");
  const late = own.filter(({ system }) => system === "Late fusion");
  const curve = (series: string, from: readonly NoiseRow[], of: (row: NoiseRow) => Score) =>
    from.map((row): BandRow => ({
      corruption: row.corruption,
      series,
      level: row.level,
      ...of(row).seeds.length > 1 ? band(of(row)) : bandOfOne(of(row), tests),
    }));
  const bands = [
    ...curve("Proposed", ours, ({ inTriple }) => inTriple),
    ...curve("Late fusion", late, ({ inTriple }) => inTriple),
    ...curve(`Proposed, ${modality} alone`, ours, ({ alone }) => alone),
    ...curve(`Proposed, no ${modality}`, ours, ({ without }) => without),
  ];
  return curvesWithBands(bands, {
    title: `Noisy ${modality}`,
    subtitle:
      `${subtitle}; with the two other samples of the triple clean, unless stated otherwise`,
    measure: "accuracy",
    levels: Object.fromEntries(own.map(({ corruption, unit }) => [corruption, unit])),
    ...own.every(({ inTriple }) => inTriple.seeds.length === 1) &&
      { band: "Band: 95 % interval of one run (Wilson)." },
  });
}

// One seed has no deviation; its share of tests has an interval.
function bandOfOne({ mean }: Score, tests: number): Pick<BandRow, "mean" | "low" | "high"> {
  const { low, high } = accuracyInterval({ accuracy: mean, count: tests });
  return { mean, low, high };
}
