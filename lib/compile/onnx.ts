/**
 * Writes ONNX files (opset 18), field numbers as in `onnx.proto`.
 *
 * A {@linkcode Graph} grows node by node; every value is a name. Equal
 * constants and equal nodes are shared, so a caller may ask for them freely.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { PbfWriter } from "../deps/pbf.ts";

/** An element type that {@linkcode Graph} can declare. */
export type OnnxType = "float32" | "uint8" | "int32" | "int64" | "bool";

/** Element types, with their number in `TensorProto.DataType`. */
export const onnxTypes = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
} as const satisfies Record<OnnxType, number>;

/** A dimension: a size, or a name for one that is known only at run time. */
export type Dimension = number | string;

/** A node's attribute; an integral number is written as an integer, `{ float }` always as a float. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** The values of a constant, in the array that its element type asks for. */
export type ConstantValues = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** An operator with the names of what it takes and gives. */
export interface GraphNode {
  /** The operator's name in ONNX. */
  readonly op: string;
  /** Names of values; an empty one is an optional input that is left out. */
  readonly inputs: string[];
  /** Names of the values that it makes. */
  readonly outputs: string[];
  /** By name. */
  readonly attributes: Record<string, Attribute>;
  /** The tfjs kernel that it was traced from, if it was. */
  readonly from?: string;
}

/** An input or output of a whole graph. */
export interface GraphPort {
  /** As a runtime is told it. */
  readonly name: string;
  /** Of its elements. */
  readonly type: OnnxType;
  /** Its shape. */
  readonly dims: readonly Dimension[];
}

/** A constant as it is written: little-endian bytes of its element type. */
export interface GraphConstant {
  /** By which nodes name it. */
  readonly name: string;
  /** Of its elements. */
  readonly type: OnnxType;
  /** Its shape. */
  readonly dims: readonly number[];
  /** Row by row. */
  readonly bytes: Uint8Array;
}

/** One ONNX graph under construction. */
export class Graph {
  #nodes: GraphNode[] = [];
  #initializers: GraphConstant[] = [];
  #inputs: GraphPort[] = [];
  #outputs: GraphPort[] = [];
  #shared = new Map<string, string>();
  #count = 0;
  /** The tfjs kernel that nodes are added for. */
  from?: string;

  /** How many nodes of each operator there are. */
  get operators(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { op } of this.#used().nodes) counts[op] = (counts[op] ?? 0) + 1;
    return counts;
  }

  /** What the file will hold: nodes and constants that an output depends on, inputs and outputs. */
  get parts(): {
    readonly nodes: readonly GraphNode[];
    readonly initializers: readonly GraphConstant[];
    readonly inputs: readonly GraphPort[];
    readonly outputs: readonly GraphPort[];
  } {
    const { nodes, values } = this.#used();
    const initializers = this.#initializers.filter(({ name }) => values.has(name));
    return { nodes, initializers, inputs: this.#inputs, outputs: this.#outputs };
  }

  /** Declares an input of the whole graph and returns its name. */
  input(name: string, type: OnnxType, dims: readonly Dimension[]): string {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  /** Declares `value` as an output of the whole graph, called `name`. */
  output(name: string, value: string, type: OnnxType, dims: readonly Dimension[]): void {
    this.#nodes.push({ op: "Identity", inputs: [value], outputs: [name], attributes: {} });
    this.#outputs.push({ name, type, dims });
  }

  /** A constant. */
  constant(type: OnnxType, dims: readonly number[], values: ConstantValues): string {
    return this.bytes(
      type,
      dims,
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }

  /** A constant by its little-endian bytes. */
  bytes(type: OnnxType, dims: readonly number[], bytes: Uint8Array): string {
    return this.#once(`${type}[${dims}]${digest(bytes)}`, () => {
      const name = `c${this.#count++}`;
      this.#initializers.push({ name, type, dims, bytes });
      return name;
    });
  }

  /** A constant of 64-bit integers: shapes, axes, indices. Without `dims` a vector. */
  integers(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant("int64", dims, BigInt64Array.from(values, BigInt));
  }

  /** A float32 constant; without `dims` a scalar from a single number or a vector. */
  floats(values: number | ArrayLike<number>, dims?: readonly number[]): string {
    if (typeof values === "number") {
      return this.constant("float32", dims ?? [], Float32Array.of(values));
    }
    return this.constant(
      "float32",
      dims ?? [values.length],
      values instanceof Float32Array ? values : Float32Array.from(values),
    );
  }

  /** Adds a node with one output and returns the name of that output. */
  node(op: string, inputs: string[], attributes: Record<string, Attribute> = {}): string {
    return this.#once(
      `${op}(${inputs})${JSON.stringify(attributes)}`,
      () => this.nodes(op, inputs, attributes, 1)[0]!,
    );
  }

  /** Adds a node with several outputs and returns their names. */
  nodes(
    op: string,
    inputs: string[],
    attributes: Record<string, Attribute>,
    outputs: number,
  ): string[] {
    const names = Array.from({ length: outputs }, () => `t${this.#count++}`);
    const from = this.from !== undefined && { from: this.from };
    this.#nodes.push({ op, inputs, outputs: names, attributes, ...from });
    return names;
  }

  #once(id: string, make: () => string): string {
    const name = this.#shared.get(id) ?? make();
    this.#shared.set(id, name);
    return name;
  }

  // Leaves out what no output depends on: gradients that nobody asked for, and transpositions that cancelled.
  #used(): { nodes: GraphNode[]; values: Set<string> } {
    const values = new Set(this.#outputs.map(({ name }) => name));
    const nodes: GraphNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((name) => values.has(name))) continue;
      nodes.push(node);
      for (const name of node.inputs) values.add(name);
    }
    return { nodes: nodes.reverse(), values };
  }

  /**
   * The finished file: a `ModelProto` of IR version 9 and opset 18. `metadata`
   * becomes its `metadata_props`, which runtimes show without running anything.
   */
  toBytes(
    { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
  ): Uint8Array {
    const writer = new PbfWriter();
    writer.writeVarintField(1, 9);
    writer.writeStringField(2, "trivalence");
    writer.writeMessage(7, (_, w) => this.#write(w), undefined);
    writer.writeMessage(8, (_, w) => {
      w.writeStringField(1, "");
      w.writeVarintField(2, 18);
    }, undefined);
    for (const [key, value] of Object.entries(metadata)) {
      writer.writeMessage(14, (_, w) => {
        w.writeStringField(1, key);
        w.writeStringField(2, value);
      }, undefined);
    }
    return writer.finish();
  }

  #write(writer: PbfWriter): void {
    const { nodes, initializers, inputs, outputs } = this.parts;
    for (const node of withoutCopies(nodes)) writer.writeMessage(1, writeNode, node);
    writer.writeStringField(2, "graph");
    for (const { name, type, dims, bytes } of initializers) {
      writer.writeMessage(5, (_, w) => {
        for (const dim of dims) w.writeVarintField(1, dim);
        w.writeVarintField(2, onnxTypes[type]);
        w.writeStringField(8, name);
        w.writeBytesField(9, bytes);
      }, undefined);
    }
    for (const input of inputs) writer.writeMessage(11, writeValueInfo, input);
    for (const output of outputs) writer.writeMessage(12, writeValueInfo, output);
  }
}

// Equal constants have equal names, so that equal nodes on them are found to be equal.
function digest(bytes: Uint8Array): string {
  if (bytes.length <= 64) return String(bytes);
  return createHash("sha256").update(bytes).digest("base64");
}

// An output is a copy by Identity. Of a value that a node makes, which is no other output, the file has no
// copy: the value has the output's name from the start.
function withoutCopies(nodes: readonly GraphNode[]): GraphNode[] {
  const made = new Set(nodes.flatMap(({ op, outputs }) => op === "Identity" ? [] : outputs));
  const names = new Map<string, string>();
  const kept = nodes.filter(({ op, inputs: [from], outputs: [to] }) => {
    if (op !== "Identity" || !made.has(from!) || names.has(from!)) return true;
    names.set(from!, to!);
    return false;
  });
  const renamed = (values: readonly string[]) => values.map((name) => names.get(name) ?? name);
  return kept.map((node) => ({
    ...node,
    inputs: renamed(node.inputs),
    outputs: renamed(node.outputs),
  }));
}

function writeNode(node: GraphNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  for (const output of node.outputs) writer.writeStringField(2, output);
  writer.writeStringField(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.writeMessage(5, (_, w) => writeAttribute(name, value, w), undefined);
  }
}

// AttributeProto: f = 2, i = 3, s = 4, ints = 8, type = 20 (FLOAT 1, INT 2, STRING 3, INTS 7).
function writeAttribute(name: string, value: Attribute, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  if (typeof value === "string") {
    writer.writeStringField(4, value);
    writer.writeVarintField(20, 3);
  } else if (Array.isArray(value)) {
    for (const item of value) writer.writeVarintField(8, item);
    writer.writeVarintField(20, 7);
  } else if (typeof value === "number" && Number.isInteger(value)) {
    writer.writeVarintField(3, value);
    writer.writeVarintField(20, 2);
  } else {
    writer.writeFloatField(
      2,
      typeof value === "number" ? value : (value as { float: number }).float,
    );
    writer.writeVarintField(20, 1);
  }
}

function writeValueInfo({ name, type, dims }: GraphPort, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, (_, w) =>
    w.writeMessage(1, (_, tensor) => {
      tensor.writeVarintField(1, onnxTypes[type]);
      tensor.writeMessage(2, (_, shape) => {
        for (const dim of dims) {
          shape.writeMessage(1, (_, d) => {
            if (typeof dim === "number") d.writeVarintField(1, dim);
            else d.writeStringField(2, dim);
          }, undefined);
        }
      }, undefined);
    }, undefined), undefined);
}
