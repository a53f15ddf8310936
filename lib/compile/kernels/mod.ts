/** Every translation from a tfjs kernel to ONNX; importing this registers them. @module */

import "./elementwise.ts";
import "./shape.ts";
import "./reduction.ts";
import "./matmul.ts";
import "./convolution.ts";
import "./depthwise.ts";
import "./pooling.ts";
import "./resize.ts";
import "./indexing.ts";
import "./blocks.ts";
import "./fused.ts";
import { refuseOtherKernels, registeredKernels } from "../trace.ts";

// Read before the refusals are registered, which tfjs takes for kernels too.
const translated: readonly string[] = registeredKernels();

refuseOtherKernels();

/** The names of the tfjs kernels that can be compiled, in alphabetical order. */
export function translatedKernels(): string[] {
  return [...translated];
}
