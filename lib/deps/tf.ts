/** TensorFlow.js: tensors and their gradients. @module */

import * as tensorflow from "npm:@tensorflow/tfjs-core@4.22.0";
import "npm:@tensorflow/tfjs-backend-cpu@4.22.0";
import { nodeModule } from "./node.ts";

// Without it the first operation prints an advertisement for another backend.
tensorflow.enableProdMode();

// The package of the whole, which Deno downloads only where the core's own modules do not load.
const whole: string = "npm:@tensorflow/tfjs@4.22.0";

// The core alone has no gradients and no methods such as `x.add(y)`. Its modules that register them
// are meant for bundlers: they import one another without `.js`, which Deno and Node refuse. The
// alternative is the package of the whole, five times as large. Bundlers for browsers, which have no
// hooks, take the modules as they are.
const hooks = nodeModule("node:module")?.registerHooks?.({
  resolve: (specifier, context, next) =>
    next(
      isShortened(specifier) && context.parentURL?.includes("/@tensorflow/tfjs-core/")
        ? `${specifier}.js`
        : specifier,
      context,
    ),
});
try {
  await import("npm:@tensorflow/tfjs-core@4.22.0/dist/register_all_gradients.js");
  await import(
    "npm:@tensorflow/tfjs-core@4.22.0/dist/public/chained_ops/register_all_chained_ops.js"
  );
} catch {
  await import(whole);
} finally {
  hooks?.deregister();
}

export * from "npm:@tensorflow/tfjs-core@4.22.0";

// Signatures name this type. Declared here, the reference of the public surface can link to it.

/** A tfjs tensor of any rank and dtype: a handle on values that never change. */
export type Tensor = tensorflow.Tensor;

/** The class of {@linkcode Tensor}, for `instanceof`. */
export const Tensor: abstract new (...args: never[]) => Tensor = tensorflow.Tensor;

function isShortened(specifier: string): boolean {
  return specifier.startsWith(".") && !specifier.endsWith(".js");
}
