/** What the doctor finds of encoders in the cache. @module */

import { join } from "node:path";
import { clipGraphs, loadClip } from "../../lib/encoders/clip.ts";
import { findModelFolder, loadModel, type ModelOptions } from "../../lib/encoders/model_folder.ts";
import { kindOf } from "../../lib/files.ts";
import { listFolders, sizeOf } from "./folders.ts";

/** A model in the cache. */
export interface EncoderReport {
  readonly id: string;
  /** The folder below the id's, if it has one of its own. */
  readonly revision?: string;
  /** Made here, or fetched from the hub. */
  readonly kind: "embedded" | "fetched";
  readonly bytes: number;
  /** SHA-256 over the model's files; there if it could be loaded. */
  readonly digest?: string;
  /** Why it could not. */
  readonly problem?: string;
}

/** Every model in the cache, loaded once to see that it can be. */
export async function examineEncoders(root: string): Promise<EncoderReport[]> {
  const found: EncoderReport[] = [];
  for (const organisation of await listFolders(root)) {
    for (const name of await listFolders(join(root, organisation))) {
      const model = `${organisation}/${name}`;
      for (const options of await modelsIn({ model, root })) {
        found.push(await examineEncoder(options));
      }
    }
  }
  return found;
}

// The model itself, or its revisions if those are in folders of their own.
async function modelsIn(place: { model: string; root: string }): Promise<ModelOptions[]> {
  const revisions: ModelOptions[] = [];
  for (const revision of await listFolders(join(place.root, place.model))) {
    const path = join(place.root, place.model, revision, "config.json");
    if (await kindOf(path) === "file") revisions.push({ ...place, revision });
  }
  return revisions.length > 0 ? revisions : [place];
}

async function examineEncoder(options: ModelOptions): Promise<EncoderReport> {
  const { model, root, revision } = options;
  const report = {
    id: model,
    ...(revision === undefined ? {} : { revision }),
    kind: model.startsWith("trivalence/") ? "embedded" : "fetched",
    bytes: (await sizeOf(join(root, model, revision ?? ""))).bytes,
  } as const;
  const isClip = await findModelFolder({ ...options, graphs: clipGraphs }) !== undefined;
  if (!isClip && await findModelFolder(options) === undefined) {
    return { ...report, problem: "expected config.json and model.onnx, got not both" };
  }
  try {
    if (isClip) {
      const clip = await loadClip(options);
      await clip.dispose();
      return { ...report, digest: clip.image.digest };
    }
    const { model: loaded, digest } = await loadModel(options);
    await loaded.dispose();
    return { ...report, digest };
  } catch (error) {
    return { ...report, problem: (error as Error).message };
  }
}
