/**
 * Robustness: what a model still knows when a modality is noisy.
 *
 *     deno task reproduce robustness_noise
 *
 * Six systems a seed: the proposed model, late fusion and our residual fusion, each trained on clean
 * samples and on noisy copies of them (`addNoisyCopies`). Of each modality training meets some kinds of noise
 * and never others (`trainedKinds`): text typos and dropped words, not swapped ones; images blur, pixel noise
 * and occlusion, not compression and low contrast; speech white noise, reverberation and lost packets, not
 * babble and clipping. Noise is done to all test triples, at three levels of each kind; encoding speech takes
 * most of the time. The paper's abstract speaks of noisy modalities; it has no test of them.
 *
 * @module
 */

import type { Job } from "../../lib/study/job.ts";
import { inRounds } from "../../lib/study/part.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { type Experiment, shortCaption } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { encodingPool } from "../../lib/study/encoding_pool.ts";
import type { NoisyRows } from "./append_points.ts";
import type { Trial } from "./exams.ts";
import {
  addNoisySamples,
  addTrainedNoise,
  measured,
  type MeasuredStudy,
  noisePoints,
  trainingVoices,
} from "./corrupted_samples.ts";
import { noiseFigure } from "./figure.ts";
import { noiseFindings } from "./findings.ts";
import { noiseLines, noiseShortcomings } from "./markdown.ts";
import { noiseCaption, planNoise, planTrials } from "./plan.ts";
import { cleanRows, collateNoise, harmRows } from "./rows.ts";

/** How much is tried: what is encoded anew, speech above all, takes most of the time. */
const sizes: Readonly<Record<"thorough" | "quick", Size>> = {
  thorough: { triples: Infinity, levels: 3 },
  quick: { triples: 20, levels: 1, copies: { text: 1, image: 1, audio: 1 } },
};

interface Size {
  /** How many test triples of a seed meet noise, at most. */
  readonly triples: number;
  readonly levels: number;
  /** As `addNoisyCopies` takes them. */
  readonly copies?: Readonly<Record<Modality, number>>;
}

/** Shows systems noisy samples, and says what they make of them. */
export const robustnessNoise: Experiment = async (study) => {
  const { samples, options: { seeds, config: { data, thorough } } } = study;
  const name = "robustness_noise";
  const result = beginResult(study, { name, title: "Robustness. Noise before encoding" });
  const { triples, levels, copies } = thorough ? sizes.thorough : sizes.quick;
  const trials = planTrials(samples, { seeds, data });
  const noisyTriples = Math.min(triples, ...trials.map(({ labels }) => labels.length));
  const pool = encodingPool(study.options.jobs);
  const encodeTrial = async (clean: MeasuredStudy, { seed, split, rows }: Trial) => {
    const voices = await trainingVoices(samples, { seed, train: split.audio.train });
    const own = noisePoints({ seed, rows, voices }, { count: noisyTriples, levels });
    const trained = await addTrainedNoise(clean, split, copies);
    const { noisy, features, samples: all } = await addNoisySamples(trained, own);
    // Its workers hold encoders, which those of the jobs need the memory of.
    pool.end();
    return { noisy, copies: trained.copies, noisyStudy: { features, samples: all } };
  };
  const clean = await measured(study, pool);
  const points: NoisyRows[] = [];
  // A seed after the other: noisy samples of all together would need several gigabytes.
  const judged = (await inRounds(trials.map((trial) => async () => {
    const { noisy, copies: noisyCopies, noisyStudy } = await encodeTrial(clean, trial);
    const jobs: Job[] = planNoise(trial, { noisy, copies: noisyCopies, noisyTriples });
    points.push(...noisy);
    return await result.run(jobs, noisyStudy);
  }))).flat();
  const rows = collateNoise(judged, points);
  const subtitle = shortCaption(study, seeds.length);
  for (const m of modalities) {
    await result.figure(
      (form) => noiseFigure(rows, m, { subtitle, tests: noisyTriples, ...form }),
      m === "audio" ? name : `${name}_${m}`,
    );
  }
  return result.finish({
    caption: noiseCaption(study, seeds),
    body: noiseLines(rows, noisyTriples),
    numbers: {
      ...{ seeds, noisyTriples, findings: noiseFindings(rows) },
      shortcomings: noiseShortcomings(rows),
      ...{ harm: harmRows(rows), clean: cleanRows(rows), rows },
    },
    rows,
  });
};
