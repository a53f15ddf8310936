/**
 * Robustness: what the model still knows when a modality is noisy.
 *
 *     deno task reproduce robustness_noise
 *
 * One model a seed, trained as for Table 1, answers everything; nothing is
 * trained on noise. 2 systems × half of the seeds. Its time alone was not measured;
 * encoding what is noisy, speech above all, takes most of it. The paper's abstract speaks of
 * missing and noisy modalities; it has no test of them. On the embedded corpus, which is
 * synthetic, noisy audio was worse than none with three seeds: 0.753 at 20 dB,
 * 0.923 without.
 *
 * @module
 */

import { type BandRow, curvesWithBands } from "../../lib/figures/mod.ts";
import { accuracyInterval } from "../../lib/metrics/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { type Experiment, fewerSeeds, shortCaption } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { band, type Score } from "../tables.ts";
import { addNoisySamples, noisePoints, trainingVoices } from "./corrupted_samples.ts";
import { noiseLines, noiseShortcomings } from "./markdown.ts";
import { planNoise, planTrials, robustCaption } from "./plan.ts";
import { collateNoise, type NoiseRow } from "./rows.ts";

/** How much is tried: what is encoded anew, speech above all, takes most of the time. */
const sizes = { thorough: { noisyTriples: 60, levels: 3 }, quick: { noisyTriples: 40, levels: 2 } };

/** Shows the model of each seed noisy samples, and says what it makes of them. */
export const robustnessNoise: Experiment = async (study) => {
  const { samples, options: { config: { data, thorough } } } = study;
  const name = "robustness_noise";
  const result = beginResult(study, { name, title: "Robustness. Noise before encoding" });
  const { noisyTriples, levels } = thorough ? sizes.thorough : sizes.quick;
  const seeds = fewerSeeds(study);
  const trials = planTrials(samples, { seeds, data });
  const points = await Promise.all(trials.map(async ({ seed, split, rows }) => {
    const voices = await trainingVoices(samples, { seed, train: split.audio.train });
    return noisePoints({ seed, rows, voices }, { count: noisyTriples, levels });
  }));
  const { noisy, ...noisyStudy } = await addNoisySamples(study, points.flat());
  const judged = await result.run(planNoise(trials, { noisy, noisyTriples }), noisyStudy);
  const rows = collateNoise(judged, noisy);
  const subtitle = shortCaption(study, seeds.length);
  for (const m of modalities) {
    const figure = noiseFigure(rows, m, { subtitle, tests: noisyTriples });
    await result.figure(figure, m === "audio" ? name : `${name}_${m}`);
  }
  return result.finish({
    caption: robustCaption(study, seeds),
    body: noiseLines(rows, noisyTriples),
    numbers: { seeds, noisyTriples, shortcomings: noiseShortcomings(rows), rows },
    rows,
  });
};

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
