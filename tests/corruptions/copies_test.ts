import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import {
  copyTransform,
  corruptions,
  drawNoise,
  trainedCorruptions,
  trainedKinds,
} from "../../lib/corruptions/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";

Deno.test("the kinds to train on exist, and some of each modality are held out", () => {
  for (const m of modalities) {
    deepEqual(trainedCorruptions[m].map(({ name }) => name), trainedKinds[m]);
    ok(trainedKinds[m].length < corruptions[m].length);
  }
});

Deno.test("drawNoise() draws every kind as often, at levels between the listed ones, never clean", () => {
  const drawn = Array.from(
    { length: 3000 },
    (_, i) => drawNoise(trainedCorruptions.audio, fold(key(1), i)),
  );
  for (const [name, own] of Map.groupBy(drawn, ({ kind }) => kind.name)) {
    ok(Math.abs(own.length - 1000) < 120, `${name} ${own.length}`);
  }
  const ratios = drawn.filter(({ kind }) => kind.name === "white noise").map(({ level }) => level);
  ok(ratios.every((level) => level <= 20 && level >= -5));
  // Uniform from 20 to −5, as its levels are evenly apart.
  const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length;
  ok(Math.abs(mean - 7.5) < 0.8, `${mean}`);
  // Of 0.2, 0.4, 0.8, 1.6 and 3.2 s a quarter lies between each two.
  const rooms = drawn.filter(({ kind }) => kind.name === "reverberation");
  const early = rooms.filter(({ level }) => level < 0.4).length / rooms.length;
  ok(Math.abs(early - 0.25) < 0.05, `${early}`);
});

Deno.test("a copy depends on the sample's content, the copy's number and the seed alone", async () => {
  const message = "the quick brown fox jumps over the lazy dog and then some more words";
  const write = (copy: number, seed: number, hash: string) =>
    copyTransform(trainedCorruptions.text, { copy, seed }).apply(message, { hash });
  equal(await write(0, 1, "a"), await write(0, 1, "a"));
  notEqual(await write(0, 1, "a"), message);
  const others = [await write(1, 1, "a"), await write(0, 2, "a"), await write(0, 1, "b")];
  ok(others.every((other) => other !== undefined) && new Set(others).size === 3);
  const id = (copy: number) => copyTransform(trainedCorruptions.text, { copy, seed: 1 }).id;
  notEqual(id(0), id(1));
});
