import { doesNotThrow, equal, throws } from "node:assert/strict";
import * as checks from "../lib/checks.ts";

const settings = checks.record({
  width: checks.whole(1),
  rate: checks.between(0, 1, { open: true }),
  kind: checks.choice(["per feature", "scalar"]),
}, { optional: ["rate"] });

const refuses = (value: unknown, message: RegExp) =>
  throws(() => settings(value, "the settings"), { name: "RangeError", message });

Deno.test("settings are taken as they should be, with what is optional or without", () => {
  doesNotThrow(() => settings({ width: 1, kind: "scalar" }, "the settings"));
  doesNotThrow(() => settings({ width: 9, kind: "scalar", rate: 0 }, "the settings"));
  doesNotThrow(() => settings({ width: 9, kind: "scalar", rate: undefined }, "the settings"));
});

Deno.test("an unknown setting is an error with the name that was meant", () => {
  refuses({ widht: 32 }, /^Cannot use the settings: .*an entry "widht"; did you mean "width"\?$/);
  refuses({ lr: 1 }, /expected one of width, rate, kind, got an entry "lr"$/);
});

Deno.test("a wrong choice lists the choices, a missing value and a wrong number say so", () => {
  const wrong =
    /kind: expected one of "per feature", "scalar", got "per-feature"; did you mean "per/;
  refuses({ width: 1, kind: "per-feature" }, wrong);
  refuses({ kind: "scalar" }, /the settings, width: expected a whole number from 1, got nothing$/);
  for (const width of [0, 1.5, NaN, "8", null]) {
    refuses({ width, kind: "scalar" }, /got (?!nothing)/);
  }
  for (const rate of [-0.1, 1, Infinity]) refuses({ width: 1, kind: "scalar", rate }, /below 1/);
  for (const value of [null, [], "x", undefined]) refuses(value, /expected an object/);
});

Deno.test("a list and a stage are looked into", () => {
  const list = checks.list(checks.whole(0));
  throws(() => list([], "channels"), /channels: expected a list of one or more, got \[\]$/);
  throws(() => list([1, -1], "channels"), /channels\[1\]: expected a whole number from 0, got -1$/);
  const stage = checks.stage("init", "apply");
  doesNotThrow(() => stage({ name: "mine", init: () => {}, apply: () => {} }, "gate"));
  throws(() => stage({ name: "mine", init: () => {} }, "gate"), /gate, apply: expected a function/);
});

Deno.test("nearest() finds a slip of the pen, and nothing where nothing is near", () => {
  const names = ["table_1", "table_2", "ablation_gate", "statistics"];
  equal(checks.nearest("table1", names), "table_1");
  equal(checks.nearest("statisitcs", names), "statistics");
  equal(checks.nearest("Ablation-Gate", names), "ablation_gate");
  equal(checks.nearest("zebra", names), undefined);
});
