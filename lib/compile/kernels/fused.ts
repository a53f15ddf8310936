/**
 * Translations of the kernels in which tfjs joins several others: products with
 * bias and activation, as its layers use them, and normalisation.
 *
 * @module
 */

import * as tf from "../../deps/tf.ts";
import { elementwise, unary } from "./elementwise.ts";
import { type Info, translate } from "../trace.ts";

const activations: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  prelu: "Prelu",
  leakyrelu: "LeakyRelu",
};

// deno-lint-ignore no-explicit-any -- tfjs types neither the inputs nor the attributes of its kernels.
function run(kernel: string, inputs: Record<string, Info>, attrs: any): Info {
  const { kernelFunc } = tf.getKernel(kernel, "trace") as unknown as {
    kernelFunc: (call: { inputs: unknown; attrs: unknown }) => Info;
  };
  return kernelFunc({ inputs, attrs });
}

const fused: readonly { kernel: string; product: string; operands: readonly string[] }[] = [
  { kernel: "_FusedMatMul", product: "BatchMatMul", operands: ["a", "b"] },
  { kernel: "FusedConv2D", product: "Conv2D", operands: ["x", "filter"] },
  { kernel: "FusedDepthwiseConv2D", product: "DepthwiseConv2dNative", operands: ["x", "filter"] },
];
for (const { kernel, product, operands } of fused) {
  translate(kernel, ({ inputs, attrs, trace }) => {
    const factors = Object.fromEntries(operands.map((name) => [name, inputs[name] as Info]));
    const result = run(product, factors, attrs);
    const sum = inputs.bias
      ? elementwise(trace, "Add", [result, inputs.bias], result.dtype)
      : result;
    const activation = activations[attrs.activation];
    if (activation === undefined) return sum;
    const alpha = inputs.preluActivationWeights as Info | undefined;
    return run(activation, alpha ? { x: sum, alpha } : { x: sum }, { alpha: attrs.leakyreluAlpha });
  });
}

// (x - mean) / √(variance + ε) · scale + offset, the last two if given.
translate(
  "FusedBatchNorm",
  ({ inputs: { x, scale, offset, mean, variance }, attrs: { varianceEpsilon }, trace }) => {
    const raised = elementwise(trace, "Add", [variance, varianceEpsilon ?? 0.001], "float32");
    const deviation = unary(trace, "Sqrt", raised);
    const centred = elementwise(trace, "Sub", [x, mean], "float32");
    const normal = elementwise(trace, "Div", [centred, deviation], "float32");
    const scaled = scale ? elementwise(trace, "Mul", [normal, scale], "float32") : normal;
    return offset ? elementwise(trace, "Add", [scaled, offset], "float32") : scaled;
  },
);
