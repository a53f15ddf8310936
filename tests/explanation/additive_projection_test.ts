import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { additiveProjection } from "../../lib/explanation/additive_projection.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import type { Rows } from "../../lib/systems/system.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";

const count = 30;
const draw = (name: string) => Float64Array.from({ length: count }, normals(fold(key(5), name)));
const values = { text: draw("text"), image: draw("image"), audio: draw("audio") };
const rowsOf = (shown: readonly Modality[]): Rows =>
  Object.fromEntries(shown.map((m) => [m, [...Array(count).keys()]]));

/** A judge of two numbers a row: `first` and its opposite. */
function judge(first: (x: { readonly [M in Modality]: number }) => number) {
  let asked = 0;
  return {
    asked: () => asked,
    of: (rows: Rows) => {
      const n = Object.values(rows)[0]!.length;
      asked += n;
      const at = (m: Modality, i: number) => rows[m] ? values[m][rows[m][i]!]! : 0;
      const f = Array.from(
        { length: n },
        (_, i) => first({ text: at("text", i), image: at("image", i), audio: at("audio", i) }),
      );
      return Promise.resolve(Float64Array.from(f.flatMap((z) => [z, -z])));
    },
  };
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));

for (const shown of [["text", "image"], modalities] as const) {
  for (const most of [100_000, 300]) {
    const how = `${shown.length} modalities, ${most === 300 ? "some" : "all"} combinations`;
    const rows = rowsOf(shown);
    Deno.test(`a sum over modalities equals its projection: ${how}`, async () => {
      const sum = judge(({ text, image, audio }) => 3 * text - image ** 2 + Math.sin(audio));
      const told = await additiveProjection(sum.of, rows, { most, key: key(1) });
      ok(largest(told.evidence, await sum.of(rows)) < 1e-9);
      equal(told.of, count ** shown.length);
      equal(told.combinations, most === 300 ? 10 * count : told.of);
      equal(sum.asked() - count, told.combinations);
    });
  }
}

Deno.test("a product of what has no mean loses all, and beside a sum it alone", async () => {
  const mean = (of: Float64Array) => of.reduce((a, b) => a + b, 0) / count;
  const [t, i] = [mean(values.text), mean(values.image)];
  const product = judge(({ text, image }) => (text - t) * (image - i));
  const rows = rowsOf(["text", "image"]);
  const { evidence } = await additiveProjection(product.of, rows, { key: key(1) });
  ok(evidence.every((z) => Math.abs(z) < 1e-9));
  const both = judge(({ text, image }) => 2 * text - image + (text - t) * (image - i));
  const left = (await additiveProjection(both.of, rows, { key: key(1) })).evidence;
  const sum = await judge(({ text, image }) => 2 * text - image).of(rows);
  ok(largest(left, sum) < 1e-9);
});

Deno.test("over all combinations it is the formula", async () => {
  const f = judge(({ text, image }) => Math.max(text, image) + text * image);
  const rows = rowsOf(["text", "image"]);
  const { evidence } = await additiveProjection(f.of, rows, { key: key(1) });
  const at = (i: number, j: number) => {
    const [a, b] = [values.text[i]!, values.image[j]!];
    return Math.max(a, b) + a * b;
  };
  const all = [...Array(count).keys()];
  const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  const whole = mean(all.flatMap((i) => all.map((j) => at(i, j))));
  const wanted = all.map((k) =>
    mean(all.map((j) => at(k, j))) + mean(all.map((i) => at(i, k))) - whole
  );
  ok(largest(wanted, all.map((k) => evidence[2 * k]!)) < 1e-9);
  ok(largest(wanted, all.map((k) => -evidence[2 * k + 1]!)) < 1e-9);
  // A sample of the partners is near it, and is the same with the same key.
  const some = () => additiveProjection(f.of, rows, { most: 20 * count, key: key(1) });
  const [first, second] = [await some(), await some()];
  deepEqual(first, second);
  const error = largest(wanted, all.map((k) => first.evidence[2 * k]!));
  ok(error > 0 && error < 1.5, `${error}`);
});

Deno.test("of one modality the verdict is its own, and rows of different lengths are refused", async () => {
  const f = judge(({ audio }) => audio ** 3);
  const { evidence } = await additiveProjection(f.of, rowsOf(["audio"]), { key: key(1) });
  deepEqual(evidence, await f.of(rowsOf(["audio"])));
  await rejects(additiveProjection(f.of, { text: [0, 1], image: [0] }, { key: key(1) }), {
    name: "RangeError",
    message: "Cannot project verdicts: expected as many samples of each, got 2 of text, 1 of image",
  });
});
