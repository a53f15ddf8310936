/** Workers that read and hash pictures, since of tens of thousands that takes minutes. @module */

import type { FileContent, HashedFile } from "./hash_file.ts";
import type { ImageLook } from "./image_bits.ts";
import type { PictureLook } from "./picture_looks.ts";
import type { PictureAnswer, PictureRequest } from "./picture_worker.ts";

/** From so many files on, workers read them: a worker takes as long to begin as 200 small pictures. */
export const manyPictures = 1000;

// So many files are at hand for a worker, which decodes some while others are read.
const filesPerWorker = 8;

// Of more, each waits for the disk.
const mostWorkers = 8;

/** Workers that read files side by side. */
export interface PictureWorkers {
  /** For how many files at a time there is room. */
  readonly room: number;
  /**
   * A file read by one of them; undefined where they can't run.
   *
   * @throws {RangeError} It is no such picture.
   */
  read(file: FileContent): Promise<HashedFile<ImageLook | undefined> | undefined>;
  /** Stops them. */
  end(): void;
}

/** A worker for each core but no more than eight; undefined where there are no workers. */
export function pictureWorkers(look: PictureLook): PictureWorkers | undefined {
  if (!("Worker" in globalThis)) return undefined;
  const count = Math.min(navigator.hardwareConcurrency, mostWorkers);
  const waiting = new Map<string, ((answer: PictureAnswer | undefined) => void)[]>();
  let areBroken = false;
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(new URL("./picture_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<PictureAnswer>) => {
      for (const resolve of waiting.get(data.path) ?? []) resolve(data);
      waiting.delete(data.path);
    };
    // Such as code that may be run here but not be loaded there: whoever asked reads by itself.
    worker.onerror = (event) => {
      event.preventDefault();
      areBroken = true;
      for (const resolves of waiting.values()) for (const resolve of resolves) resolve(undefined);
      waiting.clear();
    };
    return worker;
  });
  let next = 0;
  return {
    room: count * filesPerWorker,
    async read(file) {
      const { path } = file;
      if (areBroken) return undefined;
      const answer = await new Promise<PictureAnswer | undefined>((resolve) => {
        const known = waiting.get(path);
        if (known) return known.push(resolve);
        waiting.set(path, [resolve]);
        workers[next++ % count]!.postMessage({ ...file, look } satisfies PictureRequest);
      });
      if (answer === undefined || "found" in answer) return answer?.found;
      throw new RangeError(answer.refusal);
    },
    end() {
      for (const worker of workers) worker.terminate();
    },
  };
}
