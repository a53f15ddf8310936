import { deepEqual, equal } from "node:assert/strict";
import { type IsLeaf, leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";

const isNumber: IsLeaf<number> = (node): node is number => typeof node === "number";
const tree = { gate: { weight: 1, bias: 2 }, none: {}, fusion: { "0": { weight: 3 } } };

Deno.test("leaves() lists paths and leaves in the order of insertion", () => {
  deepEqual(leaves<number>(tree, isNumber), [
    { path: "gate/weight", leaf: 1 },
    { path: "gate/bias", leaf: 2 },
    { path: "fusion/0/weight", leaf: 3 },
  ]);
});

Deno.test("mapTree() keeps names, empty records too, and hands over the path", () => {
  const mapped = mapTree<number, string, typeof tree>(tree, isNumber, (n, path) => `${path}=${n}`);
  deepEqual(mapped, {
    gate: { weight: "gate/weight=1", bias: "gate/bias=2" },
    none: {},
    fusion: { "0": { weight: "fusion/0/weight=3" } },
  });
});

Deno.test("a leaf is a tree with an empty path", () => {
  deepEqual(leaves<number>(7 as Tree<number>, isNumber), [{ path: "", leaf: 7 }]);
  equal(mapTree<number, number, number>(7, isNumber, (n) => 2 * n), 14);
});

Deno.test("mapTree() leaves its argument as it was", () => {
  const before = structuredClone(tree);
  mapTree<number, number, typeof tree>(tree, isNumber, (n) => n + 1);
  deepEqual(tree, before);
});
