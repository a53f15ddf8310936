/**
 * Figures, tables, sounds, pictures and progress in notebooks on the Deno kernel.
 *
 * @module
 */

export * from "./display.ts";
export * from "./heat_map.ts";
export * from "./live.ts";
export * from "./scores.ts";
