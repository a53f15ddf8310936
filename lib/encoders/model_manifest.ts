/** What a downloaded model was when it came: `trivalence.json` in its folder. @module */

import { join } from "node:path";
import { ifThere, writeWhole } from "../files.ts";

/** The name of the file. */
export const manifestName = "trivalence.json";

/** Where a model came from, and its files as they came. */
export interface ModelManifest {
  /** Its id on the hub. */
  readonly model: string;
  /** What was asked for: a branch, a tag or a commit. */
  readonly revision: string;
  /** What that was at the time. */
  readonly commit: string;
  /** By path within the folder. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly size: number }>>;
}

/**
 * The manifest of the model in `folder`, or `undefined` where there is none: a folder that
 * nobody downloaded.
 *
 * @throws {RangeError} A file that is no manifest.
 */
export async function readManifest(folder: string): Promise<ModelManifest | undefined> {
  const path = join(folder, manifestName);
  const text = await ifThere(Deno.readTextFile(path));
  if (text === undefined) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw notManifest(path, text, { cause });
  }
  if (!isManifest(found)) throw notManifest(path, text);
  return found;
}

function notManifest(path: string, text: string, options: ErrorOptions = {}): RangeError {
  return new RangeError(
    `Cannot read "${path}": expected the record of a download, got ` +
      `${JSON.stringify(text.slice(0, 60))}; delete the folder to download the model again`,
    options,
  );
}

function isManifest(value: unknown): value is ModelManifest {
  const { model, revision, commit, files } = (value ?? {}) as Record<string, unknown>;
  return [model, revision, commit].every((text) => typeof text === "string") &&
    typeof files === "object" && files !== null &&
    Object.values(files).every((file) =>
      /^[0-9a-f]{64}$/.test(file?.sha256) && Number.isSafeInteger(file?.size)
    );
}

/** Writes the manifest of the model in `folder`, whole or not at all. */
export async function writeManifest(folder: string, manifest: ModelManifest): Promise<void> {
  await writeWhole(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}
