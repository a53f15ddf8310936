import { deepEqual, equal, match, ok } from "node:assert/strict";
import configuration from "../deno.json" with { type: "json" };
import { withFolder } from "./datasets/temporary_folder.ts";
import { withTinyFolder } from "./inference/tiny_folder.ts";

const root = new URL("../", import.meta.url);
const types: Record<string, string> = { ts: "text/typescript", json: "application/json" };

/**
 * Serves the working copy on loopback while `run` runs, and tells which files were asked for. The origin holds a folder
 * of its own: a cache that outlives the run may know an older copy from the same port.
 */
async function withServer<T>(run: (origin: string, asked: Set<string>) => Promise<T>): Promise<T> {
  const asked = new Set<string>();
  const folder = `/${crypto.randomUUID()}/`;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith(folder)) return new Response("not found", { status: 404 });
      const path = pathname.slice(folder.length);
      asked.add(path);
      try {
        const headers = { "content-type": types[path.split(".").at(-1)!] ?? "text/plain" };
        return new Response(await Deno.readFile(new URL(path, root)), { headers });
      } catch {
        return new Response("not found", { status: 404 });
      }
    },
  );
  try {
    return await run(`http://127.0.0.1:${server.addr.port}${folder.slice(0, -1)}`, asked);
  } finally {
    await server.shutdown();
  }
}

/** Runs a script in an empty folder with a cache that knows nothing, and no permission but to import, and those named. */
function runElsewhere(
  script: string,
  { permissions = [], warm = false }: { permissions?: string[]; warm?: boolean } = {},
): Promise<{ code: number; out: string; err: string; megabytes: number }> {
  return withFolder({ "script.ts": script }, async (folder) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-config", "--allow-import", ...permissions, "script.ts"],
      cwd: folder,
      env: warm ? {} : { DENO_DIR: `${folder}/cache` },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    const megabytes = warm ? NaN : await fetched(`${folder}/cache`) / 1e6;
    return { code, out: text(stdout), err: text(stderr), megabytes };
  });
}

/** The bytes that came over the wire: Deno's own databases beside them grow and shrink as it likes. */
async function fetched(cache: string): Promise<number> {
  return await sizeOf(`${cache}/npm`) + await sizeOf(`${cache}/remote`);
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    bytes += isDirectory ? await sizeOf(path) : (await Deno.stat(path)).size;
  }
  return bytes;
}

Deno.test("the metrics come from a URL into an empty folder, with little else and no permission", () =>
  withServer(async (origin, asked) => {
    const { code, out, err, megabytes } = await runElsewhere(`
      import { bootstrapInterval } from "${origin}/lib/metrics/mod.ts";
      import { key } from "${origin}/lib/random/mod.ts";
      const right = [1, 1, 0, 1, 0, 1, 1, 1];
      const { estimate, low, high } = bootstrapInterval({
        count: right.length,
        statistic: (rows) => rows.reduce((sum, i) => sum + right[i]!, 0) / rows.length,
        key: key(1),
      });
      console.log(estimate, low < estimate && estimate < high);
    `);
    equal(code, 0, err);
    equal(out, "0.75 true");
    ok(megabytes < 5, `${megabytes} MB`);
    ok(![...asked].some((path) => path.startsWith("lib/compile") || path.includes("tf.ts")));
  }));

Deno.test("the whole library comes from a URL: attention weights in a worker and in the main script", () =>
  withServer(async (origin) => {
    const attention = `
      import { crossModalAttention, initAttention, random, tensors, tf } from "${origin}/mod.ts";
      const { weights } = crossModalAttention(
        tensors(initAttention(random.key(1), 4)),
        { x: tf.ones([1, 3, 4]), mask: tf.tensor2d([[1, 1, 0]]) },
        { heads: 2 },
      );
      const row = Array.from(weights.dataSync().slice(0, 3), (w) => w.toFixed(2)).join(" ");
    `;
    const { code, out, err, megabytes } = await runElsewhere(
      `${attention}
      console.log(row);
      const source = ${JSON.stringify(`${attention} postMessage(row); close();`)};
      const url = URL.createObjectURL(new Blob([source], { type: "text/typescript" }));
      const worker = new Worker(url, { type: "module" });
      worker.onmessage = ({ data }) => console.log(data);
    `,
      { permissions: ["--allow-env", "--allow-read"] },
    );
    equal(code, 0, err);
    match(out, /^0\.50 0\.50 0\.00\n0\.50 0\.50 0\.00$/);
    ok(megabytes < 100, `${megabytes} MB`);
  }));

for (const hooks of [true, false]) {
  Deno.test(`tfjs has gradients and methods on a runtime with${hooks ? "" : "out"} module hooks`, () =>
    withServer(async (origin) => {
      const { code, out, err } = await runElsewhere(
        `
        if (!${hooks}) Object.assign(process, { getBuiltinModule: undefined });
        const tf = await import("${origin}/lib/deps/tf.ts");
        const slope = tf.grad((x) => x.square().sum())(tf.tensor1d([1, 2, 3]));
        const kernels = [...new Set(tf.getKernelsForBackend("cpu").map((k) => k.kernelName))];
        const learnt = kernels.filter((name) => tf.getGradient(name) !== undefined).length;
        console.log([...slope.dataSync()].join(), Object.keys(tf.Tensor.prototype).length, learnt);
      `,
        { warm: true },
      );
      equal(code, 0, err);
      equal(out, "2,4,6 151 99");
    }));
}

const entries: string[] = Object.values(configuration.exports).map((path) => path.slice(2));
// Packages that bring native code or tfjs, by the file that names each.
const heavy = /^lib\/deps\/(tf|tfjs_\w+|onnxruntime|transformers|sharp|human)\.ts$/;

Deno.test("every entry of the package type-checks from a URL", () =>
  withServer(async (origin) => {
    const imports = entries.map((path, i) => `import * as m${i} from "${origin}/${path}";`);
    const script = `${imports.join("\n")}\nconsole.log(${entries.map((_, i) => `typeof m${i}`)});`;
    const permissions = ["--check", "--allow-env", "--allow-read"];
    const { code, out, err } = await runElsewhere(script, { permissions, warm: true });
    equal(code, 0, err);
    deepEqual(out.split(" "), entries.map(() => "object"));
  }));

Deno.test("every entry of the package loads by itself, with the permissions that tfjs asks for", () =>
  withServer(async (origin) => {
    // A worker has modules of its own: what another entry has loaded is not there.
    const script = `
      for (const path of ${JSON.stringify(entries)}) {
        const source = \`postMessage(Object.keys(await import("${origin}/\${path}")).length > 0)\`;
        const url = URL.createObjectURL(new Blob([source], { type: "text/typescript" }));
        const worker = new Worker(url, { type: "module" });
        console.log(path, await new Promise((told) => worker.onmessage = ({ data }) => told(data)));
        worker.terminate();
      }
    `;
    const permissions = ["--allow-env", "--allow-read"];
    const { code, out, err } = await runElsewhere(script, { permissions, warm: true });
    equal(code, 0, err);
    deepEqual(out.split("\n"), entries.map((path) => `${path} true`));
  }));

const light = ["corruptions", "datasets", "figures", "metrics", "notebook", "random", "signal"];

Deno.test("each entry that needs no tensors takes less than 10 MB, with no permission", () =>
  withServer(async (origin) => {
    for (const entry of light) {
      const script = `await import("${origin}/lib/${entry}/mod.ts");`;
      const { code, err, megabytes } = await runElsewhere(script);
      equal(code, 0, err);
      ok(megabytes < 10, `${entry}: ${megabytes} MB`);
    }
  }));

Deno.test("a figure comes from a URL with no permission, no native code and no tfjs", () =>
  withServer(async (origin, asked) => {
    const { code, out, err } = await runElsewhere(
      `
      import { rocFigure } from "${origin}/lib/figures/mod.ts";
      const curve = { falsePositiveRate: [0, 1], truePositiveRate: [0, 1], auc: 0.5 };
      const { layer } = rocFigure([{ system: "majority", seed: 1, ...curve }], {
        title: "Chance",
        subtitle: "No data",
      });
      console.log(Array.isArray(layer));
    `,
      { warm: true },
    );
    equal(code, 0, err);
    equal(out, "true");
    deepEqual([...asked].filter((path) => heavy.test(path)), []);
  }));

Deno.test("a saved model judges a text, an image and a clip in five lines from an empty folder", () =>
  withServer((origin) =>
    withTinyFolder(async ({ root }) => {
      const script = `
        import { loadModel, predict } from "${origin}/mod.ts";
        const model = await loadModel("${root}/model", { cache: "${root}/cache" });
        const sample = { text: "good film", image: "${root}/face.png", audio: "${root}/clip.wav" };
        const [verdict] = await predict(model, [sample]);
        console.log(verdict.probability, Object.keys(verdict.explanation.contributions).join(" "));
      `;
      const permissions = ["--allow-env", "--allow-read", "--allow-ffi"];
      const { code, out, err } = await runElsewhere(script, { permissions, warm: true });
      equal(code, 0, err);
      const [probability, ...modalities] = out.split(" ");
      ok(Number(probability) > 0 && Number(probability) < 1, out);
      deepEqual(modalities, ["text", "image", "audio"]);
    })
  ));

Deno.test("the root of the public surface has about fifty values", async () => {
  const names = Object.keys(await import("../mod.ts"));
  ok(names.length <= 53, `${names.length} values`);
});
