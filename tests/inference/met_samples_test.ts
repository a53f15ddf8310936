import { deepEqual, equal, throws } from "node:assert/strict";
import type { Sample } from "../../lib/datasets/mod.ts";
import { sha256 } from "../../lib/files.ts";
import {
  acquaintance,
  metFromBytes,
  metSamples,
  metToBytes,
} from "../../lib/inference/met_samples.ts";
import { byModality } from "../../lib/modality.ts";

function text(message: string, group: string): Sample {
  return {
    id: message,
    modality: "text",
    emotion: "joy",
    label: 1,
    group,
    hash: sha256(message),
    source: { text: message },
  };
}

const samples = {
  text: [text("It's fine", "Ann"), text("so so", "Bob"), text("never", "Cem")],
  image: [],
  audio: [],
};
const split = byModality(() => ({ train: [] as number[], validation: [] as number[] }));
const met = metSamples(samples, { ...split, text: { train: [0], validation: [1] } });

Deno.test("a model knows what it was trained on and chosen by, in any spelling, and nothing else", () => {
  const knows = acquaintance(metFromBytes(metToBytes(met), { path: "met.json" }));
  const asked = [...samples.text, text("it’s  FINE", "Dee"), text("new", "Bob")];
  deepEqual(asked.map(knows.sample), [true, true, false, true, false]);
  deepEqual(asked.map(knows.group), [true, true, false, false, true]);
});

Deno.test("a file that holds something else is refused", () => {
  const read = (text: string) =>
    metFromBytes(new TextEncoder().encode(text), { path: "m/met.json" });
  throws(() => read("{"), /Cannot read "m\/met\.json": expected JSON, got none/);
  throws(() => read('{"samples":"xyz","groups":""}'), /expected digests of samples, got others/);
  throws(() => read('{"samples":"0123"}'), /expected digests of samples/);
  equal(read('{"samples":"","groups":""}').samples.length, 0);
});
