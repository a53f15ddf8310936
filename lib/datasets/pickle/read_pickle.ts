/** Reads what Python's `pickle` has written, protocols 0 to 5, and runs nothing of it. @module */

import { bytesOfFile, type ByteSource } from "./byte_source.ts";
import { containerOpcodes } from "./container_opcodes.ts";
import { Machine } from "./machine.ts";
import { objectOpcodes } from "./object_opcodes.ts";
import { type Opcodes, valueOpcodes } from "./value_opcodes.ts";
import type { PickleValue } from "./values.ts";

/** How {@linkcode readPickle} reads. */
export interface PickleOptions {
  /** What errors say cannot be read. */
  readonly name?: string;
  /** Bounds what values may take in memory, in bytes; numbers of arrays stay in the file. @default 1 GiB */
  readonly memory?: number;
}

const stop = 0x2e;
const newest = 5;

const opcodes: Opcodes = {
  ...valueOpcodes,
  ...containerOpcodes,
  ...objectOpcodes,
  0x80: protocol,
  0x95: frame,
};

/**
 * The value of a pickle: Python's plain values, and NumPy's arrays as {@linkcode PickledArray}s, which
 * read their numbers when asked. Python's own loader runs whatever a file names; this one has a list
 * of a dozen names, for each of which it makes the value itself, and refuses all others.
 *
 * @throws {SyntaxError} It is no pickle, or is cut off or damaged, by the byte.
 * @throws {RangeError} By the byte: it names what is not plain, as `os.system`; it holds objects that
 * are kept elsewhere, as torch's tensors; or its values take more than `memory`.
 */
export function readPickle(
  source: ByteSource,
  { name = "the pickle", memory = 2 ** 30 }: PickleOptions = {},
): PickleValue {
  const machine = new Machine(source, { name, memory });
  const { cursor } = machine;
  assertPickle(machine);
  for (;;) {
    cursor.at = cursor.position;
    const code = cursor.uint8();
    if (code === stop) return end(machine);
    const run = opcodes[code];
    if (run === undefined) {
      throw machine.error("an instruction of a pickle", `the byte 0x${code.toString(16)}`);
    }
    run(machine);
  }
}

function end(machine: Machine): PickleValue {
  const { cursor } = machine;
  const value = machine.pop();
  if (machine.depth > 0 || machine.isMarked) throw machine.error("one value", "more on the stack");
  const left = cursor.source.length - cursor.position;
  if (left > 0) throw machine.error("the end of the file after STOP", `${left} more bytes`);
  return value;
}

// PROTO
function protocol(machine: Machine): void {
  const version = machine.cursor.uint8();
  if (version > newest) throw machine.error(`a protocol up to ${newest}`, `${version}`);
}

// FRAME: how much may be read at once, which is no matter here.
function frame(machine: Machine): void {
  const { cursor } = machine;
  const length = cursor.uint64(), left = cursor.source.length - cursor.position;
  if (length > left) {
    throw machine.error(`a frame of ${length} bytes`, `${left}: the file is cut off`);
  }
}

const others: readonly (readonly [start: string, name: string])[] = [
  [
    "PK\x03\x04",
    "a zip archive, as torch.save and numpy.savez write: write a dict of NumPy arrays",
  ],
  ["\x1f\x8b", "a file compressed with gzip: decompress it"],
  ["BZh", "a file compressed with bzip2: decompress it"],
  ["\xfd7zXZ", "a file compressed with xz: decompress it"],
  ["\x89HDF", "an HDF5 file, as .csd files of the CMU SDK are: write a dict of NumPy arrays"],
  ["\x93NUMPY", "one array of numpy.save: write a dict of arrays"],
  ["version https://git-lfs", "a pointer of Git LFS: fetch the file itself"],
];

function assertPickle(machine: Machine): void {
  const { source } = machine.cursor;
  if (source.length === 0) throw machine.error("a pickle", "an empty file");
  const start = String.fromCharCode(...source.read(0, Math.min(source.length, 32)));
  const other = others.find(([magic]) => start.startsWith(magic));
  if (other) throw machine.error("a pickle", other[1]);
}

/** A pickle whose file is open. */
export interface OpenPickle extends Disposable {
  /** What it holds. */
  readonly value: PickleValue;
}

/**
 * Opens a pickle, which may be larger than the memory: see {@linkcode readPickle}. Its arrays can
 * be read until it is disposed of, `using pickle = await openPickle(path)`.
 *
 * @throws {SyntaxError | RangeError} As {@linkcode readPickle}, with the path.
 * @throws {Deno.errors.NotFound} There is no such file.
 */
export async function openPickle(
  path: string,
  options: Omit<PickleOptions, "name"> = {},
): Promise<OpenPickle> {
  const file = await Deno.open(path);
  try {
    const { size: length } = await file.stat();
    const value = readPickle(bytesOfFile(file, { path, length }), {
      ...options,
      name: `"${path}"`,
    });
    return { value, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}
