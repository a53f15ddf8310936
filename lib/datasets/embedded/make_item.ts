/** Faces and clips of the embedded corpus, made and written. @module */

import { embeddedFace } from "./image.ts";
import { type ClipId, embeddedClip } from "./speech.ts";

/** A face or a clip, and where its file is written. */
export type Item =
  & { readonly folder: string; readonly seed: number }
  & ({ readonly face: number } | { readonly clip: ClipId });

/** What is told of an item that was written. */
export interface Made {
  /** Relative to the folder. */
  readonly path: string;
  /** Of a face. */
  readonly group?: string;
}

/** What a worker is sent. */
export interface MakerRequest {
  readonly number: number;
  readonly item: Item;
}

/** What it answers. */
export type MakerResponse =
  & { readonly number: number }
  & ({ readonly made: Made } | { readonly error: unknown });

/** Makes an item and writes its file. */
export async function makeItem({ folder, seed, ...item }: Item): Promise<Made> {
  if ("face" in item) {
    const { path, group, bytes } = await embeddedFace(item.face, { seed });
    await Deno.writeFile(`${folder}/${path}`, bytes);
    return { path, group };
  }
  const { path, bytes } = embeddedClip({ ...item.clip, seed });
  await Deno.mkdir(`${folder}/${path.split("/")[0]}`, { recursive: true });
  await Deno.writeFile(`${folder}/${path}`, bytes);
  return { path };
}
