/**
 * The one training loop: a compiled step, its schedule and early stopping, and what is kept between epochs.
 *
 * @module
 */

export * from "./checkpoint.ts";
export * from "./graph_cache.ts";
export * from "./step.ts";
export * from "./train.ts";
