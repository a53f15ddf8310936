/** Converts a TensorFlow.js graph of convolutions to ONNX: channels last to channels first. @module */

import type { Attribute, Graph } from "../../compile/onnx.ts";

/** What we read of a `model.json` of TensorFlow.js. */
export interface TfGraphModel {
  readonly modelTopology: { readonly node: readonly TfNode[] };
  readonly weightsManifest: readonly {
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly quantization?: object;
    }[];
  }[];
}

interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, TfAttribute>>;
}

interface TfAttribute {
  /** In base 64. */
  readonly s?: string;
  readonly list?: { readonly i?: readonly string[]; readonly s?: readonly string[] };
}

interface Weight {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Adds the nodes that compute `output` from `input [N, C, H, W]` to `g` and returns
 * the name of the result, `[N, C, H, W]`.
 *
 * Knows the operators of the expression model and of the face detector (convolutions with fused bias
 * and rectifier, depthwise convolutions, maximum pooling, addition, padding with zeros) and weights
 * that are not quantised.
 *
 * @throws {RangeError} The graph has something else.
 */
export function tfGraphToOnnx(
  g: Graph,
  { model, weights, input, output }: {
    readonly model: TfGraphModel;
    /** The bytes that the manifest describes. */
    readonly weights: Uint8Array<ArrayBuffer>;
    readonly input: string;
    readonly output: string;
  },
): string {
  const constants = readWeights(model, weights);
  const nodes = new Map(model.modelTopology.node.map((node) => [node.name, node]));
  const done = new Map<string, string>();

  function value(name: string): string {
    const made = done.get(name) ?? convert(node(name));
    done.set(name, made);
    return made;
  }

  function node(name: string): TfNode {
    return nodes.get(name) ?? fail(`a node "${name}"`, "none");
  }

  function weight(name: string): Weight {
    return constants.get(name) ?? fail(`weights "${name}"`, "none");
  }

  function convert({ name, op, input: from = [], attr }: TfNode): string {
    switch (op) {
      case "Placeholder":
        return input;
      case "Relu":
        return g.node("Relu", [value(from[0]!)]);
      case "AddV2":
        return g.node("Add", [value(from[0]!), value(from[1]!)]);
      case "MaxPool":
        return g.node("MaxPool", [value(from[0]!)], {
          ...windowOf(attr),
          kernel_shape: attr.ksize!.list!.i!.slice(1, 3).map(Number),
        });
      case "Pad": {
        const { data, shape } = weight(from[1]!);
        if (shape.join() !== "4,2") return fail("padding of 4 axes", `${shape}`);
        // From [axis, (before, after)] of N H W C to all before, then all after, of N C H W.
        const pads = [0, 1].flatMap((side) => [0, 3, 1, 2].map((axis) => data[2 * axis + side]!));
        return g.node("Pad", [value(from[0]!), g.integers(pads)]);
      }
      case "_FusedConv2D": {
        const { data, shape: [height, width, inputs, outputs] } = weight(from[1]!);
        const kernel = transpose(data, [height!, width!, inputs!, outputs!], [3, 2, 0, 1]);
        const fused = attr.fused_ops?.list?.s?.map(atob) ?? [];
        const bias = fused[0] === "BiasAdd" ? [g.floats(weight(from[2]!).data)] : [];
        const rest = fused.slice(bias.length);
        if (rest.some((f) => f !== "Relu")) return fail("BiasAdd and Relu fused", `${fused}`);
        const sum = g.node(
          "Conv",
          [value(from[0]!), g.floats(kernel, [outputs!, inputs!, height!, width!]), ...bias],
          { ...windowOf(attr), kernel_shape: [height!, width!] },
        );
        return rest.length > 0 ? g.node("Relu", [sum]) : sum;
      }
      case "DepthwiseConv2dNative": {
        const { data, shape: [height, width, inputs, times] } = weight(from[1]!);
        const kernel = transpose(data, [height!, width!, inputs!, times!], [2, 3, 0, 1]);
        return g.node(
          "Conv",
          [value(from[0]!), g.floats(kernel, [inputs! * times!, 1, height!, width!])],
          { ...windowOf(attr), kernel_shape: [height!, width!], group: inputs! },
        );
      }
      default:
        return fail("an operator of the face models", `${op} in "${name}"`);
    }
  }
  return value(output);
}

function windowOf(attr: TfNode["attr"]): Record<string, Attribute> {
  const dilations = attr.dilations?.list?.i?.map(Number) ?? [];
  if (dilations.some((d) => d !== 1)) fail("dilations of 1", `${dilations}`);
  return {
    strides: attr.strides!.list!.i!.slice(1, 3).map(Number),
    // TensorFlow puts the odd pixel of padding last, as SAME_UPPER does.
    auto_pad: atob(attr.padding!.s!) === "SAME" ? "SAME_UPPER" : "VALID",
  };
}

function readWeights(model: TfGraphModel, bytes: Uint8Array<ArrayBuffer>): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (
    const { name, shape, dtype, quantization } of model.weightsManifest.flatMap((m) => m.weights)
  ) {
    const length = 4 * shape.reduce((a, b) => a * b, 1);
    if (quantization !== undefined) fail("weights as they are", `quantized ones in "${name}"`);
    if (offset + length > bytes.length) {
      fail(`${offset + length} bytes of weights`, `${bytes.length}`);
    }
    const part = bytes.slice(offset, offset + length);
    // int32, the only other type here, is as wide, and what it holds are small shapes and paddings.
    const data = new Float32Array(dtype === "float32" ? part.buffer : new Int32Array(part.buffer));
    weights.set(name, { shape, data });
    offset += length;
  }
  return weights;
}

/** `data` of four axes with axes in the order `perm`. */
export function transpose(
  data: Float32Array,
  shape: readonly [number, number, number, number],
  perm: readonly [number, number, number, number],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [n0, n1, n2, n3] = perm.map((axis) => shape[axis]!) as [number, number, number, number];
  const [s0, s1, s2, s3] = perm.map((axis) => strides[axis]!) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let a = 0; a < n0; a++) {
    for (let b = 0; b < n1; b++) {
      for (let c = 0; c < n2; c++) {
        for (let d = 0; d < n3; d++) result[at++] = data[a * s0 + b * s1 + c * s2 + d * s3]!;
      }
    }
  }
  return result;
}

function fail(wanted: string, got: string): never {
  throw new RangeError(`Cannot convert the graph: expected ${wanted}, got ${got}`);
}
