import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import type { Encoder } from "../../lib/encoders/encoder.ts";
import { createFolder } from "../../lib/files.ts";
import {
  loadTrainedEncoder,
  type TrainedBranch,
  trainedEncoderFiles,
} from "../../lib/branches/trained_encoder.ts";
import { key } from "../../lib/tensor/random.ts";
import { type CorpusFeatures, standardiseFeatures } from "../../lib/systems/features.ts";
import { scratchBranch } from "../../lib/branches/joint.ts";
import { range, tinyFeatures, tinyTraining } from "../systems/tiny_corpus.ts";
import { toyBranch, withEmotions } from "./toy_branches.ts";

const features: CorpusFeatures = withEmotions(tinyFeatures({ text: 16, image: 16, audio: 16 }));
const [train, validation] = [range(0, 10), range(10, 14)];

/** An encoder whose inputs are row numbers of the tiny texts. */
const raw: Encoder<string> = {
  modality: "text",
  id: "rows",
  digest: "digest of rows",
  shapes: { states: [2, 3], mask: [2] },
  encode: (rows) =>
    Promise.resolve(rows.map((row) => {
      const { states, mask } = features.text.tables;
      const at = Number(row);
      return {
        states: states!.data.slice(6 * at, 6 * at + 6),
        mask: mask!.data.slice(2 * at, 2 * at + 2),
      };
    })),
  dispose: () => Promise.resolve(),
};
const parts = { raw, branch: toyBranch("text") };

/** A branch trained on the texts, and the states that its fit shows of all of them. */
async function fit(): Promise<{ trained: TrainedBranch; states: ArrayLike<number> }> {
  const problem = { features, train, validation, present: ["text"], key: key(1) } as const;
  const system = scratchBranch(() => parts.branch, tinyTraining);
  const fitted = await system.fit({ ...problem, protocol: "single" });
  const { states } = await fitted.inspect!({ text: range(0, 16).text });
  await fitted.dispose();
  // 3 weights and a bias for each of 4 units; what follows is the classifier's.
  const parameters = fitted.parameters!.slice(0, 16);
  const { standardisation } = standardiseFeatures(features, train, problem);
  const trainedOn = ["b", "a", "b"];
  return {
    trained: { parameters, standardisation: standardisation.text!, trainedOn },
    states: states!.values,
  };
}

/** Writes a trained encoder, and returns its digest. */
async function save(folder: string, trained: TrainedBranch): Promise<string> {
  const { files, digest } = trainedEncoderFiles(parts, trained);
  await createFolder(folder, Object.entries(files));
  return digest;
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(`${root}/models/text`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const fitted = fit();
const rows = Array.from({ length: 16 }, (_, i) => String(i));

Deno.test("a trained branch comes back as an encoder of the states that its fit showed", async () => {
  const { trained, states } = await fitted;
  await withFolder(async (folder) => {
    const digest = await save(folder, trained);
    const encoder = await loadTrainedEncoder(folder, parts);
    equal(encoder.digest, digest);
    equal(encoder.modality, "text");
    deepEqual(encoder.shapes, { states: [2, 4], mask: [2] });
    deepEqual(encoder.trainedOn, new Set(["a", "b"]));
    const got = await encoder.encode(rows);
    await encoder.dispose();
    deepEqual(Object.keys(got[0]!).sort(), ["mask", "states"]);
    deepEqual([...got[3]!.mask!], [1, 1]);
    got.flatMap((own) => [...own.states!]).forEach((x, i) =>
      ok(Math.abs(x - states[i]!) < 1e-5, `number ${i}: ${x}, not ${states[i]}`)
    );
    ok(got.some((own) => own.states!.some((x) => x > 0)));
  });
});

Deno.test("what else is in a call changes nothing, and a call may be empty", async () => {
  const { trained } = await fitted;
  await withFolder(async (folder) => {
    await save(folder, trained);
    const encoder = await loadTrainedEncoder(folder, parts);
    const [alone] = await encoder.encode(["5"]);
    const [, second] = await encoder.encode(["4", "5", "6"]);
    deepEqual(alone, second);
    deepEqual(alone, (await encoder.encode(rows))[5]);
    deepEqual(await encoder.encode([]), []);
    await encoder.dispose();
  });
});

Deno.test("the digest is over weights, branch, raw inputs and their scale, not over the samples", async () => {
  const { trained } = await fitted;
  const digestOf = (of: TrainedBranch, by = parts) => trainedEncoderFiles(by, of).digest;
  const usual = digestOf(trained);
  equal(digestOf({ ...trained, trainedOn: [] }), usual);
  const others = {
    weights: digestOf({ ...trained, parameters: trained.parameters.with(0, 9) }),
    scale: digestOf({ ...trained, standardisation: {} }),
    raw: digestOf(trained, { ...parts, raw: { ...raw, digest: "another" } }),
    graph: digestOf(trained, { ...parts, branch: { ...parts.branch, graph: "another" } }),
  };
  for (const [name, digest] of Object.entries(others)) notEqual(digest, usual, name);
  equal(new Set(Object.values(others)).size, 4);
});

Deno.test("other code than it was saved with, and damaged files, are refused", async () => {
  const { trained } = await fitted;
  await withFolder(async (folder) => {
    await save(folder, trained);
    await rejects(
      loadTrainedEncoder(folder, { ...parts, branch: toyBranch("text", { width: 5 }) }),
      /expected the branch \["toy","text",4\], got \["toy","text",5\]/,
    );
    await rejects(
      loadTrainedEncoder(folder, { ...parts, raw: { ...raw, digest: "another" } }),
      /expected raw inputs of digest of rows, got another/,
    );
    await rejects(
      loadTrainedEncoder(folder, { ...parts, branch: toyBranch("image") }),
      /expected a branch of text, got image/,
    );
    const path = `${folder}/model.safetensors`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
    await rejects(loadTrainedEncoder(folder, parts), /expected weights of SHA-256 .*, got /);
    await Deno.remove(path);
    await rejects(loadTrainedEncoder(folder, parts), /model.safetensors": expected a file/);
    await Deno.writeTextFile(`${folder}/config.json`, `{"format": "other"}`);
    await rejects(
      loadTrainedEncoder(folder, parts),
      /expected format "trivalence trained encoder 1", got "other"/,
    );
    await Deno.writeTextFile(`${folder}/config.json`, "nothing");
    await rejects(loadTrainedEncoder(folder, parts), /expected JSON, got "nothing"/);
  });
});

Deno.test("parameters of another branch are not saved", async () => {
  const { trained } = await fitted;
  const short = { ...trained, parameters: new Float32Array(3) };
  throws(() => trainedEncoderFiles(parts, short), /expected 16 numbers, got 3/);
});
