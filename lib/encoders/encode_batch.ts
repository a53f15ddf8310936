/** A batch of samples through their encoders: read, inspected, encoded. @module */

import type { Sample } from "../datasets/sample.ts";
import type { Encoder, EncoderInput, Extent, Features, InputTransform } from "./encoder.ts";
import { loadInput } from "./load_input.ts";

/** What became of a sample: a value, or what was thrown. Its place is that in its batch. */
export type Attempt<Value> =
  & { readonly place: number }
  & ({ readonly value: Value } | { readonly error: unknown });

/** What is asked of an encoder: places in the batch. */
export interface WantedOfEncoder {
  /** Of which the extents are wanted. */
  readonly inspect: readonly number[];
  /** Of which the features are wanted. */
  readonly encode: readonly number[];
}

/** What is asked of a batch. */
export interface BatchRequest {
  /** The batch. */
  readonly samples: readonly Sample[];
  /** In the order of the encoders. */
  readonly wanted: readonly WantedOfEncoder[];
}

/** What an encoder answers. */
export interface AnswerOfEncoder {
  /** The extents. */
  readonly inspected: readonly Attempt<Extent>[];
  /** The features. */
  readonly encoded: readonly Attempt<Features>[];
}

/** What became of a batch. */
export interface BatchAnswer {
  /** Samples that can't be read; no encoder was asked about these. */
  readonly unread: readonly Attempt<never>[];
  /** In the order of the encoders; one is not asked about what one before it could not take. */
  readonly answers: readonly AnswerOfEncoder[];
}

/** Encodes batches, on this thread or on others. */
export interface BatchRunner {
  /** How many batches should be begun at a time. */
  readonly lanes: number;
  /**
   * Begins a batch, and returns a function to ask for the answer, which depends on nothing but the
   * request.
   */
  begin(request: BatchRequest): () => Promise<BatchAnswer>;
}

/** What a runner runs. */
export interface BatchWork {
  /** Of one modality. */
  readonly encoders: readonly Encoder<EncoderInput>[];
  /** What becomes of the samples before. */
  readonly transform?: InputTransform<EncoderInput> | undefined;
}

/**
 * A runner on this thread: a batch that was begun is read and decoded, and encoded once it is asked
 * for, so that this goes on while encoders work on the one before.
 */
export function runHere({ encoders, transform }: BatchWork): BatchRunner {
  return {
    lanes: 2,
    begin({ samples, wanted }) {
      const loaded = Promise.all(
        samples.map((sample, place) => attempt(place, () => loadInput(sample, { transform }))),
      );
      return async () => await encodeLoaded(await loaded, { encoders, wanted });
    },
  };
}

async function encodeLoaded(
  loaded: readonly Attempt<EncoderInput>[],
  { encoders, wanted }: Pick<BatchWork, "encoders"> & Pick<BatchRequest, "wanted">,
): Promise<BatchAnswer> {
  const inputs = new Map(wholeOf(loaded).map(({ place, value }) => [place, value]));
  const among = (places: readonly number[]): Loaded[] =>
    places.flatMap((place) => inputs.has(place) ? [{ place, value: inputs.get(place)! }] : []);
  const leaveOut = (attempts: readonly Attempt<unknown>[]) => {
    for (const { place } of failedOf(attempts)) inputs.delete(place);
  };
  const answers: AnswerOfEncoder[] = [];
  for (const [i, encoder] of encoders.entries()) {
    const inspected = await Promise.all(
      among(wanted[i]!.inspect)
        .map(({ place, value }) => attempt(place, () => encoder.inspect!(value))),
    );
    leaveOut(inspected);
    const encoded = await encode(encoder, among(wanted[i]!.encode));
    leaveOut(encoded);
    answers.push({ inspected, encoded });
  }
  return { unread: failedOf(loaded), answers };
}

type Loaded = { readonly place: number; readonly value: EncoderInput };

/** The attempts that came to a value. */
export function wholeOf<Value>(
  attempts: readonly Attempt<Value>[],
): { readonly place: number; readonly value: Value }[] {
  return attempts.flatMap((attempt) => "value" in attempt ? [attempt] : []);
}

/** The others. */
export function failedOf(
  attempts: readonly Attempt<unknown>[],
): { readonly place: number; readonly error: unknown }[] {
  return attempts.flatMap((attempt) => "error" in attempt ? [attempt] : []);
}

async function attempt<Value>(
  place: number,
  work: () => Value | Promise<Value>,
): Promise<Attempt<Value>> {
  try {
    return { place, value: await work() };
  } catch (error) {
    return { place, error };
  }
}

/** One call for the batch; if it fails, one for each sample, to find which. */
async function encode(
  encoder: Encoder<EncoderInput>,
  batch: readonly Loaded[],
): Promise<Attempt<Features>[]> {
  if (batch.length === 0) return [];
  try {
    const features = await encoder.encode(batch.map(({ value }) => value));
    return await Promise.all(
      batch.map(({ place }, i) => attempt(place, () => finite(features[i]!))),
    );
  } catch (cause) {
    const attempts: Attempt<Features>[] = [];
    for (const { place, value } of batch) {
      attempts.push(await attempt(place, async () => finite((await encoder.encode([value]))[0]!)));
    }
    if (attempts.every((attempt) => "value" in attempt)) throw cause;
    return attempts;
  }
}

// One number that is none would make every statistic and every gradient such.
function finite(features: Features): Features {
  for (const [name, values] of Object.entries(features)) {
    const bad = values.find((x) => !Number.isFinite(x));
    if (bad === undefined) continue;
    throw new RangeError(`Cannot use "${name}": expected finite features, got ${bad}`);
  }
  return features;
}
