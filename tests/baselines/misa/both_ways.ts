/** One function run eagerly and compiled. @module */

import {
  compile,
  type Compiled,
  isSpec,
  type Spec,
  type Values,
} from "../../../lib/compile/mod.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { mapTree, type Tree } from "../../../lib/tensor/tree.ts";

/** The numbers of each output. */
type Outputs = Record<string, number[]>;

/** What `fn` makes of the inputs: by tfjs on its cpu backend, and by a compiled graph. */
export async function bothWays(
  // deno-lint-ignore no-explicit-any -- `inputs` is a tree in the shape of `specs`.
  fn: (inputs: any) => Record<string, tf.Tensor>,
  { specs, values }: { specs: Tree<Spec>; values: Tree<Values> },
): Promise<{ eager: Outputs; compiled: Outputs }> {
  const graph = await compile(fn, specs) as Compiled<unknown, Record<string, tf.Tensor>>;
  const compiled = listed(await graph.run(values as never));
  await graph.dispose();

  tf.setBackend("cpu");
  const eager = tf.tidy(() => {
    const inputs = mapTree<Spec, tf.Tensor, Tree<Spec>>(
      specs,
      isSpec,
      ({ shape, dtype }, path) => tf.tensor(leafAt(values, path), [...shape], dtype),
    );
    const outputs = Object.entries(fn(inputs));
    return listed(Object.fromEntries(outputs.map(([name, y]) => [name, y.dataSync()])));
  });
  return { eager, compiled };
}

function leafAt(values: Tree<Values>, path: string): Values {
  return path.split("/").reduce((node, name) => (node as never)[name], values) as Values;
}

function listed(outputs: Record<string, ArrayLike<number>>): Outputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, y]) => [name, Array.from(y)]));
}
