/** Measures of a sample's signal as a table beside its features. @module */

import { speechQuality, speechQualityColumns } from "../signal/speech_quality.ts";
import { decodeImage } from "./decode_image.ts";
import type { Encoder, InputOf } from "./encoder.ts";
import { originOf, withOrigin } from "./encoder_origin.ts";
import { imageQuality, imageQualityColumns } from "./image_quality.ts";
import { wholeExtent } from "./input_counts.ts";
import { digestRecipe } from "./model_folder.ts";
import { textQuality, textQualityColumns } from "./text_quality.ts";

/** An encoder a modality, whose table is `quality` `[N, q]`. */
export type QualityEncoders = { readonly [M in keyof InputOf]: Encoder<InputOf[M]> };

// To be raised when a measure gives other numbers.
const recipe = { stage: "quality", version: 1 };

/**
 * Encoders without a network, which measure the signal: `speechQuality`, `imageQuality`, and
 * `textQuality` by the tokens of `text`, the encoder of messages, without which none is unknown. They
 * have digests of their own, so that features made without them stay as they are.
 */
export function qualityEncoders(
  { text }: { readonly text: Pick<Encoder<string>, "digest" | "inspect"> },
): QualityEncoders {
  const ofText = originOf(text);
  const encoder = <M extends keyof InputOf>(
    modality: M,
    columns: readonly string[],
    { digest, of }: {
      readonly digest: string;
      readonly of: (input: InputOf[M]) => Float32Array | Promise<Float32Array>;
    },
  ): Encoder<InputOf[M]> =>
    withOrigin<Encoder<InputOf[M]>>({
      modality,
      id: `${modality} quality`,
      digest: digestRecipe(digest, { ...recipe, columns }),
      shapes: { quality: [columns.length] },
      encode: (inputs) => Promise.all(inputs.map(async (input) => ({ quality: await of(input) }))),
      dispose: () => Promise.resolve(),
    }, ofText && { loader: "quality", modality, text: ofText });
  return {
    text: encoder("text", textQualityColumns, {
      digest: text.digest,
      of: async (message) => textQuality(message, await text.inspect?.(message) ?? wholeExtent),
    }),
    image: encoder("image", imageQualityColumns, {
      digest: "image",
      of: async (file) => imageQuality(await decodeImage(file)),
    }),
    audio: encoder("audio", speechQualityColumns, {
      digest: "audio",
      of: ({ samples }) => speechQuality(samples),
    }),
  };
}
