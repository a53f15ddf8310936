/** Writes a table's files all at once: a reader finds the old ones or the new ones. @module */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type FolderContents, sha256 } from "../../lib/files.ts";

/** Files, of text or bytes, by path in the result's folder; they may be more than memory holds. */
export interface Files extends Iterable<readonly [path: string, content: string | Uint8Array]> {
  keys(): Iterable<string>;
  get(path: string): string | Uint8Array | undefined;
}

/** What a result's folder says of itself, in `manifest.json`. */
export interface Manifest {
  /** Of all that decides the result. */
  readonly fingerprint: string;
  /** The SHA-256 of every other file, by path. */
  readonly files: Readonly<Record<string, string>>;
}

const manifestName = "manifest.json";

/** The files, one at a time, and behind them the manifest that {@linkcode isMade} reads. */
export function* withManifest(
  files: FolderContents,
  fingerprint: string,
): Generator<readonly [path: string, content: string | Uint8Array], void> {
  const digests: Record<string, string> = {};
  for (const [path, content] of files) {
    digests[path] = sha256(content);
    yield [path, content];
  }
  const manifest: Manifest = { fingerprint, files: digests };
  yield [manifestName, JSON.stringify(manifest, null, 2) + "\n"];
}

/** Says whether `folder` has a whole result of this fingerprint: every file there, and as it was written. */
export async function isMade(folder: string, fingerprint: string): Promise<boolean> {
  try {
    const text = await Deno.readTextFile(join(folder, manifestName));
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.fingerprint !== fingerprint) return false;
    for (const [path, digest] of Object.entries(manifest.files)) {
      if (sha256(await Deno.readFile(join(folder, path))) !== digest) return false;
    }
    return true;
  } catch (error) {
    // Not there, or damaged: it is made.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The commit of the working copy, or null outside one. */
export async function currentCommit(root: URL): Promise<string | null> {
  const read = (path: string) => Deno.readTextFile(new URL(`.git/${path}`, root));
  try {
    const head = (await read("HEAD")).trim();
    if (!head.startsWith("ref: ")) return head;
    const ref = head.slice("ref: ".length);
    return (await read(ref).catch(async () => {
      const line = (await read("packed-refs")).split("\n").find((l) => l.endsWith(` ${ref}`));
      return line!.split(" ")[0]!;
    })).trim();
  } catch {
    return null;
  }
}

/**
 * SHA-256 over the code that makes results: every file of code and data in `lib/` and `experiments/`
 * below `root`, and the versions of packages. Null where the code is not on disk.
 */
export async function sourceDigest(root: URL): Promise<string | null> {
  if (root.protocol !== "file:") return null;
  const paths = ["deno.json", "deno.lock"];
  for (const folder of ["lib", "experiments"]) await listSources(root, folder, paths);
  const hash = createHash("sha256");
  for (const path of paths) {
    hash.update(`${path} ${sha256(await Deno.readFile(new URL(path, root)))}\n`);
  }
  return hash.digest("hex");
}

async function listSources(root: URL, folder: string, found: string[]): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(`${folder}/`, root)));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await listSources(root, path, found);
    else if (/\.(ts|json|c|h)$/.test(name)) found.push(path);
  }
}
