/** Encodes and judges beside the page, so that it stays quick. @module */

/// <reference lib="dom" />

import {
  type Clip,
  clipOf,
  decodePicture,
  decodeSound,
  type Graph,
  openPageJudge,
  openSampleEncoders,
  type PageJudge,
  pixelsOf,
  type SampleEncoders,
} from "../lib/browser/mod.ts";
import { env, InferenceSession, Tensor } from "../lib/deps/onnxruntime_web.ts";
import type { HeardClip, Kind, Question, Questions, Sent } from "./messages.ts";
import { readPacked } from "./packed_files.ts";

/** What a worker has of its global scope, which the types of pages do not know. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(sent: Sent): void;
};

const told = (name: string) => readPacked(name, (loaded) => scope.postMessage({ loaded }));

let encoders: SampleEncoders | undefined;
let model: PageJudge | undefined;

async function openGraph(onnx: Uint8Array): Promise<Graph> {
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
  return {
    inputMetadata: session.inputMetadata,
    run(feeds, outputs) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [
          name,
          data instanceof BigInt64Array
            ? new Tensor("int64", data, dims)
            : new Tensor("float32", data, dims),
        ]),
      );
      return outputs ? session.run(tensors, outputs) : session.run(tensors);
    },
    release: () => session.release(),
  };
}

type Answers = {
  readonly [K in Kind]: (asked: Questions[K]["asked"]) => Promise<Questions[K]["answer"]>;
};

const answers: Answers = {
  async open({ page, of, judges, runtime }) {
    // One thread: more need a page that is isolated from all others, which not every server makes it.
    env.wasm.numThreads = 1;
    env.wasm.wasmBinary = runtime.buffer;
    const places = { readFile: told, openGraph };
    const own = Object.entries(page.encoders).filter(([m]) => (of as string[]).includes(m));
    encoders = await openSampleEncoders({ ...page, encoders: Object.fromEntries(own) }, places);
    const { tokensOf } = encoders;
    if (judges) model = await openPageJudge(page, { ...places, tokensOf });
    return null;
  },
  text: ({ text }) => encoders!.text(text),
  async image({ picture }) {
    if (picture instanceof Blob) return await encoders!.image(await decodePicture(picture));
    const pixels = pixelsOf(picture);
    picture.close();
    return await encoders!.image(pixels);
  },
  file: async ({ bytes, name }) => await heard(await decodeSound(bytes, { path: name })),
  samples: async ({ name = "the microphone", ...wave }) =>
    await heard(await clipOf(wave, { path: name })),
  judge: ({ sample, parts }) => model!.judge(sample, { parts }),
};

async function heard(clip: Clip): Promise<HeardClip> {
  const samples = clip.samples as Float32Array<ArrayBuffer>;
  return { encoded: await encoders!.audio(clip), samples };
}

scope.onmessage = async ({ data }) => {
  const { id, kind } = data;
  try {
    const answer = await (answers[kind] as (asked: Question) => Promise<unknown>)(data);
    scope.postMessage({ id, answer });
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
