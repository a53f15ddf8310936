/** A worker that makes the small CLIP: what its training needs of memory goes with it. @module */

import { makeSmallClip } from "./make_small_clip.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(outcome: { readonly error?: unknown }): void;
};

scope.onmessage = async ({ data: path }) => {
  try {
    await makeSmallClip(path);
    scope.postMessage({});
  } catch (error) {
    scope.postMessage({ error });
  }
};
