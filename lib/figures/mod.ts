/**
 * Figures: rows in, a Vega-Lite specification out, and the specification drawn as SVG.
 *
 * @module
 */

export {
  type Architecture,
  type ArchitectureBox,
  type ArchitectureEdge,
  architectureFigure,
} from "./architecture.ts";
export {
  attentionHeat,
  type AttentionPlace,
  type AttentionRow,
  attentionRows,
} from "./attention_heat.ts";
export { auditBars, type AuditOptions, type AuditRow } from "./audit_bars.ts";
export { chart, type ChartOptions } from "./chart.ts";
export { confusionFigure, type ConfusionOptions, type ConfusionPanel } from "./confusion_figure.ts";
export { contributionBoxes, type ContributionRow } from "./contribution_boxes.ts";
export { coverageFigure, type CoverageOptions, type CoverageRow } from "./coverage.ts";
export { type BandRow, type CurvesOptions, curvesWithBands } from "./curves_with_bands.ts";
export {
  dataStructureFigure,
  type DataStructureOptions,
  type DataStructureRow,
} from "./data_structure.ts";
export { type FieldEntry, fieldTimeline } from "./field_timeline.ts";
export { forestFigure, type ForestOptions, type ForestRow } from "./forest.ts";
export { gateDistributionFigure, type GateRow, gateRow } from "./gate_distribution.ts";
export type { FigureOptions } from "./house_style.ts";
export { coloursOf, inks, modalityColours, systemColours } from "./palette.ts";
export { judgementFigure } from "./judgement_figure.ts";
export { progressionFigure, type ProgressionOptions, type ProgressionRow } from "./progression.ts";
export { reliabilityFigure, type ReliabilityPanel } from "./reliability.ts";
export { type Figure, renderSvg } from "./render.ts";
export { rocFigure, type RocRow, rocRow } from "./roc_figure.ts";
export { type AccuracyRow, tableBars, type TableBarsOptions } from "./table_bars.ts";
export { timelineFigure } from "./timeline.ts";
export { trainingProcessFigure, type TrainingSettings } from "./training_process.ts";
