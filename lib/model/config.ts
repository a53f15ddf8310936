/** What can be chosen about the model. @module */

/**
 * How the two audio paths become one; `per feature` is our reading of the
 * paper's "adaptive importance weights", the others are its ablations.
 */
export type Gate =
  | "per feature"
  | "scalar"
  | "softmax"
  | "sum"
  | "concatenation"
  | "spectral only"
  | "contextual only";

/** The model's sizes and choices. The paper gives none of the numbers. */
export interface ModelConfig {
  /** d, the width of every segment after its processing layer; a multiple of `heads`. */
  readonly width: number;
  /** H, attention heads. */
  readonly heads: number;
  /** Output channels of the spectral CNN's convolutions, each of stride 2. */
  readonly channels: readonly number[];
  /** Consecutive frames of the spectrogram that are averaged into one before the CNN. */
  readonly framePooling: number;
  /** How the audio paths are joined. */
  readonly gate: Gate;
  /** The levels of the hierarchy; each can be switched off. */
  readonly levels: {
    /** 1: self-attention among the segments of one modality. */
    readonly within: boolean;
    /** 2: attention among the segments of all modalities, the paper's X = [text; image; audio]. */
    readonly across: boolean;
    /** 3: attention among the modalities' summaries. */
    readonly summaries: boolean;
  };
  /** Whether attention adds to its input (with layer normalisation) or replaces it. */
  readonly residual: boolean;
  /** Linear-ReLU-Dropout layers of the fusion. */
  readonly fusionLayers: number;
  /** Dropout rate p of the processing and fusion layers. */
  readonly dropout: number;
  /** Sizes of what the encoders deliver. */
  readonly inputs: InputSizes;
}

/** The shapes of one sample's features. */
export interface InputSizes {
  /** Segments n and width of the text encoder's states. */
  readonly text: { readonly segments: number; readonly width: number };
  /** Segments n and width of the image encoder's states. */
  readonly image: { readonly segments: number; readonly width: number };
  /** Segments n of both audio encoders, and what each delivers. */
  readonly audio: {
    readonly segments: number;
    /** Width of the speech encoder's states. */
    readonly width: number;
    /** L, layers of the speech encoder whose states the model mixes; without it there is one. */
    readonly layers?: number;
    /** Frames of the log-mel spectrogram. */
    readonly frames: number;
    /** Mel bands. */
    readonly bands: number;
    /** Prosody values a segment. */
    readonly prosody: number;
  };
}
