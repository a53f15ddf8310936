/** How large the gradient of named parts of a network is: what moves in training, and how much. @module */

import * as tf from "../deps/tf.ts";
import * as compiler from "../compile/mod.ts";
import type * as parameter from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { type Batch, gradientsOf, learntBy, type Objective } from "./step.ts";

/** Parts of the parameters, each named by how the paths of its parameters begin: `["gate"]`. */
export type ParameterParts = { readonly [part: string]: readonly string[] };

/** Root mean squares of gradients by part. */
export type GradientNorms = { readonly [part: string]: number };

/** Compiled gradient norms. */
export interface NormGraph<B> {
  /** Those at `parameters`, of what is learnt as `Step.learnt` has it, on one batch. */
  run(parameters: Float32Array, batch: Batch<B>): Promise<GradientNorms>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

/**
 * Compiles, for each part with parameters θ_p, n of them,
 *
 *     ‖∂L(θ, batch) / ∂θ_p‖ / √n
 *
 * before any clipping. Parameters that the loss does not depend on are not among the n, and a part
 * that has no others is left out.
 */
export async function compileGradientNorms<P, B extends Tree<compiler.Spec>>(
  objective: Objective<P, B>,
  { initial, batch, parts }: {
    readonly initial: parameter.Init<P>;
    readonly batch: B;
    readonly parts: ParameterParts;
  },
  session: compiler.CompileOptions = {},
): Promise<NormGraph<B>> {
  const learnt = learntBy(objective, { initial, batch });
  const chosen = Object.entries(parts)
    .map(([part, beginnings]) => ({ part, places: placesOf(learnt, beginnings) }))
    .filter(({ places }) => places.length > 0);
  const compiled = await compiler.compile(
    // deno-lint-ignore no-explicit-any -- the inputs are a tree that ends in the caller's `B`.
    ({ parameters, batch }: any) => {
      const { grads } = gradientsOf(objective, { initial, learnt, parameters, batch });
      const squares = grads.map((g) => tf.sum(tf.square(g)));
      return {
        norms: tf.stack(chosen.map(({ places }) => {
          const count = places.reduce((sum, i) => sum + learnt.entries[i]!.size, 0);
          return tf.sqrt(tf.div(tf.addN(places.map((i) => squares[i]!)), count));
        })),
      };
    },
    { parameters: compiler.float32(learnt.size), batch },
    session,
  );
  return {
    async run(parameters, batch) {
      const { norms } = await compiled.run(
        { parameters, batch } as Parameters<typeof compiled.run>[0],
      ) as { norms: Float32Array };
      return Object.fromEntries(chosen.map(({ part }, i) => [part, norms[i]!]));
    },
    dispose: () => compiled.dispose(),
  };
}

function placesOf({ entries }: parameter.Layout, beginnings: readonly string[]): number[] {
  const isIn = (path: string) =>
    beginnings.some((own) => path === own || path.startsWith(`${own}/`));
  return entries.flatMap(({ path }, i) => isIn(path) ? [i] : []);
}
