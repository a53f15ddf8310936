import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import type { PickledArray } from "../../../lib/datasets/pickle/array.ts";
import { bytesInMemory, bytesOfLatin1 } from "../../../lib/datasets/pickle/byte_source.ts";
import { openPickle, readPickle } from "../../../lib/datasets/pickle/read_pickle.ts";
import { Bytes, type PickleValue } from "../../../lib/datasets/pickle/values.ts";
import { withFolder } from "../temporary_folder.ts";
import { asJson, elementsOf, expected, fixtures } from "./python_values.ts";

type Dict = Map<string, PickleValue>;

/** A pickle of bytes and of texts, which are put in as Latin-1. */
function pickle(...parts: readonly (string | number)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number" ? [part] : Array.from(part, (c) => c.charCodeAt(0))
    ),
  );
}

const read = (...parts: readonly (string | number)[]) =>
  readPickle(bytesInMemory(pickle(...parts)));

const files = [
  ...[0, 1, 2, 3, 4, 5].map((protocol) => `numpy1_protocol${protocol}`),
  ...[2, 3, 4, 5].map((protocol) => `numpy2_protocol${protocol}`),
];

for (const name of files) {
  Deno.test(`${name}.pkl holds the arrays and values that Python put into it`, async () => {
    using opened = await openPickle(`${fixtures}${name}.pkl`);
    const whole = opened.value as Dict;
    const arrays = asJson(whole.get("arrays")) as Record<string, { dtype: string }>;
    deepEqual(Object.keys(arrays), Object.keys(expected.arrays));
    for (const [name, array] of Object.entries(arrays)) deepEqual(array, expected.arrays[name]);
    deepEqual(asJson(whole.get("values")), expected.values);
    const odd = whole.get("odd") as Dict;
    const bytes = (value: PickleValue | undefined) =>
      value instanceof Bytes ? [...value.source.read(0, value.source.length)] : value;
    deepEqual(bytes(odd.get("bytes")), [0, 255, 10, 39]);
    deepEqual(bytes(odd.get("bytearray")), [97, 98]);
    deepEqual([odd.get("set"), odd.get("frozenset")], [new Set([3]), new Set([4])]);
  });
}

Deno.test("rows of an array of any order are those of the whole array", async () => {
  for (const name of ["numpy1_protocol2", "numpy2_protocol5"]) {
    using opened = await openPickle(`${fixtures}${name}.pkl`);
    const arrays = (opened.value as Dict).get("arrays") as Map<string, PickledArray>;
    const orders: Record<string, string> = {};
    for (const [name, array] of arrays) {
      if (array.objects || /[US]/.test(array.dtype) || array.shape.length === 0) continue;
      orders[name] = array.order;
      const whole = array.numbers();
      for (let row = 0; row < Math.min(array.length, 4); row++) {
        const own = whole.subarray(row * array.rowSize, (row + 1) * array.rowSize);
        deepEqual(asJson([...array.numbers(row, row + 1)]), asJson([...own]), `${name}, ${row}`);
      }
      throws(() => array.numbers(0, array.length + 1), /expected some of \d+, got others/);
    }
    deepEqual([orders["f4"], orders["f4 fortran"]], ["C", "F"]);
    equal(orders["f4 axes"], name === "numpy2_protocol5" ? "K" : "C");
  }
});

Deno.test("numbers of halves and singles are Float32Arrays, of all others doubles", async () => {
  using opened = await openPickle(`${fixtures}numpy1_protocol4.pkl`);
  const arrays = (opened.value as Dict).get("arrays") as Map<string, PickledArray>;
  for (const [name, array] of arrays) {
    if (array.objects || /[US]/.test(array.dtype)) {
      throws(() => name === "O" ? array.texts() : array.numbers(), /^RangeError: Cannot read /);
      continue;
    }
    equal(array.numbers() instanceof Float32Array, /f[24]$/.test(array.dtype), name);
    throws(() => array.texts(), /^RangeError: Cannot read texts: expected some, got elements of/);
  }
});

Deno.test("bytes that protocol 2 writes as text are read where they are asked for", () => {
  // Two marks and a bit, of which each third takes two bytes.
  const bytes = Uint8Array.from(
    { length: 150_000 },
    (_, i) => i % 3 === 0 ? 128 + i % 128 : i % 128,
  );
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const source = bytesOfLatin1(bytesInMemory(new TextEncoder().encode(text)));
  equal(source.length, bytes.length);
  for (const [start, end] of [[0, 5], [149_990, 150_000], [65_530, 131_080], [65_536, 65_537]]) {
    deepEqual(source.read(start!, end!), bytes.slice(start, end));
  }
  throws(() => bytesOfLatin1(bytesInMemory(new TextEncoder().encode("Ā"))), RangeError);
});

Deno.test("strings of Python 2 are text where they are ASCII, else bytes", () => {
  const bytes = (value: PickleValue) =>
    value instanceof Bytes ? [...value.source.read(0, value.source.length)] : value;
  equal(read("U\x02ab."), "ab");
  equal(read("S'a\\tb\\''\n."), "a\tb'");
  deepEqual(bytes(read("U\x02\xc3\xa9.")), [0xc3, 0xa9]);
  deepEqual(bytes(read("S'\\xc3\\xa9'\n.")), [0xc3, 0xa9]);
  deepEqual(bytes(read("T", 3, 0, 0, 0, "\x00\xff\x01.")), [0, 255, 1]);
});

Deno.test("what a pickle would have Python run is refused by name, and not run", () => {
  const cases: [string, (string | number)[]][] = [
    ["os.system", ["cos\nsystem\n(S'touch it'\ntR."]],
    ["posix.system", [0x80, 2, "cposix\nsystem\nX", 2, 0, 0, 0, "ls", 0x85, "R."]],
    ["builtins.eval", [
      0x80,
      4,
      0x8c,
      8,
      "builtins",
      0x8c,
      4,
      "eval",
      0x93,
      0x8c,
      1,
      "1",
      0x85,
      "R.",
    ]],
    ["builtins.getattr", ["(ibuiltins\ngetattr\n."]],
    ["subprocess.Popen", ["(csubprocess\nPopen\no."]],
    ["numpy.load", ["cnumpy\nload\n."]],
    ["numpy.ndarray.tofile", ["cnumpy\nndarray.tofile\n."]],
    ["collections.constructor", ["ccollections\nconstructor\n."]],
    ["constructor.assign", ["cconstructor\nassign\n."]],
    ["torch._utils._rebuild_tensor_v2", ["ctorch._utils\n_rebuild_tensor_v2\n."]],
    ["pandas.core.frame.DataFrame", [0x80, 2, "cpandas.core.frame\nDataFrame\n)", 0x81, "."]],
  ];
  for (const [name, parts] of cases) {
    throws(() => read(...parts), (error: Error) => {
      ok(error instanceof RangeError, name);
      ok(error.message.includes(`got the name "${name}", of which nothing was run`), error.message);
      equal(/numpy\(\)/.test(error.message), name.startsWith("torch"));
      return true;
    });
  }
});

Deno.test("objects that are kept elsewhere are refused with a way out", () => {
  throws(() => read(0x80, 2, "X", 1, 0, 0, 0, "0Q."), /BINPERSID, an object .* tensor\.numpy\(\)/);
  throws(() => read("P0\n."), /PERSID, an object that is kept outside/);
  for (const code of [0x82, 0x83, 0x84]) throws(() => read(code, 1, "."), /extension registry/);
  for (const code of [0x97, 0x98]) throws(() => read(code, "."), /a buffer that is kept outside/);
  throws(() => read("PK\x03\x04", "…"), /expected a pickle, got a zip archive, as torch\.save/);
  throws(() => read("\x1f\x8b\b"), /gzip: decompress it/);
  throws(() => read("\x89HDF\r\n"), /an HDF5 file/);
});

Deno.test("what is no pickle, cut off or damaged is refused by the byte", async () => {
  throws(
    () => read(),
    /^SyntaxError: Cannot read the pickle, byte 0: expected a pickle, got an empty/,
  );
  throws(() => read("text,label\n"), /byte 0: expected .*, got /);
  throws(() => read(0x80, 6, "N."), /byte 0: expected a protocol up to 5, got 6/);
  throws(
    () => read(0x80, 4, 0xff, "."),
    /byte 2: expected an instruction of a pickle, got the byte 0xff/,
  );
  throws(() => read("N"), /byte 1: expected 1 more bytes, got 0: the file is cut off/);
  throws(
    () => read("X", 9, 0, 0, 0, "abc"),
    /byte 0: expected 9 more bytes, got 3: the file is cut/,
  );
  throws(() => read("B", 255, 255, 255, 255), /expected 4294967295 more bytes, got 0/);
  throws(() => read(0x8e, 0, 0, 0, 0, 0, 0, 0, 1), /expected 72057594037927940 more bytes, got 0/);
  throws(() => read(0x95, 9, 0, 0, 0, 0, 0, 0, 0, "N."), /expected a frame of 9 bytes, got 2/);
  throws(
    () => read(0x8b, 255, 255, 255, 127),
    /a number of at most 1024 bytes, got a length of 21/,
  );
  throws(
    () => read(0x8b, 255, 255, 255, 255),
    /a number of at most 1024 bytes, got a length of -1/,
  );
  throws(() => read("h", 7, "."), /byte 0: expected a value of the memo, got none at 7/);
  throws(() => read("]t."), /byte 1: expected a mark on the stack, got none/);
  throws(() => read("."), /byte 0: expected a value on the stack, got none/);
  throws(() => read("N(."), /byte 2: expected a value on the stack, got none/);
  throws(() => read("NN."), /byte 2: expected one value, got more on the stack/);
  throws(() => read("N.N"), /byte 1: expected the end of the file after STOP, got 1 more bytes/);
  throws(() => read("Na."), /expected a value on the stack|expected a list/);
  throws(() => read("NK\x01a."), /byte 3: expected a list on the stack, got None/);
  throws(() => read("}]Ns."), /expected a key that cannot change, got a list of 0/);
  throws(() => read("}(Nu."), /expected a value for each key, got a key without one/);
  throws(() => read("X", 2, 0, 0, 0, "\xff\xff."), /expected a text in UTF-8, got other bytes/);
  throws(() => read("Ix\n."), /expected a whole number, got "x"/);
  throws(() => read("F1.2.3\n."), /expected a number, got "1\.2\.3"/);
  await withFolder({ "x.pkl": pickle("N") }, async (folder) => {
    const error = {
      name: "SyntaxError",
      message: new RegExp(`^Cannot read "${folder}/x.pkl", byte 1:`),
    };
    await rejects(openPickle(`${folder}/x.pkl`), error);
    await rejects(openPickle(`${folder}/y.pkl`), Deno.errors.NotFound);
  });
});

const dtype = (name: string) => ["cnumpy\ndtype\n(S'", name, "'\nI00\nI01\ntR"] as const;
const array = (
  shape: string,
  name: string,
  data: string,
) => [
  "cnumpy.core.numeric\n_frombuffer\n(",
  "C",
  data.length,
  data,
  ...dtype(name),
  shape,
  "S'C'\ntR.",
];

Deno.test("arrays whose sizes do not fit their bytes are refused", () => {
  deepEqual(elementsOf(read(...array("(I2\nt", "<i2", "\x01\x00\x02\x00")) as PickledArray), [
    1,
    2,
  ]);
  const big = read(...array("(I2\nt", ">i2", "\x01\x00\x02\x00")) as PickledArray;
  deepEqual(elementsOf(big), [256, 512]);
  throws(() => read(...array("(I3\nt", "<i2", "abcd")), /expected 6 bytes .* <i2, \[3\], got 4/);
  throws(() => read(...array("(I-1\nI-2\nt", "<i2", "abcd")), /sizes, whole numbers from 0/);
  const huge = `(${"I9007199254740991\n".repeat(8)}t`;
  throws(() => read(...array(huge, "<i2", "abcd")), /expected \d\.\d+e\+\d+ bytes/);
  throws(() => read(...array(`(${"I1\n".repeat(65)}t`, "u1", "a")), /at most 64 sizes/);
  throws(() => read(...array("(I1\nt", "O", "a")), /elements that have bytes, got objects/);
  for (const name of ["c8", "M8", "V4", "f16", "i3", "f"]) {
    throws(() => read(...array("(I1\nt", name, "a")), /an array of dtype/, name);
  }
  // A structured dtype says so in its state.
  throws(
    () => read(...dtype("f4"), "(I3\nS'<'\nN(S'a'\nt}I-1\nI-1\nI0\ntb."),
    /expected elements without fields, got a structured dtype/,
  );
});

Deno.test("values take bounded memory, whatever a file says", () => {
  const bounded = (parts: readonly (string | number)[]) =>
    readPickle(bytesInMemory(pickle(...parts)), { memory: 1e6 });
  const error = /^RangeError: .* expected NumPy arrays, and few other values, got more values than/;
  throws(() => bounded(["N".repeat(1e5), "."]), error);
  throws(() => bounded(["(".repeat(1e5), "."]), error);
  throws(() => bounded(["N", "q\x01".repeat(1e5), "."]), error);
  throws(() => bounded(["]".repeat(1e5), "."]), error);
  // A list that is copied again and again, and a text that is.
  const list = [
    "cbuiltins\nset\nq\x00]q\x01(",
    "N".repeat(1000),
    "e0",
    "h\x00h\x01\x85R".repeat(1000),
  ];
  throws(() => bounded([...list, "."]), error);
  const text = [
    "c_codecs\nencode\nq\x00X\xff\x0f\x00\x00",
    "a".repeat(4095),
    "U\x06latin1\x86q\x010",
  ];
  throws(() => bounded([...text, "h\x00h\x01R".repeat(1000), "."]), error);
  // Nothing is read by functions that call themselves.
  const deep = read("N", "\x85".repeat(100_000), ".");
  ok(Array.isArray(deep));
});

Deno.test("a list that holds itself is read", () => {
  const own = read("]q\x00h\x00a.") as PickleValue[];
  equal(own[0], own);
  equal(own.length, 1);
});
