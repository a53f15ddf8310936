/** How much arithmetic a step is: floating-point operations of its products and convolutions. @module */

import * as tf from "../lib/deps/tf.ts";
import { float32, traceGraph } from "../lib/compile/mod.ts";
import { type BatchSpecs, objective } from "../lib/systems/network.ts";
import { gradientsOf, learntBy } from "../lib/training/step.ts";
import type { Case, CaseOf } from "./cases.ts";
import { initialOf, specsOf } from "./ours.ts";
import { designs, makeFeatures, sourceOf } from "./problem.ts";

/** Of one iteration of a step or a product; undefined of other cases. */
export function flopsOf(what: Case): number | undefined {
  if (what.kind === "product") return 2 * what.size ** 3;
  return what.kind === "step" ? flopsOfStep(what) : undefined;
}

/** The optimiser and what is element by element are left out, as is usual. */
function flopsOfStep({ design, batch }: CaseOf<"step">): number {
  const { network } = designs[design];
  const initial = initialOf({ network });
  const specs = specsOf(sourceOf(makeFeatures(), { design, batch, seed: 1 }));
  const loss = objective(network);
  const learnt = learntBy(loss, { initial, batch: specs });
  return countFlops(() =>
    traceGraph(
      // deno-lint-ignore no-explicit-any -- the inputs are a tree that ends in the network's batch.
      ({ parameters, batch }: any) => {
        const at = { initial, learnt, parameters, batch };
        const { value, grads } = gradientsOf<unknown, BatchSpecs>(loss, at);
        return { value, grads: Object.fromEntries(grads.map((grad, i) => [String(i), grad])) };
      },
      { parameters: float32(learnt.size), batch: specs },
    )
  );
}

interface Shaped {
  readonly shape: readonly number[];
}

/** The operations of every product and convolution that tfjs is asked for in `body`. */
export function countFlops(body: () => void): number {
  const engine = tf.engine(), own = engine.runKernel;
  let total = 0;
  engine.runKernel = (name, inputs, attributes) => {
    const result = own.call(engine, name, inputs, attributes);
    const named = inputs as unknown as Readonly<Record<string, Shaped>>;
    total += 2 * productsOf(name, named, { ...attributes, result: result as Shaped });
    return result as never;
  };
  try {
    body();
  } finally {
    engine.runKernel = own;
  }
  return total;
}

/** Multiplications of a kernel, each with an addition; 0 of one that is no product. */
function productsOf(
  kernel: string,
  { a, dy, filter }: Readonly<Record<string, Shaped>>,
  // deno-lint-ignore no-explicit-any -- each kernel has attributes of its own.
  { result, transposeA, filterShape }: any,
): number {
  const size = ({ shape }: Shaped) => shape.reduce((product, d) => product * d, 1);
  // Of a filter [height, width, C, O], what one number of the output is a sum of.
  const taps = (shape: readonly number[]) => shape[0]! * shape[1]! * shape[2]!;
  switch (kernel) {
    case "BatchMatMul":
    case "_FusedMatMul":
      return size(result) * a!.shape.at(transposeA ? -2 : -1)!;
    case "Conv2D":
    case "FusedConv2D":
      return size(result) * taps(filter!.shape);
    case "Conv2DBackpropInput":
      return size(dy!) * taps(filter!.shape);
    case "Conv2DBackpropFilter":
      return size(dy!) * taps(filterShape);
    default:
      return 0;
  }
}
