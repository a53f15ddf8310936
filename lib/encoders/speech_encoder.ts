/** Speech to states: the frames of wav2vec 2.0, averaged into segments. @module */

import { transformers } from "../deps/transformers.ts";
import { type Clip, clipRateHz, type Encoder, type Features } from "./encoder.ts";
import { digestRecipe, lastHiddenState, loadModel, type ModelOptions } from "./model_folder.ts";
import { assertSegments, segmentMeans } from "./segments.ts";

// RAVDESS clips last 2.9 to 5.3 s; attention costs the square of the length.
const maxSeconds = 6;
// Shorter than any word, and four times what the first frame needs.
const minSeconds = 0.1;

/**
 * A frozen wav2vec 2.0. Features of a clip: `states [segments, width]`, `mask [segments]`.
 *
 * The first 6 s of the clip, brought to zero mean and unit variance by the
 * model's own feature extractor; the states of the last layer averaged by
 * {@linkcode segmentMeans}; 8 segments unless told. Clips run one by one: the
 * base model normalises over time, so padding would change its features.
 *
 * @throws {Deno.errors.NotFound} There is no such model.
 * @throws {RangeError} The model is no encoder, or its states have another width.
 */
export async function loadSpeechEncoder(options: ModelOptions): Promise<Encoder<Clip>> {
  const { segments = 8, model: id } = options;
  assertSegments(segments);
  const { folder, model, digest } = await loadModel(options);
  const { AutoProcessor } = await transformers();
  const processor = await AutoProcessor.from_pretrained(folder.path, { local_files_only: true });

  async function run({ path, samples }: Clip) {
    if (samples.length < minSeconds * clipRateHz) {
      throw new RangeError(
        `Cannot encode "${path}": expected a clip of ${minSeconds} s or more, ` +
          `got ${samples.length / clipRateHz} s`,
      );
    }
    const { input_values } = await processor(samples.subarray(0, maxSeconds * clipRateHz));
    const output = await model({ input_values });
    return lastHiddenState(output, { model: id, rank: 3, widthAxis: 2, width: options.width });
  }

  const width = (await run({ path: "", samples: new Float32Array(clipRateHz) })).dims[2]!;
  return {
    modality: "audio",
    id,
    digest: digestRecipe(digest, { stage: "speech", segments, maxSeconds, clipRateHz }),
    shapes: { states: [segments, width], mask: [segments] },
    async encode(clips) {
      const features: Features[] = [];
      for (const clip of clips) {
        const { data, dims } = await run(clip);
        features.push(segmentMeans({ data, rows: dims[1]!, width }, segments));
      }
      return features;
    },
    dispose: async () => void await model.dispose(),
  };
}
