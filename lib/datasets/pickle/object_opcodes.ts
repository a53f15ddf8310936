/** Instructions that ask for names of Python, call them, and give what they make a state. @module */

import { PickledArray } from "./array.ts";
import { DType } from "./dtype.ts";
import { findGlobal } from "./globals.ts";
import { costs, type Machine } from "./machine.ts";
import { arrayState, dtypeState } from "./numpy.ts";
import type { Opcodes } from "./value_opcodes.ts";
import { decodeUtf8 } from "./dtype.ts";
import { describe, type Global, type PickleValue, Tuple } from "./values.ts";

/** Those of this module. */
export const objectOpcodes: Opcodes = {
  0x63: global,
  0x93: stackGlobal,
  0x52: reduce,
  0x81: reduce, // NEWOBJ: of the classes that are allowed, making one is calling it.
  0x92: (m) => refuse(m, "NEWOBJ_EX, an object made with named arguments"),
  0x69: instance,
  0x6f: object,
  0x62: build,

  0x50: (m) => refuse(m, `PERSID, ${storage}`),
  0x51: (m) => refuse(m, `BINPERSID, ${storage}`),
  0x82: (m) => refuse(m, "EXT1, a name of the extension registry"),
  0x83: (m) => refuse(m, "EXT2, a name of the extension registry"),
  0x84: (m) => refuse(m, "EXT4, a name of the extension registry"),
  0x97: (m) => refuse(m, "NEXT_BUFFER, a buffer that is kept outside of the file"),
  0x98: (m) => refuse(m, "READONLY_BUFFER, a buffer that is kept outside of the file"),
};

const storage = "an object that is kept outside of the pickle, as torch's tensors are: " +
  "write them as NumPy arrays, tensor.numpy(), and pickle again";

function refuse(machine: Machine, what: string): never {
  throw machine.error("plain values and NumPy arrays", what, RangeError);
}

function nameLine(machine: Machine): string {
  const line = machine.cursor.line(1 << 10);
  return decodeName(machine, line);
}

function decodeName(machine: Machine, bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    throw machine.error("a name", "bytes that are not UTF-8");
  }
}

// GLOBAL
function global(machine: Machine): void {
  const module = nameLine(machine);
  machine.push(findGlobal(machine, module, nameLine(machine)));
}

// STACK_GLOBAL
function stackGlobal(machine: Machine): void {
  const name = machine.pop(), module = machine.pop();
  if (typeof module !== "string" || typeof name !== "string") {
    throw machine.error("a module and a name", `${describe(module)} and ${describe(name)}`);
  }
  machine.push(findGlobal(machine, module, name));
}

function reduce(machine: Machine): void {
  const args = machine.pop();
  call(machine, machine.pop(), args);
}

// INST
function instance(machine: Machine): void {
  const module = nameLine(machine);
  const callee = findGlobal(machine, module, nameLine(machine));
  call(machine, callee, Tuple.from(machine.popMark()));
}

// OBJ
function object(machine: Machine): void {
  const [callee, ...args] = machine.popMark();
  call(machine, callee, Tuple.from(args));
}

function isGlobal(value: PickleValue | undefined): value is Global {
  return typeof value === "object" && value !== null && "global" in value;
}

function call(machine: Machine, callee: PickleValue | undefined, args: PickleValue): void {
  if (!isGlobal(callee)) throw machine.error("a name to call", describe(callee));
  if (!(args instanceof Tuple)) throw machine.error("a tuple of arguments", describe(args));
  if (!callee.call) throw machine.error("a name to call", callee.global);
  machine.push(callee.call(args), costs.container);
}

// BUILD
function build(machine: Machine): void {
  const state = machine.pop();
  const value = machine.top();
  if (value instanceof DType) dtypeState(machine, value, state);
  else if (value instanceof PickledArray) arrayState(machine, value, state);
  else throw machine.error("an array or a dtype to build", describe(value));
}
