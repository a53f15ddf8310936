/** The weights of ONNX files as they are read: names, shapes, numbers. @module */

import { PbfReader } from "../deps/pbf.ts";

/** One weight: little-endian bytes of its element type. */
export interface OnnxWeight {
  /** Its number in `TensorProto.DataType`: 1 is float32, 2 uint8. */
  readonly type: number;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** Reads the weights of an ONNX file that has them inside, by name. Field numbers are those of `onnx.proto`. */
export function readOnnxWeights(bytes: Uint8Array): Map<string, OnnxWeight> {
  const weights = new Map<string, OnnxWeight>();
  new PbfReader(bytes).readFields((field, weights, model) => {
    if (field !== 7) return;
    model.readMessage((field, weights, graph) => {
      if (field !== 5) return;
      const { name, ...weight } = readWeight(graph);
      weights.set(name, weight);
    }, weights);
  }, weights);
  return weights;
}

function readWeight(reader: PbfReader): OnnxWeight & { readonly name: string } {
  const weight = { name: "", type: 0, dims: [] as number[], bytes: new Uint8Array() };
  return reader.readMessage((field, weight, reader) => {
    if (field === 1) reader.readPackedVarint(weight.dims);
    else if (field === 2) weight.type = reader.readVarint();
    else if (field === 8) weight.name = reader.readString();
    else if (field === 9) weight.bytes = Uint8Array.from(reader.readBytes());
    // Numbers one by one, as small constants often are: float32, and what fits into 32 bits.
    else if (field === 4) {
      weight.bytes = new Uint8Array(Float32Array.from(reader.readPackedFloat()).buffer);
    } else if (field === 5) weight.bytes = Uint8Array.from(reader.readPackedVarint([], true));
  }, weight);
}
