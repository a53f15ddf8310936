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

/** Attention weights by level, for figures: `[B, H, N, N]` with that level's N; of V views `[V B, …]` but for `within`. */
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
 *
 * `presence` `[V B, 3]` shows each sample in V views, those of the first one at rows
 * 0, B, 2B, …: 1 for a modality that the view shows, 0 for one that is absent from it. Then S is
 * `[V B, 3, d]`. Level 1, and the projections and scores of level 2, are those of
 * the sample, whatever its views show.
 */
export function hierarchy(
  params: HierarchyParams,
  { segments, masks, presence }: {
    segments: { readonly [M in Modality]?: tf.Tensor };
    masks: { readonly [M in Modality]?: tf.Tensor };
    presence?: tf.Tensor | undefined;
  },
  { heads, residual, levels }: Pick<HierarchyConfig, "heads" | "residual"> & {
    /** Where a level is one that was brought along. */
    readonly levels?: HierarchyConfig["levels"];
  },
): {
  summaries: tf.Tensor;
  /** After levels 1 and 2, `[V B, n_m, d]` each. */
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
    const x = inViewsOf(inputs.mask, inputs.x); // It knows nothing of views.
    const attended = codeOf(custom, "attention")(own, { ...inputs, x }, { heads, residual });
    assertShape("y of the attention", attended.y, x.shape);
    return attended;
  };

  const there = modalities.filter((m) => segments[m] !== undefined);
  if (there.length === 0) {
    throw new RangeError("Cannot attend: expected segments of a modality, got none");
  }
  const known = new Map(there.map((m) => [m, masksOf(m, { segments, masks, presence })]));
  const own = there.map((m) => {
    const attention = params.within[m], x = segments[m]!;
    if (attention === undefined) return x;
    const level = attend("within", attention, { x, mask: known.get(m)!.own });
    if (level.weights) weights.within[m] = level.weights;
    return level.y;
  });
  const seen = there.map((m) => known.get(m)!.seen); // [V B, n] each

  let x: tf.Tensor = tf.concat(own, 1); // [B, N, d]
  if (params.across.attention) {
    const level = attend("across", params.across.attention, { x, mask: tf.concat(seen, 1) });
    if (level.weights) weights.across.attention = level.weights;
    x = level.y; // [V B, N, d]
  } else x = inViewsOf(seen[0]!, x);

  const lengths = own.map((part) => part.shape[1]!);
  // tfjs has no gradient of a split into one part.
  const attended = own.length === 1 ? [x] : tf.split(x, lengths, 1);
  const means = attended.map((part, i) => maskedMean(part, seen[i]!));
  // [V B, M], of M modalities that are there
  const present = tf.stack(seen.map((mask) => tf.max(mask, 1)), 1);
  let summaries: tf.Tensor = tf.stack(means, 1); // [V B, M, d]
  if (params.summaries.attention) {
    const inputs = { x: summaries, mask: present };
    const level = attend("summaries", params.summaries.attention, inputs);
    if (level.weights) weights.summaries.attention = level.weights;
    summaries = level.y;
  }
  const masked = tf.mul(summaries, tf.expandDims(present, 2)); // [V B, M, d] by [V B, M, 1]
  return {
    summaries: inOrder(masked, there), // [V B, 3, d]
    segments: Object.fromEntries(there.map((m, i) => [m, attended[i]!])),
    weights,
  };
}

/** Summaries `[B, M, d]` of the modalities `there`, with 0 for the others: `[B, 3, d]`. */
function inOrder(summaries: tf.Tensor, there: readonly Modality[]): tf.Tensor {
  if (there.length === modalities.length) return summaries;
  const [batch, , width] = summaries.shape as [number, number, number];
  const absent = tf.zeros([batch, 1, width]);
  const rows = modalities.map((m) =>
    there.includes(m) ? tf.slice(summaries, [0, there.indexOf(m), 0], [-1, 1, -1]) : absent
  );
  return tf.concat(rows, 1);
}

/** The mask of a modality's segments, `[B, n]`, and what of them its sample's views show, `[V B, n]`. */
function masksOf(
  m: Modality,
  { segments, masks, presence }: Parameters<typeof hierarchy>[1],
): { own: tf.Tensor; seen: tf.Tensor } {
  const mask = masks[m];
  if (mask === undefined) {
    throw new RangeError(`Cannot attend: expected a mask for ${m}, got none`);
  }
  const [batch, count] = segments[m]!.shape as [number, number];
  assertShape(`the ${m} mask`, mask, [batch, count]);
  if (presence === undefined) return { own: mask, seen: mask };
  const views = Math.max(1, Math.floor(presence.shape[0]! / batch));
  assertShape("presence", presence, [views * batch, modalities.length]);
  const shown = tf.slice(presence, [0, modalities.indexOf(m)], [-1, 1]); // [V B, 1]
  const inViews = tf.mul(tf.reshape(shown, [views, batch, 1]), mask); // [V, B, n]
  const seen: tf.Tensor = tf.reshape(inViews, [views * batch, count]);
  // Several views have one attention within; what the only one hides needs none.
  return { own: views === 1 ? seen : mask, seen };
}

/** `x` `[B, …]` once for each view that a mask of V B rows has: `[V B, …]`. */
function inViewsOf(mask: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const views = mask.shape[0]! / x.shape[0]!;
  return views === 1 ? x : tf.tile(x, [views, 1, 1]);
}
