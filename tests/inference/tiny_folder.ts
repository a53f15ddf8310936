/** A model folder and the tiny encoders that it was made for, with a text, an image and a clip. @module */

import { dirname } from "node:path";
import { modelFiles } from "../../lib/study/describe_model.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import {
  type Encoder,
  loadImageEncoder,
  loadSpeechEncoder,
  loadTextEncoder,
  spectralFeatures,
} from "../../lib/encoders/mod.ts";
import { type EncoderRecords, type Reliability, writeModel } from "../../lib/inference/mod.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import { initModel, type ModelConfig } from "../../lib/model/mod.ts";
import { encodeWav } from "../../lib/signal/mod.ts";
import { key, normals } from "../../lib/tensor/random.ts";
import { withModels } from "../encoders/tiny_models.ts";
import { tinySettings } from "../systems/tiny_corpus.ts";
import { tinyDescription } from "./tiny_model.ts";

/** Where everything is: `model`, `cache`, `face.png`, `clip.wav` in `root`. */
export interface TinyFolder {
  readonly root: string;
  readonly encoders: EncoderRecords;
}

const segments = { text: 2, image: 4, audio: 2 };

/** Runs `body` beside a saved model that was never trained, and its encoders. */
export function withTinyFolder(
  body: (folder: TinyFolder) => Promise<void>,
  { label = "made up", reliability }: {
    /** What the model says that it was trained on. */
    readonly label?: string;
    readonly reliability?: Reliability;
  } = {},
): Promise<void> {
  return withModels(["tiny/bert", "tiny/resnet", "tiny/wav2vec2"], async (root) => {
    await Deno.mkdir(`${root}/cache/models`, { recursive: true });
    await Deno.rename(`${root}/tiny`, `${root}/cache/models/tiny`);
    const encoders = await recordEncoders(`${root}/cache/models`);
    const config: ModelConfig = {
      ...tinySettings,
      inputs: {
        text: { segments: segments.text, width: 2 },
        image: { segments: segments.image, width: 3 },
        audio: { segments: segments.audio, width: 2, frames: 160, bands: 64, prosody: 8 },
      },
    };
    const trained: TrainedModel = {
      parameters: initModel(key(1), config),
      standardisation: {},
      config,
    };
    const made = tinyDescription(trained, encoders);
    const description = { ...made, data: { ...made.data, label } };
    const files = await modelFiles(trained, description, { ...reliability && { reliability } });
    await writeModel(`${root}/model`, { description, files });
    await writeSample(root);
    await body({ root, encoders });
  });
}

async function recordEncoders(root: string): Promise<EncoderRecords> {
  const record = async ({ id, digest, dispose }: Encoder<never>, segments: number) => {
    await dispose();
    return { id, digest, segments };
  };
  const load = (m: keyof typeof segments) => ({
    model: { text: "tiny/bert", image: "tiny/resnet", audio: "tiny/wav2vec2" }[m],
    root,
    segments: segments[m],
  });
  return {
    choice: "paper",
    text: await record(await loadTextEncoder(load("text")), segments.text),
    image: await record(await loadImageEncoder(load("image")), segments.image),
    audio: await record(await loadSpeechEncoder(load("audio")), segments.audio),
    spectral: await record(spectralFeatures({ segments: segments.audio }), segments.audio),
  };
}

async function writeSample(root: string): Promise<void> {
  // Half of it another colour: a picture of one colour is not judged.
  const pixels = Uint8Array.from({ length: 192 }, (_, i) => [192, 64, i < 96 ? 32 : 96][i % 3]!);
  const raw = { width: 8, height: 8, channels: 3 } as const;
  await Deno.writeFile(`${root}/face.png`, await (await sharp())(pixels, { raw }).png().toBuffer());
  const next = normals(key(2));
  const samples = Float32Array.from({ length: 16_000 }, () => 0.1 * next());
  await Deno.writeFile(`${root}/clip.wav`, encodeWav(samples, { sampleRate: 16_000 }));
}

/** Writes a text file below `root`. */
export async function writeText(root: string, name: string, text: string): Promise<string> {
  const path = `${root}/${name}`;
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
  return path;
}
