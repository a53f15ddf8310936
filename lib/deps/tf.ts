/** TensorFlow.js: tensors and their gradients. @module */

import * as tensorflow from "npm:@tensorflow/tfjs@4.22.0";

// Without it the first operation prints an advertisement for another backend.
tensorflow.enableProdMode();
// In a worker tfjs takes Deno for a browser, and complains at length of a canvas without WebGL.
if ("Deno" in globalThis && tensorflow.findBackendFactory("webgl")) {
  tensorflow.removeBackend("webgl");
}

export * from "npm:@tensorflow/tfjs@4.22.0";

// Signatures name this type. Declared here, the reference of the public surface can link to it.

/** A tfjs tensor of any rank and dtype: a handle on values that never change. */
export type Tensor = tensorflow.Tensor;

/** The class of {@linkcode Tensor}, for `instanceof`. */
export const Tensor: abstract new (...args: never[]) => Tensor = tensorflow.Tensor;
