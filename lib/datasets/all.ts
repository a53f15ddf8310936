/** Every corpus: readers of what is on disk, and the embedded one. @module */

export * from "./mod.ts";
export * from "./embedded/mod.ts";
