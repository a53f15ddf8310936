/** Samples, and an encoder whose features anyone can check. @module */

import { createHash } from "node:crypto";
import type { Sample } from "../../lib/datasets/sample.ts";
import type { Encoder } from "../../lib/encoders/encoder.ts";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import type { Modality } from "../../lib/modality.ts";

/** As hexadecimal. */
export const sha256 = (data: Uint8Array | string) =>
  createHash("sha256").update(data).digest("hex");

/** A sample of joy, a group of its own. */
export function sample(
  modality: Modality,
  id: string,
  source: Sample["source"],
  hash: string,
): Sample {
  return { id, modality, source, hash, emotion: "joy", label: 1, group: id };
}

/** A message, as line `i` of a table has it. */
export const message = (text: string, i: number) =>
  sample("text", `text.csv:${i}`, { text }, sha256(text));

/** Gives the length of a message, and notes what it was asked. */
export function lengthEncoder(id = "length"): Encoder<string> & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    modality: "text",
    id,
    digest: sha256(id),
    shapes: { length: [1] },
    encode(texts) {
      calls.push(...texts);
      const bad = texts.find((text) => text.startsWith("bad"));
      if (bad !== undefined) return Promise.reject(new RangeError("Cannot read this"));
      return Promise.resolve(texts.map((text) => ({ length: Float32Array.of(text.length) })));
    },
    dispose: () => Promise.resolve(),
  };
}

/** Gives a test a folder of its own and a feature store in it. */
export async function inStore(
  body: (folder: string, store: ReturnType<typeof openFeatureStore>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder, openFeatureStore(`${folder}/features`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
