/**
 * One graph for batches of any size. A trace has fixed shapes, so the batch is
 * baked into the targets of Reshape and Expand. Two traces with batches of
 * different sizes have the same nodes, and constants that differ exactly where
 * the batch is in them: those are computed from an input's shape instead.
 *
 * @module
 */

import type * as tf from "../deps/tf.ts";
import type { Tree } from "../tensor/tree.ts";
import { type Spec, type Tensors, traceGraph } from "./compile.ts";
import { type Dimension, Graph, type GraphConstant, type GraphNode } from "./onnx.ts";

// Primes beyond the usual sizes of axes: an axis as long as the batch would hide a Reshape.
const sizes = [1009, 1013] as const;

/**
 * The graph of `fn` whose inputs have a free axis, called `batch`: all those
 * that change with the argument of `inputs`.
 *
 * @throws {Error} `fn` does something with the batch's size other than to
 * give it, or a multiple of it, to a shape; a mean over the batch for instance.
 */
export function traceAnyBatch<I extends Tree<Spec>>(
  fn: (inputs: Tensors<I>) => Tree<tf.Tensor>,
  inputs: (batch: number) => I,
): Graph {
  const [a, b] = sizes.map((size) => traceGraph(fn, inputs(size)).graph.parts) as [Parts, Parts];
  const graph = new Graph();
  // The value in the new graph of each name in the first and in the second trace.
  const names: Names = [new Map(), new Map()];
  const batch = addInputs(graph, names, [a, b]);
  addNodes(graph, names, [a, b], batch);
  for (const { name, type, dims } of a.outputs) {
    const other = b.outputs.find((output) => output.name === name)!;
    graph.output(name, names[0].get(name)!, type, freeAxes(dims, other.dims));
  }
  return graph;
}

type Parts = Graph["parts"];
type Names = readonly [Map<string, string>, Map<string, string>];

/** Declares the inputs and returns the batch, read off the shape of the first that has it. */
function addInputs(graph: Graph, names: Names, [a, b]: readonly [Parts, Parts]): string {
  let batch: string | undefined;
  a.inputs.forEach(({ name, type, dims }, i) => {
    const axes = freeAxes(dims, b.inputs[i]!.dims);
    const value = graph.input(name, type, axes);
    for (const map of names) map.set(name, value);
    const axis = axes.indexOf("batch");
    if (axis >= 0) batch ??= graph.node("Shape", [name], { start: axis, end: axis + 1 });
  });
  if (batch === undefined) throw new Error("Cannot free the batch: expected an input with it");
  return batch;
}

function addNodes(
  graph: Graph,
  names: Names,
  [a, b]: readonly [Parts, Parts],
  batch: string,
): void {
  const [first, second] = [a, b].map(({ initializers }) =>
    new Map(initializers.map((constant) => [constant.name, constant]))
  ) as [Map<string, GraphConstant>, Map<string, GraphConstant>];
  const outputs = new Set(a.outputs.map(({ name }) => name));
  if (a.nodes.length !== b.nodes.length) throw dependent("the number of nodes");
  a.nodes.forEach((node, i) => {
    const twin = b.nodes[i]!;
    assertTwins(node, twin);
    const inputs = node.inputs.map((name, place) => {
      const other = twin.inputs[place]!;
      const constants = [first.get(name), second.get(other)] as const;
      if (constants[0] && constants[1]) {
        return shared(graph, constants[0], constants[1], { batch, node, place });
      }
      const value = names[0].get(name);
      if (value !== undefined && value === names[1].get(other)) return value;
      throw dependent(`an input of ${node.op}`);
    });
    // The node that names an output is added with the output.
    const values = outputs.has(node.outputs[0]!)
      ? inputs
      : node.outputs.length === 1
      ? [graph.node(node.op, inputs, node.attributes)]
      : graph.nodes(node.op, inputs, node.attributes, node.outputs.length);
    node.outputs.forEach((name, output) => {
      names[0].set(name, values[output]!);
      names[1].set(twin.outputs[output]!, values[output]!);
    });
  });
}

function freeAxes(a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  return a.map((size, axis) => {
    if (size === b[axis]) return size;
    if (size === sizes[0] && b[axis] === sizes[1]) return "batch";
    throw dependent(`an axis of ${size}`);
  });
}

function assertTwins(a: GraphNode, b: GraphNode): void {
  const same = a.op === b.op && a.inputs.length === b.inputs.length &&
    a.outputs.length === b.outputs.length;
  if (same && JSON.stringify(a.attributes) === JSON.stringify(b.attributes)) return;
  throw dependent(a.op);
}

/** A constant that both traces have, or what takes its place where it depends on the batch. */
function shared(
  graph: Graph,
  a: GraphConstant,
  b: GraphConstant,
  { batch, node, place }: { batch: string; node: GraphNode; place: number },
): string {
  if (a.type !== b.type || a.dims.length !== b.dims.length) throw dependent("a constant");
  if (sameNumbers(a.dims, b.dims)) {
    if (sameNumbers(a.bytes, b.bytes)) return graph.bytes(a.type, a.dims, a.bytes);
    if (a.type !== "int64") throw dependent(`a constant of ${node.op}`);
    const { factors, rest } = multiples(integersOf(a), integersOf(b));
    // What a Reshape infers stays a constant, which runtimes fold and fuse.
    if (node.op === "Reshape" && place === 1 && factors.filter((f) => f > 0).length === 1) {
      return graph.integers(rest.map((value, i) => factors[i]! > 0 ? -1 : value));
    }
    return timesBatch(graph, batch, { factors, rest });
  }
  // Equal rows, such as zeros for every sample, are one row that is repeated.
  const { type, dims: [rows, ...dims], bytes } = a;
  const row = bytes.subarray(0, bytes.length / rows!);
  const fits = b.bytes.length / row.length === b.dims[0] && sameNumbers(dims, b.dims.slice(1));
  if (!fits || ![...bytes, ...b.bytes].every((byte, i) => byte === row[i % row.length])) {
    throw dependent(`a constant of ${node.op}`);
  }
  const target = timesBatch(graph, batch, multiples(a.dims, b.dims));
  return graph.node("Expand", [graph.bytes(type, [1, ...dims], row), target]);
}

/** The numbers as `factors · batch + rest`, where one of the two is 0. */
function multiples(
  a: readonly number[],
  b: readonly number[],
): { factors: number[]; rest: number[] } {
  const factors = a.map((value, i) => value === b[i] ? 0 : value / sizes[0]);
  factors.forEach((factor, i) => {
    if (factor === 0 || Number.isInteger(factor) && factor * sizes[1] === b[i]) return;
    throw dependent(`the number ${a[i]} of a shape`);
  });
  return { factors, rest: a.map((value, i) => factors[i] === 0 ? value : 0) };
}

function timesBatch(
  graph: Graph,
  batch: string,
  { factors, rest }: ReturnType<typeof multiples>,
): string {
  const parts = graph.node("Mul", [batch, graph.integers(factors)]);
  return graph.node("Add", [parts, graph.integers(rest)]);
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function integersOf({ bytes }: GraphConstant): number[] {
  return Array.from(new BigInt64Array(bytes.slice().buffer), Number);
}

function dependent(what: string): Error {
  return new Error(
    `Cannot free the batch: expected its size in shapes alone, got ${what} that depends on it`,
  );
}
