/** Values of a pickle as JSON has them, to compare with what Python said of them. @module */

import { PickledArray } from "../../../lib/datasets/pickle/array.ts";
import { type PickleValue, textOf } from "../../../lib/datasets/pickle/values.ts";

/** As tests/fixtures/pickles.py writes a value: infinities, NaN and large numbers as text. */
export function asJson(value: PickleValue | unknown): unknown {
  if (value instanceof PickledArray) {
    const { shape, dtype } = value;
    return { dtype, shape: [...shape], values: elementsOf(value).map(asJson) };
  }
  if (Array.isArray(value)) return Array.from(value, asJson);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [key, asJson(item)]));
  }
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  }
  return textOf(value) ?? value;
}

/** All elements of an array, row by row. */
export function elementsOf(array: PickledArray): unknown[] {
  if (array.objects) return [...array.objects];
  if (/[US]/.test(array.dtype)) return array.texts();
  const numbers = Array.from(array.numbers());
  return array.dtype === "|b1" ? numbers.map((x) => x === 1) : numbers;
}

/** Where the pickles of tests/fixtures are. */
export const fixtures = new URL("../../fixtures/pickles/", import.meta.url).pathname;

/** What Python says that they hold. */
export const expected = JSON.parse(await Deno.readTextFile(`${fixtures}expected.json`));
