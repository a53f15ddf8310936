import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { ensureModelFolders, findModelFolder, openModel } from "../../lib/encoders/model_folder.ts";
import { loadTextEncoder } from "../../lib/encoders/text_encoder.ts";
import { commit, type FakeHub, type Fault, type HubFiles, withHub } from "./fake_hub.ts";
import { expected, tinyFiles, withTiny } from "./tiny_encoders.ts";

const bert: Record<string, Uint8Array<ArrayBuffer>> = {
  "README.md": Uint8Array.of(35),
  ...await tinyFiles("bert"),
};
const graph = bert["onnx/model.onnx"]!;
const stable = await tinyFiles("wav2vec2-stable");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

type Options = Parameters<typeof openModel>[0];

/** Runs `body` with an empty folder of models and options that lead to a hub with a BERT. */
function withEmptyRoot(
  body: (context: { options: Options; root: string; requests: string[] }) => Promise<void>,
  { fault, models = { "tiny/bert": bert } }: {
    fault?: (path: string, nth: number) => Fault | undefined;
    models?: Readonly<Record<string, HubFiles>>;
  } = {},
): Promise<void> {
  return withHub(models, async ({ hub, requests }: FakeHub) => {
    const root = await Deno.makeTempDir();
    try {
      await body({ options: { model: "tiny/bert", root, allowRemote: true, hub }, root, requests });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }, fault ? { fault } : {});
}

async function listNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) names.push(name);
    else for (const inner of await listNames(`${folder}/${name}`)) names.push(`${name}/${inner}`);
  }
  return names.sort();
}

Deno.test("a model comes from the hub, with what it consists of and a record, and loads", () =>
  withEmptyRoot(async ({ options, root, requests }) => {
    const messages: string[] = [];
    const hub = { ...options.hub, onProgress: (message: string) => messages.push(message) };
    const encoder = await loadTextEncoder({ ...options, hub, revision: "default", width: 16 });
    const [features] = await encoder.encode([expected.texts[2]!]);
    ok(Math.abs(features!.states![0]! - expected.bert[2]![0]![0]!) < 1e-4);
    await encoder.dispose();
    const used = ["config.json", "onnx/model.onnx", "tokenizer.json", "tokenizer_config.json"];
    deepEqual(await listNames(`${root}/tiny/bert`), [
      "default/config.json",
      "default/onnx/model.onnx",
      "default/tokenizer.json",
      "default/tokenizer_config.json",
      "default/trivalence.json",
    ]);
    deepEqual(JSON.parse(await Deno.readTextFile(`${root}/tiny/bert/default/trivalence.json`)), {
      model: "tiny/bert",
      revision: "default",
      commit,
      files: Object.fromEntries(
        used.map((name) => [name, {
          sha256: sha256(bert[name]!),
          size: bert[name]!.length,
        }]).sort(([a], [b]) => place(a as string) - place(b as string)),
      ),
    });
    match(messages[0]!, /^Downloading tiny\/bert, tokenizer.json: 0.000 of 0.003 MB$/);
    deepEqual(new Set(requests).size, requests.length);

    // From then on nothing is asked, and the network not needed.
    const asked = requests.length;
    const { allowRemote: _, ...local } = options;
    equal((await openModel({ ...local, revision: "default" })).digest.length, 64);
    equal(requests.length, asked);
  }));

// Files come in this order.
function place(name: string): number {
  return ["tokenizer.json", "tokenizer_config.json", "onnx/model.onnx", "config.json"].indexOf(
    name,
  );
}

Deno.test("weights in a file of their own come along, and load", () =>
  withEmptyRoot(async ({ options, root }) => {
    const { folder } = await openModel({ ...options, model: "tiny/wav2vec2" });
    deepEqual(
      await Deno.readFile(`${folder.path}/onnx/model.onnx_data`),
      stable["onnx/model.onnx_data"],
    );
    equal(folder.path, `${root}/tiny/wav2vec2/main`);
  }, { models: { "tiny/wav2vec2": stable } }));

Deno.test("a downloaded file that has changed is an error before it is opened", () =>
  withEmptyRoot(async ({ options, root }) => {
    await openModel(options);
    const folder = `${root}/tiny/bert/main`;
    await Deno.writeFile(`${folder}/onnx/model.onnx`, graph.map((x, i) => i === 99 ? x ^ 1 : x));
    await rejects(loadTextEncoder(options), (error: Error) => {
      equal(error.name, "RangeError");
      ok(error.message.startsWith(
        `Cannot load tiny/bert: expected SHA-256 ${
          sha256(graph)
        } of "${folder}/onnx/model.onnx", got `,
      ));
      ok(error.message.endsWith(
        `; delete "${folder}" to download it again, or trivalence.json in it to use the files as they are`,
      ));
      return true;
    });
    await Deno.writeFile(`${folder}/onnx/model.onnx`, graph);
    await Deno.writeTextFile(`${folder}/preprocessor_config.json`, "{}");
    await rejects(
      openModel(options),
      /expected no file ".*preprocessor_config.json", since none was/,
    );
    // Without the record the files are somebody's own.
    await Deno.remove(`${folder}/trivalence.json`);
    await openModel(options);
    await Deno.writeTextFile(`${folder}/trivalence.json`, '{"model":"tiny/bert"}');
    await rejects(openModel(options), {
      name: "RangeError",
      message:
        /^Cannot read ".*trivalence.json": expected the record of a download, got .*tiny\/bert/,
    });
  }));

Deno.test("a wrong byte from the hub is an error, and nothing is left behind", () =>
  withEmptyRoot(async ({ options, root }) => {
    await rejects(openModel(options), /onnx\/model.onnx of tiny\/bert: expected SHA-256/);
    deepEqual(await listNames(root), []);
    equal(await findModelFolder(options), undefined);
  }, { fault: (path) => path === "onnx/model.onnx" ? "wrong byte" : undefined }));

Deno.test("what came before a cut is taken up by the next call", () =>
  withEmptyRoot(async ({ options, root, requests }) => {
    const once = { ...options, hub: { ...options.hub, attempts: 1 } };
    await rejects(openModel(once), /The hub was asked: .*onnx\/model.onnx.*expected a connection/);
    equal(await findModelFolder(options), undefined);
    ok((await listNames(root)).every((name) => name.endsWith(".partial")));
    requests.length = 0;
    await openModel(once);
    const half = Math.floor(graph.length / 2);
    deepEqual(requests, ["list main", `onnx/model.onnx from ${half}`, "config.json"]);
    ok((await listNames(root)).every((name) => !name.endsWith(".partial")));
  }, { fault: (path, nth) => path === "onnx/model.onnx" && nth === 1 ? "cut" : undefined }));

Deno.test("a pinned digest is checked at download and at each loading, with or without a record", () =>
  withEmptyRoot(async ({ options }) => {
    const right = { "onnx/model.onnx": sha256(graph) };
    const wrong = { "onnx/model.onnx": "0".repeat(64) };
    await rejects(openModel({ ...options, files: wrong }), {
      name: "RangeError",
      message: /expected SHA-256 0{64}, got/,
    });
    await openModel({ ...options, files: right });
    await rejects(
      openModel({ ...options, files: wrong }),
      /expected SHA-256 0{64} of ".*model.onnx"/,
    );
    await withTiny("bert", async (root) => {
      const own = { model: "tiny/bert", root };
      equal(
        (await openModel({ ...own, files: right })).digest,
        (await openModel(options)).digest,
      );
      await rejects(openModel({ ...own, files: wrong }), /put the right file there, or delete/);
    });
  }));

Deno.test("another precision joins a folder, from the same commit", () =>
  withEmptyRoot(async ({ options, root, requests }) => {
    const { digest } = await openModel(options);
    requests.length = 0;
    const quantised = await openModel({ ...options, precision: "int8" });
    // The commit is known, and the tokenizer there.
    deepEqual(requests, ["onnx/model_quantized.onnx"]);
    deepEqual(quantised.folder.paths, ["onnx/model_quantized.onnx"]);
    ok(quantised.digest !== digest);
    equal((await openModel(options)).digest, digest);
    const { files } = JSON.parse(await Deno.readTextFile(`${root}/tiny/bert/main/trivalence.json`));
    equal(Object.keys(files).length, 5);
  }));

Deno.test("a folder that was downloaded as one revision does not pass for another", () =>
  withEmptyRoot(async ({ options, root }) => {
    await openModel(options);
    for await (const { name } of Deno.readDir(`${root}/tiny/bert/main`)) {
      await Deno.rename(`${root}/tiny/bert/main/${name}`, `${root}/tiny/bert/${name}`);
    }
    const { allowRemote: _, ...local } = options;
    equal((await findModelFolder(local))?.path, `${root}/tiny/bert`);
    equal((await findModelFolder({ ...local, revision: commit }))?.path, `${root}/tiny/bert`);
    equal(await findModelFolder({ ...local, revision: "default" }), undefined);
  }));

Deno.test("a hub without the graph that is wanted says what it has", () =>
  withEmptyRoot(async ({ options, root }) => {
    await rejects(openModel({ ...options, graphs: ["text_model"] }), {
      name: "NotFound",
      message:
        /The hub was asked: Cannot download tiny\/bert \(main\): expected config.json and onnx\/text_model.onnx, got README.md, config.json, onnx/,
    });
    deepEqual(await listNames(root), []);
  }));

Deno.test("two at once get the same model", () =>
  withEmptyRoot(async ({ options, root }) => {
    const [a, b] = await Promise.all([openModel(options), openModel(options)]);
    equal(a.digest, b.digest);
    ok((await listNames(root)).every((name) => !name.endsWith(".partial")));
  }));

Deno.test("models that are missing are named in one error, with commands for what is wanted", async () => {
  const root = await Deno.makeTempDir();
  const place = { root, revision: "main" };
  await rejects(
    ensureModelFolders([
      { ...place, model: "tiny/bert" },
      { ...place, model: "tiny/wav2vec2", precision: "int8" },
      { ...place, model: "tiny/clip", graphs: ["text_model", "vision_model"] },
    ]),
    {
      name: "NotFound",
      message:
        `Cannot load encoders: expected these models in a local folder or on the hub, got neither
  tiny/bert (main), looked for as ${root}/tiny/bert/onnx/model.onnx
  tiny/wav2vec2 (main), looked for as ${root}/tiny/wav2vec2/onnx/model_quantized.onnx
  tiny/clip (main), looked for as ${root}/tiny/clip/onnx/text_model.onnx and ${root}/tiny/clip/onnx/vision_model.onnx
Put them there with
  hf download tiny/bert --revision main --include "*.json" --include "onnx/model.onnx*" --local-dir ${root}/tiny/bert
  hf download tiny/wav2vec2 --revision main --include "*.json" --include "onnx/model_quantized.onnx*" --local-dir ${root}/tiny/wav2vec2
  hf download tiny/clip --revision main --include "*.json" --include "onnx/text_model.onnx*" --include "onnx/vision_model.onnx*" --local-dir ${root}/tiny/clip
or allow the network: --allow-net=huggingface.co,*.huggingface.co,*.hf.co`,
    },
  );
  await Deno.remove(root, { recursive: true });
});
