/** TensorFlow.js: tensors and their gradients. @module */

export * from "npm:@tensorflow/tfjs@4.22.0";
