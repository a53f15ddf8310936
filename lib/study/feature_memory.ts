/** Which features stay in the store, and which are in memory. @module */

import type { Sample } from "../datasets/mod.ts";
import type { EncodedCorpus, Encoder, EncoderInput } from "../encoders/mod.ts";
import type { StoredRows } from "../encoders/stored_rows.ts";
import { modalities, type Modality } from "../modality.ts";
import type { Table } from "../systems/features.ts";
import type { Share } from "./part.ts";
import { openStoredTables } from "./stored_tables.ts";

/** How much memory features may take. */
export interface FeatureMemory {
  /** Of the store. */
  readonly folder: string;
  /**
   * Features of more bytes stay in the store, if they are of samples as they are: rows are read when
   * they are needed, and as many as fill these bytes kept.
   */
  readonly bytes: number;
  /** Whether rows that are still to be made are 0, as for those who make some of them; an error if not. */
  readonly mayLack?: boolean | undefined;
}

/** How the features of a command are kept, of which `memory` bytes may be in memory; all by default. */
export function featureMemory(
  { cache, memory, share }: {
    readonly cache: string;
    readonly memory?: number | undefined;
    readonly share?: Pick<Share, "makes"> | undefined;
  },
): FeatureMemory | undefined {
  if (memory === undefined) return undefined;
  const mayLack = share !== undefined && share.makes !== "fits";
  return { folder: `${cache}/features`, bytes: memory, mayLack };
}

/** How much of all features may be in memory, from 0 to 1: 1 if they stay there. */
export function shareInMemory(
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  encoders: Readonly<Record<Modality, readonly Encoder<EncoderInput>[]>>,
  memory: FeatureMemory | undefined,
): number {
  if (memory === undefined) return 1;
  const bytes = modalities.flatMap((m) =>
    encoders[m].flatMap(({ shapes }) =>
      Object.values(shapes).map((shape) => samples[m].length * bytesOf(shape))
    )
  ).reduce((a, b) => a + b, 0);
  return Math.min(1, memory.bytes / bytes);
}

/** The tables of each encoder of samples that were encoded into a store, without those that failed. */
export async function openEncoded(
  samples: readonly Sample[],
  encoded: EncodedCorpus,
  { share, ...memory }: FeatureMemory & { readonly share: number },
): Promise<Record<string, Table>[]> {
  return await Promise.all(
    storedRows(samples, encoded).map((rows) => {
      const { encoder: { shapes }, hashes } = rows;
      const bytes = (name: string) => Math.floor(share * hashes.length * bytesOf(shapes[name]!));
      return openStoredTables(rows, bytes, memory);
    }),
  );
}
function bytesOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, Float32Array.BYTES_PER_ELEMENT);
}

/** Where the rows of each encoder are, without those of samples that failed. */
function storedRows(
  samples: readonly Sample[],
  { identities, extents, failed }: EncodedCorpus,
): StoredRows[] {
  const lost = new Set(failed);
  const kept = [...samples.keys()].filter((i) => !lost.has(i));
  const hashes = kept.map((i) => samples[i]!.hash);
  return Object.entries(identities).map(([id, { short, long }]) => {
    const rows = [...kept.keys()].filter((row) => (extents[id]![kept[row]!]?.windows ?? 1) > 1);
    return {
      encoder: short,
      hashes,
      ...long && rows.length > 0 && { long: { encoder: long, rows } },
    };
  });
}
