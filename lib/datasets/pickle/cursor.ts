/** Goes through bytes from the first on, through a small window. @module */

import type { ByteSource } from "./byte_source.ts";

const windowSize = 1 << 16;

/** Where in the bytes a reader is, and what comes next. */
export class Cursor {
  /** Where the instruction that is being read begins: what errors name. */
  at = 0;
  readonly source: ByteSource;
  readonly #name: string;
  #start = 0;
  #window = new DataView(new ArrayBuffer(0));
  // Within the window.
  #next = 0;

  /** `name` is what errors say cannot be read. */
  constructor(source: ByteSource, name: string) {
    this.source = source;
    this.#name = name;
  }

  /** Where the next byte is. */
  get position(): number {
    return this.#start + this.#next;
  }

  /** An error at the instruction that is being read. */
  error(wanted: string, got: string, Kind: ErrorConstructor = SyntaxError): Error {
    return new Kind(`Cannot read ${this.#name}, byte ${this.at}: expected ${wanted}, got ${got}`);
  }

  // Has the window hold the next `count` bytes, and says where in it they are.
  #take(count: number): number {
    if (this.#next + count > this.#window.byteLength) {
      const start = this.position;
      this.#assertThere(count);
      const end = Math.min(this.source.length, start + Math.max(count, windowSize));
      this.#window = new DataView(this.source.read(start, end).buffer);
      this.#start = start;
      this.#next = 0;
    }
    const from = this.#next;
    this.#next += count;
    return from;
  }

  #assertThere(count: number): void {
    const left = this.source.length - this.position;
    if (count > left) throw this.error(`${count} more bytes`, `${left}: the file is cut off`);
  }

  /** A byte. */
  uint8(): number {
    const from = this.#take(1);
    return this.#window.getUint8(from);
  }

  /** Two bytes, the least first. */
  uint16(): number {
    const from = this.#take(2);
    return this.#window.getUint16(from, true);
  }

  /** Four bytes, the least first, with a sign. */
  int32(): number {
    const from = this.#take(4);
    return this.#window.getInt32(from, true);
  }

  /** Four bytes, the least first. */
  uint32(): number {
    const from = this.#take(4);
    return this.#window.getUint32(from, true);
  }

  /** Eight bytes, the least first: a length, which is no larger than the file. */
  uint64(): number {
    const from = this.#take(8);
    return Number(this.#window.getBigUint64(from, true));
  }

  /** Eight bytes of a number, the greatest first. */
  float64(): number {
    const from = this.#take(8);
    return this.#window.getFloat64(from);
  }

  /** The next `count` bytes, valid until the next is read. */
  bytes(count: number): Uint8Array {
    const from = this.#take(count);
    return new Uint8Array(this.#window.buffer as ArrayBuffer, from, count);
  }

  /** Passes over `count` bytes that are there, and says where they begin. */
  skip(count: number): number {
    this.#assertThere(count);
    const from = this.position;
    if (this.#next + count <= this.#window.byteLength) this.#next += count;
    else {
      this.#start = from + count;
      this.#window = new DataView(new ArrayBuffer(0));
      this.#next = 0;
    }
    return from;
  }

  /** What comes before the end of the line, at most `limit` bytes, which may be all that is left. */
  line(limit: number): Uint8Array {
    let held = Math.min(limit, 256, this.source.length - this.position);
    for (;;) {
      const from = this.#take(held);
      const line = new Uint8Array(this.#window.buffer as ArrayBuffer, from, held);
      const end = line.indexOf(0x0a);
      this.#next = from + (end < 0 ? 0 : end + 1);
      if (end >= 0) return line.subarray(0, end);
      const more = Math.min(limit, 2 * held, this.source.length - this.position);
      if (more <= held) {
        const got = held < limit ? "the end of the file" : `more than ${limit} bytes of a line`;
        throw this.error("the end of a line", got);
      }
      held = more;
    }
  }
}
