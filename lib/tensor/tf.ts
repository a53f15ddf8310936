/** TensorFlow.js under one name, as the public surface hands it on. @module */

import * as tensorflow from "../deps/tf.ts";

/**
 * The core of TensorFlow.js, at the version that the library uses: operations, gradients, the methods
 * of tensors, and the backend `cpu`. Its layers, data sets and readers of models are packages of their
 * own, and work on these tensors. Its own reference is at https://js.tensorflow.org/api/4.22.0.
 */
export const tf: typeof tensorflow = tensorflow;

/** The types of tensors; they exist for the compiler alone. */
export declare namespace tf {
  /** A tensor of any rank and dtype. */
  export type Tensor = tensorflow.Tensor;
  /** A tensor of rank 0. */
  export type Scalar = tensorflow.Scalar;
  /** A tensor of rank 1. */
  export type Tensor1D = tensorflow.Tensor1D;
  /** A tensor of rank 2. */
  export type Tensor2D = tensorflow.Tensor2D;
  /** A tensor of rank 3. */
  export type Tensor3D = tensorflow.Tensor3D;
  /** A tensor of rank 4. */
  export type Tensor4D = tensorflow.Tensor4D;
}
