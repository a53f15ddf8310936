/** The baseline MISA. @module */

export * from "./losses.ts";
export * from "./model.ts";
export * from "./network.ts";
export * from "./recurrent_encoder.ts";
export * from "./transformer_layer.ts";
