/** The compiled forward pass over many samples. @module */

import type * as tf from "../deps/tf.ts";
import { compile, type CompileOptions, float32 } from "../compile/mod.ts";
import type { Modality } from "../modality.ts";
import {
  asTree,
  type Init,
  layoutOf,
  type Parameter,
  split,
  tensors,
  unflatten,
} from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { type CorpusFeatures, gatherInputs } from "./features.ts";
import type { NamedTensors, Network } from "./network.ts";
import type { Head, Rows } from "./system.ts";
import { verdictsOf } from "./target_loss.ts";

/** Verdicts by head, `[rows, w]` as `verdictsOf` has them. */
export type Verdicts = { [H in Head]?: Float32Array };

/** A compiled forward pass for one set of modalities. */
export interface Predictor {
  /**
   * The verdicts on the samples of `rows`, in their order; `parameters` as `flatten` gives them, unless
   * the graph has its own.
   */
  run(features: CorpusFeatures, rows: Rows, parameters?: Float32Array): Promise<Verdicts>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

/**
 * What is compiled: a network with parameters in the shape of `initial`, shown only the modalities
 * `present`.
 */
export type PredictorOptions<P> = CompileOptions & {
  /** Parameters of the network, for their shapes alone. */
  initial: Init<P>;
  /** What of the network is compiled: verdicts, or what it shows of its inside. */
  network: Pick<Network<P>, "inputs" | "logits" | "inspect" | "target">;
  /** The modalities that every sample shows. */
  present: readonly Modality[];
  /** Samples a call of the graph; 64 by default. */
  batch?: number;
  /**
   * Parameters that are the graph's own, constants, as `flatten` gives them; by default each call brings
   * some. On ONNX Runtime a call then takes 0.8 to 0.9 of its time, but no other parameters can share
   * the graph, which takes as long to compile as a hundred calls or more.
   */
  parameters?: Float32Array | undefined;
};

/** Compiles a network's verdicts without dropout, {@linkcode verdictsOf} each head's outputs. */
export async function compilePredictor<P>(
  { network, ...options }: PredictorOptions<P>,
): Promise<Predictor> {
  const forward = await compileForward({ network, ...options }, (params, inputs) => {
    const heads = Object.entries(network.logits(params, inputs));
    return Object.fromEntries(
      heads.map(([head, outputs]) => [head, verdictsOf(outputs!, network.target)]),
    );
  });
  return {
    async run(features, rows, parameters) {
      const heads = Object.entries(await forward.run(features, rows, parameters));
      return Object.fromEntries(heads.map(([head, { values }]) => [head, values]));
    },
    dispose: () => forward.dispose(),
  };
}

/**
 * Compiles what a network shows of samples beside its verdict.
 *
 * @throws {TypeError} a network that shows nothing.
 */
export function compileInspector<P>(
  { network, ...options }: PredictorOptions<P>,
): Promise<Forward> {
  const { inspect } = network;
  if (inspect === undefined) {
    throw new TypeError("Cannot inspect: expected a network that shows its inside, got none");
  }
  return compileForward({ network, ...options }, inspect.bind(network));
}

/** A compiled function of samples: numbers by name, `width` of them a sample. */
export interface Forward {
  /** The numbers of the samples of `rows`, in their order; `parameters` as {@linkcode Predictor.run}. */
  run(
    features: CorpusFeatures,
    rows: Rows,
    parameters?: Float32Array,
  ): Promise<Record<string, { readonly width: number; readonly values: Float32Array }>>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

async function compileForward<P>(
  { initial, network, present, batch = 64, parameters: own, ...session }: PredictorOptions<P>,
  fn: (params: P, inputs: NamedTensors) => Readonly<Record<string, tf.Tensor>>,
): Promise<Forward> {
  const tree = initial as Tree<Parameter>;
  const layout = layoutOf(tree);
  const named = network.inputs(present, batch);
  const widths: Record<string, number> = {};
  const compiled = await compile(
    // deno-lint-ignore no-explicit-any -- the shape of the inputs depends on `present`.
    ({ parameters, inputs }: any) => {
      const given = own ? tensors(unflatten(tree, own)) : asTree(tree, split(layout, parameters));
      const outputs = fn(given as P, inputs);
      for (const [name, x] of Object.entries(outputs)) widths[name] = x.size / batch;
      return outputs;
    },
    { ...own === undefined && { parameters: float32(layout.size) }, inputs: named },
    session,
  );
  return {
    async run(features, rows, parameters) {
      if ((own === undefined) === (parameters === undefined)) {
        const [wanted, got] = own ? ["none", "some"] : ["some", "none"];
        throw new TypeError(
          `Cannot predict: expected ${wanted} of the call's parameters, got ${got}`,
        );
      }
      const given = parameters && { parameters };
      const count = rows[present[0]!]!.length;
      const result = Object.fromEntries(
        Object.entries(widths).map(([name, width]) => [
          name,
          { width, values: new Float32Array(count * width) },
        ]),
      );
      for (let start = 0; start < count; start += batch) {
        const size = Math.min(batch, count - start);
        // The last batch is filled with its first row again; what comes of that is cut off.
        const filled = (m: Modality) =>
          Array.from({ length: batch }, (_, i) => rows[m]![start + (i < size ? i : 0)]!);
        const at = Object.fromEntries(present.map((m) => [m, filled(m)])) as Rows;
        const inputs = gatherInputs(features, named, at);
        const outputs = await compiled.run({ ...given, inputs } as never);
        for (const [name, found] of Object.entries(outputs as Record<string, Float32Array>)) {
          const { width, values } = result[name]!;
          values.set(found.subarray(0, size * width), start * width);
        }
      }
      return result;
    },
    dispose: () => compiled.dispose(),
  };
}
