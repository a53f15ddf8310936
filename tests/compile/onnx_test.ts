import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { Graph } from "../../lib/compile/onnx.ts";
import { onnxruntime } from "../../lib/deps/onnxruntime.ts";

/** Runs the finished file in ONNX Runtime: float32 inputs, every output as plain numbers. */
async function run(
  graph: Graph,
  inputs: Record<string, { dims: number[]; data: number[] }> = {},
): Promise<Record<string, { dims: readonly number[]; data: number[] }>> {
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(graph.toBytes(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = Object.entries(inputs).map(([name, { dims, data }]) => [
    name,
    new ort.Tensor("float32", Float32Array.from(data), dims),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { dims, data: Array.from(data as Float32Array, Number) },
    ]),
  );
}

Deno.test("a graph of inputs, constants and nodes runs in ONNX Runtime", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 2]);
  const product = graph.node("MatMul", [x, graph.floats([1, 2, 3, 4], [2, 2])]);
  graph.output("y", graph.node("Add", [product, graph.floats(0.5)]), "float32", [2, 2]);
  // [[1, 0], [2, -1]] [[1, 2], [3, 4]] = [[1, 2], [-1, 0]].
  deepEqual(await run(graph, { x: { dims: [2, 2], data: [1, 0, 2, -1] } }), {
    y: { dims: [2, 2], data: [1.5, 2.5, -0.5, 0.5] },
  });
});

Deno.test("attributes arrive as integers, lists, strings and floats, a whole float included", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 2]);
  const outputs = {
    integer: graph.node("Gather", [x, graph.integers([1])], { axis: -1 }),
    list: graph.node("Transpose", [x], { perm: [1, 0] }),
    string: graph.node("Pad", [x, graph.integers([0, 1, 0, 0])], { mode: "edge" }),
    float: graph.node("LeakyRelu", [x], { alpha: 0.25 }),
    whole: graph.node("LeakyRelu", [x], { alpha: { float: 2 } }),
  };
  const dims = { integer: [2, 1], list: [2, 2], string: [2, 3], float: [2, 2], whole: [2, 2] };
  for (const [name, value] of Object.entries(outputs)) {
    graph.output(name, value, "float32", dims[name as keyof typeof dims]);
  }
  const results = await run(graph, { x: { dims: [2, 2], data: [1, -2, 3, -4] } });
  const numbers = Object.entries(results).map(([name, { data }]) => [name, data]);
  deepEqual(Object.fromEntries(numbers), {
    integer: [-2, -4],
    list: [1, 3, -2, -4],
    string: [1, 1, -2, 3, 3, -4],
    float: [1, -0.5, 3, -1],
    whole: [1, -4, 3, -8],
  });
});

Deno.test("outputs are what nodes make, without copies, also where one value has two names", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  const doubled = graph.node("Add", [x, x]), product = graph.node("Mul", [doubled, x]);
  for (const [name, value] of Object.entries({ doubled, again: doubled, product, x })) {
    graph.output(`${name} out`, value, "float32", [2]);
  }
  const results = await run(graph, { x: { dims: [2], data: [1, -3] } });
  const numbers = Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, data]),
  );
  deepEqual(numbers, {
    "doubled out": [2, -6],
    "again out": [2, -6],
    "product out": [2, 18],
    "x out": [1, -3],
  });
  // What is copied is the input, and the value that has two names.
  const text = new TextDecoder("latin1").decode(graph.toBytes());
  equal(text.split("Identity").length - 1, 2);
});

Deno.test("constants keep their element type", async () => {
  const graph = new Graph();
  const condition = graph.constant("bool", [2], Uint8Array.of(1, 0));
  const [a, b] = [[7, -7], [-1, 1]].map((v) => graph.constant("int32", [2], Int32Array.from(v)));
  const size = graph.constant("uint8", [], Uint8Array.of(200));
  graph.output("chosen", graph.node("Where", [condition, a!, b!]), "int32", [2]);
  graph.output("size", graph.node("Cast", [size], { to: 1 }), "float32", []);
  const { chosen, size: cast } = await run(graph);
  deepEqual(chosen!.data, [7, 1]);
  deepEqual(cast, { dims: [], data: [200] });
});

Deno.test("a named dimension takes any size at run time", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", ["rows", 2]);
  graph.output(
    "sum",
    graph.node("ReduceSum", [x, graph.integers([1])], { keepdims: 0 }),
    "float32",
    [
      "rows",
    ],
  );
  deepEqual((await run(graph, { x: { dims: [1, 2], data: [1, 2] } })).sum!.data, [3]);
  const three = { dims: [3, 2], data: [1, 2, 3, 4, 5, 6] };
  deepEqual((await run(graph, { x: three })).sum!.data, [3, 7, 11]);
});

Deno.test("nodes and constants that no output depends on are left out", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [4]);
  const [first] = graph.nodes("Split", [x], { num_outputs: 2 }, 2);
  const large = graph.floats(new Float32Array(10_000), [10_000]);
  graph.node("Exp", [graph.node("Neg", [large])]);
  graph.output("y", graph.node("Abs", [first!]), "float32", [2]);
  // One of Split's outputs is used, so all of it stays.
  deepEqual(graph.operators, { Split: 1, Abs: 1, Identity: 1 });
  ok(graph.toBytes().length < 1000);
  deepEqual((await run(graph, { x: { dims: [4], data: [-1, 2, -3, 4] } })).y!.data, [1, 2]);

  graph.output("large", large, "float32", [10_000]);
  ok(graph.toBytes().length > 40_000);
});

Deno.test("equal nodes are shared, nodes that differ in anything are not", async () => {
  const graph = new Graph();
  const [x, y] = ["x", "y"].map((name) => graph.input(name, "float32", [2])) as [string, string];
  const difference = graph.node("Sub", [x, y]);
  equal(graph.node("Sub", [x, y]), difference);
  const softmax = graph.node("Softmax", [x], { axis: 0 });
  equal(graph.node("Softmax", [x], { axis: 0 }), softmax);
  const others = [
    graph.node("Sub", [y, x]),
    graph.node("Div", [x, y]),
    graph.node("Softmax", [x], { axis: -1 }),
    graph.node("LogSoftmax", [x], { axis: 0 }),
  ];
  equal(new Set([difference, softmax, ...others]).size, 6);
  graph.output("a", graph.node("Sub", [x, y]), "float32", [2]);
  graph.output("b", graph.node("Sub", [y, x]), "float32", [2]);
  deepEqual(graph.operators, { Sub: 2, Identity: 2 });
  const { a, b } = await run(graph, {
    x: { dims: [2], data: [5, 1] },
    y: { dims: [2], data: [2, 2] },
  });
  deepEqual([a!.data, b!.data], [[3, -1], [-3, 1]]);
});

Deno.test("small equal constants are shared, unless type or shape differ", () => {
  const graph = new Graph();
  equal(graph.floats([1, 2]), graph.floats(Float32Array.of(1, 2)));
  equal(graph.integers([3]), graph.integers([3]));
  notEqual(graph.floats([1, 2]), graph.floats([1, 2], [2, 1]));
  notEqual(graph.floats(1), graph.floats([1]));
  notEqual(graph.floats([1, 2]), graph.floats([1, 3]));
  // The same four bytes of 0.
  notEqual(graph.constant("int32", [1], Int32Array.of(0)), graph.floats([0]));
});

Deno.test("one value may be several outputs", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1]);
  for (const name of ["once", "twice"]) graph.output(name, x, "float32", [1]);
  const { once, twice } = await run(graph, { x: { dims: [1], data: [4] } });
  deepEqual([once!.data, twice!.data], [[4], [4]]);
});
