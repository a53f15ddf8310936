/** What the best epoch of a fit has learnt. @module */

import type { Checkpoints } from "../training/train.ts";

/** Remembers the parameters of the best epoch so far, and passes all on to `kept`. */
export function keepBest(kept?: Checkpoints): Checkpoints & { parameters(): Float32Array } {
  let parameters = new Float32Array();
  return {
    parameters: () => parameters,
    async ended(size) {
      const ended = await kept?.ended?.(size);
      if (ended) parameters = ended.best.parameters.slice();
      return ended;
    },
    end: async (ended) => await kept?.end?.(ended),
    async load(size) {
      const standing = await kept?.load(size);
      // A run that was cut off after its last epoch trains none, and saves none.
      if (standing) parameters = standing.best.parameters.slice();
      return standing;
    },
    async save(standing) {
      parameters = standing.best.parameters.slice();
      await kept?.save(standing);
    },
  };
}
