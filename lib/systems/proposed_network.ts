/** The proposed model as a network: what it reads and what it minimises. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import type { Modality } from "../modality.ts";
import { describeConfig } from "../model/config.ts";
import * as boxes from "../model/mod.ts";
import * as network from "./network.ts";
import { targetLoss } from "./target_loss.ts";

/** The specs of {@linkcode boxes.ModelInputs} for B samples of the given modalities. */
export function inputSpecs(
  { inputs: { text, image, audio } }: Pick<boxes.ModelConfig, "inputs">,
  present: readonly Modality[],
  batch: number,
): network.NamedSpecs {
  const states = ({ segments, width }: { segments: number; width: number }) => ({
    states: float32(batch, segments, width),
    mask: float32(batch, segments),
  });
  const all = {
    text: states(text),
    image: states(image),
    audio: {
      ...states(audio),
      ...(audio.layers === undefined
        ? {}
        : { states: float32(batch, audio.segments, audio.layers, audio.width) }),
      ...audio.frames !== undefined && {
        logMel: float32(batch, audio.frames, audio.bands!),
        frames: float32(batch),
        prosody: float32(batch, audio.segments, audio.prosody!),
      },
    },
  };
  return Object.fromEntries(present.map((m) => [m, all[m]]));
}

/** The modules of the model that read one modality alone, as `Network.modules`. */
export const ownModules = {
  text: { processing: "processing/text", attention: "hierarchy/within/text" },
  image: { processing: "processing/image", attention: "hierarchy/within/image" },
  audio: {
    spectral: "spectral",
    layers: "mix",
    contextual: "contextual",
    gate: "gate",
    processing: "processing/audio",
    attention: "hierarchy/within/audio",
  },
} as const;

/**
 * The proposed model. Its loss is the unified classifier's ({@linkcode targetLoss}: the cross-entropy
 * of classes) and that of the heads:
 *
 *     L = CE_unified + λ Σ_m CE_m
 *
 * A head counts in the views that show its modality. The paper names neither
 * the loss nor λ, `headWeight`; 1 is ours.
 */
export function proposedNetwork(
  config: boxes.ModelConfig,
  { headWeight = 1 }: { headWeight?: number } = {},
): network.Network<boxes.ModelParams> {
  const { width, fusionLayers, inputs, dropout } = config;
  return {
    graph: JSON.stringify(["proposed", describeConfig(config), headWeight]),
    target: config.target,
    init: (key) => boxes.initModel(key, config),
    inputs: (present, batch) => inputSpecs(config, present, batch),
    masks({ present, batch, views }) {
      const mask = (...shape: number[]) => ({ shape, rate: dropout });
      const processing = present.map((m) => [m, mask(batch, inputs[m].segments, width)]);
      const layer = mask(batch * views, width);
      const fusion = Array.from({ length: fusionLayers }, (_, i) => [String(i), layer]);
      return { processing: Object.fromEntries(processing), fusion: Object.fromEntries(fusion) };
    },
    loss: (params, group) => loss(params, group, config, headWeight),
    modules: ownModules,
    logits(params, inputs) {
      const { logits } = boxes.model(params, { inputs: inputs as boxes.ModelInputs }, config);
      return logits;
    },
    inspect(params, inputs) {
      const shown = inputs as boxes.ModelInputs;
      return boxes.inspection(shown, boxes.model(params, { inputs: shown }, config));
    },
  };
}

function loss(
  params: boxes.ModelParams,
  group: network.Group,
  config: boxes.ModelConfig,
  headWeight: number,
): tf.Tensor {
  const { inputs, presence, labels, unified, keep } = group;
  const present = network.modalitiesIn(labels);
  const views = network.viewsOf(group);
  const { logits } = boxes.model(
    params,
    { inputs: inputs as boxes.ModelInputs, presence, keep },
    config,
  );

  const shown = network.presenceColumns(presence);
  const heads = present.map((m) =>
    targetLoss({
      logits: logits[m],
      labels: network.repeatViews(labels[m]!, views),
      weights: network.weighted(shown[m], group),
    }, config.target)
  );
  const whole = targetLoss({ logits: logits.unified, ...unified }, config.target);
  return tf.add(whole, tf.mul(tf.addN(heads), headWeight));
}
