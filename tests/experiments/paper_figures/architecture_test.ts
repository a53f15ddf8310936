import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { architectureOf } from "../../../experiments/paper_figures/architecture.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { architectureFigure } from "../../../lib/figures/mod.ts";
import { type Gate, initModel, type ModelConfig } from "../../../lib/model/mod.ts";
import { layoutOf, type Parameter } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import type { Tree } from "../../../lib/tensor/tree.ts";
import { drawnTexts } from "../../figures/drawn.ts";
import { tinySettings } from "../../systems/tiny_corpus.ts";

tf.setBackend("cpu");

// All sizes differ, so that no shape can stand for another.
const config: ModelConfig = {
  ...tinySettings,
  fusionLayers: 2,
  inputs: {
    text: { segments: 5, width: 7 },
    image: { segments: 3, width: 11 },
    audio: { segments: 4, width: 13, frames: 12, bands: 6, prosody: 2 },
  },
};
const boxOf = (own: ModelConfig, id: string) =>
  architectureOf(own).boxes.find((box) => box.id === id);

Deno.test("architectureOf() follows the shapes through the model", () => {
  const shapes = Object.fromEntries(
    architectureOf(config).boxes.map(({ id, shape }) => [id, shape]),
  );
  const { text, speech, spectral, across, summaries, fusion, unified } = shapes;
  deepEqual({ text, speech, spectral, across, summaries, fusion, unified }, {
    text: "[B, 5, 7]",
    speech: "[B, 4, 13]",
    spectral: "[B, 4, 8]",
    across: "[B, 12, 8]",
    summaries: "[B, 3, 8]",
    fusion: "[B, 8]",
    unified: "[B, 2]",
  });
  equal(shapes["spectral features"], "[B, 12, 6], [B, 4, 2]");
  equal(shapes["processing image"], "[B, 3, 8]");
});

Deno.test("architectureOf() names the files of trained encoders, and the same shapes", () => {
  const [frozen, trained] = [false, true].map((trained) => architectureOf(config, { trained }));
  const files = (own: typeof frozen) =>
    own!.boxes.slice(0, 4).map(({ file }) => file.replace(/^lib\//, ""));
  deepEqual(files(frozen), [
    ...["encoders/text_encoder.ts", "encoders/image_encoder.ts"],
    ...["encoders/spectral_features.ts", "encoders/speech_encoder.ts"],
  ]);
  deepEqual(files(trained), [
    ...["branches/text_branch.ts", "branches/image_branch.ts"],
    ...["encoders/spectral_features.ts", "branches/speech_branch.ts"],
  ]);
  const shapes = (own: typeof frozen) => own!.boxes.map(({ id, shape }) => [id, shape]);
  deepEqual(shapes(trained), shapes(frozen));
});

Deno.test("architectureOf() counts the parameters of each box, and all of the model's", () => {
  // W [7, 8] and b [8]; four W [8, 8] with the gain and bias of a normalisation.
  equal(boxOf(config, "processing text")!.parameters, 7 * 8 + 8);
  equal(boxOf(config, "within audio")!.parameters, 4 * 64 + 2 * 8);
  equal(boxOf(config, "unified")!.parameters, 6 * 2 + 2);
  for (const gate of ["per feature", "scalar", "sum", "spectral only"] as Gate[]) {
    for (const on of [true, false]) {
      const own = { ...config, gate, levels: { within: on, across: !on, summaries: on } };
      const sum = architectureOf(own).boxes.reduce((total, box) => total + box.parameters, 0);
      equal(sum, layoutOf(initModel(key(0), own) as Tree<Parameter>).size, `${gate}, ${on}`);
    }
  }
});

Deno.test("architectureOf() leaves out levels that are off, and joins what stays", () => {
  const all = { within: false, across: false, summaries: false };
  const { boxes, edges } = architectureOf({ ...config, levels: all });
  ok(boxes.every(({ file }) => !file.includes("attention") && !file.includes("hierarchy")));
  deepEqual(
    edges.filter(({ to }) => to === "fusion"),
    ["text", "image", "audio"].map((m) => ({
      from: `processing ${m}`,
      to: "fusion",
      label: "mean",
    })),
  );
  const { edges: joined } = architectureOf({ ...config, levels: { ...all, across: true } });
  deepEqual(joined.filter(({ to }) => to === "fusion"), [
    { from: "across", to: "fusion", label: "means, [B, 3, 8]" },
  ]);
  deepEqual([...new Set(boxes.map(({ row }) => row))], [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("architectureOf() names the gate, and draws only the paths that it reads", () => {
  equal(boxOf(config, "gate")!.label, "Audio gate: per feature");
  const paths = (gate: Gate) =>
    architectureOf({ ...config, gate }).edges.filter(({ to }) => to === "gate").map((e) => e.from);
  deepEqual(paths("softmax"), ["spectral", "contextual"]);
  deepEqual(paths("spectral only"), ["spectral"]);
  deepEqual(paths("contextual only"), ["contextual"]);
});

Deno.test("architectureOf() is drawn as a figure, and leaves no tensors behind", async () => {
  const before = tf.memory().numTensors;
  const figure = architectureFigure(architectureOf(config), { title: "Model", subtitle: "Tiny" });
  equal(tf.memory().numTensors, before);
  const texts = await drawnTexts(figure);
  for (const text of ["Cross-modal attention, 2 heads", "Feature fusion: 2 layers"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("architectureOf() refuses settings that make no model", () => {
  throws(() => architectureOf({ ...config, heads: 3 }), RangeError);
});
