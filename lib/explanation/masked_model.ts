/** The verdict on a sample of which parts are hidden. @module */

import { compile, type CompileOptions, float32, type Spec } from "../compile/mod.ts";
import * as tf from "../deps/tf.ts";
import type { TrainedModel } from "../systems/system.ts";
import type { SampleFeatures } from "../inference/exported_model.ts";
import type { Modality } from "../modality.ts";
import {
  fuseModalities,
  type ModelConfig,
  type ModelInputs,
  type ModelParams,
  processModalities,
  type Segments,
} from "../model/mod.ts";
import { type Parameter, tensors } from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { inputSpecs } from "../systems/proposed_network.ts";
import { repeatViews } from "../systems/network.ts";
import { evidenceOf } from "../systems/target_loss.ts";
import { valuesFor } from "./attributor.ts";
import { segmentPlaces, type TileGrid } from "./units.ts";

/**
 * What is hidden, and how: segments by mask 0, as training hides modalities,
 * so that nobody attends to them; tiles of the spectrogram by their mean over
 * training, which is 0 after standardisation.
 */
export type Hiding = "segments" | TileGrid;

/** A compiled model that is asked about one sample at a time, with many choices of what it sees. */
export interface MaskedModel {
  /** How many numbers a choice has: one per segment of the modalities shown, or one per tile. */
  readonly places: number;
  /**
   * The unified log-odds ({@linkcode evidenceOf}) of the sample for each choice in `kept`: 1 for a part
   * that is shown, 0 for one that is hidden. Features are standardised.
   */
  run(features: SampleFeatures, kept: readonly ArrayLike<number>[]): Promise<Float64Array>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

/**
 * Compiles the model for samples that show the modalities `present`, `batch`
 * choices a call. Segments are hidden after the processing layers, which run
 * once per sample.
 *
 * @throws {RangeError} Tiles that do not divide the spectrogram, or no audio for them.
 */
export async function compileMaskedModel(
  { parameters, config }: Pick<TrainedModel, "parameters" | "config">,
  { present, hide, batch = 32, favoured, ...session }: CompileOptions & {
    readonly present: readonly Modality[];
    readonly favoured?: number | undefined;
    readonly hide: Hiding;
    readonly batch?: number;
  },
): Promise<MaskedModel> {
  if (hide !== "segments") checkTiles(hide, config, present);
  const places = hide === "segments"
    ? segmentPlaces(config.inputs, present).length
    : hide.time * hide.pitch;
  const inputs = inputSpecs(config, present, 1);
  const compiled = await compile(
    // deno-lint-ignore no-explicit-any -- the shape of the inputs depends on `present`.
    ({ inputs, kept }: any) => {
      const params = tensors(parameters as Tree<Parameter>) as ModelParams;
      const seen = hide === "segments"
        ? withoutSegments(processModalities(params, { inputs }, config), { kept, present, config })
        : processModalities(params, { inputs: withoutTiles(inputs, kept, hide) }, config);
      const shown = repeated(seen, batch);
      const { logits } = fuseModalities(params, shown, config);
      return { evidence: evidenceOf(logits.unified, { target: config.target, favoured }) };
    },
    { inputs, kept: float32(batch, places) as Spec },
    session,
  );
  return {
    places,
    async run(features, kept) {
      const found = new Float64Array(kept.length);
      for (let start = 0; start < kept.length; start += batch) {
        const some = kept.slice(start, start + batch);
        const rows = new Float32Array(batch * places);
        some.forEach((row, i) => rows.set(row, i * places));
        const values = valuesFor(inputs, features);
        const result = await compiled.run({ inputs: values, kept: rows } as never) as {
          evidence: Float32Array;
        };
        found.set(result.evidence.subarray(0, some.length), start);
      }
      return found;
    },
    dispose: () => compiled.dispose(),
  };
}

function withoutSegments(
  { segments, masks }: Segments,
  { kept, present, config }: {
    kept: tf.Tensor;
    present: readonly Modality[];
    config: ModelConfig;
  },
): Segments {
  let start = 0;
  const hidden = present.map((m) => {
    const count = config.inputs[m].segments;
    const own = tf.slice(kept, [0, start], [-1, count]);
    start += count;
    return [m, tf.mul(masks[m]!, own)] as const;
  });
  return { segments, masks: Object.fromEntries(hidden) };
}

// [B, tiles] to [B, T, F], each number over its tile.
function withoutTiles(inputs: ModelInputs, kept: tf.Tensor, { time, pitch }: TileGrid) {
  const audio = inputs.audio!;
  const [, frames, bands] = audio.logMel!.shape as [number, number, number];
  const batch = kept.shape[0]!;
  const blocks = tf.mul(
    tf.reshape(kept, [batch * time, 1, pitch, 1]),
    tf.ones([1, frames / time, 1, bands / pitch]),
  );
  const logMel = tf.mul(audio.logMel!, tf.reshape(blocks, [batch, frames, bands]));
  const all = (x: tf.Tensor) => repeatViews(x, batch);
  return {
    ...inputs,
    audio: {
      states: all(audio.states),
      mask: all(audio.mask),
      frames: all(audio.frames!),
      prosody: all(audio.prosody!),
      logMel,
    },
  };
}

// What has one row serves all choices.
function repeated({ segments, masks }: Segments, batch: number): Segments {
  const each = (of: Segments["masks"]) =>
    Object.fromEntries(
      Object.entries(of).map(([m, x]) => [m, x.shape[0] === batch ? x : repeatViews(x, batch)]),
    );
  return { segments: each(segments), masks: each(masks) };
}

function checkTiles(
  { time, pitch }: TileGrid,
  { inputs: { audio: { frames = NaN, bands = NaN } } }: ModelConfig,
  present: readonly Modality[],
): void {
  if (present.includes("audio") && frames % time === 0 && bands % pitch === 0) return;
  const got = present.includes("audio") ? `${frames} by ${bands}` : "no audio";
  throw new RangeError(
    `Cannot hide tiles: expected a spectrogram that ${time} by ${pitch} tiles divide, got ${got}`,
  );
}
