/** Every experiment by its name, in the order in which they are made. @module */

import { explanations } from "./explanations/mod.ts";
import { reproduceNaturalPairs } from "./natural_pairs.ts";
import { reproduceFaceAudit } from "./face_audit.ts";
import {
  reproduceFigure1,
  reproduceFigure2,
  reproduceFigure3,
  reproduceFigure4,
} from "./paper_figures/figures_1_to_4.ts";
import { judgementExperiment } from "./paper_figures/judgement_figures.ts";
import { progressExperiment } from "./paper_figures/progress_figures.ts";
import {
  reproduceAttentionAblation,
  reproduceGateAblation,
  reproduceHeadsAblation,
  reproduceSegmentsAblation,
  reproduceTrainingAblation,
} from "./ablations/mod.ts";
import { reproduceCalibration } from "./statistics/calibration.ts";
import { reproduceProtocolAudit } from "./protocol_audit/mod.ts";
import { reproduceMissing, reproduceNoise } from "./robustness/mod.ts";
import { reproduceStatistics } from "./statistics/mod.ts";
import { reproduceTable1 } from "./table_1/mod.ts";
import { reproduceScratch } from "./scratch/mod.ts";
import type { Experiment } from "../lib/study/study.ts";
import { reproduceTable2 } from "./table_2.ts";
import { reproduceTuning } from "./tuning.ts";
import { reproduceValenceSensitivity } from "./valence_sensitivity/mod.ts";

/**
 * Those that are made unless others are named. Tuning is not, its choices are configuration; nor
 * are trained branches, which take as long as all else together, natural pairs, which are for sets
 * that have them, the ablation of segments, which encodes every sample once more, and the two audits
 * of a corpus, which say little of a synthetic one.
 */
export const usualExperiments = (): string[] =>
  Object.keys(experiments).filter((name) => !unusual.includes(name));

const unusual: readonly string[] = [
  "ablation_segments",
  "face_audit",
  "valence_sensitivity",
  "scratch",
  "natural_pairs",
  "tuning",
];

/** The experiments. A name is that of the folder with its result. */
export const experiments: Readonly<Record<string, Experiment>> = {
  table_1: reproduceTable1,
  table_2: reproduceTable2,
  fig_1: reproduceFigure1,
  fig_2: reproduceFigure2,
  fig_3: reproduceFigure3,
  fig_4: reproduceFigure4,
  fig_5: progressExperiment("unified"),
  fig_6: progressExperiment("image"),
  fig_7: progressExperiment("text"),
  fig_8: progressExperiment("audio"),
  fig_9: judgementExperiment("unified"),
  fig_10: judgementExperiment("image"),
  fig_11: judgementExperiment("text"),
  fig_12: judgementExperiment("audio"),
  ablation_gate: reproduceGateAblation,
  ablation_attention: reproduceAttentionAblation,
  ablation_heads: reproduceHeadsAblation,
  ablation_training: reproduceTrainingAblation,
  robustness_missing: reproduceMissing,
  robustness_noise: reproduceNoise,
  explanations,
  statistics: reproduceStatistics,
  calibration: reproduceCalibration,
  protocol_audit: reproduceProtocolAudit,
  ablation_segments: reproduceSegmentsAblation,
  face_audit: reproduceFaceAudit,
  valence_sensitivity: reproduceValenceSensitivity,
  scratch: reproduceScratch,
  natural_pairs: reproduceNaturalPairs,
  tuning: reproduceTuning,
};
