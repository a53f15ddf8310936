/** Every translation from a tfjs kernel to ONNX; importing this registers them. @module */

import "./elementwise.ts";
import "./shape.ts";
import "./reduction.ts";
import "./matmul.ts";
import "./convolution.ts";
import { refuseOtherKernels } from "../trace.ts";

refuseOtherKernels();
