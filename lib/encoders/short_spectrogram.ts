/** Whisper's spectrogram of a clip that is shorter than its window, without transforming the silence behind it. @module */

import type { Tensor, transformers } from "../deps/transformers.ts";

type Transformers = Awaited<ReturnType<typeof transformers>>;

/** A processor of Transformers.js. */
export type Processor = Awaited<ReturnType<Transformers["AutoProcessor"]["from_pretrained"]>>;

/** What of a Whisper's preprocessor decides the length of its spectrogram. */
interface Window {
  /** Samples that a clip is padded to. */
  readonly n_samples: number;
  readonly n_fft: number;
  /** Samples between two columns. */
  readonly hop_length: number;
}

interface FeatureExtractor {
  readonly config: Window & { readonly feature_extractor_type?: string };
  (
    samples: Float32Array,
    options: { readonly max_length: number },
  ): Promise<{ readonly input_features: Tensor }>;
}

// ONNX Runtime divides columns among as many threads as there are cores and, of few a thread, adds up
// products with mel filters in another order.
const leastColumns = 80 * Math.max(4, navigator.hardwareConcurrency);

/**
 * What `processor` makes of a clip, to the last bit. Whisper's takes every clip for one that fills its
 * window, and so transforms silence for half of the time; all columns of silence are alike, and
 * here one is computed and the others are copies.
 */
export async function inputsOf(
  processor: Processor,
  samples: Float32Array,
): Promise<Readonly<Record<string, Tensor>>> {
  const extract = processor.feature_extractor as unknown as FeatureExtractor | undefined;
  if (extract?.config.feature_extractor_type !== "WhisperFeatureExtractor") {
    return await processor(samples);
  }
  const { n_samples: most, n_fft: width, hop_length: hop } = extract.config;
  // The last column of so many begins behind the last sample, and nothing of the clip is mirrored.
  const length = hop * Math.max(leastColumns, Math.ceil((samples.length + width) / hop));
  if (length >= most) return await processor(samples);
  const { input_features: found } = await extract(samples, { max_length: length });
  return { input_features: withLastColumn(found, Math.floor(most / hop)) };
}

/** `[1, bands, columns]` with its last column repeated. */
function withLastColumn(spectrogram: Tensor, columns: number): Tensor {
  const [, bands, given] = spectrogram.dims as [number, number, number];
  const data = spectrogram.data as Float32Array;
  const longer = new Float32Array(bands * columns);
  for (let b = 0; b < bands; b++) {
    const row = data.subarray(b * given, (b + 1) * given);
    longer.fill(row.at(-1)!, b * columns, (b + 1) * columns);
    longer.set(row, b * columns);
  }
  const Kind = spectrogram.constructor as new (
    type: "float32",
    data: Float32Array,
    dims: number[],
  ) => Tensor;
  return new Kind("float32", longer, [1, bands, columns]);
}
