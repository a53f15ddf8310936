import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { loadTextEncoder } from "../../lib/encoders/text_encoder.ts";
import { correlation, expected, tinyRoot } from "./tiny_encoders.ts";
import { withModels } from "./tiny_models.ts";

// The tokenizer's ids: 0 to 3 are special, then good 4, bad 5, film 6, very 7, my 8.

Deno.test("a text encoder averages the states of the words, without [CLS] and [SEP], by segments", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments: 2 });
    deepEqual(encoder.shapes, { states: [2, 2], mask: [2] });
    const [features] = await encoder.encode(["Very GOOD film my film"]);
    // Ids 7 4 | 6 8 6: five words in two segments of 2 and 3.
    const expected = [5.5, -5.5, 20 / 3, -20 / 3];
    features!.states!.forEach((x, i) => ok(Math.abs(x - expected[i]!) < 1e-6));
    deepEqual(features!.mask, Float32Array.of(1, 1));
    await encoder.dispose();
  }));

Deno.test("a text encoder leaves segments unused that a short message does not fill", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments: 3 });
    const [features] = await encoder.encode(["good unheardof"]);
    deepEqual(features!.states, Float32Array.of(4, -4, 1, -1, 0, 0));
    deepEqual(features!.mask, Float32Array.of(1, 1, 0));
    await encoder.dispose();
  }));

Deno.test("a text encoder keeps the order of the messages, whatever their lengths", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments: 1 });
    const words = ["good", "bad", "film", "very", "my"];
    const texts = Array.from(
      { length: 70 },
      (_, i) => Array(1 + i * 7 % 11).fill(words[i % 5]).join(" "),
    );
    const features = await encoder.encode(texts);
    features.forEach(({ states }, i) => ok(Math.abs(states![0]! - (4 + i % 5)) < 1e-6));
    deepEqual(await encoder.encode([]), []);
    await encoder.dispose();
  }));

Deno.test("a text encoder cuts messages at 128 tokens", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments: 126 });
    const [features] = await encoder.encode([`${"good ".repeat(125)}bad film film`]);
    equal(features!.states![2 * 124], 4);
    equal(features!.states![2 * 125], 5);
    await encoder.dispose();
  }));

Deno.test("a text encoder refuses a message without a word", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root });
    await rejects(encoder.encode(["good", " "]), {
      name: "RangeError",
      message: 'Cannot encode a message: expected a word or more, got " "',
    });
    await encoder.dispose();
  }));

Deno.test("an encoder's digest depends on its segments and its files", () =>
  withModels(["tiny/bert"], async (root) => {
    const digests: string[] = [];
    const load = async (segments: number) => {
      const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments });
      digests.push(encoder.digest);
      await encoder.dispose();
    };
    await load(2);
    await load(2);
    await load(3);
    const path = `${root}/tiny/bert/tokenizer_config.json`;
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("128", "100"));
    await load(2);
    match(digests[0]!, /^[0-9a-f]{64}$/);
    equal(digests[0], digests[1]);
    notEqual(digests[0], digests[2]);
    notEqual(digests[0], digests[3]);
  }));

Deno.test("a model that is not there is an error with the folder and a command", () =>
  withModels(
    [],
    (root) =>
      rejects(loadTextEncoder({ model: "some/bert", root }), (error: Error) => {
        equal(error.name, "NotFound");
        match(error.message, /some\/bert \(main\), looked for as \/.*some\/bert\/onnx\/model.onnx/);
        match(error.message, /hf download some\/bert/);
        return true;
      }),
  ));

Deno.test("a model whose states have another width is refused", () =>
  withModels(["tiny/bert"], (root) =>
    rejects(
      loadTextEncoder({ model: "tiny/bert", root, width: 768 }),
      /Cannot use tiny\/bert: expected states 768 wide, got last_hidden_state \[1,3,2\]/,
    )));

Deno.test("the states of a BERT are those of transformers, in a batch with padding", async () => {
  const options = { model: "tiny_encoders/bert", root: tinyRoot, segments: 12, width: 16 };
  const encoder = await loadTextEncoder(options);
  const features = await encoder.encode(expected.texts);
  features.forEach(({ states, mask }, i) => {
    // As many segments as words: each has its own, and the rest is empty.
    const words = expected.bert[i]!;
    deepEqual([...mask!], Array.from({ length: 12 }, (_, s) => s < words.length ? 1 : 0));
    words.flat().forEach((x, j) => ok(Math.abs(x - states![j]!) < 1e-4, `${x}, ${states![j]}`));
  });
  await encoder.dispose();
});

Deno.test("int8 states of a BERT are close to those of fp32, and kept apart", async () => {
  const options = { model: "tiny_encoders/bert", root: tinyRoot, segments: 12, width: 16 };
  const [exact, small] = [
    await loadTextEncoder(options),
    await loadTextEncoder({ ...options, precision: "int8" }),
  ];
  const texts = expected.texts.slice(0, 2);
  const states = async (encoder: typeof exact) =>
    (await encoder.encode(texts)).flatMap(({ states }) => [...states!]);
  const [a, b] = [await states(exact), await states(small)];
  ok(correlation(a, b) > 0.98, `${correlation(a, b)}`);
  notEqual(Math.max(...a.map((x, i) => Math.abs(x - b[i]!))), 0);
  notEqual(exact.digest, small.digest);
  for (const encoder of [exact, small]) await encoder.dispose();
});
