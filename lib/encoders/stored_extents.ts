/** Extents of inputs as the feature store keeps them, beside the features. @module */

import type { Encoder, EncoderInput, Extent, Features, InputTransform } from "./encoder.ts";
import { digestRecipe } from "./model_folder.ts";
import type { EncoderIdentity, FeatureTable } from "./shard.ts";

/** What features and extents of an encoder are kept under. */
export interface StoredIdentities {
  /** Of inputs of one window. */
  readonly short: EncoderIdentity;
  /** Of inputs of several, if the encoder takes such. */
  readonly long: EncoderIdentity | undefined;
  /** Of the extents, if the encoder tells them. */
  readonly extents: EncoderIdentity | undefined;
}

const shape = [5] as const;

/**
 * What is kept of an encoder under which digest. To the store a transform is a part of the encoder;
 * without one the digest stays the encoder's, and what was stored before is found. After a transform
 * extents are asked for only where they decide a digest.
 */
export function storedIdentities(
  { id, digest, longDigest, shapes, inspect }: Encoder<EncoderInput>,
  transform?: InputTransform<EncoderInput>,
): StoredIdentities {
  const identity = (digest: string): EncoderIdentity =>
    transform === undefined ? { id, digest, shapes } : {
      id: `${id} of ${transform.id}`,
      digest: digestRecipe(digest, { transform: transform.id }),
      shapes,
    };
  const short = identity(digest);
  const told = inspect !== undefined && (transform === undefined || longDigest !== undefined);
  return {
    short,
    long: longDigest === undefined ? undefined : identity(longDigest),
    extents: told
      ? {
        id: `extents of ${short.id}`,
        digest: digestRecipe(short.digest, { extents: 1 }),
        shapes: { extent: shape },
      }
      : undefined,
  };
}

/** An extent as numbers. */
export function packExtent({ given, taken, windows, unknown, blank }: Extent): Features {
  return { extent: Float32Array.of(given, taken, windows, unknown, Number(blank)) };
}

/** The extent in a row of a table. */
export function unpackExtent(table: FeatureTable, row: number): Extent {
  const [size] = shape;
  const numbers = table.extent!.data.subarray(row * size, (row + 1) * size);
  const [given, taken, windows, unknown, blank] = numbers as unknown as number[];
  return {
    given: given!,
    taken: taken!,
    windows: windows!,
    unknown: unknown!,
    blank: blank === 1,
  };
}
