/** What a page in a browser has to know of a model: its folder, told as one file of JSON. @module */

import type { ImagePreparation } from "../encoders/image_input.ts";
import type { SpeechPreparation } from "../encoders/prepare_speech.ts";
import type { OutlierCheck } from "../inference/outlier_check.ts";
import type { OutlierRecords, Reliability } from "../inference/reliability.ts";
import type { VerdictTemperatures } from "../inference/verdict_temperature.ts";
import { modalities, type Modality } from "../modality.ts";
import type { ModelConfig } from "../model/config.ts";
import type { Standardisation } from "../systems/features.ts";

/** An encoder whose graph is a file of the page. */
export interface PageEncoder {
  /** For errors. */
  readonly id: string;
  /** The file of its graph. */
  readonly graph: string;
  /** That it gives a sample. */
  readonly segments: number;
}

/** A text encoder of BERT's kind. */
export interface PageTextEncoder extends PageEncoder {
  /** The file of its tokenizer. */
  readonly tokenizer: string;
  /** The file that names the tokenizer's own tokens. */
  readonly tokenizerConfig: string;
}

/** An image encoder. */
export interface PageImageEncoder extends PageEncoder {
  /** What becomes of pixels before its graph. */
  readonly preparation: ImagePreparation;
  /** Its `config.json`. */
  readonly config: object;
}

/** A speech encoder. */
export interface PageSpeechEncoder extends PageEncoder {
  /** What becomes of sound before its graph. */
  readonly preparation: SpeechPreparation;
  /** The outputs with the layers that are wanted. */
  readonly outputs: readonly string[];
}

/** An encoder that was trained from raw inputs; its graph is of one sample. */
export interface PageTrainedEncoder extends PageEncoder {
  /** What of the raw inputs was standardised in its training, and how. */
  readonly standardised: NonNullable<Standardisation[Modality]>;
}

/** A model and its encoders, for a page. */
export interface PageModel {
  /** The file of the model's own graph. */
  readonly graph: string;
  /** The model's own settings. */
  readonly config: ModelConfig;
  /** Of the training part, for distances to it. */
  readonly standardisation: Standardisation;
  /** The modalities that it has learnt. */
  readonly learnt: readonly Modality[];
  /** One of each modality that it has learnt. */
  readonly encoders: PageEncoders;
  /** Segments of the prosody, where the model has a spectral path. */
  readonly spectralSegments?: number;
  /** How its checks for inputs unlike the training part did on the test part. */
  readonly outliers?: OutlierRecords;
  /** What the validation part has taught, if its folder has it. */
  readonly reliability?: PackedReliability;
  /** What the page says of it. */
  readonly about: AboutModel;
}

/** The encoders of a page's model. */
export interface PageEncoders {
  /** Of messages. */
  readonly text?: PageTextEncoder | PageTrainedEncoder;
  /** Of pictures. */
  readonly image?: PageImageEncoder | PageTrainedEncoder;
  /** Of speech. */
  readonly audio?: PageSpeechEncoder | PageTrainedEncoder;
}

/** Whether an encoder was trained from raw inputs. */
export function isTrained(encoder: PageEncoder): encoder is PageTrainedEncoder {
  return "standardised" in encoder;
}

/** What is said of a model beside its verdicts. */
export interface AboutModel {
  /** Its data, in words. */
  readonly data: string;
  /** Whether they are synthetic: the page says so before anything else. */
  readonly synthetic: boolean;
  /** Samples that it was trained on. */
  readonly trained: Readonly<Record<Modality, number>>;
  /** The accuracy on the test part of what was shown the most, if it was measured. */
  readonly accuracy?: number;
  /** Samples that this was measured on. */
  readonly tested?: number;
  /** What its encoders have to say of themselves. */
  readonly notes: readonly string[];
}

/** Numbers as JSON has them to the bit: their bytes in base64, the lowest first. */
export interface Packed {
  /** How each is stored. */
  readonly type: "float32" | "float64";
  /** Their bytes. */
  readonly base64: string;
}

/** {@linkcode Reliability} with its numbers packed. */
export interface PackedReliability {
  /** See `Reliability.checks`. */
  readonly checks: { readonly [M in Modality]?: PackedCheck };
  /** See `Reliability.certainties`. */
  readonly certainties: Readonly<Record<string, Packed>>;
  /** See `Reliability.temperatures`. */
  readonly temperatures?: VerdictTemperatures;
}

/** A check with its numbers packed. */
export type PackedCheck =
  & Readonly<Record<"mean" | "factor" | "quantiles", Packed>>
  & Pick<OutlierCheck, "threshold">;

/** Packs what {@linkcode unpackReliability} makes whole again. */
export function packReliability(
  { checks, certainties, temperatures }: Reliability,
): PackedReliability {
  const packed = modalities.flatMap((m) => {
    const check = checks[m];
    if (check === undefined) return [];
    const { mean, factor, quantiles, threshold } = check;
    const numbers = { mean: pack(mean), factor: pack(factor), quantiles: pack(quantiles) };
    return [[m, { ...numbers, threshold }] as const];
  });
  const lists = Object.entries(certainties).map(([shown, list]) => [shown, pack(list)] as const);
  return {
    checks: Object.fromEntries(packed),
    certainties: Object.fromEntries(lists),
    ...temperatures && { temperatures },
  };
}

/** What {@linkcode packReliability} has packed. */
export function unpackReliability(
  { checks, certainties, temperatures }: PackedReliability,
): Reliability {
  const unpacked = modalities.flatMap((m) => {
    const check = checks[m];
    if (check === undefined) return [];
    return [
      [m, {
        mean: unpack(check.mean) as Float32Array,
        factor: unpack(check.factor) as Float32Array,
        quantiles: unpack(check.quantiles) as Float64Array,
        threshold: check.threshold,
      }] as const,
    ];
  });
  const lists = Object.entries(certainties).map(([shown, list]) =>
    [shown, unpack(list) as Float64Array] as const
  );
  return {
    checks: Object.fromEntries(unpacked),
    certainties: Object.fromEntries(lists),
    ...temperatures && { temperatures },
  };
}

function pack(numbers: Float32Array | Float64Array): Packed {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { type: numbers instanceof Float32Array ? "float32" : "float64", base64: btoa(binary) };
}

function unpack({ type, base64 }: Packed): Float32Array | Float64Array {
  const { buffer } = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return type === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
}
