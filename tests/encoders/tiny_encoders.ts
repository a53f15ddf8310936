/**
 * Small models of the true architectures, and what Hugging Face's transformers computes with them.
 *
 * @module
 */

import { join, relative } from "node:path";
import reference from "../fixtures/tiny_encoders.json" with { type: "json" };

/** The folder that holds them; nothing may be written there. */
export const tinyRoot = new URL("../fixtures/", import.meta.url).pathname;

/** Expected values: see `fixtures/tiny_encoders.py`. */
export const expected = reference;

/** The clip of the reference: 0.125 s. */
export const clip = {
  path: "wave.wav",
  samples: Float32Array.from({ length: 2000 }, (_, i) => {
    const t = i / 16000;
    return 0.3 * Math.sin(2 * Math.PI * 220 * t) + 0.2 * Math.sin(2 * Math.PI * 2500 * t * t) +
      0.05;
  }),
};

/** The files of a model of `fixtures/tiny_encoders`, by path. */
export async function tinyFiles(name: string): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const folder = join(tinyRoot, "tiny_encoders", name);
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const path of await listFiles(folder)) {
    files[relative(folder, path)] = await Deno.readFile(path);
  }
  return files;
}

async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    paths.push(...isDirectory ? await listFiles(path) : [path]);
  }
  return paths.sort();
}

/** Runs `body` with a folder that holds a copy of the model as `tiny/<name>`, and removes it. */
export async function withTiny(
  name: string,
  body: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, bytes] of Object.entries(await tinyFiles(name))) {
      await Deno.mkdir(join(root, "tiny", name, path, ".."), { recursive: true });
      await Deno.writeFile(join(root, "tiny", name, path), bytes);
    }
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Pearson's correlation of two arrays of equal length. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (x: ArrayLike<number>) => Array.from(x).reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
