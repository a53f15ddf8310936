import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { whyNoC } from "../../../lib/compile/c/mod.ts";
import {
  arithmeticOf,
  compile,
  type CompileOptions,
  float32,
  int32,
} from "../../../lib/compile/mod.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { sha256 } from "../../../lib/files.ts";
import { compilerTest } from "../../some_compiler.ts";

const c: CompileOptions = { executor: "c" };

const double = (options: CompileOptions) =>
  compile(({ x }) => ({ y: tf.mul(x, 2) }), { x: float32(2) }, options);

compilerTest("C runs where it is asked for, and where a compiler works", async () => {
  for (const executor of ["c", "auto"] as const) {
    const compiled = await double({ executor });
    deepEqual([compiled.executor, compiled.fallback], ["c", undefined]);
    deepEqual(await compiled.run({ x: Float32Array.of(1, -3) }), { y: Float32Array.of(2, -6) });
    // The file that ONNX Runtime would read is there as well.
    ok(compiled.onnx.length > 50);
    await compiled.dispose();
  }
});

Deno.test("ONNX Runtime runs by default", async () => {
  const compiled = await double({});
  deepEqual([compiled.executor, compiled.source], ["onnxruntime", undefined]);
  await compiled.dispose();
});

compilerTest("the source says what each loop is of", async () => {
  const compiled = await compile(
    ({ x, w }) => ({ y: tf.softmax(tf.matMul(x, w)) }),
    { x: float32(3, 4), w: float32(4, 2) },
    c,
  );
  await compiled.dispose();
  for (const note of ["0. BatchMatMul (MatMul): [3, 4], [4, 2]", "1. Softmax (Softmax): [3, 2]"]) {
    ok(compiled.source!.includes(`/* ${note} */`), note);
  }
});

compilerTest(
  "outputs are written to the arrays that are brought along, whatever is in them",
  async () => {
    const compiled = await compile(
      ({ x, w }) => ({
        out: { y: tf.matMul(x, w), sum: tf.sum(x, 0), zero: tf.zeros([2]) },
        same: x,
      }),
      { x: float32(3, 4), w: float32(4, 2) },
      c,
    );
    const given = {
      x: Float32Array.from({ length: 12 }, (_, i) => i),
      w: new Float32Array(8).fill(2),
    };
    const fresh = await compiled.run(given);
    const into = {
      out: {
        y: new Float32Array(6).fill(NaN),
        sum: new Float32Array(4).fill(NaN),
        zero: new Float32Array(2).fill(NaN),
      },
    };
    const written = await compiled.run(given, into);
    deepEqual(written, fresh);
    deepEqual([written.out.y === into.out.y, written.out.sum === into.out.sum], [true, true]);
    await rejects(
      () => compiled.run(given, { out: { y: new Float32Array(5) } }),
      /expected Float32Array of 6 for the output "out\/y", got Float32Array of 5/,
    );
    await rejects(
      () => compiled.run(given, { z: new Float32Array(6) }),
      /expected an output, got "z"/,
    );
    await compiled.dispose();
  },
);

compilerTest("loops that differ in their arrays alone are one function", async () => {
  const compiled = await compile(
    ({ x, y }) => ({ a: tf.exp(tf.slice(x, 2, 3)), b: tf.exp(tf.slice(y, 1, 3)), c: tf.exp(x) }),
    { x: float32(5), y: float32(4) },
    c,
  );
  const given = { x: Float32Array.of(0, 1, 2, 3, 4), y: Float32Array.of(5, 6, 7, 8) };
  const { a, b } = await compiled.run(given);
  await compiled.dispose();
  equal(compiled.source!.match(/^APART void loop_/gm)!.length, 2);
  const near = (got: ArrayLike<number>, wanted: number[]) =>
    wanted.forEach((w, i) =>
      ok(Math.abs(got[i]! / Math.exp(w) - 1) < 1e-6, `exp(${w}): ${got[i]}`)
    );
  near(a, [2, 3, 4]);
  near(b, [6, 7, 8]);
});

compilerTest("one, two and three threads give the same bytes", async () => {
  const fn = ({ x, w, f, i }: Record<string, tf.Tensor>) => {
    const loss = (x: tf.Tensor, w: tf.Tensor, f: tf.Tensor) => {
      const dense = tf.tanh(tf.matMul(x, w));
      const heads = tf.reshape(dense, [37, 13, 96]);
      const scores = tf.softmax(tf.matMul(heads, heads, false, true));
      const seen = tf.relu(tf.conv2d(i as tf.Tensor4D, f as tf.Tensor4D, 2, "same"));
      const means = tf.mean(tf.matMul(scores, heads), [1, 2]);
      return tf.add(tf.sum(tf.square(means)), tf.mean(tf.logSoftmax(seen))) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(loss as (...x: tf.Tensor[]) => tf.Scalar)(
      [x!, w!, f!],
    );
    return { value, ...grads };
  };
  const specs = {
    x: float32(481, 130),
    w: float32(130, 96),
    f: float32(3, 3, 5, 19),
    i: float32(13, 22, 17, 5),
  };
  const given = Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length }, (_, i) => 0.1 * Math.sin(i * i + length))];
    }),
  ) as { [K in keyof typeof specs]: Float32Array };
  const results = [];
  for (const threads of [1, 2, 3]) {
    const compiled = await compile(fn as never, specs, { ...c, threads });
    results.push(await compiled.run(given), await compiled.run(given));
    await compiled.dispose();
  }
  for (const result of results.slice(1)) deepEqual(result, results[0]);
  // By gcc and clang, for AVX2, AVX-512 and arm64. Another order of a sum changes it.
  const bytes = Object.values(results[0]!).flatMap((v) => [...new Uint8Array(v.buffer)]);
  equal(
    sha256(Uint8Array.from(bytes)),
    "99e08c0587a7950adb3c4b66de334d0b6dd5b3c7a4d18aeaa537a0b81d2899a0",
  );
});

const wrong = [
  [{ executor: "c", c: { compiler: "no-such-compiler" } }, /no no-such-compiler on the PATH/],
  [{ executor: "c", executionProviders: ["webgpu"] }, /C runs on the CPU, not on webgpu/],
] as const;

Deno.test("what C can't do is an error where C is asked for, else a reason", async () => {
  for (const [options, reason] of wrong) {
    await rejects(double(options), reason);
    if ("executionProviders" in options) continue;
    const compiled = await double({ ...options, executor: "auto" });
    equal(compiled.executor, "onnxruntime");
    match(compiled.fallback!, reason);
    deepEqual((await compiled.run({ x: Float32Array.of(1, 2) })).y, Float32Array.of(2, 4));
    await compiled.dispose();
  }
});

Deno.test("a kernel without translation is no reason to fall back", async () => {
  await rejects(
    compile(({ x }) => ({ y: tf.atan2(x, x) }), { x: float32(1) }, { executor: "auto" }),
    /Cannot compile atan2/,
  );
});

const all = { read: true, write: true, env: true, sys: true, ffi: true, run: true };
const refusals: readonly [Deno.PermissionOptionsObject, RegExp][] = [
  [{ ...all, run: false }, /^no C compiler: no permission to run cc, which --allow-run=cc gives/],
  [{ ...all, ffi: false }, /^no permission to load what is compiled, which --allow-ffi=/],
  [{ ...all, write: false }, /^no permission to write .cache\/c, which --allow-write gives/],
  [{ ...all, read: [".cache/c"] }, /no permission to (see who|look for) .*, which --allow-read/],
];
for (const [permissions, reason] of refusals) {
  compilerTest(`without a permission C is not had: ${reason.source}`, async () => {
    match((await whyNoC())!, reason);
  }, { permissions });
}

// Compiling and loading needs no more than these.
compilerTest("one compiler and one folder are enough", async () => {
  const { kind } = await arithmeticOf({ executor: "c", c: { compiler: "cc" } });
  match(kind, /^c, /);
}, { permissions: { run: ["cc"], read: true, write: [".cache/c"], ffi: [".cache/c"] } });

Deno.test("without a compiler on the PATH one line says so, and ONNX Runtime runs", async () => {
  const url = (path: string) => import.meta.resolve(`../../../lib/${path}`);
  const script = `
    import { compile, float32 } from ${JSON.stringify(url("compile/mod.ts"))};
    import * as tf from ${JSON.stringify(url("deps/tf.ts"))};
    const { fallback, run } = await compile(
      ({ x }) => ({ y: tf.square(x) }), { x: float32(1) }, { executor: "auto" },
    );
    console.log(JSON.stringify([fallback, (await run({ x: Float32Array.of(3) })).y[0]]));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--ext=ts", "-"],
    env: { PATH: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout } = await child.output();
  deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
    "no C compiler: no cc on the PATH; no gcc on the PATH; no clang on the PATH",
    9,
  ]);
});

compilerTest("two runs, and two compiled at a time, give the same bytes", async () => {
  const step = () =>
    compile(
      ({ x, w }) => {
        const loss = (w: tf.Tensor) =>
          tf.mean(tf.logSoftmax(tf.tanh(tf.matMul(x, w)))) as tf.Scalar;
        const { value, grad } = tf.valueAndGrad(loss)(w);
        return { value, grad };
      },
      { x: float32(33, 70), w: float32(70, 19) },
      c,
    );
  const numbers = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i));
  const given = { x: numbers(33 * 70), w: numbers(70 * 19) };
  const other = { x: numbers(33 * 70).reverse(), w: given.w };
  const [one, two] = [await step(), await step()];
  const wanted = await one.run(given);
  await one.run(other);
  deepEqual(await one.run(given), wanted);
  // From the middle of a larger array, and where the memory held other numbers.
  const larger = new Float32Array(5 + 33 * 70);
  larger.set(given.x, 5);
  await two.run(other);
  deepEqual(await two.run({ ...given, x: larger.subarray(5) }), wanted);
  for (const compiled of [one, two]) await compiled.dispose();
});

compilerTest("a worker compiles and runs the same", async () => {
  const fn = `({ x, w }) => ({ y: tf.softmax(tf.tanh(tf.matMul(x, w))) })`;
  const numbers = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i));
  const url = (path: string) => JSON.stringify(import.meta.resolve(`../../../lib/${path}`));
  const script = `
    import { compile, float32 } from ${url("compile/mod.ts")};
    import * as tf from ${url("deps/tf.ts")};
    const compiled = await compile(${fn}, { x: float32(9, 7), w: float32(7, 5) }, { executor: "c" });
    self.onmessage = async ({ data }) => self.postMessage(await compiled.run(data));
    self.postMessage("ready");`;
  const given = { x: numbers(63), w: numbers(35) };
  const answers = await Promise.all([1, 2].map(async () => {
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(script)}`, {
      type: "module",
    });
    const next = () =>
      new Promise<MessageEvent>((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = reject;
      });
    await next();
    worker.postMessage(given);
    const { data } = await next();
    worker.terminate();
    return data;
  }));
  const compiled = await compile(
    ({ x, w }) => ({ y: tf.softmax(tf.tanh(tf.matMul(x, w))) }),
    { x: float32(9, 7), w: float32(7, 5) },
    c,
  );
  const wanted = await compiled.run(given);
  await compiled.dispose();
  deepEqual(answers, [wanted, wanted]);
});

compilerTest("an index out of range stops the run", async () => {
  const gather = await compile(
    ({ x, i }) => ({ y: tf.gather(x, i as tf.Tensor1D) }),
    { x: float32(3), i: int32(2) },
    c,
  );
  const x = Float32Array.of(1, 2, 3);
  deepEqual((await gather.run({ x, i: Int32Array.of(2, -3) })).y, Float32Array.of(3, 1));
  await rejects(gather.run({ x, i: Int32Array.of(0, 3) }), /an index is out of range/);
  deepEqual((await gather.run({ x, i: Int32Array.of(0, 1) })).y, Float32Array.of(1, 2));
  await gather.dispose();
});

compilerTest("values of another type are refused", async () => {
  const compiled = await double(c);
  await rejects(
    async () => await compiled.run({ x: Int32Array.of(1, 2) as unknown as Float32Array }),
    /expected a Float32Array, got a Int32Array/,
  );
  await compiled.dispose();
});

compilerTest(
  "softmax with a bias of -50 keeps a masked score that is far above the others out",
  async () => {
    const fn = ({ x, keep }: { x: tf.Tensor; keep: tf.Tensor }) => ({
      y: tf.mul(tf.softmax(tf.add(x, tf.mul(tf.sub(1, keep), -50))), keep),
    });
    const specs = { x: float32(3, 4), keep: float32(3, 4) };
    const x = Float32Array.of(1, 2, 3, 30, 88, -88, 0, 1, -Infinity, 0, 1, 2);
    const keep = Float32Array.of(1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1);
    const results: Float32Array[] = [];
    for (const executor of ["c", "onnxruntime"] as const) {
      const compiled = await compile(fn, specs, { executor });
      results.push((await compiled.run({ x, keep })).y as Float32Array);
      await compiled.dispose();
    }
    results[0]!.forEach((v, i) => {
      const wanted = results[1]![i]!;
      ok(Math.abs(v - wanted) <= 1e-6 * Math.abs(wanted) + 1e-30, `${i}: ${v}, not ${wanted}`);
    });
  },
);

compilerTest("axes without elements reduce to what nothing adds up to", async () => {
  const compiled = await compile(
    ({ x }) => ({
      sums: tf.sum(x, 1),
      products: tf.prod(x, 1),
      product: tf.matMul(x, tf.transpose(x)),
      largest: tf.max(x, 1),
      columns: tf.sum(x, 0),
    }),
    { x: float32(2, 0) },
    c,
  );
  const results = await compiled.run({ x: new Float32Array() });
  await compiled.dispose();
  deepEqual(
    Object.values(results).map((v) => [...v]),
    [[0, 0], [1, 1], [0, 0, 0, 0], [-Infinity, -Infinity], []],
  );
});
