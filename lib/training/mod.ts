/**
 * The one training loop: a compiled step, its schedule and early stopping, and what is kept between epochs.
 *
 * @module
 */

export { type CheckpointOptions, openCheckpoints } from "./checkpoint.ts";
export { type EventRun, type EventRunOptions, openEventRun } from "./event_run.ts";
export type { GradientNorms, ParameterParts } from "./gradient_norms.ts";
export type * from "./graph_cache.ts";
export type * from "./step.ts";
export * from "./train.ts";
