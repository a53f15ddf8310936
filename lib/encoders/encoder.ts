/** The contract between frozen encoders and training: samples in, named arrays of fixed shape out. @module */

import type { Sample } from "../datasets/sample.ts";
import type { Modality } from "../modality.ts";

/** The features of one sample: each name's numbers, in row-major order. */
export type Features = Readonly<Record<string, Float32Array>>;

/** How much of an input its features are made from, and whether it says anything. */
export interface Extent {
  /**
   * How long it is: tokens of a text (words, where the encoder reads words), seconds of a clip, 1
   * of an image.
   */
  readonly given: number;
  /** How much of that the encoder takes in; the rest is cut off. */
  readonly taken: number;
  /** Windows of the encoder that it fills: of more than one the features are means over all of them. */
  readonly windows: number;
  /** Tokens that the encoder knows nothing of, such as [UNK]. */
  readonly unknown: number;
  /** Whether there is nothing to judge: no known token, a picture of one colour, silence. */
  readonly blank: boolean;
}

/**
 * Whose states a speech encoder gives: those of the last layer; of layer l, where 0 is what goes into
 * the first and L is the last; or of all of them, for a learnt mix (`layerMix`).
 */
export type SpeechLayers = "last" | "mix" | number;

/** A frozen function of one modality's samples. Holds a model until disposed of. */
export interface Encoder<Input> {
  /** Whose samples it takes. */
  readonly modality: Modality;
  /** Names the encoder in tables and messages; two encoders of one call differ in it. */
  readonly id: string;
  /** SHA-256 over all that decides the features: weights, tokenizer, configuration, preprocessing, segments. */
  readonly digest: string;
  /** Of a speech encoder: what its loader was asked for, if not the states of the model's last layer. */
  readonly layers?: Exclude<SpeechLayers, "last">;
  /** Of one's own: the folder that it was loaded from. */
  readonly folder?: string;
  /** The shape of each feature of one sample. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** The features of each input, in their order: the same bytes whatever else is in the call. */
  encode(inputs: readonly Input[]): Promise<Features[]>;
  /** How much of an input `encode` takes in; where there is no such function, all of any. */
  inspect?(input: Input): Extent | Promise<Extent>;
  /** In place of `digest` for inputs of several windows: only these are encoded otherwise than once. */
  readonly longDigest?: string;
  /** Frees the model. */
  dispose(): Promise<void>;
}

/** An image as it lies on disk. */
export interface ImageFile {
  /** For errors. */
  readonly path: string;
  /** The whole file. */
  readonly bytes: Uint8Array;
}

/** One clip. */
export interface Clip {
  /** For errors. */
  readonly path: string;
  /** Mono, 16 kHz. */
  readonly samples: Float32Array;
}

/** What the encoders of each modality take. */
export interface InputOf {
  /** A message. */
  readonly text: string;
  /** A file as it lies on disk. */
  readonly image: ImageFile;
  /** Mono, 16 kHz. */
  readonly audio: Clip;
}

/** What an encoder of some modality takes. */
export type EncoderInput = InputOf[keyof InputOf];

/** A change of samples on their way to their encoders, such as noise. */
export interface InputTransform<Input extends EncoderInput> {
  /** Names all that decides the change: kind, strength, seed. Features are kept under it. */
  readonly id: string;
  /** The changed input. It may depend on the hash alone, since equal hashes share features. */
  apply(input: Input, sample: Pick<Sample, "hash">): Input | Promise<Input>;
}

/** The sample rate of every {@linkcode Clip}, in Hz: what wav2vec 2.0 was trained on. */
export const clipRateHz = 16_000;
