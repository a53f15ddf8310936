/** The trained model as one ONNX file, from what the encoders deliver to the verdict. @module */

import { float32, type Graph, type Tensors, traceAnyBatch } from "../compile/mod.ts";
import * as tf from "../deps/tf.ts";
import { modalities, type Modality } from "../modality.ts";
import { model, type ModelInputs, type ModelParams } from "../model/mod.ts";
import { type Parameter, tensors } from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import type { Standardisation } from "../systems/features.ts";
import type { TrainedModel } from "../systems/system.ts";
import { verdictsOf } from "../systems/target_loss.ts";
import { polarities, type Target } from "../target.ts";
import { inputSpecs } from "../systems/proposed_network.ts";

// As in training: see `standardiseFeatures`.
const limit = 6;

/**
 * The forward pass as an ONNX file (opset 18), with the parameters and the
 * standardisation inside, so that the encoders' features go in as they are. B
 * is the free axis `batch`; the other shapes are fixed. Inputs, all float32:
 *
 *     in/text/states [B, n, width]    in/text/mask [B, n]
 *     in/image/states, in/image/mask  alike
 *     in/audio/states, in/audio/mask  alike; of L layers states [B, n, L, width]
 *     in/audio/logMel [B, T, F]       in/audio/frames [B]
 *     in/audio/prosody [B, n, p]      in/presence [B, 3]
 *
 * `presence` is 1 for a modality to be looked at, in the order text, image,
 * audio; what another one's inputs hold does not matter as long as it is
 * finite, zeros for instance. Outputs:
 *
 *     out/probability/H [B]           of the positive class, H text, image, audio, unified;
 *                                     of K > 2 classes [B, K]
 *     out/score/H [B]                 of a model of scores, in place of probabilities
 *     out/logits/H [B, C]             negative, positive; or the outputs of the target
 *     out/gate [B, n, d]              share of the spectral path, where there is one
 *     out/attention/within/M, out/attention/across, out/attention/summaries
 *                                     [B, heads, N, N] for each level that is switched on
 *
 * The file's metadata name the paper, the classes, and what inputs and outputs
 * mean; `metadata` adds what is known of the training (`trainingMetadata`).
 */
export function exportOnnx(
  trained: TrainedModel,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const { config, standardisation } = trained;
  const specs = (batch: number) => ({
    ...inputSpecs(config, modalities, batch),
    presence: float32(batch, modalities.length),
  });
  const graph = traceAnyBatch((given) => {
    const { presence, ...raw } = given as Tensors<ReturnType<typeof specs>> & {
      presence: tf.Tensor;
    };
    const inputs = standardised(raw as RawInputs, standardisation);
    const params = tensors(trained.parameters as Tree<Parameter>) as ModelParams;
    const { logits, gate, weights } = model(params, { inputs, presence }, config);
    return {
      [config.target?.kind === "score" ? "score" : "probability"]: mapRecord(
        logits,
        (outputs) => verdict(outputs, config.target),
      ),
      logits,
      ...gate && { gate },
      attention: {
        ...weights.within.text && { within: weights.within as Record<Modality, tf.Tensor> },
        ...weights.across.attention && { across: weights.across.attention },
        ...weights.summaries.attention && { summaries: weights.summaries.attention },
      },
    } as Tree<tf.Tensor>;
  }, specs);
  return graph.toBytes({ metadata: { ...metadataOf(graph, config.target), ...metadata } });
}

function metadataOf(
  { parts: { inputs, outputs } }: Graph,
  target: Target = polarities,
): Record<string, string> {
  const judges = target.kind === "score"
    ? `with a score from ${target.low} to ${target.high}`
    : `as ${target.classes.join(" or ")}`;
  const meaningOf = (name: string) =>
    meanings[name] ?? meanings[name.split("/").slice(0, 2).join("/")];
  const named = (ports: typeof inputs) =>
    JSON.stringify(Object.fromEntries(ports.map(({ name }) => [name, meaningOf(name)])));
  return {
    name: "Trivalence model",
    description: `Judges a text, an image and a speech clip, or any of them, ${judges}: ` +
      "hierarchical cross-modal attention over frozen encoders, dual audio pathways.",
    paper: "https://doi.org/10.1038/s41598-025-09000-3",
    inputs: named(inputs),
    outputs: named(outputs),
    ...target.kind === "classes" && { classes: JSON.stringify(target.classes) },
  };
}

const meanings: Readonly<Record<string, string>> = {
  "in/text/states": "the text encoder's states by segment, not standardised",
  "in/text/mask": "1 for a segment of the text, 0 for padding",
  "in/image/states": "the image encoder's states by segment, not standardised",
  "in/image/mask": "1 for a segment of the image, 0 for padding",
  "in/audio/states": "the speech encoder's states by segment, not standardised",
  "in/audio/mask": "1 for a segment of the clip, 0 for padding",
  "in/audio/logMel": "log-mel spectrogram by frame and band, not standardised",
  "in/audio/frames": "how many frames of the spectrogram are no padding",
  "in/audio/prosody": "pitch, voicing, level and spectrum by segment, not standardised",
  "in/presence": "1 for each of text, image, audio that is to be looked at, else 0",
  "out/probability": "probability of the second class by the head of this name; of more than two " +
    "classes, of each",
  "out/score": "score by the head of this name",
  "out/logits": "outputs by the head of this name: logits of the classes",
  "out/gate": "share of the spectral path by segment and feature",
  "out/attention": "attention weights by head, query and key",
};

type RawInputs = Record<Modality, Record<string, tf.Tensor>>;

function verdict(outputs: tf.Tensor, target: Target | undefined): tf.Tensor {
  const verdicts = verdictsOf(outputs, target);
  return verdicts.shape[1] === 1 ? tf.reshape(verdicts, [-1]) : verdicts;
}

function standardised(raw: RawInputs, statistics: Standardisation): ModelInputs {
  const inputs: RawInputs = { text: {}, image: {}, audio: {} };
  for (const m of modalities) {
    for (const [name, x] of Object.entries(raw[m])) {
      const moments = statistics[m]?.[name];
      inputs[m][name] = moments === undefined
        ? x
        : standardise(x, { ...moments, valid: alongSteps(validity(name, raw[m]), x) });
    }
  }
  return inputs as ModelInputs;
}

/** 1 for the steps that are data, `[B, n, 1]`: segments by their mask, frames by their number. */
function validity(name: string, { mask, frames, logMel }: Record<string, tf.Tensor>): tf.Tensor {
  if (name !== "logMel") return tf.expandDims(mask!, 2);
  const index = tf.reshape(tf.range(0, logMel!.shape[1]!), [1, -1, 1]);
  const counted = tf.less(index, tf.reshape(frames!, [-1, 1, 1]));
  return tf.cast(counted, "float32");
}

/** `[B, n, 1]` with an axis of 1 for each axis of x behind its steps. */
function alongSteps(valid: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.reshape(valid, [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)]);
}

function standardise(
  x: tf.Tensor,
  { mean, scale, valid }: { mean: number[]; scale: number[]; valid: tf.Tensor },
): tf.Tensor {
  // The mean as a sum of two float32: near a column's mean the difference is then as exact as x.
  const high = Float32Array.from(mean);
  const low = Float32Array.from(mean, (value, i) => value - high[i]!);
  const columns = (values: Float32Array) => tf.tensor(values, x.shape.slice(2));
  const centred = tf.sub(tf.sub(x, columns(high)), columns(low));
  const z = tf.mul(centred, columns(Float32Array.from(scale)));
  return tf.mul(tf.minimum(tf.maximum(z, -limit), limit), valid);
}

function mapRecord<K extends string, From, To>(
  record: Record<K, From>,
  fn: (value: From) => To,
): Record<K, To> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, fn(value as From)]),
  ) as Record<K, To>;
}
