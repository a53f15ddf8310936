import { deepEqual, doesNotThrow, throws } from "node:assert/strict";
import { assertHeeded, heededSettings } from "../../lib/study/heeded_settings.ts";

const data = { cap: 100, testFraction: 0.3, validationFraction: 0.1, unbalanced: true };
const pairs = [{ text: 0 }], given = ["test"] as const;

Deno.test("the record of a run has the settings that decided it, and no others", () => {
  deepEqual(heededSettings(data, {}), data);
  const { cap: _, ...ofRows } = data;
  deepEqual(heededSettings(data, { pairs }), ofRows);
  deepEqual(heededSettings(data, { pairs, given }), { unbalanced: true });
});

Deno.test("settings that would decide nothing are refused, with the reason", () => {
  const refused = (name: string, source: Parameters<typeof heededSettings>[1], got: RegExp) =>
    throws(() => assertHeeded({ [name]: 0.2 }, { ...source, data: "mine.csv" }), got);
  refused("data.cap", { pairs }, /^RangeError: Cannot use data\.cap on "mine\.csv": expected prot/);
  refused("data.testFraction", { pairs, given }, /got parts that are given$/);
  refused("data.validationFraction", { pairs, folds: 5 }, /got folds$/);
  doesNotThrow(() => assertHeeded({ "data.testFraction": 0.2 }, { pairs, data: "mine.csv" }));
  doesNotThrow(() => assertHeeded({ "data.cap": 10 }, { data: "corpora" }));
});
