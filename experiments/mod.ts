/** Every experiment by its name, in the order in which they are made. @module */

import { explanations } from "./explanations.ts";
import { reproduceFaceAudit } from "./face_audit.ts";
import { reproduceFigures1To4 } from "./figures_1_to_4.ts";
import { reproduceFigures9To12 } from "./figures_9_to_12.ts";
import { reproduceAblations } from "./reproduce_ablations.ts";
import { reproduceProtocolAudit } from "./reproduce_protocol_audit.ts";
import { reproduceRobustness } from "./reproduce_robustness.ts";
import { reproduceStatistics } from "./reproduce_statistics.ts";
import { reproduceTable1 } from "./reproduce_table_1.ts";
import type { Experiment } from "./study.ts";
import { reproduceTable2 } from "./table_2.ts";
import { reproduceTuning } from "./tuning.ts";
import { reproduceValenceSensitivity } from "./valence_sensitivity.ts";

/** Those that are made unless others are named: tuning is not, its choices are configuration. */
export const usualExperiments = (): string[] =>
  Object.keys(experiments).filter((name) => name !== "tuning");

/** The experiments. A name is that of the folder with its result. */
export const experiments: Readonly<Record<string, Experiment>> = {
  table_1: reproduceTable1,
  table_2: reproduceTable2,
  figures_1_to_4: reproduceFigures1To4,
  figures_9_to_12: reproduceFigures9To12,
  ablations: reproduceAblations,
  robustness: reproduceRobustness,
  explanations,
  statistics: reproduceStatistics,
  protocol_audit: reproduceProtocolAudit,
  face_audit: reproduceFaceAudit,
  valence_sensitivity: reproduceValenceSensitivity,
  tuning: reproduceTuning,
};
