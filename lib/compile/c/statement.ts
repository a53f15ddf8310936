/** What a program is made of: loops in C, and calls of kernels. @module */

import type { Buffer, Value, View } from "./values.ts";

/** What computes one or a few buffers: a piece of C, or a call of a kernel. */
export interface Statement {
  /** What it computes, for a reader of the source. */
  readonly note: string;
  /**
   * The C inside a function's braces; it names the places of views, `scratch` and `status`. Of a
   * kernel, the places of the arrays that it is given, the one that is written first.
   */
  readonly code: string;
  readonly kernel?: Kernel;
  readonly writes: readonly Buffer[];
  readonly reads: readonly Buffer[];
  /** Bytes of scratch memory, undefined between statements. */
  readonly scratch?: number;
  /** How many rows threads may divide: the C computes those from `from` up to `to`. */
  readonly rows?: number;
  /** About how many operations it is. */
  readonly work?: number;
  /** Of a loop that writes element by element: what it writes. */
  readonly assignment?: Assignment;
}

/** A function that is the same for every graph, and the sizes that it is for. */
export interface Kernel {
  readonly name: string;
  /** The struct of its sizes and its members. */
  readonly sizes: readonly [type: string, members: string];
}

/** A view and the value that its elements get, which has its shape. */
export interface Assignment {
  readonly target: View;
  readonly value: Value;
  /** Whether the elements are read after the loop, and not only by later assignments in it. */
  readonly isKept?: boolean;
}
