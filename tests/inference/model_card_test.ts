import { deepEqual, equal, match, ok } from "node:assert/strict";
import { modelFiles } from "../../lib/study/describe_model.ts";
import {
  loadExportedModel,
  modelCard,
  type ModelDescription,
  recordBySpeaker,
  trainingMetadata,
  writeModel,
} from "../../lib/inference/mod.ts";
import type { SplitReport } from "../../lib/datasets/mod.ts";
import { onnxruntime } from "../../lib/deps/onnxruntime.ts";
import { modalities } from "../../lib/modality.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { somePython } from "../tasks/some_python.ts";
import { tinyDescription, tinyModel } from "./tiny_model.ts";

const { trained } = await tinyModel();
const mine = tinyDescription(trained);
const embedded = { ...mine, data: { ...mine.data, label: "embedded" } };
const spoken = {
  ...mine,
  encoders: { ...mine.encoders, bySpeaker: recordBySpeaker('the column "speaker"') },
};
const recipe = modelCard(mine).match(/^```python\n(.*?)^```/ms)![1]!;

/** The metadata of an ONNX file that ONNX Runtime for Python shows: field 14 of the file, by hand. */
function metadataOf(onnx: Uint8Array): Record<string, string> {
  const entries: [string, string][] = [];
  let at = 0;
  const varint = () => {
    let value = 0, scale = 1, byte;
    do {
      byte = onnx[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  };
  const text = () => {
    varint();
    const length = varint();
    return new TextDecoder().decode(onnx.subarray(at, at += length));
  };
  while (at < onnx.length) {
    const tag = varint(), value = varint();
    if (tag >> 3 === 14) entries.push([text(), text()]);
    else if (tag % 8 === 2) at += value;
  }
  return Object.fromEntries(entries);
}

Deno.test("the card says what the encoders tell of themselves", () => {
  const told = { ...mine, encoders: { ...mine.encoders, notes: ["One stands for another"] } };
  match(modelCard(told), /…` \|\n\nOne stands for another\.\n\nNot for decisions/);
  match(modelCard(mine), /…` \|\n\nNot for decisions/);
});

Deno.test("the card's head is YAML in JSON's quotes, with the scores as the hub reads them", () => {
  const head = modelCard(embedded).split("---\n")[1]!;
  ok(modelCard(embedded).startsWith(`---\n${head}---\n\n# Trivalence model\n`));
  const value = (key: string) => JSON.parse(head.match(new RegExp(`^${key}: (.*)$`, "m"))![1]!);
  deepEqual(
    ["language", "license", "library_name", "pipeline_tag"].map(value),
    ["en", "mit", "trivalence", "text-classification"],
  );
  match(head, /^tags:\n( {2}- "[a-z-]+"\n)+datasets:\n {2}- "trivalence-embedded"\nmetrics:\n/m);
  const result = head.slice(head.indexOf("model-index:"));
  equal(
    result,
    `model-index:
  - name: "Trivalence model"
    results:
      - task:
          type: "text-classification"
          name: "Sentiment by the unified head, shown text, image, audio"
        dataset:
          type: "trivalence-embedded"
          name: "Embedded corpus (synthetic)"
          config: "label"
          split: "test"
        metrics:
${
      ([
        ["accuracy", "accuracy", 0.75],
        ["precision", "precision (macro)", 0.8],
        ["recall", "recall (macro)", 0.75],
        ["f1", "F1 (macro)", 0.74],
        ["roc_auc", "AUC", 1],
      ] as const).map(([type, name, value]) =>
        `          - type: "${type}"\n            name: "${name}"\n            value: ${value}\n`
      ).join("")
    }`,
  );
});

Deno.test("a card claims neither a licence nor a language that nobody knows, nor empty results", () => {
  const bare = { ...mine, encoders: { ...mine.encoders, choice: "trained" as const }, scores: [] };
  const head = modelCard(bare).split("---\n")[1]!;
  match(head, /^license: "unknown"$/m);
  match(head, /^datasets:\n {2}- "text"\n {2}- "image"\n {2}- "audio"\n/m);
  for (const absent of ["language", "model-index", "synthetic"]) ok(!head.includes(absent), absent);
});

Deno.test("the ONNX file says what it is: paper, data, classes, and every input and output", async () => {
  const { "model.onnx": onnx } = await modelFiles(trained, embedded);
  const { inputs, outputs, ...rest } = metadataOf(onnx);
  const { InferenceSession } = await onnxruntime();
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
  deepEqual(Object.keys(JSON.parse(inputs!)), session.inputNames);
  deepEqual(Object.keys(JSON.parse(outputs!)), session.outputNames);
  ok(
    [...Object.values(JSON.parse(inputs!)), ...Object.values(JSON.parse(outputs!))].every(Boolean),
  );
  await session.release();
  deepEqual(Object.keys(rest), [
    ...["name", "description", "paper", "classes", "version", "training_data", "license"],
  ]);
  equal(rest.paper, "https://doi.org/10.1038/s41598-025-09000-3");
  equal(rest.classes, '["negative","positive"]');
  equal(rest.license, "MIT");
  match(rest.training_data!, /synthetic.* 16 of text \(text\), .* Protocol label, seed 1/);
  const other = metadataOf((await modelFiles(trained, mine))["model.onnx"]);
  match(other.training_data!, /^The data made up\./);
  match(other.license!, /^unknown/);
});

Deno.test("the card shows the training where the folder has its picture", () => {
  match(
    modelCard(mine, { curves: true }),
    /^## Training\n\n!\[.*\]\(training\.svg\)\n\nThe dot is/m,
  );
  ok(!modelCard(mine).includes("## Training"));
});

Deno.test("the card's Python names inputs and outputs that the file has", async () => {
  const { "model.onnx": onnx, "check.json": check } = await modelFiles(trained, mine);
  const { InferenceSession } = await onnxruntime();
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
  const names = [...recipe.matchAll(/"((?:in|out)\/[^"]+)"/g)].map(([, name]) => name!);
  deepEqual(names, ["in/presence", "out/probability/unified"]);
  const { inputs } = JSON.parse(new TextDecoder().decode(check));
  deepEqual(
    [...Object.keys(inputs), "in/presence"].sort(),
    [...session.inputNames].sort(),
  );
  ok(session.outputNames.includes("out/probability/unified"));
  await session.release();
});

const python = await somePython("import numpy, onnxruntime");

Deno.test({
  name: python
    ? "the card's Python runs, and gives the probabilities that Deno gives"
    : "the card's Python runs (skipped: no Python with numpy and onnxruntime is here)",
  ignore: python === undefined,
  fn: () =>
    withFolder({}, async (root) => {
      const files = await modelFiles(trained, mine);
      await writeModel(`${root}/model`, { description: mine, files });
      const { success, stdout, stderr } = await new Deno.Command(python!, {
        args: ["-c", recipe],
        cwd: `${root}/model`,
      }).output();
      ok(success, new TextDecoder().decode(stderr));
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      equal(lines.length, 11);
      const { inputs } = JSON.parse(await Deno.readTextFile(`${root}/model/check.json`));
      const sample: Record<string, Record<string, Float32Array>> = {};
      for (const [path, { data }] of Object.entries<{ data: number[] }>(inputs)) {
        const [, m, name] = path.split("/") as [string, string, string];
        (sample[m] ??= {})[name] = Float32Array.from(data);
      }
      const exported = await loadExportedModel(files["model.onnx"]);
      const wanted: number[] = [];
      for (const shown of [modalities, ["text"] as const]) {
        wanted.push((await exported.run(sample, { shown }))["probability/unified"]![0]!);
      }
      await exported.dispose();
      const got = lines[10]!.slice(1, -1).trim().split(/ +/).map(Number);
      ok(got.every((value, i) => Math.abs(value - wanted[i]!) < 1e-6), `${got}, not ${wanted}`);
    }),
});

Deno.test("the card says what parts share: nothing, or what a split that was given does", () => {
  const report: SplitReport = {
    ...{ by: "group", unused: 0, groups: { train: 2, validation: 1, test: 1 } },
    samples: { train: {}, validation: {}, test: {} },
  };
  const card = (split: SplitReport, protocol: ModelDescription["protocol"] = "natural") =>
    modelCard({ ...mine, protocol, data: { ...mine.data, split } });
  match(card(report), /^Parts share no group of rows\. The/m);
  match(card(report, "label"), /^Parts share no group\. The/m);
  const samples = { train: 3, validation: 0, test: 2 };
  const leaks = [{
    what: "group",
    values: 1,
    samples,
    examples: ['"Ann" (a in train, b in test)'],
  }];
  const leaky = card({ ...report, leaks });
  match(leaky, /^\*\*Parts share samples or groups, and the scores below may flatter\.\*\*/m);
  match(leaky, /^- the split leaks: group in two parts, 1 times \(3 of train, 2 of test\): "Ann"/m);
  ok(!leaky.includes("share no"));
});

Deno.test("the card says what is taken in, what was left out, and how often the outlier check is wrong", () => {
  const inputs = {
    ...{ inputs: 24, long: 2, longest: 44, cut: 0, cutFrom: 0, cutTo: 0 },
    ...{ tokens: 90, unknown: 0, withUnknown: 0, blank: 1 },
  };
  const { audio } = mine.data.corpora;
  const excluded = { neutral: 7, duplicate: 1 };
  const card = modelCard({
    ...mine,
    data: {
      ...mine.data,
      corpora: { ...mine.data.corpora, audio: { ...audio, excluded, inputs } },
    },
    outliers: { image: { threshold: 12.34, validated: 40, tested: 80, falseAlarms: 0.0125 } },
  });
  match(card, /## What it takes in\n\nThe whole text and the whole clip, however long: /);
  match(card, /^- audio: 2 of 24 longer than a window, heard whole; the longest 44.0 s$/m);
  match(card, /^- audio: 1 of 24 with nothing to judge, silent clips$/m);
  match(card, /^Left out:\n\n- audio, audio: 7 neutral, 1 duplicate$/m);
  match(card, /^\| image \| 12.3 \| 40 \| 80 \| 1.3 % \|$/m);
  match(card, /^- `reliability.safetensors`: /m);
  const trainedOnes = { ...mine, encoders: { ...mine.encoders, choice: "trained" as const } };
  match(modelCard(trainedOnes), /fixed inputs: the first 56 words/);
  ok(!modelCard(mine).includes("false alarms"));
});

Deno.test("the card says how probabilities are calibrated, or that they are not", () => {
  const card = modelCard({
    ...mine,
    calibration: {
      text: { temperature: 1.234, fitted: 82, tested: 164, before: 0.07, after: 0.0449 },
      "text+audio": { fitted: 23, tested: 46, before: 0.1 },
    },
  });
  match(card, /^\| text \| 82 \| 1\.23 \| 164 \| 0\.070 \| 0\.045 \|$/m);
  match(card, /^\| text \+ audio \| 23 \| — \| 46 \| 0\.100 \| — \|$/m);
  ok(!card.includes("are not calibrated"));
  match(modelCard(mine), /the probabilities are not calibrated/);
});

Deno.test("a model by speaker says so: the card with its commands, its scores, the file's metadata", () => {
  const card = modelCard(spoken);
  match(card, /^## Speakers$/m);
  match(card, /\*\*Speaker normalisation \(transductive: .*\)\.\*\*/);
  match(card, /--speaker-clips FOLDER/);
  match(card, /read once, after training\. Under speaker normalisation \(transductive: /);
  match(card, /config: "label, by speaker"/);
  match(card, /`speakers\.safetensors`: statistics/);
  match(trainingMetadata(spoken).speaker_normalisation!, /in\/audio\/states, .* 12 or more/);
  const usual = modelCard(mine);
  ok(!/speaker/i.test(usual) && !usual.includes("\n\n\n"));
  equal(trainingMetadata(mine).speaker_normalisation, undefined);
});
