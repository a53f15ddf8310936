/** Two branches of one modality as one: what each says of a sample, side by side. @module */

import * as tf from "../deps/tf.ts";
import { maskedMean } from "../tensor/layers.ts";
import { fold } from "../tensor/random.ts";
import type { Branch } from "./branch.ts";

/** Parameters of {@linkcode sideBySide}. */
export type SideBySideParams<A, B> = { first: A; second: B };

/**
 * A branch of one state a sample, the means over the states of two branches, joined:
 *
 *     y = [mean of first's states; mean of second's states]    [B, 1, d_1 + d_2]
 *
 * Each reads its own tables, and is trained, dropped and augmented as it is alone.
 *
 * @throws {RangeError} They are of two modalities.
 */
export function sideBySide<A, B>(
  first: Branch<A>,
  second: Branch<B>,
): Branch<SideBySideParams<A, B>> {
  if (first.modality !== second.modality) {
    throw new RangeError(
      `Cannot join branches: expected one modality, got ${first.modality} and ${second.modality}`,
    );
  }
  const parts = { first, second };
  return {
    modality: first.modality,
    graph: JSON.stringify(["side by side", first.graph, second.graph]),
    segments: 1,
    width: first.width + second.width,
    init: (key) => ({
      first: first.init(fold(key, "first")),
      second: second.init(fold(key, "second")),
    }),
    inputs: (batch) => ({ ...first.inputs(batch), ...second.inputs(batch) }),
    masks: (batch) =>
      Object.fromEntries(
        Object.entries(parts).flatMap(([part, branch]) =>
          Object.entries(branch.masks(batch)).map(([layer, mask]) => [`${part} ${layer}`, mask])
        ),
      ),
    augment: (tables, key) =>
      Object.entries(parts).reduce(
        (changed, [part, branch]) => branch.augment?.(changed, fold(key, part)) ?? changed,
        tables,
      ),
    states(params, { inputs, keep }) {
      const mean = (part: "first" | "second") => {
        const own = Object.entries(keep).filter(([layer]) => layer.startsWith(`${part} `))
          .map(([layer, mask]) => [layer.slice(part.length + 1), mask] as const);
        const branch: Branch = parts[part];
        const given = { inputs, keep: Object.fromEntries(own) };
        const { states, mask } = branch.states(params[part], given);
        return maskedMean(states, mask);
      };
      const y = tf.expandDims(tf.concat([mean("first"), mean("second")], 1), 1);
      return { states: y, mask: tf.ones([y.shape[0]!, 1]) };
    },
  };
}
