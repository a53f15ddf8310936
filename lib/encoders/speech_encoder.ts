/** Speech to states: the frames of wav2vec 2.0 or Whisper, of one layer or of all, averaged into segments. @module */

import { basename, join } from "node:path";
import type { Tensor } from "../deps/transformers.ts";
import { clipExtent } from "./clip_extent.ts";
import {
  type Clip,
  clipRateHz,
  type Encoder,
  type Features,
  type SpeechLayers,
} from "./encoder.ts";
import { sendable, withOrigin } from "./encoder_origin.ts";
import { withHiddenStates } from "./hidden_states.ts";
import {
  type CheckedModel,
  configuredTransformers,
  digestRecipe,
  localSettings,
  openModel,
} from "./model_folder.ts";
import { statesOf } from "./model_output.ts";
import { assertSegments } from "./segments.ts";
import { inputsOf } from "./short_spectrogram.ts";
import type { SpeechOptions } from "./speech_options.ts";
import { layersOf, type SpeechNetwork, speechRecipe, speechStates } from "./speech_states.ts";

/**
 * A frozen wav2vec 2.0, or Whisper's encoder as {@linkcode whisperFiles} makes it. Features of a clip:
 * `states [segments, width]`, `mask [segments]`; with the layers `mix`, `states [segments, L + 1,
 * width]`.
 *
 * The model's own feature extractor brings the clip to zero mean and unit variance, or makes it a
 * spectrogram; the states are averaged by {@linkcode segmentMeans}; 8 segments by default. A clip of
 * more than 6 s is heard in windows of equal length, of 6 s at most, and averaged over all of them.
 * Clips run one by one: the base model of wav2vec 2.0 normalises over time, so padding would change its
 * features. Whisper has learnt clips with silence behind them and gets them so, in windows of 6 s; the
 * states of that silence are cut off, so that no segment has any of it.
 *
 * The paper names Wav2Vec2.0 and no layer. The last one is the default; inner layers of the
 * pre-trained model say more of the voice (Pepino, Riera and Ferrer, *Emotion recognition from
 * speech using wav2vec 2.0 embeddings*, 2021). Where the file does not give them, see
 * {@linkcode withHiddenStates}. The last of them is `last_hidden_state`, which in models that
 * normalise first has one more normalisation behind it than the others.
 *
 * @throws {Deno.errors.NotFound} There is no such model.
 * @throws {RangeError} The model is no encoder, its states have another width, or it has no such
 * layer.
 */
export async function loadSpeechEncoder(options: SpeechOptions): Promise<Encoder<Clip>> {
  const { segments = 8, model: id, layers = "last" } = options;
  assertSegments(segments);
  const checked = await openModel(options);
  const { graph, outputs } = await speechGraph(checked, layers);
  const { AutoModel, AutoProcessor, Tensor } = await configuredTransformers();
  const { folder } = checked;
  const settings = { ...localSettings(folder, options), ...graph };
  const model = await AutoModel.from_pretrained(folder.path, settings);
  const processor = await AutoProcessor.from_pretrained(folder.path, { local_files_only: true });

  const takesWaveforms = "input_values" in await processor(new Float32Array(clipRateHz));

  const layersIn = async (inputs: Readonly<Record<string, Tensor>>) => {
    const given: Readonly<Record<string, Tensor | undefined>> = await model(inputs);
    return outputs.map((output) => {
      const { width } = options;
      const { data, dims } = statesOf(given, { model: id, output, rank: 3, widthAxis: 2, width });
      return { data, width: dims[2]! };
    });
  };
  const network: SpeechNetwork = takesWaveforms
    ? {
      normalise: async (samples) =>
        ((await processor(samples)).input_values as Tensor).data as Float32Array,
      run: (window) =>
        layersIn({ input_values: new Tensor("float32", window, [1, window.length]) }),
    }
    : { run: async (window) => await layersIn(await inputsOf(processor, window)) };

  const second = { path: "", samples: new Float32Array(clipRateHz) };
  const { width } = (await layersOf(network, second))[0]!;
  const lowest = { stage: "speech", segments, ...speechRecipe };
  // What has been stored of the last layer stays valid.
  const recipe = layers === "last" ? lowest : { ...lowest, layers };
  const encoder: Encoder<Clip> = {
    modality: "audio",
    id,
    digest: digestRecipe(checked.digest, recipe),
    ...layers !== "last" && { layers },
    longDigest: digestRecipe(checked.digest, { ...recipe, windows: "all" }),
    inspect: clipExtent,
    shapes: {
      states: layers === "mix" ? [segments, outputs.length, width] : [segments, width],
      mask: [segments],
    },
    async encode(clips) {
      const features: Features[] = [];
      // One by one: their lengths differ.
      for (const clip of clips) features.push(await speechStates(network, clip, { segments }));
      return features;
    },
    dispose: async () => void await model.dispose(),
  };
  return withOrigin(encoder, { loader: "speech", options: sendable(options) });
}

/** The graph to load, if not the folder's own, and which of its outputs are wanted. */
export async function speechGraph(
  { folder }: Pick<CheckedModel, "folder">,
  layers: SpeechLayers,
): Promise<{ graph: { model_file_name?: string; dtype?: "fp32" }; outputs: readonly string[] }> {
  if (layers === "last") return { graph: {}, outputs: ["last_hidden_state"] };
  const config = JSON.parse(await Deno.readTextFile(join(folder.path, "config.json")));
  const count: unknown = config.num_hidden_layers;
  if (!Number.isInteger(count) || (count as number) < 1) {
    throw new RangeError(
      `Cannot take layers of "${folder.path}": expected num_hidden_layers in config.json, ` +
        `got ${JSON.stringify(count)}`,
    );
  }
  if (layers !== "mix" && !(Number.isInteger(layers) && layers >= 0 && layers <= Number(count))) {
    throw new RangeError(
      `Cannot take layer ${layers} of "${folder.path}": expected an integer from 0 to ${count}`,
    );
  }
  const [graph] = folder.paths as [string];
  const { graph: found, outputs } = await withHiddenStates({
    folder: folder.path,
    graph,
    layers: count as number,
  });
  return {
    // The whole name, variant included, so that transformers.js adds nothing to it.
    graph: { model_file_name: basename(found, ".onnx"), dtype: "fp32" },
    outputs: layers === "mix" ? outputs : [outputs[layers]!],
  };
}
