/** Two workers, one that sees, reads and judges, and one that hears: speech takes the longest. @module */

/// <reference lib="dom" />

import type { Modality } from "../lib/modality.ts";
import { type Ask, askWorker } from "./messages.ts";
import { type PageManifest, readManifest, readPacked } from "./packed_files.ts";

/** The model, ready. */
export interface Engine {
  readonly manifest: PageManifest;
  /** The worker that sees, reads and judges. */
  readonly sight: Ask;
  /** The worker that hears. */
  readonly hearing: Ask;
}

/** Bytes of the model that are there, of all. */
export interface Loading {
  readonly loaded: number;
  readonly total: number;
}

/** Loads the model; `onProgress` hears how much of it is there. */
export async function openEngine(onProgress: (loading: Loading) => void): Promise<Engine> {
  const manifest = await readManifest();
  const { page, sizes } = manifest;
  const total = Object.values(sizes).reduce((a, b) => a + b, 0);
  let loaded = 0;
  const onLoaded = (bytes: number) =>
    onProgress({ loaded: Math.min(total, loaded += bytes), total });
  const runtime = await readPacked("runtime.wasm", onLoaded);
  const open = async (of: readonly Modality[], judges: boolean) => {
    const ask = askWorker(new Worker("worker.js", { type: "module" }), onLoaded);
    await ask("open", { page, of, judges, runtime });
    return ask;
  };
  const [sight, hearing] = await Promise.all([
    open(page.learnt.filter((m) => m !== "audio"), true),
    open(page.learnt.filter((m) => m === "audio"), false),
  ]);
  return { manifest, sight, hearing };
}
