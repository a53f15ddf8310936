/** CLIP: texts, images, and clips drawn as pictures, as points of one space. @module */

import { join } from "node:path";
import type { PreTrainedModel, Tensor } from "../deps/transformers.ts";
import type { Modality } from "../modality.ts";
import { alikeBatches, runTogether } from "./alike_batches.ts";
import { decodeImage, type Pixels } from "./decode_image.ts";
import type { Clip, Encoder, EncoderInput, Features, ImageFile } from "./encoder.ts";
import { sendable, withOrigin } from "./encoder_origin.ts";
import {
  configuredTransformers,
  digestRecipe,
  localSettings,
  type ModelFolder,
  type ModelOptions,
  openModel,
  rowsAtOnce,
  soleRows,
} from "./model_folder.ts";
import { statesOf } from "./model_output.ts";
import { spectrogramPicture, spectrogramSettings } from "./spectrogram_picture.ts";

/** An encoder for each modality, all into the same space. */
export interface ClipEncoders {
  /** Of messages: `clip`, `[1, width]`. */
  readonly text: Encoder<string>;
  /** Of image files, into the same space. */
  readonly image: Encoder<ImageFile>;
  /** Of the picture of a clip's spectrogram. */
  readonly audio: Encoder<Clip>;
  /** e^s: what cosines of two embeddings are multiplied by before a softmax. */
  readonly scale: number;
  /** Frees both towers. */
  dispose(): Promise<void>;
}

/** The ONNX files that a CLIP in the hub's layout consists of here. */
export const clipGraphs = ["text_model", "vision_model"] as const;

// CLIP's context: 77 tokens, [SOT] and [EOT] among them.
const maxTokens = 77;
const mostRows = 32;
// The hub's exports of the towers leave the temperature out. That of every CLIP published by
// Radford et al. stands at the clamp.
const publishedLogScale = Math.log(100);

/**
 * A frozen CLIP (Radford et al. 2021). The one feature of a sample is `clip [1, width]`: its
 * projected embedding, not normalised.
 *
 * - A text is cut at 77 tokens, the last of them [EOT], whose state CLIP reads.
 * - An image is decoded to RGB and prepared as `preprocessor_config.json` says.
 * - A clip is drawn by {@linkcode spectrogramPicture} at the size of the image tower's input
 *   and goes through that tower. CLIP has no audio, and the paper does not say what it did.
 *
 * The encoders of image and audio share a tower: disposing of one disposes of both.
 *
 * @throws {Deno.errors.NotFound} There is no such model.
 * @throws {RangeError} A tower gives no embedding, or one of another width than the other's, or
 * than `width`.
 */
export async function loadClip(options: ModelOptions): Promise<ClipEncoders> {
  const { model: id, width: wanted } = options;
  const { folder, digest } = await openModel({ ...options, graphs: clipGraphs });
  const text = await loadTextTower(folder, options);
  const vision = await loadVisionTower(folder, options);
  const width = (await text.embed(["a"]))[0]!.length;
  const blank = { data: new Uint8ClampedArray(3 * 64 * 64), width: 64, height: 64 };
  const imageWidth = (await vision.embed([blank]))[0]!.length;
  if (imageWidth !== width || width !== (wanted ?? width)) {
    await Promise.all([text.dispose(), vision.dispose()]);
    throw new RangeError(
      `Cannot use ${id}: expected embeddings ${wanted ?? width} wide, ` +
        `got ${width} for text and ${imageWidth} for images`,
    );
  }
  const atOnce = rowsAtOnce(mostRows, options);
  const encoder = <Input extends EncoderInput>(
    modality: Modality,
    recipe: Readonly<Record<string, unknown>>,
    { embed, dispose }: Tower<Input>,
  ): Encoder<Input> =>
    withOrigin<Encoder<Input>>({
      modality,
      id: `${id} (${modality})`,
      digest: digestRecipe(digest, { stage: `clip ${modality}`, ...recipe, ...soleRows(options) }),
      shapes: { clip: [1, width] },
      encode: async (inputs) => (await embed(inputs)).map((clip): Features => ({ clip })),
      dispose,
    }, { loader: "clip", modality, options: sendable(options) });
  return {
    text: encoder("text", { maxTokens }, text),
    image: encoder("image", { decode: "sRGB over white, upright" }, {
      embed: async (files) =>
        await inBatches(
          files,
          atOnce,
          async (some) =>
            await vision.embed(await Promise.all(some.map((file) => decodeImage(file)))),
        ),
      dispose: vision.dispose,
    }),
    audio: encoder("audio", { ...spectrogramSettings, size: vision.size }, {
      embed: async (clips) =>
        await inBatches(
          clips,
          atOnce,
          (some) => vision.embed(some.map((clip) => spectrogramPicture(clip, vision.size))),
        ),
      dispose: vision.dispose,
    }),
    scale: Math.exp(await readLogScale(folder)),
    dispose: async () => void await Promise.all([text.dispose(), vision.dispose()]),
  };
}

/** One of CLIP's networks with what is done before it. */
interface Tower<Input> {
  embed(inputs: readonly Input[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

async function loadTextTower(folder: ModelFolder, options: ModelOptions): Promise<Tower<string>> {
  const { AutoTokenizer, CLIPTextModelWithProjection, Tensor } = await configuredTransformers();
  const tokenizer = await AutoTokenizer.from_pretrained(folder.path, { local_files_only: true });
  const model = await CLIPTextModelWithProjection.from_pretrained(
    folder.path,
    localSettings(folder, options),
  );

  function tokenize(text: string): number[] {
    const { input_ids: ids } = tokenizer(text, { return_tensor: false }) as { input_ids: number[] };
    if (ids.length === 0) {
      throw new RangeError(
        `Cannot encode a message: expected a word or more, got ${JSON.stringify(text)}`,
      );
    }
    // Truncation by the tokenizer would drop [EOT].
    return ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), ids.at(-1)!] : ids;
  }

  async function run(rows: readonly number[][]): Promise<Float32Array[]> {
    const dims = [rows.length, rows[0]!.length];
    const inputIds = BigInt64Array.from(rows.flat(), BigInt);
    const attentionMask = new BigInt64Array(inputIds.length).fill(1n);
    const output = await model({
      input_ids: new Tensor("int64", inputIds, dims),
      // Most exports do without: CLIP reads [EOT], which sees nothing after itself.
      ...takes(model, "attention_mask")
        ? { attention_mask: new Tensor("int64", attentionMask, dims) }
        : {},
    });
    return embeddings(output, { model: options.model, name: "text_embeds" });
  }

  const atOnce = rowsAtOnce(mostRows, options);
  return {
    async embed(texts) {
      const rows = texts.map(tokenize);
      const result = new Array<Float32Array>(texts.length);
      for (const batch of alikeBatches(rows.map(({ length }) => length), atOnce)) {
        const found = await runTogether(batch.map((i) => rows[i]!), atOnce, run);
        batch.forEach((i, at) => result[i] = found[at]!);
      }
      return result;
    },
    dispose: once(model),
  };
}

async function loadVisionTower(
  folder: ModelFolder,
  options: ModelOptions,
): Promise<Tower<Pixels> & { readonly size: number }> {
  const library = await configuredTransformers();
  const { AutoImageProcessor, CLIPVisionModelWithProjection, RawImage, Tensor } = library;
  const local = { local_files_only: true };
  const processor = await AutoImageProcessor.from_pretrained(folder.path, local);
  const model = await CLIPVisionModelWithProjection.from_pretrained(
    folder.path,
    localSettings(folder, options),
  );
  const prepare = async ({ data, width, height }: Pixels) => {
    const { pixel_values } = await processor([new RawImage(data, width, height, 3)]);
    return pixel_values as { data: Float32Array; dims: number[] };
  };
  const blank = { data: new Uint8ClampedArray(3 * 64 * 64), width: 64, height: 64 };
  return {
    size: (await prepare(blank)).dims.at(-1)!,
    async embed(images) {
      const inputs = await Promise.all(images.map(prepare));
      const [{ data, dims }] = inputs as [{ data: Float32Array; dims: number[] }];
      const stacked = new Float32Array(inputs.length * data.length);
      inputs.forEach(({ data }, i) => stacked.set(data, i * data.length));
      const pixelValues = new Tensor("float32", stacked, [inputs.length, ...dims.slice(1)]);
      const output = await model({ pixel_values: pixelValues });
      return embeddings(output, { model: options.model, name: "image_embeds" });
    },
    dispose: once(model),
  };
}

function takes(model: PreTrainedModel, input: string): boolean {
  const { sessions } = model as {
    sessions: Readonly<Record<string, { readonly inputNames: readonly string[] }>>;
  };
  return Object.values(sessions).some(({ inputNames }) => inputNames.includes(input));
}

/** The rows of an output `[rows, width]`. */
function embeddings(
  given: Readonly<Record<string, Tensor | undefined>>,
  { model, name }: { readonly model: string; readonly name: string },
): Float32Array[] {
  const { data, dims } = statesOf(given, { model, output: name, rank: 2, widthAxis: 1 });
  const [rows, width] = dims as [number, number];
  return Array.from({ length: rows }, (_, i) => data.slice(i * width, (i + 1) * width));
}

async function inBatches<Input>(
  inputs: readonly Input[],
  atOnce: number,
  run: (some: readonly Input[]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  for (let first = 0; first < inputs.length; first += atOnce) {
    results.push(...await runTogether(inputs.slice(first, first + atOnce), atOnce, run));
  }
  return results;
}

function once(model: PreTrainedModel): () => Promise<void> {
  let disposed: Promise<unknown> | undefined;
  return async () => void await (disposed ??= model.dispose());
}

/** s. `logit_scale` is ours; CLIP's own configuration has no more than where s began. */
async function readLogScale({ path }: ModelFolder): Promise<number> {
  const config = JSON.parse(await Deno.readTextFile(join(path, "config.json")));
  return config.logit_scale ?? publishedLogScale;
}
