/** A worker that reads files and hashes what they show. @module */

import { type HashedFile, hashFile } from "./hash_file.ts";
import type { ImageLook } from "./image_bits.ts";
import { type PictureLook, pictureLooks } from "./picture_looks.ts";

/** What it is sent. */
export interface PictureRequest {
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly look: PictureLook;
}

/** What it answers, of each path. */
export type PictureAnswer =
  & { readonly path: string }
  & ({ readonly found: HashedFile<ImageLook | undefined> } | { readonly refusal: string });

const scope = self as unknown as {
  onmessage: (event: MessageEvent<PictureRequest>) => void;
  postMessage(answer: PictureAnswer): void;
};

scope.onmessage = async ({ data: { look, ...file } }) => {
  const { path } = file;
  try {
    scope.postMessage({ path, found: await hashFile(file, pictureLooks[look]) });
  } catch (error) {
    scope.postMessage({ path, refusal: (error as Error).message });
  }
};
