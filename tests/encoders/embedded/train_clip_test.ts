import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { initClip } from "../../../lib/encoders/embedded/clip_towers.ts";
import { score, trainClip, wordTable } from "../../../lib/encoders/embedded/train_clip.ts";
import { flatten, isParameter, type Parameter } from "../../../lib/tensor/parameter.ts";
import { fold, key } from "../../../lib/tensor/random.ts";
import { leaves, type Tree } from "../../../lib/tensor/tree.ts";
import { tinyGlyphs, tinyTraining, tinyWords } from "./tiny_glyphs.ts";

const words = wordTable(tinyWords);
const run = (seed: number, epochs: number) =>
  trainClip(tinyGlyphs, words, { key: key(seed), training: { ...tinyTraining, epochs } });

Deno.test("score() ranks the diagonal of similarities in its rows", () => {
  // Six pairs: the own caption first in row 0, second in row 1, and last in the others.
  const z = Float32Array.from({ length: 36 }, (_, at) => {
    const [row, column] = [Math.floor(at / 6), at % 6];
    if (row === 0) return column === 0 ? Math.log(5) : 0;
    if (row === 1) return column === 1 ? 2 : column === 0 ? 3 : 0;
    return row === column ? -1 : 0;
  });
  const { top1, top5, loss } = score(z);
  equal(top1, 1 / 6);
  equal(top5, 2 / 6);
  const rest = 4 * Math.log(5 * Math.E + 1);
  const wanted = (Math.log(2) + Math.log(Math.exp(2) + Math.exp(3) + 4) - 2 + rest) / 6;
  ok(Math.abs(loss - wanted) < 1e-6, `${loss}, not ${wanted}`);
});

Deno.test("wordTable() takes the mean away and brings words to one length", () => {
  const { rows, rowOf } = wordTable({
    words: ["a", "b"],
    vectors: Float32Array.of(3, 5, 1, 5),
    width: 2,
  });
  // Less the mean (2, 5): (1, 0) and (-1, 0), then of length √2.
  deepEqual([...rows].map((x) => +x.toFixed(6)), [1.414214, 0, -1.414214, 0]);
  equal(rowOf.get("b"), 1);
});

Deno.test("trainClip() learns which caption goes with which picture", async () => {
  const { params, counts, test, history } = await run(1, 12);
  deepEqual(counts, { train: 21, validation: 3, test: 3 });
  equal(test.pairs, 3);
  const losses = history.map(({ trainLoss }) => trainLoss);
  // Guessing among eight captions costs ln 8 = 2.08 nats.
  ok(Math.max(...losses.slice(-4)) < 2.04, `${losses}`);
  ok(losses.at(-1)! < losses[0]! - 0.8, `${losses}`);
  // Every parameter has moved, the temperature too.
  const before = leaves<Parameter>(
    initClip(fold(key(1), "initial"), tinyTraining.size) as Tree<Parameter>,
    isParameter,
  );
  const after = leaves<Parameter>(params as Tree<Parameter>, isParameter);
  after.forEach(({ path, leaf }, i) => notDeepEqual(leaf.values, before[i]!.leaf.values, path));
});

Deno.test("trainClip() gives the same weights for equal keys and others for others", async () => {
  const weights = async (seed: number) => flatten((await run(seed, 1)).params as Tree<Parameter>);
  const first = await weights(1);
  deepEqual(await weights(1), first);
  notDeepEqual(await weights(2), first);
});

Deno.test("trainClip() refuses fewer emoji than a batch", () =>
  rejects(
    trainClip(tinyGlyphs.slice(0, 8), words, { key: key(1), training: tinyTraining }),
    /^RangeError: Cannot train the small CLIP: expected 8 training emoji or more, got 6$/,
  ));
