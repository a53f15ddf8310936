/**
 * Noise on the raw signal, before it is encoded: what a text, an image or a clip meets on its way
 * to a reader. All of it is seeded; the paper tests none of it.
 *
 * @module
 */

export * from "./copies.ts";
export * from "./corruptions.ts";
export * from "./image.ts";
export * from "./speech.ts";
export * from "./text.ts";
export type { TransformOrigin } from "./transform_origin.ts";
