import { ok } from "node:assert/strict";
import { transformers } from "../../lib/deps/transformers.ts";
import { whisperLogMel } from "../../lib/signal/whisper_log_mel.ts";
import { key, normals } from "../../lib/tensor/random.ts";

const config = {
  feature_size: 80,
  n_fft: 400,
  hop_length: 160,
  sampling_rate: 16_000,
  n_samples: 96_000,
  nb_max_frames: 600,
};

// Transformers.js sums in float32, and so differs in the sixth digit.
for (const [what, seconds] of [["a short clip", 1.3], ["a whole window", 6]] as const) {
  Deno.test(`whisperLogMel() of ${what} is what the feature extractor of Transformers.js has`, async () => {
    const next = normals(key(3));
    const samples = Float32Array.from(
      { length: seconds * 16_000 },
      (_, i) => 0.3 * Math.sin(i / 9 * (1 + i / 1e5)) + 0.01 * next(),
    );
    const { WhisperFeatureExtractor } = await transformers();
    const extract = new WhisperFeatureExtractor({ ...config }) as unknown as (
      samples: Float32Array,
    ) => Promise<{ input_features: { data: Float32Array } }>;
    const { input_features: { data } } = await extract(samples);
    const own = whisperLogMel(samples, config);
    ok(own.length === data.length && own.every((x, i) => Math.abs(x - data[i]!) < 1e-4));
  });
}
