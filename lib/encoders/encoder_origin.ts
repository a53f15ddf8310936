/** How an encoder was loaded, for another thread to load the same. @module */

import type { Modality } from "../modality.ts";
import type { DecodeImageOptions } from "./decode_image.ts";
import type { Encoder } from "./encoder.ts";
import type { ModelOptions } from "./model_folder.ts";
import type { SpeechOptions } from "./speech_options.ts";

/** What can be sent from thread to thread: a folder that is there is all that is loaded from. */
type Sendable<Options extends ModelOptions> = Omit<Options, "hub" | "allowRemote">;

/** A loader and what it was given. */
export type EncoderOrigin =
  | { readonly loader: "text"; readonly options: Sendable<ModelOptions> }
  | { readonly loader: "image"; readonly options: Sendable<ModelOptions & DecodeImageOptions> }
  | { readonly loader: "speech"; readonly options: Sendable<SpeechOptions> }
  | { readonly loader: "spectral"; readonly segments: number }
  | {
    readonly loader: "clip";
    readonly modality: Modality;
    readonly options: Sendable<ModelOptions>;
  }
  | { readonly loader: "quality"; readonly modality: Modality; readonly text: EncoderOrigin };

// Of the object itself: a copy of it may do something else.
const origins = new WeakMap<object, EncoderOrigin>();

/** The encoder, of which {@linkcode originOf} now knows how it was loaded. */
export function withOrigin<Of extends Encoder<never>>(
  encoder: Of,
  origin: EncoderOrigin | undefined,
): Of {
  if (origin) origins.set(encoder, origin);
  return encoder;
}

/** How this very encoder was loaded; undefined of one that was made otherwise, or changed. */
export function originOf(encoder: object): EncoderOrigin | undefined {
  return origins.get(encoder);
}

/** Options without what can't be sent. */
export function sendable<Options extends ModelOptions>(
  { hub: _, allowRemote: __, ...options }: Options,
): Sendable<Options> {
  return options;
}
