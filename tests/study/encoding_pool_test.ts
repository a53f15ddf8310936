import { deepEqual, equal, ok } from "node:assert/strict";
import { corruptions, corruptionTransform } from "../../lib/corruptions/mod.ts";
import { type BatchWork, runHere } from "../../lib/encoders/encode_batch.ts";
import type { Encoder, EncoderInput, InputTransform } from "../../lib/encoders/encoder.ts";
import { qualityEncoders } from "../../lib/encoders/quality.ts";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { sha256 } from "../../lib/files.ts";
import { encodingPool } from "../../lib/study/encoding_pool.ts";
import { sample } from "../encoders/length_encoder.ts";

const encoders = [spectralFeatures()] as Encoder<never>[] as Encoder<EncoderInput>[];
const [noise] = corruptions.audio.filter(({ name }) => name === "white noise");
const transform = corruptionTransform(noise!, { level: 10, seed: 1 }) as InputTransform<
  never
> as InputTransform<EncoderInput>;

Deno.test("workers give the bytes of this thread, of clean clips and of noisy ones", async () => {
  const folder = await Deno.makeTempDir();
  const pool = encodingPool(2);
  try {
    const samples = [];
    for (const hz of [200, 300, 400, 500]) {
      const wave = Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i * hz / 2000) / 2);
      const [path, bytes] = [`${folder}/${hz}.wav`, encodeWav(wave, { sampleRate: 16_000 })];
      await Deno.writeFile(path, bytes);
      samples.push(sample("audio", `${hz}`, { path }, sha256(bytes)));
    }
    await Deno.remove(`${folder}/500.wav`);
    const halves = [samples.slice(0, 2), samples.slice(2)];
    const wanted = [{ inspect: [0], encode: [0, 1] }];
    for (const work of [{ encoders }, { encoders, transform }] satisfies BatchWork[]) {
      const there = pool.runner(work, 1000)!, here = runHere(work);
      equal(there.lanes, 4);
      const begun = halves.map((samples) => there.begin({ samples, wanted }));
      for (const [i, samples] of halves.entries()) {
        const [found, own] = [await begun[i]!(), await here.begin({ samples, wanted })()];
        deepEqual(found.answers, own.answers);
        equal(found.answers[0]!.encoded.length, i === 0 ? 2 : 1);
        deepEqual(found.unread.map(({ place }) => place), i === 0 ? [] : [1]);
      }
    }
  } finally {
    pool.end();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("few samples, and encoders and transforms that can't be sent, stay on this thread", () => {
  const pool = encodingPool(2);
  ok(pool.runner({ encoders }, 1000));
  equal(pool.runner({ encoders }, 10), undefined);
  equal(encodingPool(1).runner({ encoders }, 1000), undefined);
  // A copy may do something else.
  equal(pool.runner({ encoders: [{ ...encoders[0]! }] }, 1000), undefined);
  equal(pool.runner({ encoders, transform: { ...transform } }, 1000), undefined);
  const text = { digest: "" };
  const { audio } = qualityEncoders({ text }) as { audio: Encoder<never> };
  equal(pool.runner({ encoders: [audio as Encoder<EncoderInput>] }, 1000), undefined);
  pool.end();
});
