/**
 * Networks that are trained from raw inputs: one branch per modality, their augmentation, and all of them jointly.
 *
 * @module
 */

export * from "./branch.ts";
export * from "./image_branch.ts";
export * from "./joint.ts";
export * from "./speech_branch.ts";
export * from "./text_branch.ts";
export * from "./trained_encoder.ts";
