import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { dirname } from "node:path";
import { ensureEncoders, loadClipEncoders, loadEncoders } from "../../lib/encoders/mod.ts";
import { withHub } from "./fake_hub.ts";
import { tinyFiles, tinyRoot } from "./tiny_encoders.ts";

const names = {
  text: "Xenova/bert-base-uncased",
  image: "Xenova/resnet-50",
  audio: "onnx-community/wav2vec2-base-ONNX",
  clip: "Xenova/clip-vit-base-patch32",
};
const noNetwork = { read: true, write: true, env: true, sys: true, ffi: true, net: false } as const;

async function withCache(body: (cache: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  try {
    await body(cache);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Small models of the true architectures under the names of the paper's. */
async function paperModels() {
  return {
    [names.text]: await tinyFiles("bert"),
    [names.image]: await tinyFiles("resnet"),
    [names.audio]: await tinyFiles("wav2vec2"),
    [names.clip]: await tinyFiles("../tiny_clip"),
  };
}

Deno.test({
  name: "the paper's encoders, where there are none and no network: one error names all four",
  permissions: noNetwork,
  fn: () =>
    withCache(async (cache) => {
      await rejects(ensureEncoders("paper", { cache, clip: true }), (error: Error) => {
        equal(error.name, "NotFound");
        for (const name of Object.values(names)) {
          match(error.message, new RegExp(`looked for as ${cache}/models/${name}/onnx/`));
          match(error.message, new RegExp(`hf download ${name} .* --local-dir ${cache}/models/`));
        }
        match(error.message, /--allow-net/);
        return true;
      });
      // Whoever needs no CLIP is not asked for it.
      await rejects(loadEncoders("paper", { cache }), (error: Error) => {
        ok(error.message.includes(names.audio) && !error.message.includes(names.clip));
        return true;
      });
      await rejects(loadEncoders("paper", { cache, speech: "whisper-tiny" }), {
        name: "RangeError",
        message:
          "Cannot use speech: expected the embedded encoders with it, got paper and whisper-tiny",
      });
      deepEqual([...Deno.readDirSync(cache)], []);
      // These are made, not fetched.
      await ensureEncoders("embedded", { cache, clip: true });
    }),
});

Deno.test("the paper's encoders come from the hub at their revisions, and are refused at another width", async () =>
  withHub(await paperModels(), ({ hub, requests }) =>
    withCache(async (cache) => {
      await rejects(loadEncoders("paper", { cache, hub }), {
        name: "RangeError",
        message: /Cannot use Xenova\/bert-base-uncased: expected states 768 wide, got .*,16\]/,
      });
      deepEqual(requests.filter((request) => request.startsWith("list")), [
        "list default",
        "list feature-extraction",
        "list main",
      ]);
      for (
        const folder of [
          `${names.text}/default`,
          `${names.image}/feature-extraction`,
          `${names.audio}/main`,
        ]
      ) {
        ok((await Deno.stat(`${cache}/models/${folder}/trivalence.json`)).isFile);
        ok((await Deno.stat(`${cache}/models/${folder}/onnx/model.onnx`)).isFile);
      }
    })));

Deno.test("CLIP from the hub has to be the one whose digests are known; in one's own folder it is one's own", async () =>
  withHub(await paperModels(), ({ hub, requests }) =>
    withCache(async (cache) => {
      await rejects(loadClipEncoders("paper", { cache, hub }), {
        name: "RangeError",
        message: /tokenizer.json of Xenova\/clip.*: expected SHA-256 f7f3b7af\w+, got/,
      });
      // Its commit is known too, and not asked for.
      deepEqual(requests, ["tokenizer.json"]);
      const own = `${cache}/models/${names.clip}`;
      for (const [path, bytes] of Object.entries(await tinyFiles("../tiny_clip"))) {
        await Deno.mkdir(dirname(`${own}/${path}`), { recursive: true });
        await Deno.writeFile(`${own}/${path}`, bytes);
      }
      await rejects(loadClipEncoders("paper", { cache }), /expected embeddings 512 wide, got 8/);
    })));

Deno.test("embedded encoders in int8 are an error that says which file would be one", () =>
  withCache(async (cache) => {
    // Stand-ins: the true ones are made from packages.
    const made = ["bert-mini-1", "mini-xception-1", "wav2vec2-mini-1"];
    for (const name of made) {
      await Deno.mkdir(`${cache}/models/trivalence/${name}`, { recursive: true });
      await Deno.copyFile(
        `${tinyRoot}/tiny_encoders/bert/config.json`,
        `${cache}/models/trivalence/${name}/config.json`,
      );
    }
    await rejects(loadEncoders("embedded", { cache, precision: "int8" }), {
      name: "NotFound",
      message: `Cannot load encoders: expected ` +
        `"${cache}/models/trivalence/bert-mini-1/onnx/model_quantized.onnx", got nothing; ` +
        `embedded encoders are made in fp32`,
    });
  }));

Deno.test("that encoders compute in 8 bits is told to readers of what they give", () =>
  withCache(async (cache) => {
    // Stand-ins: the true ones are made from packages.
    const made = { bert: "bert-mini-1", resnet: "mini-xception-1", wav2vec2: "wav2vec2-mini-1" };
    for (const [tiny, name] of Object.entries(made)) {
      for (const [path, bytes] of Object.entries(await tinyFiles(tiny))) {
        const target = `${cache}/models/trivalence/${name}/${path}`;
        await Deno.mkdir(dirname(target), { recursive: true });
        await Deno.writeFile(target, bytes);
      }
    }
    const notesIn = async (precision: "fp32" | "int8") => {
      const { notes = [], text, image, audio } = await loadEncoders("embedded", {
        ...{ cache, precision, speech: "wav2vec2-mini" },
      });
      for (const encoder of [text, image, ...audio]) await encoder.dispose();
      return notes;
    };
    deepEqual(await notesIn("fp32"), []);
    deepEqual(await notesIn("int8"), [
      "Texts, images and speech are encoded in 8 bits (int8), by other features than in fp32",
    ]);
  }));
