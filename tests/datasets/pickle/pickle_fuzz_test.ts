import { ok } from "node:assert/strict";
import { PickledArray } from "../../../lib/datasets/pickle/array.ts";
import { bytesInMemory } from "../../../lib/datasets/pickle/byte_source.ts";
import { readPickle } from "../../../lib/datasets/pickle/read_pickle.ts";
import { Bytes, textOf } from "../../../lib/datasets/pickle/values.ts";
import { fold, key, uniforms } from "../../../lib/tensor/random.ts";
import { elementsOf, fixtures } from "./python_values.ts";

const names = ["numpy1_protocol0", "numpy1_protocol2", "numpy2_protocol4", "numpy2_protocol5"];
const whole = names.map((name) => Deno.readFileSync(`${fixtures}${name}.pkl`));

/** A pickle with some bytes changed, taken out, doubled or cut off. */
function mutated(seed: number): Uint8Array {
  const next = uniforms(fold(key(seed), "pickle"));
  const upTo = (count: number) => Math.floor(next() * count);
  let bytes = [...whole[upTo(whole.length)]!];
  for (let changes = 1 + upTo(4); changes > 0 && bytes.length > 0; changes--) {
    // Half of them at the beginning, where most instructions are.
    const at = upTo(next() < 0.5 ? Math.min(600, bytes.length) : bytes.length);
    const way = upTo(5);
    if (way === 0) bytes[at] = upTo(256);
    if (way === 1) bytes[at]! ^= 1 << upTo(8);
    if (way === 2) bytes.splice(at, 1 + upTo(20));
    if (way === 3) bytes.splice(at, 0, ...bytes.slice(at, at + upTo(40)));
    if (way === 4) bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

/** Reads all that a value holds, each once. */
function visit(value: unknown, seen = new Set<unknown>()): void {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (Array.isArray(next) || next instanceof Set) left.push(...next);
    else if (next instanceof Map) { for (const entry of next) left.push(...entry); }
    else if (next instanceof PickledArray) left.push(...elementsOf(next));
    else if (next instanceof Bytes) next.source.read(0, next.source.length);
    else textOf(next);
  }
}

Deno.test("a thousand damaged pickles: a value, or an error that says what was wrong", () => {
  let errors = 0;
  for (let seed = 0; seed < 1000; seed++) {
    try {
      visit(readPickle(bytesInMemory(mutated(seed)), { memory: 1 << 24 }));
    } catch (error) {
      errors++;
      const clear = (error instanceof SyntaxError || error instanceof RangeError) &&
        /^Cannot read .*: expected .*, got .*/s.test(error.message);
      ok(clear, `seed ${seed}: ${error}`);
      ok((error as Error).message.length < 500, (error as Error).message);
    }
  }
  ok(errors > 300 && errors < 1000, `${errors} errors`);
});
