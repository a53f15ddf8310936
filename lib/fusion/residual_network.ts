/** The joint model of a residual: attention over all segments, on top of late evidence. @module */

import { float32 } from "../compile/mod.ts";
import * as tf from "../deps/tf.ts";
import { modalities, type Modality } from "../modality.ts";
import * as boxes from "../model/mod.ts";
import { outputsOf, polarities, type Target } from "../target.ts";
import { linear, type LinearParams, maskedMean } from "../tensor/layers.ts";
import { constant, type Init, keys } from "../tensor/parameter.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import * as network from "../systems/network.ts";
import { inputSpecs, ownModules } from "../systems/proposed_network.ts";
import { targetLoss } from "../systems/target_loss.ts";
import type { LatePrior } from "./late_evidence.ts";

/** Parameters of {@linkcode residualNetwork}: the proposed model's boxes, and the readout. */
export type ResidualParams = Pick<boxes.ModelParams, ProcessedBy | "hierarchy"> & {
  /** Reads summaries, targets and evidence. */
  fusion: boxes.FeatureFusionParams;
  /** To r; 0 at first. */
  residual: LinearParams;
};

type ProcessedBy = "spectral" | "mix" | "contextual" | "gate" | "processing";

/** What the network reads beside the proposed model's inputs. */
export interface ResidualReads {
  /** w, numbers of evidence a modality. */
  readonly width: number;
  /** The modalities whose segments say which of them are the target. */
  readonly targets: readonly Modality[];
}

/** The tables of the features that name the target's segments. */
export function targetsIn(features: CorpusFeatures): Modality[] {
  return modalities.filter((m) => features[m].tables.target !== undefined);
}

/** The proposed model's boxes without its heads, a readout of He's initial weights, and r = 0. */
function initResidual(
  key: Parameters<typeof boxes.initModel>[0],
  config: boxes.ModelConfig,
  { width }: Pick<ResidualReads, "width">,
): Init<ResidualParams> {
  const k = keys(key, "boxes", "fusion");
  const { heads: _, unified: __, fusion: ___, ...own } = boxes.initModel(k.boxes, config);
  const { width: d, fusionLayers: layers, target = polarities } = config;
  // Summaries and targets of three modalities, and their evidence.
  const from = 2 * modalities.length * d + modalities.length * width;
  const outputs = outputsOf(target);
  return {
    ...own,
    fusion: boxes.initFeatureFusion(k.fusion, { width: d, layers, from }),
    residual: {
      weight: constant([layers > 0 ? d : from, outputs], 0),
      bias: constant([outputs], 0),
    },
  };
}

/**
 * z = z_late + r. r reads the segments x of all modalities, as the proposed model processes them and
 * its hierarchy attends to them, and the late evidence:
 *
 *     S, X = hierarchy(x_text, x_image, x_audio)
 *     T_m  = mean of X_m over the target's segments
 *     r    = W fusion([S; T; e_text; e_image; e_audio]) + b
 *
 * S `[B, 3, d]` are the summaries. Where the segments of a sample hold what is around it, such as
 * utterances before and after, the table `target` `[B, n]` is 1 for those of the sample itself: a mean
 * over all of them loses it. Without such a table all segments are the target. e_m `[B, w]`, the table
 * `evidence`, is 0 where a modality is not shown. W and b begin as 0, so that training starts from late
 * fusion, whose z_late is a fixed offset in the loss, as boosting fits a new term on what it has
 * (Friedman, *Annals of Statistics* 29(5), 2001); no gradient changes it. Of scores z is in halves of
 * the range, as `targetLoss` has it.
 */
export function residualNetwork(
  config: boxes.ModelConfig,
  prior: LatePrior,
  reads: ResidualReads,
): network.Network<ResidualParams> {
  const { width: d, fusionLayers, inputs, dropout, target = polarities } = config;
  const logits = (
    params: ResidualParams,
    seen: Pick<network.Group, "inputs" | "keep" | "presence"> & { readonly views: number },
  ) => {
    const { tables, presence, keep, views } = { ...seen, tables: seen.inputs };
    const present = network.modalitiesIn(tables);
    const columns = network.presenceColumns(presence);
    const each = (fn: (m: Modality) => tf.Tensor) =>
      Object.fromEntries(present.map((m) => [m, fn(m)])) as { [M in Modality]?: tf.Tensor };
    const processed = boxes.processModalities(params, {
      inputs: tables as boxes.ModelInputs,
      keep,
    }, config);
    const shown = (m: Modality): tf.Tensor => tf.expandDims(columns[m], 1); // [V B, 1]
    const masks = each((m) => tf.mul(network.repeatViews(processed.masks[m]!, views), shown(m)));
    const evidence = each((m) =>
      tf.mul(network.repeatViews(tables[m]!.evidence!, views), shown(m))
    );
    const { summaries, segments: attended } = boxes.hierarchy(params.hierarchy, {
      ...processed,
      presence,
    }, config);
    const rows = presence.shape[0]!;
    const readOut = (m: Modality): tf.Tensor => {
      if (!attended[m]) return tf.zeros([rows, d]);
      const own = tables[m]!.target;
      const mask = own ? tf.mul(masks[m]!, network.repeatViews(own, views)) : masks[m]!;
      return maskedMean(attended[m], mask);
    };
    const joined = tf.concat([
      tf.reshape(summaries, [rows, modalities.length * d]),
      ...modalities.map(readOut),
      ...modalities.map((m) => evidence[m] ?? tf.zeros([rows, reads.width])),
    ], 1);
    const fused = boxes.featureFusion(params.fusion, {
      summaries: tf.expandDims(joined, 1),
      keep: keep.fusion ?? {},
    });
    const late = lateLogits(prior, { evidence, shown }, target);
    return tf.add(late, linear(params.residual, fused));
  };
  return {
    graph: JSON.stringify([
      "residual",
      ...[config, [...prior.prior], prior.precision ?? 0, prior.scores, reads],
    ]),
    target: config.target,
    modules: ownModules,
    init: (key) => initResidual(key, config, reads),
    inputs(present, batch) {
      const specs = inputSpecs(config, present, batch);
      return Object.fromEntries(present.map((m) => [m, {
        ...specs[m],
        evidence: float32(batch, reads.width),
        ...reads.targets.includes(m) && { target: float32(batch, inputs[m].segments) },
      }]));
    },
    masks({ present, batch, views }) {
      const mask = (...shape: number[]) => ({ shape, rate: dropout });
      const layers = Array.from(
        { length: fusionLayers },
        (_, i) => [String(i), mask(batch * views, d)],
      );
      return {
        processing: Object.fromEntries(present.map((m) => [m, mask(batch, inputs[m].segments, d)])),
        fusion: Object.fromEntries(layers),
      };
    },
    loss: (params, group) =>
      targetLoss({
        logits: logits(params, { ...group, views: network.viewsOf(group) }),
        ...group.unified,
      }, config.target),
    logits(params, inputs) {
      const present = network.modalitiesIn(inputs);
      const rows = inputs[present[0]!]!.mask!.shape[0]!;
      const row = modalities.map((m) => present.includes(m) ? 1 : 0);
      const presence = tf.tensor2d(Array<number[]>(rows).fill(row));
      return { unified: logits(params, { inputs, presence, keep: {}, views: 1 } as never) };
    },
  };
}

/** z_late as the outputs of a network, `[B, C]`, of evidence `[B, w]` a modality, 0 where it is not shown. */
function lateLogits(
  { prior, precision, scores }: LatePrior,
  { evidence, shown }: {
    readonly evidence: { readonly [M in Modality]?: tf.Tensor };
    /** `[B, 1]`. */
    readonly shown: (m: Modality) => tf.Tensor;
  },
  target: Target,
): tf.Tensor {
  const there = network.modalitiesIn(evidence);
  const base = tf.tensor2d([...prior], [1, prior.length]);
  if (target.kind === "score") {
    const own = there.filter((m) => scores[m]);
    const told = own.map((m) => tf.mul(evidence[m]!, scores[m]!.told));
    const known = own.map((m) => tf.mul(shown(m), scores[m]!.told - scores[m]!.prior));
    const sum = told.length === 0 ? tf.zerosLike(evidence[there[0]!]!) : tf.addN(told);
    const total = tf.add(known.length === 0 ? 0 : tf.addN(known), precision!);
    const late = tf.add(base, tf.div(sum, total));
    const middle = (target.high + target.low) / 2, half = (target.high - target.low) / 2;
    return tf.div(tf.sub(late, middle), half);
  }
  const late: tf.Tensor = tf.add(base, tf.addN(there.map((m) => evidence[m]!))); // [B, w]
  return prior.length > 1 ? late : tf.concat([tf.zerosLike(late), late], 1);
}
