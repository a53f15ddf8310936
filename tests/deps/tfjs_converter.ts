/** Runs published TensorFlow.js graphs, as a reference for their translation. @module */

export { loadGraphModel } from "npm:@tensorflow/tfjs-converter@4.22.0";
