/**
 * Parameters, layers, losses, optimisers and random numbers, all as pure functions.
 *
 * @module
 */

export * from "./attention.ts";
export * from "./layers.ts";
export * from "./losses.ts";
export * from "./masked_softmax.ts";
export * from "./optimisers.ts";
export * from "./parameter.ts";
export * from "./random.ts";
export * from "./safetensors.ts";
export * from "./tree.ts";
