/** TensorFlow.js: tensors and their gradients. @module */

import * as tf from "npm:@tensorflow/tfjs@4.22.0";

// Without it the first operation prints an advertisement for another backend.
tf.enableProdMode();

export * from "npm:@tensorflow/tfjs@4.22.0";
