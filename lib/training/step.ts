/** One step of training as one compiled graph: forward, backward, clipping, optimiser. @module */

import * as tf from "../deps/tf.ts";
import * as compiler from "../compile/mod.ts";
import { adamW, clipByNorm, clipByValue } from "../tensor/optimisers.ts";
import * as parameter from "../tensor/parameter.ts";
import { leaves, type Tree } from "../tensor/tree.ts";

/** The loss of parameters `P` on a batch with specs `B`, as a scalar. */
export type Objective<P, B> = (params: P, batch: compiler.Tensors<B>) => tf.Tensor;

/** Settings of the update. */
export interface StepOptions extends Pick<compiler.CompileOptions, "executor" | "c"> {
  /** λ of AdamW, applied to weight matrices and filters, not to biases and normalisations. */
  weightDecay: number;
  /** Largest norm of the whole gradient; unless given, its norm is not limited. */
  clipNorm?: number;
  /** Largest value of a number of the gradient, after its norm; unless given, none is limited. */
  clipValue?: number;
  /** Threads of what executes it. */
  threads: number;
  /** As {@linkcode CompileOptions.executionProviders}. */
  executionProviders?: readonly string[];
}

/** What is carried from step to step: θ and AdamW's moments, each one flat vector of what is learnt. */
export type StepState = { parameters: Float32Array; first: Float32Array; second: Float32Array };

/** A compiled training step. */
export interface Step<B> {
  /** What executes it. */
  readonly executor: compiler.Executor;
  /**
   * The parameters that the loss depends on, which alone are in the state. The others have no
   * gradient, and stay as they were: those of modalities that a batch never shows, for one.
   */
  readonly learnt: parameter.Layout;
  /**
   * One update; `step` counts from 1.
   *
   * @param call.spare A state that is not needed any more, whose arrays the next one may be written to.
   */
  run(call: {
    state: StepState;
    spare?: StepState | undefined;
    step: number;
    learningRate: number;
    batch: Batch<B>;
  }): Promise<{ state: StepState; loss: number; norm: number }>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

/** The values of one batch with specs `B`. */
export type Batch<B> = Parameters<compiler.Compiled<B, never>["run"]>[0];

/**
 * Compiles θ, m, v ← update(θ, m, v, ∇L(θ, batch)). Parameters are one flat
 * vector, so that the optimiser is a handful of operations however many
 * layers there are. What the loss does not depend on is left out of it, as PyTorch's
 * optimisers pass over parameters without a gradient.
 */
export async function compileStep<P, B extends Tree<compiler.Spec>>(
  objective: Objective<P, B>,
  { initial, batch }: { initial: parameter.Init<P>; batch: B },
  { weightDecay, clipNorm, clipValue, threads, executionProviders, executor, c }: StepOptions,
): Promise<Step<B>> {
  const learnt = learntBy(objective, { initial, batch });
  const flat = compiler.float32(learnt.size);
  const compiled = await compiler.compile(
    // deno-lint-ignore no-explicit-any -- the inputs are a tree that ends in the caller's `B`.
    ({ parameters, first, second, step, learningRate, batch }: any) => {
      const { value, grads } = gradientsOf(objective, { initial, learnt, parameters, batch });
      const joined = tf.concat(grads.map((g) => tf.reshape(g, [-1])));
      const { gradients: scaled, norm } = clipByNorm(joined, clipNorm ?? Infinity);
      const gradients = clipValue === undefined ? scaled : clipByValue(scaled, clipValue);
      const next = adamW({ parameters, gradients, state: { first, second }, learningRate, step }, {
        weightDecay,
        decayed: tf.tensor1d(decayMask(learnt)),
      });
      return {
        parameters: next.parameters,
        first: next.state.first,
        second: next.state.second,
        loss: value,
        norm,
      };
    },
    {
      parameters: flat,
      first: flat,
      second: flat,
      step: compiler.float32(),
      learningRate: compiler.float32(),
      batch,
    },
    {
      threads,
      ...executionProviders && { executionProviders },
      ...executor && { executor },
      ...c && { c },
    },
  );
  return {
    executor: compiled.executor,
    learnt,
    async run({ state, spare, step, learningRate, batch }) {
      const { parameters, first, second, loss, norm } = await compiled.run(
        {
          ...state,
          step: Float32Array.of(step),
          learningRate: Float32Array.of(learningRate),
          batch,
        } as Parameters<typeof compiled.run>[0],
        spare,
      ) as StepState & { loss: Float32Array; norm: Float32Array };
      return { state: { parameters, first, second }, loss: loss[0]!, norm: norm[0]! };
    },
    dispose: () => compiled.dispose(),
  };
}

/** The loss and its gradients, leaf by leaf of what is learnt, at the flat vector `parameters`. */
export function gradientsOf<P, B extends Tree<compiler.Spec>>(
  objective: Objective<P, B>,
  { initial, learnt, parameters, batch }: {
    readonly initial: parameter.Init<P>;
    readonly learnt: parameter.Layout;
    readonly parameters: tf.Tensor;
    readonly batch: compiler.Tensors<B>;
  },
): { value: tf.Tensor; grads: tf.Tensor[] } {
  const tree = initial as Tree<parameter.Parameter>;
  const everything = leaves<parameter.Parameter>(tree, parameter.isParameter);
  const parts = parameter.split(learnt, parameters);
  const byPath = new Map(learnt.entries.map(({ path }, i) => [path, parts[i]!]));
  // A loss that did depend on one without a gradient would be seen not to be a number.
  const all = everything.map(({ path, leaf: { shape } }) =>
    byPath.get(path) ?? tf.fill([...shape], NaN)
  );
  return tf.engine().gradients(
    () => objective(parameter.asTree(tree, all) as P, batch),
    parts,
  );
}

/** The parameters to which a gradient leads. */
export function learntBy<P, B extends Tree<compiler.Spec>>(
  objective: Objective<P, B>,
  { initial, batch }: { initial: parameter.Init<P>; batch: B },
): parameter.Layout {
  const tree = initial as Tree<parameter.Parameter>;
  const layout = parameter.layoutOf(tree);
  let learnt = layout;
  // deno-lint-ignore no-explicit-any -- the inputs are a tree that ends in the caller's `B`.
  compiler.traceGraph(({ parameters, batch }: any) => {
    const parts = parameter.split(layout, parameters);
    // Unlike tf.valueAndGrads, it allows parameters without a gradient.
    const { value, grads } = tf.engine().gradients(
      () => objective(parameter.asTree(tree, parts) as P, batch),
      parts,
    );
    learnt = parameter.partOf(layout, (i) => Boolean(grads[i]));
    return { value };
  }, { parameters: compiler.float32(layout.size), batch });
  return learnt;
}

// Vectors are biases and normalisations: decaying them only shifts activations.
function decayMask({ entries, size }: parameter.Layout): Float32Array {
  const mask = new Float32Array(size);
  for (const { shape, offset, size } of entries) {
    if (shape.length > 1) mask.fill(1, offset, offset + size);
  }
  return mask;
}
