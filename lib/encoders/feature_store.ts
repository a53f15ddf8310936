/** Features on disk, found by what they were made from. @module */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { Encoder, Features } from "./encoder.ts";

/** The features of N samples: each name's numbers as one array, a row a sample. */
export type FeatureTable = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

/** What the store needs to know of an encoder. */
export type EncoderIdentity = Pick<Encoder<never>, "digest" | "shapes">;

/** A folder of features. */
export interface FeatureStore {
  /**
   * The rows of the samples with these hashes, in their order. Rows that the
   * store lacks are 0, and their indices are in `missing`; of equal hashes only
   * the first index is.
   */
  read(
    encoder: EncoderIdentity,
    hashes: readonly string[],
  ): Promise<{ table: FeatureTable; missing: number[] }>;
  /** Adds samples. Once it returns they are there; if it is cut short, none of them is. */
  write(
    encoder: EncoderIdentity,
    rows: readonly { readonly hash: string; readonly features: Features }[],
  ): Promise<void>;
}

/**
 * Opens the store in `folder`, which need not exist.
 *
 * A sample's features are kept under SHA-256(sample hash, encoder digest), so a
 * changed file, model or setting can't be mistaken for the old one. Shards are
 * safetensors files named after their content, a folder for each digest. A shard
 * is written under another name and then renamed: killed at any moment, the
 * store holds whole shards and at most a `.partial` file that nothing reads. A
 * shard that is damaged all the same (its SHA-256 tells) is removed and reported
 * to `onDamage`; its samples count as missing. Several processes may share a store.
 */
export function openFeatureStore(
  folder: string,
  { onDamage = () => {} }: { readonly onDamage?: (message: string) => void } = {},
): FeatureStore {
  return {
    async read(encoder, hashes) {
      const table = emptyTable(encoder, hashes.length);
      const wanted = new Map<string, number[]>();
      hashes.forEach((hash, i) => {
        const key = keyOf(hash, encoder);
        wanted.set(key, [...wanted.get(key) ?? [], i]);
      });
      for (const path of await listShards(join(folder, encoder.digest))) {
        try {
          copyShard(readShard(await Deno.readFile(path), path, encoder), { wanted, table });
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          onDamage(`${error.message}; removed, its samples will be encoded again`);
          await Deno.remove(path);
        }
      }
      return {
        table,
        missing: [...wanted.values()].map(([first]) => first!).sort((a, b) => a - b),
      };
    },
    async write(encoder, rows) {
      const bytes = shardBytes(encoder, rows);
      const name = `${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}.safetensors`;
      const shards = join(folder, encoder.digest);
      await Deno.mkdir(shards, { recursive: true });
      const partial = join(shards, `${name}.${Deno.pid}.partial`);
      try {
        await Deno.writeFile(partial, bytes);
        await Deno.rename(partial, join(shards, name));
      } catch (error) {
        await Deno.remove(partial).catch(() => {}); // A full disk: what it held is worth more.
        throw error;
      }
    },
  };
}

/** A table of `count` rows of zeros. */
export function emptyTable({ shapes }: EncoderIdentity, count: number): FeatureTable {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, {
      shape: [count, ...shape],
      data: new Float32Array(count * product(shape)),
    }]),
  );
}

/** Puts one sample's features into row `index`. */
export function setRow(table: FeatureTable, index: number, features: Features): void {
  for (const [name, { data, shape }] of Object.entries(table)) {
    const size = product(shape.slice(1));
    const values = features[name];
    if (values?.length !== size) {
      throw new RangeError(
        `Cannot store "${name}": expected ${size} numbers a sample, got ${values?.length}`,
      );
    }
    data.set(values, index * size);
  }
}

interface Shard {
  readonly keys: readonly string[];
  readonly table: FeatureTable;
}

const keyBytes = 32;

function keyOf(hash: string, { digest }: EncoderIdentity): string {
  return createHash("sha256").update(`${hash} ${digest}`).digest("hex");
}

function shardBytes(
  encoder: EncoderIdentity,
  rows: readonly { readonly hash: string; readonly features: Features }[],
): Uint8Array<ArrayBuffer> {
  const table = emptyTable(encoder, rows.length);
  const keys = new Uint8Array(rows.length * keyBytes);
  rows.forEach(({ hash, features }, i) => {
    setRow(table, i, features);
    keys.set(Uint8Array.fromHex(keyOf(hash, encoder)), i * keyBytes);
  });
  return writeSafetensors({ ...table, "key": { shape: [rows.length, keyBytes], data: keys } }, {
    metadata: { encoder: encoder.digest },
  });
}

function readShard(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  encoder: EncoderIdentity,
): Shard {
  const { arrays: { key, ...table } } = readSafetensors(bytes, { path });
  const count = key?.shape[0] ?? 0;
  for (const [name, shape] of Object.entries(encoder.shapes)) {
    const found = table[name];
    if (!(found?.data instanceof Float32Array) || `${found.shape}` !== `${[count, ...shape]}`) {
      throw new RangeError(
        `Cannot read "${path}": expected "${name}" of [${[
          count,
          ...shape,
        ]}], got [${found?.shape}]`,
      );
    }
  }
  const keys = Array.from(
    { length: count },
    (_, i) => (key!.data as Uint8Array).subarray(i * keyBytes, (i + 1) * keyBytes).toHex(),
  );
  return { keys, table: table as FeatureTable };
}

/** Copies the rows that are wanted, and strikes them off. */
function copyShard(
  shard: Shard,
  { wanted, table }: { wanted: Map<string, number[]>; table: FeatureTable },
): void {
  shard.keys.forEach((key, row) => {
    for (const index of wanted.get(key) ?? []) {
      for (const [name, { data, shape }] of Object.entries(table)) {
        const size = product(shape.slice(1));
        data.set(shard.table[name]!.data.subarray(row * size, (row + 1) * size), index * size);
      }
    }
    wanted.delete(key);
  });
}

async function listShards(folder: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".safetensors")) paths.push(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths.sort();
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
