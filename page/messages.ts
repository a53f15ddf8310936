/** What the page and its workers say to each other. @module */

/// <reference lib="dom" />

import type { EncodedInput, EncodedSample, PageModel, PageVerdict } from "../lib/browser/mod.ts";
import type { Modality } from "../lib/modality.ts";

/** A clip as it was heard: encoded, and its samples at 16 kHz, to be drawn. */
export interface HeardClip {
  readonly encoded: EncodedInput;
  readonly samples: Float32Array<ArrayBuffer>;
}

/** What a worker is asked, and what it answers, by kind. */
export interface Questions {
  /** Opens encoders, and the model itself where this worker judges. */
  readonly open: {
    readonly asked: {
      readonly page: PageModel;
      readonly of: readonly Modality[];
      readonly judges: boolean;
      /** The WebAssembly of ONNX Runtime. */
      readonly runtime: Uint8Array<ArrayBuffer>;
    };
    readonly answer: null;
  };
  readonly text: { readonly asked: { readonly text: string }; readonly answer: EncodedInput };
  /** A picture's file, or a frame of a camera. */
  readonly image: {
    readonly asked: { readonly picture: Blob | ImageBitmap };
    readonly answer: EncodedInput;
  };
  /** A sound file. */
  readonly file: {
    readonly asked: { readonly bytes: Uint8Array; readonly name: string };
    readonly answer: HeardClip;
  };
  /** Sound as numbers. */
  readonly samples: {
    readonly asked: {
      readonly samples: Float32Array;
      readonly sampleRateHz: number;
      /** The file's, of which the browser has decoded them; of the microphone by default. */
      readonly name?: string;
    };
    readonly answer: HeardClip;
  };
  readonly judge: {
    readonly asked: { readonly sample: EncodedSample; readonly parts: boolean };
    readonly answer: PageVerdict;
  };
}

/** A question's kind. */
export type Kind = keyof Questions;

/** A question on its way. */
export type Question = {
  [K in Kind]: { readonly id: number; readonly kind: K } & Questions[K]["asked"];
}[Kind];

/** What a worker sends: an answer, why there is none, or how much it has loaded. */
export type Sent =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly loaded: number };

/** Asks a worker. */
export type Ask = <K extends Kind>(
  kind: K,
  asked: Questions[K]["asked"],
  transfer?: Transferable[],
) => Promise<Questions[K]["answer"]>;

/** A worker that answers; `onLoaded` hears of bytes as they are loaded. */
export function askWorker(worker: Worker, onLoaded: (bytes: number) => void): Ask {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  worker.onmessage = ({ data }: MessageEvent<Sent>) => {
    if ("loaded" in data) return onLoaded(data.loaded);
    const answered = waiting.get(data.id)!;
    waiting.delete(data.id);
    if ("error" in data) answered.reject(new Error(data.error));
    else answered.resolve(data.answer);
  };
  worker.onerror = ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "a worker has failed"));
    waiting.clear();
  };
  return (kind, question, transfer = []) => {
    const answered = Promise.withResolvers<unknown>();
    const id = asked++;
    waiting.set(id, answered);
    worker.postMessage({ id, kind, ...question }, transfer);
    return answered.promise as Promise<never>;
  };
}
