/** Who makes the small CLIP. @module */

import { makeSmallClip } from "./make_small_clip.ts";

/**
 * {@linkcode makeSmallClip} by a worker, where there are such: beside other work it takes another
 * core, and leaves no memory behind.
 */
export function makeSmallClipElsewhere(path: string): Promise<void> {
  if (!("Worker" in globalThis)) return makeSmallClip(path);
  const worker = new Worker(new URL("./clip_worker.ts", import.meta.url), { type: "module" });
  const made = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<{ readonly error?: unknown }>) =>
    data.error === undefined ? made.resolve() : made.reject(data.error);
  worker.onerror = (event) => {
    event.preventDefault();
    made.reject(new Error(`Cannot make the small CLIP: ${event.message}`));
  };
  worker.postMessage(path);
  return made.promise.finally(() => worker.terminate());
}
