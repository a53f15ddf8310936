/** Every experiment by its name, in the order in which they are made. @module */

import type { Experiment, Options, Result } from "../lib/study/study.ts";
import {
  ablationAttention,
  ablationGate,
  ablationHeads,
  ablationSegments,
  ablationTraining,
} from "./ablations/mod.ts";
import { explanations } from "./explanations/mod.ts";
import { faceAudit } from "./face_audit/mod.ts";
import { natural, type NaturalStudy, openNatural } from "./natural/mod.ts";
import { fig1, fig2, fig3, fig4 } from "./paper_figures/figures_1_to_4.ts";
import { judgementFigures } from "./paper_figures/judgement_figures.ts";
import { progressFigures } from "./paper_figures/progress_figures.ts";
import { protocolAudit } from "./protocol_audit/mod.ts";
import { robustnessMissing } from "./missing_modalities/mod.ts";
import { robustnessNoise } from "./robustness/mod.ts";
import { scratch } from "./scratch/mod.ts";
import { calibration } from "./calibration/mod.ts";
import { statistics } from "./statistics/mod.ts";
import { table1 } from "./table_1/mod.ts";
import { table2 } from "./table_2/mod.ts";
import { tuning } from "./tuning/mod.ts";
import { valenceSensitivity } from "./valence_sensitivity/mod.ts";

const usual: Readonly<Record<string, Experiment>> = {
  table_1: table1,
  table_2: table2,
  fig_1: fig1,
  fig_2: fig2,
  fig_3: fig3,
  fig_4: fig4,
  ...progressFigures,
  ...judgementFigures,
  ablation_gate: ablationGate,
  ablation_attention: ablationAttention,
  ablation_heads: ablationHeads,
  ablation_training: ablationTraining,
  robustness_missing: robustnessMissing,
  robustness_noise: robustnessNoise,
  explanations,
  statistics,
  calibration,
  protocol_audit: protocolAudit,
};

/** The experiments on corpora. A name is that of the folder with its result. */
export const experiments: Readonly<Record<string, Experiment>> = {
  ...usual,
  ablation_segments: ablationSegments,
  face_audit: faceAudit,
  valence_sensitivity: valenceSensitivity,
  scratch,
  tuning,
};

/** An experiment on rows that belong together: it reads what it needs by itself. */
export interface RowsExperiment {
  readonly open: (options: Options) => Promise<NaturalStudy>;
  readonly make: (study: NaturalStudy) => Promise<Result>;
}

/** Those on rows. */
export const rowsExperiments: Readonly<Record<string, RowsExperiment>> = {
  natural: { open: openNatural, make: natural },
};

/** All names, in the order in which results are made and shown. */
export const experimentNames: readonly string[] = [
  ...Object.keys(experiments),
  ...Object.keys(rowsExperiments),
];

/** Those that learn whatever modalities and divisions a protocol names. */
export const byProtocol: readonly string[] = ["ablation_gate", "scratch"];

/** Those that compare with CLIP: it is made for them alone, and beside the corpus where it is known before. */
export const comparingWithClip: readonly string[] = [
  "table_1",
  "statistics",
  "face_audit",
  "valence_sensitivity",
  "tuning",
];

/**
 * Those that are made unless others are named. Tuning is not, its choices are configuration; nor
 * are trained branches, which take as long as all else together, natural rows, which are for sets that have them, the ablation of segments, which encodes every sample once more, and the two audits
 * of a corpus, which say little of a synthetic one.
 */
export const usualExperiments = (): string[] => Object.keys(usual);
