/** TensorFlow.js: tensors and their gradients. @module */

import * as tf from "npm:@tensorflow/tfjs@4.22.0";

// Without it the first operation prints an advertisement for another backend.
tf.enableProdMode();
// In a worker tfjs takes Deno for a browser, and complains at length of a canvas without WebGL.
if ("Deno" in globalThis && tf.findBackendFactory("webgl")) tf.removeBackend("webgl");

export * from "npm:@tensorflow/tfjs@4.22.0";
