import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { loadTextEncoder } from "../../lib/encoders/text_encoder.ts";
import { correlation, expected, tinyRoot } from "./tiny_encoders.ts";
import { bertMini } from "../../lib/encoders/embedded/bert.ts";
import { glove, tinyBert, withModels } from "./tiny_models.ts";

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

Deno.test("a message has the same states whatever is encoded beside it", () =>
  withModels({ "tiny/bert": tinyBert({ counts: true }) }, async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments: 3 });
    const texts = ["good", "very bad film", "my", "bad bad bad bad", "my good film"];
    const together = await encoder.encode(texts);
    for (const [i, text] of texts.entries()) {
      deepEqual((await encoder.encode([text]))[0], together[i]);
    }
    await encoder.dispose();
  }));

Deno.test("a text encoder reads all of a long message, a state a token", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root, segments: 130 });
    const text = `${"good ".repeat(125)}bad film film very`;
    const [features, short] = await encoder.encode([text, "my"]);
    const ids = [...Array(125).fill(4), 5, 6, 6, 7];
    deepEqual(ids.map((_, i) => features!.states![2 * i]), ids);
    equal(features!.mask!.reduce((a, b) => a + b), 129);
    equal(short!.states![0], 8);
    await encoder.dispose();
  }));

Deno.test("windows of a long message are of equal length, and what each alone would be", () =>
  withModels({ "tiny/bert": bertMini(glove) }, async (root) => {
    const load = (segments: number) => loadTextEncoder({ model: "tiny/bert", root, segments });
    const words = Array.from({ length: 300 }, (_, i) => glove.words[i * i % 7 % 5]);
    const [whole, third] = [await load(300), await load(100)];
    const [all] = await whole.encode([words.join(" ")]);
    const parts = await third.encode([0, 100, 200].map((i) => words.slice(i, i + 100).join(" ")));
    const wanted = parts.flatMap(({ states }) => [...states!]);
    ok(wanted.every((x, i) => Math.abs(x - all!.states![i]!) < 1e-5));
    for (const encoder of [whole, third]) await encoder.dispose();
  }));

Deno.test("a text encoder says what it knows nothing of, and how long a message is", () =>
  withModels(["tiny/bert"], async (root) => {
    const encoder = await loadTextEncoder({ model: "tiny/bert", root });
    const inspect = (text: string) => encoder.inspect!(text);
    const none = { windows: 1, unknown: 0, blank: false };
    deepEqual(await inspect("good film"), { ...none, given: 2, taken: 2 });
    deepEqual(await inspect("good 😡"), { ...none, given: 2, taken: 2, unknown: 1 });
    deepEqual(await inspect("😡 хорошо"), { ...none, given: 2, taken: 2, unknown: 2, blank: true });
    equal((await inspect("хорошо 123!")).blank, true);
    equal((await inspect("good! 😡")).blank, false);
    equal((await inspect("my ".repeat(126))).windows, 1);
    deepEqual(await inspect("my ".repeat(127)), { ...none, given: 127, taken: 127, windows: 2 });
    await rejects(async () => await inspect("a".repeat(100_001)), {
      name: "RangeError",
      message: "Cannot encode a message: expected 100000 characters or fewer, got 100001",
    });
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

Deno.test("int8 states of a message do not depend on its neighbours", async () => {
  const encoder = await loadTextEncoder({
    ...{ model: "tiny_encoders/bert", root: tinyRoot, segments: 12, precision: "int8" },
  });
  const alone = await Promise.all(
    expected.texts.map(async (text) => (await encoder.encode([text]))[0]),
  );
  deepEqual(await encoder.encode(expected.texts), alone);
  await encoder.dispose();
});
