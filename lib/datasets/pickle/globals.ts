/**
 * The names of Python that a pickle may ask for. Python itself would import whatever is named and run
 * it; here a name stands for a few lines of this folder, and one that is not listed ends the reading.
 *
 * @module
 */

import { bytesInMemory } from "./byte_source.ts";
import { costs, type Machine } from "./machine.ts";
import * as numpy from "./numpy.ts";
import { Bytes, describe, type Global, type PickleValue, Tuple } from "./values.ts";

type Call = (machine: Machine, args: readonly PickleValue[]) => PickleValue;

const collection: Readonly<Record<string, Call>> = {
  list: (machine, args) => Array.from(items(machine, args)),
  tuple: (machine, args) => Tuple.from(items(machine, args)),
  set: (machine, args) => new Set(items(machine, args)),
  frozenset: (machine, args) => new Set(items(machine, args)),
  dict: (machine, args) => new Map(entries(machine, args)),
  bytes: (machine, args) => new Bytes(content(machine, args)),
  bytearray: (machine, args) => new Bytes(content(machine, args)),
};

const array: Readonly<Record<string, Call>> = {
  _reconstruct: numpy.reconstruct,
  scalar: numpy.scalar,
};

const encode: Call = (machine, args) => new Bytes(numpy.encodeLatin1(machine, args));

// NumPy 2 has put an underscore before "core", Python 3 has renamed "__builtin__".
const allowed: Readonly<Record<string, Readonly<Record<string, Call | undefined>>>> = {
  "numpy": { dtype: numpy.makeDType, ndarray: undefined },
  "numpy.core.multiarray": array,
  "numpy._core.multiarray": array,
  "numpy.core.numeric": { _frombuffer: numpy.fromBuffer },
  "numpy._core.numeric": { _frombuffer: numpy.fromBuffer },
  "_codecs": { encode },
  "collections": {
    OrderedDict: (machine, args) => new Map(entries(machine, args)),
    // Its first argument makes values of keys that are not there, of which none is asked.
    defaultdict: (machine, args) => new Map(entries(machine, args.slice(1))),
  },
  "builtins": collection,
  "__builtin__": collection,
};

/**
 * What a name stands for.
 *
 * @throws {RangeError} It is not among those that are allowed.
 */
export function findGlobal(machine: Machine, module: string, name: string): Global {
  const names = Object.hasOwn(allowed, module) ? allowed[module]! : {};
  const global = `${module}.${name}`;
  if (!Object.hasOwn(names, name)) {
    throw machine.error(
      "plain values and NumPy arrays",
      `the name ${JSON.stringify(global.slice(0, 200))}, of which nothing was run` +
        (/^torch\b/.test(module) ? "; write tensors as NumPy arrays, tensor.numpy()" : ""),
      RangeError,
    );
  }
  const call = names[name];
  return { global, call: call && ((args) => call(machine, args)) };
}

// What is copied counts anew, or a long list could be copied time and again.
function items(machine: Machine, args: readonly PickleValue[]): Iterable<PickleValue> {
  const [from] = args;
  if (args.length === 0) return [];
  if (args.length > 1 || !(Array.isArray(from) || from instanceof Set)) {
    throw machine.error("a list, a tuple or a set", describe(from));
  }
  machine.charge(costs.entry * (Array.isArray(from) ? from.length : from.size));
  return from;
}

function entries(
  machine: Machine,
  args: readonly PickleValue[],
): [PickleValue, PickleValue][] {
  const [from] = args;
  if (from instanceof Map) {
    machine.charge(costs.entry * from.size);
    return [...from];
  }
  return Array.from(items(machine, args), (pair): [PickleValue, PickleValue] => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0]!, pair[1]!];
    throw machine.error("pairs of a key and a value", describe(pair));
  });
}

function content(machine: Machine, args: readonly PickleValue[]) {
  const [from] = args;
  if (args.length === 0) return bytesInMemory(new Uint8Array(0));
  if (from instanceof Bytes) return from.source;
  // Protocols 0 to 2 have bytearray(text, "latin-1").
  return numpy.encodeLatin1(machine, args);
}
