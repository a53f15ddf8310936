/** Shards of versions before samples were found by their hash alone. @module */

import { emptyTable, type EncoderIdentity, setRow } from "../../lib/encoders/feature_store.ts";
import type { Features } from "../../lib/encoders/encoder.ts";
import { sha256 } from "../../lib/files.ts";
import { writeSafetensors } from "../../lib/tensor/safetensors.ts";

/** Writes a shard under SHA-256(hash, encoder digest) of each row. */
export async function writeOlder(
  folder: string,
  encoder: EncoderIdentity,
  rows: readonly { readonly hash: string; readonly features: Features }[],
): Promise<void> {
  const table = emptyTable(encoder, rows.length);
  rows.forEach(({ features }, i) => setRow(table, i, features));
  const keys = rows.map(({ hash }) => sha256(`${hash} ${encoder.digest}`)).join("");
  const content = { ...table, key: { shape: [rows.length, 32], data: Uint8Array.fromHex(keys) } };
  const bytes = writeSafetensors(content, { metadata: { encoder: encoder.digest } });
  await Deno.mkdir(`${folder}/${encoder.digest}`, { recursive: true });
  const name = `${sha256(bytes).slice(0, 32)}.safetensors`;
  await Deno.writeFile(`${folder}/${encoder.digest}/${name}`, bytes);
}
