import { deepEqual, ok, throws } from "node:assert/strict";
import {
  reliabilityFigure,
  type ReliabilityPanel,
  reliabilityPanel,
} from "../../lib/figures/reliability.ts";
import { topLabel } from "../../lib/metrics/class_calibration.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Reliability", subtitle: "Embedded corpus" };
const bin = (from: number, count: number, confidence: number, accuracy: number) => ({
  from,
  to: from + 0.25,
  count,
  confidence,
  accuracy,
});
const before: ReliabilityPanel = {
  name: "before",
  ece: 0.1234,
  bins: [bin(0.25, 0, NaN, NaN), bin(0.5, 10, 0.6, 0.55), bin(0.75, 30, 0.9, 0.75)],
};
const after: ReliabilityPanel = { ...before, name: "after, T = 1.5", ece: 0.02 };

Deno.test("reliabilityFigure() has the bins with samples as they are, in both parts of a panel", () => {
  const [first] = partOf(reliabilityFigure([before, after], options)).hconcat;
  const [diagram, counts] = first!.vconcat;
  deepEqual(diagram!.data.values, before.bins.slice(1));
  deepEqual(counts!.data.values.map(({ from, to, count }) => [from, to, count]), [
    [0.5, 0.75, 10],
    [0.75, 1, 30],
  ]);
});

Deno.test("reliabilityFigure() begins at the lowest bin with samples, with one scale for counts", () => {
  const fewer = { ...after, bins: [bin(0.75, 5, 0.8, 0.2)] };
  for (const { vconcat } of partOf(reliabilityFigure([before, fewer], options)).hconcat) {
    deepEqual(vconcat[0]!.layer[2]!.encoding.x.scale.domain, [0.5, 1]);
    // Of accuracy from 0 on, where the lowest is.
    deepEqual(vconcat[0]!.layer[2]!.encoding.y.scale.domain, [0.2, 1]);
    // An area in proportion, and room above the bars.
    deepEqual(vconcat[0]!.layer[2]!.encoding.size.scale.domain, [0, 30]);
    deepEqual(vconcat[1]!.layer[0]!.encoding.y.scale.domain, [0, 36]);
  }
});

Deno.test("reliabilityFigure() is drawn with both errors, to three digits", async () => {
  const texts = await drawnTexts(reliabilityFigure([before, after], options));
  for (const text of ["before: ECE 0.123", "after, T = 1.5: ECE 0.020", "confidence", "samples"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("reliabilityPanel() bins the answers among K classes by their confidence", () => {
  const answers = topLabel({
    actual: [0, 1, 2],
    scores: [...[0.5, 0.25, 0.25], ...[0.625, 0.375, 0], ...[0, 0.125, 0.875]],
    classes: 3,
  });
  deepEqual(reliabilityPanel({ name: "three", ...answers }, { bins: 4 }), {
    name: "three",
    // Of confidence 0.5625 and 0.875; right are 1 of 2 and 1 of 1.
    ece: (2 * 0.0625 + 0.125) / 3,
    bins: [bin(0.5, 2, 0.5625, 0.5), bin(0.75, 1, 0.875, 1)],
  });
});

Deno.test("reliabilityFigure() refuses a panel without samples, and shares that are none", () => {
  throws(() => reliabilityFigure([], options), /at least one panel, got none/);
  throws(
    () => reliabilityFigure([{ ...before, bins: [before.bins[0]!] }], options),
    /Cannot draw reliability before: expected at least one bin with samples, got none/,
  );
  throws(() => reliabilityFigure([{ ...before, ece: -1 }], options), RangeError);
  throws(
    () => reliabilityFigure([{ ...before, bins: [bin(0.5, 10, NaN, 0.5)] }], options),
    /expected confidence and accuracy from 0 to 1, got NaN/,
  );
});
