import { deepEqual, ok } from "node:assert/strict";
import whispers from "../../lib/encoders/embedded/whisper.json" with { type: "json" };
import { configuredTransformers } from "../../lib/encoders/model_folder.ts";
import { inputsOf } from "../../lib/encoders/short_spectrogram.ts";

const windowSamples = 96_000;
const tone = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i ** 1.2) / 3);

Deno.test("a short clip's spectrogram is that of the padded window, bit by bit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const preprocessor = { ...whispers.preprocessor, chunk_length: 6, n_samples: windowSamples };
    const config = JSON.stringify({ ...preprocessor, nb_max_frames: 600 });
    await Deno.writeTextFile(`${folder}/preprocessor_config.json`, config);
    const { AutoProcessor } = await configuredTransformers();
    const processor = await AutoProcessor.from_pretrained(folder, { local_files_only: true });
    const clips = [
      ...[1600, 16_001, 28_000, 30_333, 47_999, 66_000, 95_500, windowSamples].map(tone),
      new Float32Array(20_000),
    ];
    for (const clip of clips) {
      const { input_features: whole } = await processor(clip);
      const { input_features: found } = await inputsOf(processor, clip);
      deepEqual(found!.dims, [1, 80, 600]);
      deepEqual(found!.data, whole.data, `${clip.length} samples`);
    }
    ok(
      new Set(await inputsOf(processor, tone(1600)).then((x) => x.input_features!.data)).size > 80,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
