/** Who makes the faces and clips of a corpus: this thread or, of many, workers. @module */

import {
  type Item,
  type Made,
  makeItem,
  type MakerRequest,
  type MakerResponse,
} from "./make_item.ts";

/** Makes items side by side; none depends on another. */
export interface Makers {
  /** How many items should be under way at a time. */
  readonly limit: number;
  make(item: Item): Promise<Made>;
  end(): void;
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
