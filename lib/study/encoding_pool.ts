/** Workers that encode: as many as cores, each with one thread. @module */

import { originOfTransform } from "../corruptions/transform_origin.ts";
import type {
  BatchAnswer,
  BatchRequest,
  BatchRunner,
  BatchWork,
} from "../encoders/encode_batch.ts";
import { originOf } from "../encoders/encoder_origin.ts";
import type { Modality } from "../modality.ts";
import type { EncodingRequest, EncodingResponse } from "./encoding_worker.ts";

/** Workers that begin with the first work for them. */
export interface EncodingPool {
  /**
   * Who encodes `count` samples there; undefined where they are few, or encoders or transform are such as
   * other threads can't load.
   */
  runner(work: BatchWork, count: number): BatchRunner | undefined;
  /** Stops the workers, and with them the encoders that they have loaded. */
  end(): void;
}

// A worker takes about two seconds to begin, in which so many samples are encoded here.
const few: Readonly<Record<Modality, number>> = { text: 1000, image: 300, audio: 100 };

// Each holds encoders of its own.
const mostWorkers = 8;

/** A pool of at most `most` workers, and of no more than eight; of one there is no use. */
export function encodingPool(most: number): EncodingPool {
  const count = Math.min(most, mostWorkers);
  const workers: EncodingWorker[] = [];
  let works = 0;
  const open = (): readonly EncodingWorker[] => {
    while (workers.length < count) workers.push(openWorker());
    return workers;
  };
  return {
    runner({ encoders, transform }, samples) {
      const origins = encoders.flatMap((encoder) => originOf(encoder) ?? []);
      const change = transform && originOfTransform(transform);
      const least = workers.length > 0 ? 1 : few[encoders[0]?.modality ?? "text"];
      if (!("Worker" in globalThis) || count < 2 || samples < least) return undefined;
      if (origins.length < encoders.length || (transform && change === undefined)) return undefined;
      const work = {
        ...{ kind: "work", work: works++, encoders: origins } as const,
        ...change && { transform: change },
      };
      return {
        // While one is encoded, the next is read.
        lanes: 2 * count,
        begin(request) {
          const idle = open().reduce((a, b) => b.waiting() < a.waiting() ? b : a);
          const answer = idle.ask(work, request);
          answer.catch(() => {}); // Told to whoever asks for it.
          return () => answer;
        },
      };
    },
    end() {
      for (const worker of workers.splice(0)) worker.end();
    },
  };
}

type Work = Extract<EncodingRequest, { kind: "work" }>;

interface EncodingWorker {
  /** Batches that it has not answered. */
  waiting(): number;
  ask(work: Work, request: BatchRequest): Promise<BatchAnswer>;
  end(): void;
}

function openWorker(): EncodingWorker {
  const worker = new Worker(new URL("./encoding_worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, PromiseWithResolvers<BatchAnswer>>();
  const told = new Set<number>();
  let batches = 0;
  worker.onmessage = ({ data }: MessageEvent<EncodingResponse>) => {
    const asked = waiting.get(data.batch)!;
    waiting.delete(data.batch);
    if ("answer" in data) asked.resolve(data.answer);
    else asked.reject(data.error);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const error = new Error(`Cannot encode: expected a worker that goes on, got ${event.message}`);
    for (const asked of waiting.values()) asked.reject(error);
    waiting.clear();
  };
  const send = (request: EncodingRequest) => worker.postMessage(request);
  return {
    waiting: () => waiting.size,
    ask(work, request) {
      if (!told.has(work.work)) send(work);
      told.add(work.work);
      const batch = batches++;
      const asked = Promise.withResolvers<BatchAnswer>();
      waiting.set(batch, asked);
      send({ kind: "batch", work: work.work, batch, request });
      return asked.promise;
    },
    end: () => worker.terminate(),
  };
}
