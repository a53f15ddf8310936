/** Loads encoders as another thread has loaded them. @module */

import { loadClip } from "./clip.ts";
import type { Encoder, EncoderInput } from "./encoder.ts";
import type { EncoderOrigin } from "./encoder_origin.ts";
import { loadImageEncoder } from "./image_encoder.ts";
import { qualityEncoders } from "./quality.ts";
import { spectralFeatures } from "./spectral_features.ts";
import { loadSpeechEncoder } from "./speech_encoder.ts";
import { loadTextEncoder } from "./text_encoder.ts";

/** An encoder by its origin, each loaded once; with `threads` a network. */
export function loadingByOrigin(
  { threads }: { readonly threads: number },
): (origin: EncoderOrigin) => Promise<Encoder<EncoderInput>> {
  const loaded = new Map<string, Promise<unknown>>();
  const once = <Value>(origin: unknown, load: () => Promise<Value>): Promise<Value> => {
    const name = JSON.stringify(origin);
    const known = loaded.get(name) ?? load();
    loaded.set(name, known);
    return known as Promise<Value>;
  };
  const load = async (origin: EncoderOrigin): Promise<Encoder<never>> => {
    if (origin.loader === "spectral") return spectralFeatures(origin);
    if (origin.loader === "quality") {
      const text = await load(origin.text) as Encoder<string>;
      return qualityEncoders({ text })[origin.modality];
    }
    const options = { ...origin.options, threads };
    if (origin.loader === "clip") {
      return (await once(["clip", options], () => loadClip(options)))[origin.modality];
    }
    return await once([origin.loader, options], (): Promise<Encoder<never>> => {
      if (origin.loader === "text") return loadTextEncoder(options);
      return origin.loader === "image" ? loadImageEncoder(options) : loadSpeechEncoder(options);
    });
  };
  return async (origin) => await load(origin) as Encoder<EncoderInput>;
}
