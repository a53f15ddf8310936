import { deepEqual, equal } from "node:assert/strict";
import { measure, median, takeTurns } from "../../benchmarks/side.ts";

/** A side that takes these milliseconds one after the other; `order` is told its name each time. */
const side = (name: string, all: number[], order: string[] = []) => ({
  run(iterations: number) {
    order.push(`${name} ${iterations}`);
    return Promise.resolve({ milliseconds: all.shift()! });
  },
});

Deno.test("takeTurns() leaves the first run out, and turns the order round each time", async () => {
  const order: string[] = [];
  const sides = [side("a", [9, 1, 2], order), side("b", [9, 3, 4], order)];
  const timings = await takeTurns(sides, { iterations: 5, repetitions: 2 });
  deepEqual(order, ["a 5", "b 5", "a 5", "b 5", "b 5", "a 5"]);
  deepEqual(timings.map((own) => own.map(({ milliseconds }) => milliseconds)), [[1, 2], [3, 4]]);
});

Deno.test("measure() gives medians", async () => {
  const medians = await measure([side("a", [9, 5, 1, 2])], { iterations: 1, repetitions: 3 });
  deepEqual(medians, [2]);
  equal(median([4, 1, 2, 3]), 2.5);
});
