/** What a node of the graph offers to the code that lowers it. @module */

import type { GraphNode } from "../onnx.ts";
import type { Program } from "./program.ts";
import type { Value } from "./values.ts";

/** A node on its way to C. */
export interface Call {
  readonly node: GraphNode;
  readonly program: Program;
  /** Its operands. */
  readonly operands: readonly Value[];
  /** The numbers of an operand that is constant, such as a shape. */
  integers(place: number): number[];
  /** Those numbers, or undefined where the operand is known at run time only. */
  knownIntegers(place: number): number[] | undefined;
  /** An attribute that is a number. */
  number(name: string, otherwise?: number): number;
}

/** Lowers a node to its value, or to one for each of its outputs. */
export type Lowering = (call: Call) => Value | Value[];
