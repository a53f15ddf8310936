import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { bertMini } from "../../../lib/encoders/embedded/bert.ts";
import { loadTextEncoder } from "../../../lib/encoders/text_encoder.ts";
import { glove, withModels } from "../tiny_models.ts";

const vocabularyOf = (files: ReturnType<typeof bertMini>) =>
  (files["tokenizer.json"] as { model: { vocab: Record<string, number> } }).model.vocab;

Deno.test("bertMini() is the same bytes for a seed, and others for another", () => {
  deepEqual(bertMini(glove), bertMini(glove));
  notDeepEqual(bertMini(glove, { seed: 2 })["onnx/model.onnx"], bertMini(glove)["onnx/model.onnx"]);
});

Deno.test("bertMini() puts special tokens first and adds the two words that GloVe lacks", () => {
  deepEqual(Object.keys(vocabularyOf(bertMini(glove))), [
    ...["[PAD]", "[UNK]", "[CLS]", "[SEP]"],
    ...glove.words,
    ...["i", "a"],
  ]);
});

Deno.test("bert-mini loads, gives states 128 wide, and padding changes them by rounding only", () =>
  withModels({ bert: bertMini(glove) }, async (root) => {
    const encoder = await loadTextEncoder({ model: "bert", root });
    deepEqual(encoder.shapes, { states: [8, 128], mask: [8] });
    const [alone] = await encoder.encode(["good film"]);
    const [first, , second] = await encoder.encode([
      "good film",
      "very ".repeat(40),
      "bad film",
    ]);
    ok(alone!.states!.every((x, i) => Math.abs(x - first!.states![i]!) < 1e-5));
    deepEqual(first!.mask, Float32Array.of(1, 1, 0, 0, 0, 0, 0, 0));
    notDeepEqual(first!.states, second!.states);
    await encoder.dispose();
  }));

Deno.test("bert-mini's states depend on the words around", () =>
  withModels({ bert: bertMini(glove) }, async (root) => {
    const encoder = await loadTextEncoder({ model: "bert", root, segments: 2 });
    const [a, b] = await encoder.encode(["film good", "film unheardof"]);
    const difference = a!.states!.subarray(0, 128).map((x, i) => Math.abs(x - b!.states![i]!));
    ok(Math.max(...difference) > 1e-4);
    equal(a!.states!.length, 256);
    await encoder.dispose();
  }));
