/** A model from the hub into a folder: all of its files, or none that would pass for a model. @module */

import { dirname, join } from "node:path";
import { kindOf } from "../files.ts";
import { downloadHubFile, type HubFile, type HubOptions, listHubFiles } from "./hub.ts";
import * as layout from "./model_layout.ts";
import { readManifest, writeManifest } from "./model_manifest.ts";

/** What to download, and where to. */
export interface ModelDownload {
  /** The id on the hub. */
  readonly model: string;
  readonly revision: string;
  /** Where the model goes; models of other graphs or precision may be in it. */
  readonly folder: string;
  readonly graphs: readonly string[];
  readonly precision: layout.GraphPrecision;
  /** SHA-256 by path, of files that the caller knows. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Downloads what a model consists of: its configuration, tokenizer and preprocessor, as far as it
 * has them, and its graphs with their data.
 *
 * The revision is resolved to a commit first, so that all files are of one. Each file comes under
 * another name and is checked against what the hub declares, and against `files`. When all of
 * them are right, the manifest is written, and they get their names, `config.json` last: killed at
 * any moment, the folder holds a model or none. What had come before a cut is taken up in the next
 * call. A folder with a manifest keeps to its commit.
 *
 * @throws {RangeError} A file is not what was declared; nothing of this call is kept.
 * @throws {Deno.errors.NotFound} The hub has no such model, or it lacks a file.
 */
export async function downloadModel(download: ModelDownload, hub: HubOptions = {}): Promise<void> {
  const { folder } = download;
  // Two of one process would write to the same partial files: the second waits, and finds them there.
  const before = underWay.get(folder) ?? Promise.resolve();
  const own = before.catch(() => {}).then(() => downloadMissing(download, hub));
  underWay.set(folder, own);
  try {
    await own;
  } finally {
    if (underWay.get(folder) === own) underWay.delete(folder);
  }
}

const underWay = new Map<string, Promise<void>>();

async function downloadMissing(download: ModelDownload, hub: HubOptions): Promise<void> {
  const { model, revision, folder } = download;
  const manifest = await readManifest(folder);
  const listing = await listHubFiles({ model, revision: manifest?.commit ?? revision }, hub);
  const wanted = chooseFiles(listing.files, download);
  const created = await makeFolders(wanted.map(({ path }) => join(folder, path)));
  const arrived = new Map<string, string>();
  const record: Record<string, { sha256: string; size: number }> = { ...manifest?.files };
  try {
    for (const file of wanted) {
      const { path, size } = file;
      const target = join(folder, path);
      // What came earlier is checked when the model is loaded.
      if (manifest?.files[path] && await layout.isFile(target)) continue;
      const partial = `${target}.${shortDigest(file)}.partial`;
      arrived.set(partial, target);
      const pinned = download.files[path];
      const sha256 = await downloadHubFile(
        { model, commit: listing.commit, file, partial, pinned },
        hub,
      );
      record[path] = { sha256, size };
    }
  } catch (error) {
    if (error instanceof RangeError) {
      for (const partial of arrived.keys()) await Deno.remove(partial).catch(() => {});
      for (const made of created.reverse()) await Deno.remove(made).catch(() => {});
    }
    throw error;
  }
  await writeManifest(folder, { model, revision, commit: listing.commit, files: record });
  for (const [partial, target] of arrived) await place(partial, target);
}

/** What of the hub's files is wanted, `config.json` last. */
function chooseFiles(
  files: readonly HubFile[],
  { model, revision, graphs, precision }: ModelDownload,
): HubFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const places = layout.graphPlaces({ graphs, precision });
  const chosen = places.find(({ paths }) => paths.every((path) => byPath.has(path)));
  if (chosen === undefined || !byPath.has("config.json")) {
    const wanted = `config.json and ${places[0]!.paths.join(" and ")}`;
    throw new Deno.errors.NotFound(
      `Cannot download ${model} (${revision}): expected ${wanted}, ` +
        `got ${files.map(({ path }) => path).slice(0, 20).join(", ") || "no files"}`,
    );
  }
  const data = files.filter(({ path }) =>
    chosen.paths.some((graph) => layout.isDataOf(graph, path))
  );
  const described = layout.describingFiles.filter((name) => name !== "config.json");
  const paths = [...described, ...data.map(({ path }) => path), ...chosen.paths, "config.json"];
  return paths.flatMap((path) => byPath.get(path) ?? []);
}

/** Makes the folders of these files and returns those that were not there, the outermost first. */
async function makeFolders(paths: readonly string[]): Promise<string[]> {
  const created: string[] = [];
  for (const folder of new Set(paths.map(dirname))) {
    const missing: string[] = [];
    for (let at = folder; await kindOf(at) !== "folder"; at = dirname(at)) missing.unshift(at);
    await Deno.mkdir(folder, { recursive: true });
    created.push(...missing);
  }
  return created;
}

// In the name of a partial file, so that it is never taken for the beginning of another version.
function shortDigest({ declared }: HubFile): string {
  return ("sha256" in declared ? declared.sha256 : declared.blob).slice(0, 12);
}

async function place(partial: string, target: string): Promise<void> {
  try {
    await Deno.rename(partial, target);
  } catch (error) {
    // Another process was faster, with the same bytes.
    if (!(error instanceof Deno.errors.NotFound) || !await layout.isFile(target)) throw error;
  }
}
