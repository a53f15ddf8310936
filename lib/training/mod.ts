/** The training loop, its objective and batches, and what a system is. @module */

export * from "./batches.ts";
export * from "./branch.ts";
export * from "./checkpoint.ts";
export * from "./features.ts";
export * from "./graph_cache.ts";
export * from "./network.ts";
export * from "./predict.ts";
export * from "./proposed.ts";
export * from "./proposed_network.ts";
export * from "./scratch.ts";
export * from "./step.ts";
export * from "./system.ts";
export * from "./train.ts";
export * from "./trained.ts";
