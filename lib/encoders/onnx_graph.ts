/** ONNX graphs as they are read: which value is computed from which. @module */

import { PbfReader } from "../deps/pbf.ts";

/** What of an ONNX graph says which value is computed from which. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** One operation. */
export interface OnnxNode {
  /** Empty where it has none. */
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Reads the nodes of an ONNX file and passes over its weights. Field numbers are those of `onnx.proto`. */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraph {
  const graph = { nodes: [] as OnnxNode[], inputs: [] as string[], outputs: [] as string[] };
  new PbfReader(bytes).readFields((field, _, model) => {
    if (field !== 7) return;
    model.readMessage((field, _, reader) => {
      if (field === 1) graph.nodes.push(readNode(reader));
      else if (field === 11) graph.inputs.push(readName(reader));
      else if (field === 12) graph.outputs.push(readName(reader));
    }, graph);
  }, graph);
  return graph;
}

function readNode(reader: PbfReader): OnnxNode {
  const node = { name: "", op: "", inputs: [] as string[], outputs: [] as string[] };
  return reader.readMessage((field, node, reader) => {
    if (field === 1) node.inputs.push(reader.readString());
    else if (field === 2) node.outputs.push(reader.readString());
    else if (field === 3) node.name = reader.readString();
    else if (field === 4) node.op = reader.readString();
  }, node);
}

function readName(reader: PbfReader): string {
  return reader.readMessage((field, value, reader) => {
    if (field === 1) value.name = reader.readString();
  }, { name: "" }).name;
}

// What stands for the attention of one layer, plain or fused.
const attentions = new Set(["Softmax", "Attention", "MultiHeadAttention"]);

/**
 * The values that go into each transformer layer, from the first: one a layer, by name.
 *
 * They are told by the shape of the graph, not by names. A layer adds its attention to what went
 * into it, so that there is an `Add` one operand of which, h, is a part of what the other was
 * computed from, with one attention between them. Whether a layer normalises before its attention
 * (as wav2vec 2.0 large does) or after it (base), and by one node or by several, is all the same:
 * h is what went in. Only what depends on the values of `input` counts; what depends on its shape
 * alone, such as a mask, does not.
 */
export function layerInputs({ nodes }: Pick<OnnxGraph, "nodes">, input: string): string[] {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const dependent = new Set([input]);
  for (const { op, inputs, outputs } of nodes) {
    if (op !== "Shape" && inputs.some((name) => dependent.has(name))) {
      for (const name of outputs) dependent.add(name);
    }
  }
  // All values that a value was computed from, and itself.
  const origins = (name: string) => {
    const found = new Set([name]);
    for (const value of found) {
      for (const from of producers.get(value)?.inputs ?? []) {
        if (dependent.has(from)) found.add(from);
      }
    }
    return found;
  };
  const attended = (values: Iterable<string>) =>
    new Set(
      [...values].map((name) => producers.get(name)).filter((node) =>
        node !== undefined && attentions.has(node.op)
      ),
    ).size;
  return nodes.flatMap(({ op, inputs }) => {
    if (op !== "Add" || !inputs.every((name) => dependent.has(name))) return [];
    const [a, b] = inputs as [string, string];
    const [entered, added] = origins(b).has(a) ? [a, b] : [b, a];
    const between = origins(added);
    if (!between.has(entered)) return [];
    return attended(between.difference(origins(entered))) === 1 ? [entered] : [];
  });
}
