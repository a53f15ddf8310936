/** Who makes the faces and clips of a corpus: this thread or, of many, workers. @module */

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

/** Makes items side by side; none depends on another. */
export interface Makers {
  /** How many items should be under way at a time. */
  readonly limit: number;
  make(item: Item): Promise<Made>;
  end(): void;
}

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

// A worker begins in the time of some hundred faces.
const many = 1000;
const mostWorkers = 8;

/** Makers of `count` items. */
export function makers(count: number): Makers {
  const cores = Math.min(navigator.hardwareConcurrency, mostWorkers);
  if (count < many || cores < 2 || !("Worker" in globalThis)) {
    // While one is written the next is drawn.
    return { limit: 2, make: makeItem, end() {} };
  }
  const waiting = new Map<number, PromiseWithResolvers<Made>>();
  const workers = Array.from({ length: cores }, () => {
    const worker = new Worker(new URL("./maker_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<MakerResponse>) => {
      const asked = waiting.get(data.number)!;
      waiting.delete(data.number);
      if ("made" in data) asked.resolve(data.made);
      else asked.reject(data.error);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of waiting.values()) reject(new Error(event.message));
      waiting.clear();
    };
    return worker;
  });
  let number = 0;
  return {
    limit: 2 * cores,
    make(item) {
      const asked = Promise.withResolvers<Made>();
      waiting.set(number, asked);
      workers[number % cores]!.postMessage({ number, item } satisfies MakerRequest);
      number++;
      return asked.promise;
    },
    end() {
      for (const worker of workers) worker.terminate();
    },
  };
}
