import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { drawSettings, gridOf, readAxis } from "../../lib/study/sweep_axes.ts";

const axis = (name: string, text: string) => readAxis({ name, text }, "--set");

Deno.test("an axis is values with commas between, or a range", () => {
  deepEqual(axis("training.learningRate", "1e-4, 3e-4,1e-3"), {
    name: "training.learningRate",
    values: [1e-4, 3e-4, 1e-3],
  });
  deepEqual(axis("model.gate", 'per feature,"sum"'), {
    name: "model.gate",
    values: ["per feature", "sum"],
  });
  deepEqual(axis("model.channels", "[8,16],[4]"), {
    name: "model.channels",
    values: [[8, 16], [4]],
  });
  const range = { low: 1e-4, high: 0.01, log: true, whole: false };
  deepEqual(axis("training.learningRate", "1e-4..1e-2:log"), {
    name: "training.learningRate",
    ...range,
  });
  deepEqual(axis("model.width", "8..64"), {
    ...{ name: "model.width", low: 8, high: 64, log: false, whole: true },
  });
});

Deno.test("an axis is checked value by value, a range by its ends", () => {
  const refused = (name: string, text: string, message: RegExp) =>
    throws(() => axis(name, text), { name: "RangeError", message });
  refused("model.width", "32,0", /^Cannot use --set model.width: expected a whole .*, got 0$/);
  refused("model.width", "32,", /got ""$/);
  refused("model.width", "32,32", /expected 32 once, got it twice$/);
  refused("model.widht", "32", /did you mean model.width\?$/);
  refused("model.width", "8.5..20", /got 8.5$/);
  refused("model.dropout", "0.1..1.5", /got 1.5$/);
  refused("model.dropout", "0.5..0.1", /to a greater one, got 0.5..0.1$/);
  refused("model.dropout", "0..0.5:log", /above 0 to a greater one, got 0..0.5:log$/);
  refused("model.gate", "1..2", /model.gate: expected one of/);
});

const [rate, width] = [axis("training.learningRate", "1,2"), axis("model.width", "8,16,32")];

Deno.test("a grid has every combination, the last setting changing fastest", () => {
  deepEqual(
    gridOf([rate, width], 6).map((settings) => Object.values(settings)),
    [[1, 8], [1, 16], [1, 32], [2, 8], [2, 16], [2, 32]],
  );
  deepEqual(gridOf([], 1), [{}]);
  throws(() => gridOf([rate, width], 5), /expected 5 combinations at most, got 6; --random N/);
  throws(() => gridOf([axis("model.width", "8..16")], 9), /expected --random N with a range/);
});

Deno.test("draws are different, of their seed, and more of them begin with the same", () => {
  const all = drawSettings([rate, width], { count: 6, seed: 1 });
  equal(new Set(all.map((settings) => JSON.stringify(settings))).size, 6);
  const four = drawSettings([rate, width], { count: 4, seed: 1 });
  deepEqual(four, all.slice(0, 4));
  ok(JSON.stringify(drawSettings([rate, width], { count: 4, seed: 2 })) !== JSON.stringify(four));
  throws(
    () => drawSettings([rate, width], { count: 7, seed: 1 }),
    /Cannot draw 7 different combinations: expected axes with as many, got 6$/,
  );
});

Deno.test("a range is met in all its parts, whole numbers with both ends alike", () => {
  const draw = (name: string, text: string, count: number) =>
    drawSettings([axis(name, text)], { count, seed: 3 }).map((own) => own[name] as number);
  deepEqual(draw("model.fusionLayers", "0..4", 5).toSorted(), [0, 1, 2, 3, 4]);
  const share = (values: number[], below: number) =>
    values.filter((value) => value < below).length / values.length;
  const even = draw("model.dropout", "0.1..0.5", 400);
  ok(even.every((value) => value >= 0.1 && value <= 0.5));
  ok(Math.abs(share(even, 0.2) - 0.25) < 0.07);
  const log = draw("training.learningRate", "1e-4..1e-2:log", 400);
  ok(log.every((value) => value >= 1e-4 && value <= 1e-2));
  // Half of them below the geometric mean.
  ok(Math.abs(share(log, 1e-3) - 0.5) < 0.08);
  // What a table shows is what was run.
  ok(log.every((value) => value === Number(value.toPrecision(4))));
});
