/** Lowers a traced graph to statements in C. @module */

import type { Attribute, Graph, GraphConstant, GraphNode, OnnxType } from "../onnx.ts";
import { size } from "../trace.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import type { Lowering } from "./lowering.ts";
import { products } from "./products.ts";
import { Program } from "./program.ts";
import { rows } from "./rows.ts";
import { shapes } from "./shapes.ts";
import type { Element, Fill, Value } from "./values.ts";

const lowerings: Readonly<Record<string, Lowering>> = {
  ...elementwise,
  ...shapes,
  ...rows,
  ...products,
  ...indexing,
};

const elements: Readonly<Record<OnnxType, Element>> = {
  float32: "float",
  uint8: "uint8_t",
  bool: "uint8_t",
  int32: "int32_t",
  int64: "int32_t",
};

/**
 * The program of a graph, whose inputs and outputs are those of the graph, in order.
 *
 * @throws {Error} The graph has an operator that is not lowered.
 */
export function lower({ parts }: Graph): Program {
  const program = new Program();
  const constants = new Map(parts.initializers.map((constant) => [constant.name, constant]));
  const uses = countUses(parts.nodes);
  const values = new Map<string, Value>();
  for (const { name, type, dims } of parts.inputs) {
    values.set(name, program.input(dims as number[], elements[type]));
  }
  const valueOf = (name: string): Value => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const value = constantValue(program, constants.get(name)!);
    values.set(name, value);
    return value;
  };
  for (const node of parts.nodes) {
    const lowering = lowerings[node.op];
    if (lowering === undefined) {
      throw new Error(`Cannot write C: expected an operator that is known, got ${node.op}`);
    }
    program.origin = node.from === undefined ? node.op : `${node.from} (${node.op})`;
    const known = (place: number) => {
      const constant = constants.get(node.inputs[place] ?? "");
      return constant && integersOf(constant);
    };
    const result = lowering({
      node,
      program,
      // What is counted or indexed by is no operand, and does not enter the source.
      get operands() {
        return node.inputs.map(valueOf);
      },
      integers: (place) => known(place)!,
      knownIntegers: known,
      number: (name, otherwise) => numberOf(node.attributes[name], otherwise),
    });
    [result].flat().forEach((value, i) => {
      const name = node.outputs[i]!;
      // Computed once, where several read it.
      const shared = value.kind === "op" && (uses.get(name) ?? 0) > 1;
      values.set(name, shared ? program.view(value) : value);
    });
  }
  for (const { name } of parts.outputs) program.output(valueOf(name));
  return program;
}

function countUses(nodes: readonly GraphNode[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const { inputs } of nodes) {
    for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
}

function numberOf(attribute: Attribute | undefined, otherwise?: number): number {
  if (typeof attribute === "number") return attribute;
  if (typeof attribute === "object" && "float" in attribute) return attribute.float;
  return otherwise!;
}

function integersOf({ type, bytes }: GraphConstant): number[] | undefined {
  const { buffer } = bytes.slice();
  if (type === "int64") return Array.from(new BigInt64Array(buffer), Number);
  return type === "int32" ? [...new Int32Array(buffer)] : undefined;
}

/** A constant's value: one number where all are the same, so that it is in the source. */
function constantValue(program: Program, { type, dims, bytes }: GraphConstant): Value {
  const { buffer } = bytes.slice();
  const values = type === "float32"
    ? new Float32Array(buffer)
    : type === "int64"
    ? Int32Array.from(new BigInt64Array(buffer), Number)
    : type === "int32"
    ? new Int32Array(buffer)
    : new Uint8Array(buffer);
  const first = values[0];
  if (size(dims) > 0 && values.every((v) => Object.is(v, first))) {
    return { kind: "fill", element: elements[type], shape: dims, value: first! } satisfies Fill;
  }
  return program.constant(values, dims);
}
