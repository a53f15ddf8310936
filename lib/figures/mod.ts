/**
 * Figures: rows in, a Vega-Lite specification out, and the specification drawn as SVG.
 *
 * @module
 */

export * from "./architecture.ts";
export * from "./attention_heat.ts";
export * from "./audit_bars.ts";
export * from "./chart.ts";
export { confusionFigure, type ConfusionOptions, type ConfusionPanel } from "./confusion_figure.ts";
export * from "./contribution_boxes.ts";
export * from "./coverage.ts";
export * from "./curves_with_bands.ts";
export * from "./data_structure.ts";
export * from "./field_timeline.ts";
export * from "./forest.ts";
export * from "./gate_distribution.ts";
export * from "./grouped_dots.ts";
export { contrastOf, darkOf, grounds } from "./dark.ts";
export type { Draw, FigureOptions, Form } from "./house_style.ts";
export * from "./palette.ts";
export * from "./judgement_figure.ts";
export * from "./progression.ts";
export * from "./reliability.ts";
export * from "./render.ts";
export { rocFigure, type RocRow, rocRow } from "./roc_figure.ts";
export * from "./run_curves.ts";
export * from "./score_scatter.ts";
export * from "./standings.ts";
export * from "./table_bars.ts";
export * from "./timeline.ts";
export * from "./training_process.ts";
