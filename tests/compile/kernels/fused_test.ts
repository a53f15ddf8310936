import * as tf from "../../../lib/deps/tf.ts";
import { type Fn, inputs, parity } from "../parity.ts";

const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const;

Deno.test("fused products equal eager tfjs with every activation", async () => {
  const given = inputs({ a: [2, 4], b: [4, 3], bias: [3], alpha: [3] });
  const cases = activations.map((activation): [string, Fn] => [
    activation,
    ({ a, b, bias, alpha }) =>
      tf.fused.matMul({
        a: a!,
        b: b!,
        bias: bias!,
        activation,
        ...(activation === "prelu" ? { preluActivationWeights: alpha! } : {}),
        ...(activation === "leakyrelu" ? { leakyreluAlpha: 0.3 } : {}),
      }),
  ]);
  await parity(Object.fromEntries(cases), given, { gradients: false });
  const dense: Fn = ({ a, b, bias }) =>
    tf.fused.matMul({ a: tf.transpose(a!), b: b!, bias: bias!, transposeA: true });
  const { alpha: _, ...used } = given;
  await parity({ dense }, used);
});

Deno.test("fused convolutions equal eager tfjs", async () => {
  const given = inputs({ x: [2, 5, 5, 2], w: [3, 3, 2, 2], bias: [2], each: [4] });
  await parity(
    {
      convolution: ({ x, w, bias }) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          strides: 2,
          pad: "same",
          bias: bias!,
          activation: "relu",
        }),
      depthwise: ({ x, w, each }) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          strides: 1,
          pad: "valid",
          bias: each!,
          activation: "elu",
        }),
    },
    given,
    { gradients: false, tolerance: 4e-6 },
  );
});

Deno.test("batch normalisation equals eager tfjs, forward and backward", async () => {
  const given = inputs({ x: [4, 3], mean: [3], spread: [3], scale: [3], offset: [3] });
  await parity(
    {
      whole: ({ x, mean, spread, scale, offset }) =>
        tf.batchNorm(x!, mean!, tf.add(tf.square(spread!), 0.5), offset!, scale!, 0.01),
    },
    given,
    { tolerance: 4e-6 },
  );
  await parity(
    {
      "without scale and offset": ({ x, mean, spread }) =>
        tf.batchNorm(x!, mean!, tf.add(tf.square(spread!), 0.5)),
    },
    given,
    { gradients: false },
  );
});
