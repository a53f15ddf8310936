/**
 * Systems: what a problem is, how a network is fitted to it and asked, and the proposed model as one.
 *
 * @module
 */

export type { Check } from "../checks.ts";
export * from "./batches.ts";
export * from "./features.ts";
export * from "./network.ts";
export * from "./predict.ts";
export * from "./proposed.ts";
export * from "./proposed_network.ts";
export * from "./settings.ts";
export * from "./system.ts";
export * from "./trained.ts";
