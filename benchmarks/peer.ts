/** The other side of each case: a Python process that answers requests line by line. @module */

import { fileURLToPath } from "node:url";
import { isSpec, isValues, type Spec, type Values } from "../lib/compile/mod.ts";
import { modalities } from "../lib/modality.ts";
import type { ModelConfig, ModelParams } from "../lib/model/mod.ts";
import { type Init, isParameter, type Parameter } from "../lib/tensor/parameter.ts";
import type { NamedArray } from "../lib/tensor/safetensors.ts";
import { leaves, type Tree } from "../lib/tensor/tree.ts";
import type { BatchValues } from "../lib/systems/batches.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import type { BatchSpecs } from "../lib/systems/network.ts";
import type { TrainConfig } from "../lib/training/train.ts";
import { type Side, timed, type Timing } from "./side.ts";

/** What `peer.py` is asked to get ready; the arrays are in the safetensors file. */
export interface Preparation {
  readonly kind: "step" | "inference" | "sweep";
  readonly config: ModelConfig;
  readonly training: TrainConfig;
  readonly file: string;
  readonly threads: number;
  /** Whether `torch.compile` compiles the function. */
  readonly compiled: boolean;
  /** Rows of an inference. */
  readonly rows?: number;
  /** Of a sweep: triples a step, steps a training, and one training a seed. */
  readonly batch?: number;
  readonly steps?: number;
  readonly seeds?: readonly number[];
}

/** A process that holds PyTorch. */
interface Peer {
  /** Gets ready for {@linkcode Peer.run}; returns the reason if this machine lacks what it needs. */
  prepare(what: Preparation): Promise<string | undefined>;
  run(iterations: number): Promise<Timing>;
  /** Lets it end. */
  close(): Promise<void>;
  /** Ends one that went wrong. */
  kill(): Promise<void>;
}

/**
 * Starts `peer.py`.
 *
 * @throws {Error} The process ends, or answers with an error; the message has PyTorch's.
 */
function startPeer(python: string, { threads }: { threads: number }): Peer {
  const process = spawn(python, threads);
  const writer = process.stdin.getWriter();
  const answers = lines(process.stdout);
  const send = (request: object) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`)).catch((error) => {
      // One that has ended hears nothing; that it does not answer is told below.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
  const ask = async <Answer>(request: object): Promise<Answer> => {
    await send(request);
    const { value, done } = await answers.next();
    if (done) throw new Error(`Cannot time PyTorch: expected an answer, but "${python}" ended`);
    const answer = parseAnswer(value, python) as Answer & { error?: string };
    if (answer.error !== undefined) throw new Error(`Cannot time PyTorch: ${answer.error}`);
    return answer;
  };
  return {
    prepare: async (what) => (await ask<{ skipped?: string }>({ prepare: what })).skipped,
    run: (iterations) => ask({ run: iterations }),
    async close() {
      await writer.close().catch(() => {}); // One that has ended closed it too.
      await process.status;
    },
    async kill() {
      try {
        process.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // It has ended.
      }
      await process.status;
    },
  };
}

function parseAnswer(line: string, python: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `Cannot time PyTorch: expected an answer in JSON from "${python}", ` +
        `got ${JSON.stringify(line.slice(0, 40))}`,
    );
  }
}

function spawn(python: string, threads: number): Deno.ChildProcess {
  const script = fileURLToPath(new URL("./peer.py", import.meta.url));
  const command = new Deno.Command(python, {
    args: [script],
    env: { OMP_NUM_THREADS: String(threads) },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  try {
    return command.spawn();
  } catch (error) {
    const { NotFound, PermissionDenied } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof PermissionDenied)) throw error;
    throw new RangeError(`Cannot time PyTorch: expected --python to be a Python, got "${python}"`);
  }
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

/** A process that is ready, as a contestant. */
export async function peerSide(
  name: string,
  { python, ...what }: Preparation & { readonly python: string },
): Promise<Side> {
  const peer = startPeer(python, what);
  try {
    const skipped = await peer.prepare(what);
    return { name, skipped, run: (iterations) => peer.run(iterations), close: () => peer.close() };
  } catch (error) {
    await peer.kill();
    throw error;
  }
}

/** Several processes that divide the work, as one contestant. */
export function peersSide(name: string, peers: readonly Side[]): Side {
  return {
    name,
    run: (iterations) =>
      timed(iterations, async () => {
        const timings = await Promise.all(peers.map((peer) => peer.run(1)));
        return timings[0]!.value;
      }),
    close: async () => void await Promise.all(peers.map((peer) => peer.close())),
  };
}

/** Parameters by path, as a safetensors file has them. */
export function parameterArrays(initial: Init<ModelParams>): Record<string, NamedArray> {
  const entries = leaves<Parameter>(initial as Tree<Parameter>, isParameter)
    .map(({ path, leaf }) => [`parameters/${path}`, { shape: leaf.shape, data: leaf.values }]);
  return Object.fromEntries(entries);
}

/** The values of one batch by path. */
export function batchArrays(
  { specs, values }: { specs: BatchSpecs; values: BatchValues },
): Record<string, NamedArray> {
  const shapes = new Map(
    leaves<Spec>(specs as unknown as Tree<Spec>, isSpec).map(({ path, leaf }) => [path, leaf]),
  );
  const entries = leaves<Values>(values as unknown as Tree<Values>, isValues)
    .map(({ path, leaf }) => [`batch/${path}`, { shape: shapes.get(path)!.shape, data: leaf }]);
  return Object.fromEntries(entries);
}

/** The tables and labels of all samples by modality. */
export function tableArrays(features: CorpusFeatures): Record<string, NamedArray> {
  const arrays: Record<string, NamedArray> = {};
  for (const m of modalities) {
    const { tables, labels } = features[m];
    for (const [name, table] of Object.entries(tables)) arrays[`tables/${m}/${name}`] = table;
    arrays[`labels/${m}`] = { shape: [labels.length], data: Int32Array.from(labels) };
  }
  return arrays;
}
