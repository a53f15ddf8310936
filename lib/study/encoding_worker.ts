/** A worker that encodes batches of samples. @module */

import { transformByOrigin } from "../corruptions/transform_by_origin.ts";
import type { TransformOrigin } from "../corruptions/transform_origin.ts";
import {
  type BatchAnswer,
  type BatchRequest,
  type BatchRunner,
  runHere,
} from "../encoders/encode_batch.ts";
import type { EncoderOrigin } from "../encoders/encoder_origin.ts";
import { loadingByOrigin } from "../encoders/load_by_origin.ts";

/** What it is sent: batches, and before the first of a kind by what they are encoded. */
export type EncodingRequest =
  | {
    readonly kind: "work";
    /** The batches name it. */
    readonly work: number;
    readonly encoders: readonly EncoderOrigin[];
    readonly transform?: TransformOrigin;
  }
  | {
    readonly kind: "batch";
    readonly work: number;
    readonly batch: number;
    readonly request: BatchRequest;
  };

/** What it answers of a batch. */
export type EncodingResponse =
  & { readonly batch: number }
  & ({ readonly answer: BatchAnswer } | { readonly error: unknown });

const scope = self as unknown as {
  onmessage: (event: MessageEvent<EncodingRequest>) => void;
  postMessage(response: EncodingResponse): void;
};

// There is a worker for each core.
const load = loadingByOrigin({ threads: 1 });

const runners = new Map<number, Promise<BatchRunner>>();
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: asked }) => {
  if (asked.kind === "work") {
    const transform = asked.transform && transformByOrigin(asked.transform);
    const runner = Promise.all(asked.encoders.map(load))
      .then((encoders) => runHere({ encoders, transform }));
    runner.catch(() => {}); // Told with the first batch.
    runners.set(asked.work, runner);
    return;
  }
  const { work, batch, request } = asked;
  // Read while the encoders work on those before.
  const begun = runners.get(work)!.then((runner) => runner.begin(request));
  begun.catch(() => {}); // Told in its turn.
  last = last.then(async () => {
    try {
      scope.postMessage({ batch, answer: await (await begun)() });
    } catch (error) {
      scope.postMessage({ batch, error });
    }
  });
};
