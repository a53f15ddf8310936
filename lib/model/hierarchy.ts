/** Attention on three levels: within a modality, across all segments, over summaries. @module */

import * as tf from "../deps/tf.ts";
import { modalities, type Modality } from "../modality.ts";
import { assertShape, maskedMean } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import { codeOf, type Level, type ModelConfig } from "./config.ts";
import {
  type AttentionParams,
  crossModalAttention,
  initAttention,
} from "./cross_modal_attention.ts";

/** Parameters of {@linkcode hierarchy}; a level that is switched off has none. */
export type HierarchyParams = {
  within: { [M in Modality]?: AttentionParams };
  across: { attention?: AttentionParams };
  summaries: { attention?: AttentionParams };
};

/** Attention weights by level, for figures: `[B, H, N, N]` with that level's N. */
export type AttentionWeights = {
  within: { [M in Modality]?: tf.Tensor };
  across: { attention?: tf.Tensor };
  summaries: { attention?: tf.Tensor };
};

/** The part of the model's configuration that the hierarchy reads. */
export type HierarchyConfig = Pick<ModelConfig, "width" | "heads" | "levels" | "residual">;

/** Initial parameters of the levels that are switched on; those of a modality or level come from a key of its own. */
export function initHierarchy(
  key: Key,
  { width, heads, levels }: HierarchyConfig,
): Init<HierarchyParams> {
  const attention = (level: Level, name: string) =>
    typeof level === "object"
      ? level.init(fold(key, name), width, heads)
      : initAttention(fold(key, name), width);
  const { within, across, summaries } = levels;
  return {
    within: within
      ? Object.fromEntries(modalities.map((m) => [m, attention(within, `within ${m}`)]))
      : {},
    across: across ? { attention: attention(across, "across") } : {},
    summaries: summaries ? { attention: attention(summaries, "summaries") } : {},
  } as Init<HierarchyParams>;
}

/**
 * The paper's title says "hierarchical" and its text "multiple granularity
 * levels", but it defines none. Our completion:
 *
 *     1  X_m = attention(X_m) for each modality m          within a modality
 *     2  X   = attention([X_text; X_image; X_audio])       across all segments
 *     3  S   = attention([mean X_text; mean X_image; mean X_audio])
 *
 * Level 2 is the paper's formula. `segments` are `[B, n_m, d]` with `masks`
 * `[B, n_m]`, which are 0 for padding and for an absent modality. A modality
 * that is absent from the whole batch may be left out, which gives the same
 * numbers at less cost. The summaries S are `[B, 3, d]`, in the order text,
 * image, audio, and 0 for an absent modality.
 */
export function hierarchy(
  params: HierarchyParams,
  { segments, masks }: {
    segments: { readonly [M in Modality]?: tf.Tensor };
    masks: { readonly [M in Modality]?: tf.Tensor };
  },
  { heads, residual, levels }: Pick<HierarchyConfig, "heads" | "residual"> & {
    /** Where a level is one that was brought along. */
    readonly levels?: HierarchyConfig["levels"];
  },
): {
  summaries: tf.Tensor;
  /** After levels 1 and 2, `[B, n_m, d]` each. */
  segments: { [M in Modality]?: tf.Tensor };
  weights: AttentionWeights;
} {
  const weights: AttentionWeights = { within: {}, across: {}, summaries: {} };
  const attend = (
    level: keyof HierarchyConfig["levels"],
    own: AttentionParams,
    inputs: { x: tf.Tensor; mask: tf.Tensor },
  ): { y: tf.Tensor; weights?: tf.Tensor } => {
    const custom = levels?.[level];
    if (typeof custom !== "object") return crossModalAttention(own, inputs, { heads, residual });
    const attended = codeOf(custom, "attention")(own, inputs, { heads, residual });
    assertShape("y of the attention", attended.y, inputs.x.shape);
    return attended;
  };

  const there = modalities.filter((m) => segments[m] !== undefined);
  if (there.length === 0) {
    throw new RangeError("Cannot attend: expected segments of a modality, got none");
  }
  const maskOf = (m: Modality) => {
    const mask = masks[m];
    if (mask === undefined) {
      throw new RangeError(`Cannot attend: expected a mask for ${m}, got none`);
    }
    assertShape(`the ${m} mask`, mask, segments[m]!.shape.slice(0, 2));
    return mask;
  };
  const parts = there.map((m) => {
    const own = params.within[m];
    if (own === undefined) return segments[m]!;
    const level = attend("within", own, { x: segments[m]!, mask: maskOf(m) });
    if (level.weights) weights.within[m] = level.weights;
    return level.y;
  });

  let x: tf.Tensor = tf.concat(parts, 1); // [B, N, d]
  if (params.across.attention) {
    const mask = tf.concat(there.map(maskOf), 1); // [B, N]
    const level = attend("across", params.across.attention, { x, mask });
    if (level.weights) weights.across.attention = level.weights;
    x = level.y;
  }

  let start = 0;
  const attended = parts.map((part) => {
    const length = part.shape[1]!;
    start += length;
    // Slices, not tf.split: tfjs cannot differentiate a split into one part.
    return tf.slice(x, [0, start - length, 0], [-1, length, -1]);
  });
  const means = attended.map((own, i) => maskedMean(own, maskOf(there[i]!)));
  // [B, M], of M modalities that are there
  const present = tf.stack(there.map((m) => tf.max(maskOf(m), 1)), 1);
  let summaries: tf.Tensor = tf.stack(means, 1); // [B, M, d]
  if (params.summaries.attention) {
    const inputs = { x: summaries, mask: present };
    const level = attend("summaries", params.summaries.attention, inputs);
    if (level.weights) weights.summaries.attention = level.weights;
    summaries = level.y;
  }
  const masked = tf.mul(summaries, tf.expandDims(present, 2)); // [B, M, d] by [B, M, 1]
  const absent = tf.zeros([masked.shape[0]!, 1, masked.shape[2]!]);
  const inOrder = modalities.map((m) =>
    there.includes(m) ? tf.slice(masked, [0, there.indexOf(m), 0], [-1, 1, -1]) : absent // [B, 1, d]
  );
  return {
    summaries: tf.concat(inOrder, 1), // [B, 3, d]
    segments: Object.fromEntries(there.map((m, i) => [m, attended[i]!])),
    weights,
  };
}
