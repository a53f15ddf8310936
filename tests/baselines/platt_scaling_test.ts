import { deepEqual, ok, throws } from "node:assert/strict";
import { sigmoid } from "../../lib/baselines/logistic_loss.ts";
import { fitPlattScaling } from "../../lib/baselines/platt_scaling.ts";
import { key, normals, uniforms } from "../../lib/tensor/random.ts";

Deno.test("fitPlattScaling() meets the condition of a minimum, worked by hand", () => {
  // 10 logits of 2, 8 of them right, and their mirror images: b = 0, and the derivative by a is
  // 20 · 2 (σ(2a) − 0.8) + (a − 1).
  const right = [...new Array(8).fill(1), 0, 0];
  const { slope, offset } = fitPlattScaling({
    logits: [...right.map(() => 2), ...right.map(() => -2)],
    labels: [...right, ...right.map((y) => 1 - y)],
  });
  ok(Math.abs(40 * (sigmoid(2 * slope) - 0.8) + slope - 1) < 1e-4);
  ok(Math.abs(offset) < 1e-5);
});

Deno.test("fitPlattScaling() undoes a scale and a shift of honest logits", () => {
  const [z, u] = [normals(key(1)), uniforms(key(2))];
  const honest = Array.from({ length: 4000 }, () => 2 * z());
  const labels = honest.map((x) => u() < sigmoid(x) ? 1 : 0);
  const { slope, offset } = fitPlattScaling({ logits: honest.map((x) => 3 * x - 1.5), labels });
  // Their deviations are about 0.02 and 0.05.
  ok(Math.abs(slope - 1 / 3) < 0.05, `${slope}`);
  ok(Math.abs(offset - 0.5) < 0.15, `${offset}`);
});

Deno.test("fitPlattScaling() makes the mean probability the share of ones", () => {
  const logits = [-3, -1, 0, 0.5, 2, 4, 5], labels = [0, 0, 0, 1, 0, 1, 1];
  const { slope, offset } = fitPlattScaling({ logits, labels });
  const mean = logits.reduce((sum, z) => sum + sigmoid(slope * z + offset), 0) / 7;
  ok(Math.abs(mean - 3 / 7) < 1e-5);
});

Deno.test("fitPlattScaling() stays finite where logits separate the labels", () => {
  const { slope } = fitPlattScaling({ logits: [-1, -1, 1, 1], labels: [0, 0, 1, 1] });
  ok(slope > 1 && slope < 3, `${slope}`);
});

Deno.test("fitPlattScaling() refuses labels of one class, and too few of them", () => {
  throws(() => fitPlattScaling({ logits: [1, 2], labels: [1, 1] }), {
    name: "RangeError",
    message: "Cannot calibrate logits: expected one label for each of 2 logits, of both classes, " +
      "got 2 labels, 2 of them positive",
  });
  throws(() => fitPlattScaling({ logits: [1, 2, 3], labels: [1, 0] }), /each of 3 logits.* got 2/);
  deepEqual(Object.keys(fitPlattScaling({ logits: [1, 2], labels: [1, 0] })), ["slope", "offset"]);
});
