import { deepEqual, equal, throws } from "node:assert/strict";
import { arrange, liveStatements } from "../../../lib/compile/c/arena.ts";
import { lower } from "../../../lib/compile/c/lower.ts";
import {
  broadcast,
  type Buffer,
  contiguous,
  crop,
  permute,
  reshape,
  type View,
  whole,
} from "../../../lib/compile/c/values.ts";
import { Graph } from "../../../lib/compile/onnx.ts";

const buffer = (name: string, size: number): Buffer => ({
  name,
  kind: "temporary",
  element: "float",
  size,
  index: 0,
});

const place = ({ offset, strides }: View) => ({ offset, strides });
const matrix = whole(buffer("m", 24), [4, 6]);

Deno.test("views count elements as the operations on them say", () => {
  deepEqual(contiguous([2, 3, 4]), [12, 4, 1]);
  const turned = permute(matrix, [1, 0]) as View;
  deepEqual(place(turned), { offset: 0, strides: [1, 6] });
  // Rows 1 and 3, columns 5, 3 and 1: m[1][5] is element 11.
  const some = crop(matrix, { begin: [1, 5], steps: [2, -2], shape: [2, 3] }) as View;
  deepEqual(place(some), { offset: 11, strides: [12, -2] });
  const row = crop(matrix, { begin: [2, 0], steps: [1, 1], shape: [1, 6] });
  deepEqual(place(broadcast(row, [5, 3, 6]) as View), { offset: 12, strides: [0, 0, 1] });
});

Deno.test("another shape is a view where the elements can be counted that way", () => {
  const shaped = (view: View, shape: number[]) => (reshape(view, shape) as View)?.strides;
  deepEqual(shaped(matrix, [2, 2, 3, 2]), [12, 6, 2, 1]);
  deepEqual(shaped(matrix, [1, 24, 1]), [0, 1, 0]);
  const turned = permute(matrix, [1, 0]) as View;
  deepEqual(shaped(turned, [3, 2, 4]), [2, 1, 6]);
  equal(reshape(turned, [24]), undefined);
  // What is repeated along an axis may be divided there.
  const repeated = broadcast(whole(buffer("r", 6), [6]), [4, 6]) as View;
  deepEqual(shaped(repeated, [2, 2, 6]), [0, 0, 1]);
  equal(reshape(repeated, [24]), undefined);
});

Deno.test("buffers share memory once nothing reads them any more, and unused ones take none", () => {
  const [a, b, c, d, unused] = ["a", "b", "c", "d", "unused"].map((name) => buffer(name, 16));
  const all = [[a!, []], [b!, [a]], [unused!, [a]], [c!, [b]], [d!, [c, a]]].map((
    [to, from],
  ) => ({ note: "", code: "", writes: [to as Buffer], reads: from as Buffer[] }));
  const live = liveStatements(all, [d!]);
  deepEqual(live.map(({ writes }) => writes[0]!.name), ["a", "b", "c", "d"]);
  const { places, bytes } = arrange(live);
  // a is read to the end; d comes where b was, which c made.
  deepEqual([a, b, c, d].map((x) => places.get(x!)), [0, 64, 128, 64]);
  equal(bytes, 192);
});

Deno.test("an operator that C lacks is refused by its name", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  graph.output("y", graph.node("Celu", [x]), "float32", [2]);
  throws(
    () => lower(graph),
    /^Error: Cannot write C: expected an operator that is known, got Celu$/,
  );
});
