/** The state of a pickle machine: a stack of values, marks in it, and a memo. @module */

import type { ByteSource } from "./byte_source.ts";
import { Cursor } from "./cursor.ts";
import { describe, type PickleValue } from "./values.ts";

/** What a value takes of the memory that may be used, in bytes, in round numbers. */
export const costs = { value: 16, entry: 40, container: 200 } as const;

/** What an instruction works on. */
export class Machine {
  readonly cursor: Cursor;
  /** Values by the number that the pickle has given them. */
  readonly memo = new Map<number, PickleValue>();
  #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  #left: number;

  /** `name` is what errors say cannot be read; `memory` bounds what values may take, in bytes. */
  constructor(source: ByteSource, { name, memory }: {
    readonly name: string;
    readonly memory: number;
  }) {
    this.cursor = new Cursor(source, name);
    this.#left = memory;
  }

  /** An error at the instruction that is being read. */
  error(wanted: string, got: string, Kind: ErrorConstructor = SyntaxError): Error {
    return this.cursor.error(wanted, got, Kind);
  }

  /** Takes bytes of the memory that may be used. */
  charge(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw this.error(
      "NumPy arrays, and few other values",
      "more values than fit the memory",
      RangeError,
    );
  }

  push(value: PickleValue, cost: number = costs.value): void {
    this.charge(cost);
    this.#stack.push(value);
  }

  /** Values above the last mark. */
  get depth(): number {
    return this.#stack.length - (this.#marks.at(-1) ?? 0);
  }

  pop(): PickleValue {
    if (this.depth < 1) throw this.error("a value on the stack", "none");
    return this.#stack.pop()!;
  }

  /** The topmost value, which stays. */
  top(): PickleValue {
    if (this.depth < 1) throw this.error("a value on the stack", "none");
    return this.#stack.at(-1)!;
  }

  mark(): void {
    this.charge(costs.value);
    this.#marks.push(this.#stack.length);
  }

  get isMarked(): boolean {
    return this.#marks.length > 0;
  }

  /** Removes the last mark and what is above it, which it returns. */
  popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.error("a mark on the stack", "none");
    return this.#stack.splice(mark);
  }

  /** The value of a kind that is topmost, which stays. */
  topOf<Kind>(kind: (value: PickleValue) => value is Kind & PickleValue, name: string): Kind {
    const value = this.top();
    if (kind(value)) return value;
    throw this.error(`${name} on the stack`, describe(value));
  }
}
