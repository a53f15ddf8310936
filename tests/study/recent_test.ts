import { deepEqual, equal } from "node:assert/strict";
import { recent } from "../../lib/study/recent.ts";

Deno.test("recent() keeps what was asked for last, up to a size", () => {
  const kept = recent<string>(10);
  const [a, b, c] = [{}, {}, {}];
  const read: string[] = [];
  const get = (of: object, name: string, size: number) =>
    kept.get(of, () => {
      read.push(name);
      return name;
    }, size);
  equal(get(a, "a", 4), "a");
  equal(get(b, "b", 4), "b");
  equal(get(a, "a", 4), "a");
  deepEqual(read, ["a", "b"]);
  // Now b was asked for longest ago.
  get(c, "c", 4);
  get(a, "a", 4);
  deepEqual(read, ["a", "b", "c"]);
  get(b, "b", 4);
  deepEqual(read, ["a", "b", "c", "b"]);
});

Deno.test("recent() keeps the last value however large it is", () => {
  const kept = recent<number>(10);
  const of = {};
  let reads = 0;
  const get = () => kept.get(of, () => ++reads, 99);
  deepEqual([get(), get()], [1, 1]);
  kept.get({}, () => 0, 1);
  equal(get(), 2);
});
