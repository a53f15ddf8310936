import { deepEqual, equal, throws } from "node:assert/strict";
import {
  assertSetting,
  assertTogether,
  parseValue,
  readSettings,
  settingNames,
  withSettings,
} from "../../lib/study/setting_names.ts";
import { defaults, quick } from "../../lib/study/settings.ts";

Deno.test("every default of the model, the training and the data has a name that can be set to it", () => {
  const values = (of: object, path: string): [string, unknown][] =>
    Object.entries(of).flatMap(([name, value]) =>
      name === "levels" ? values(value, `${path}.levels`) : [[`${path}.${name}`, value]]
    );
  const { model, training, data } = defaults;
  const all = [
    ...values(model, "model"),
    ...values(training, "training"),
    ...values(data, "data"),
  ];
  for (const [name, value] of all) assertSetting(name, value, "--set");
  // Without a limit by default, the epoch of the lowest loss, and balanced.
  const absent = ["training.clipValue", "training.keep", "data.unbalanced"];
  deepEqual([...all.map(([name]) => name), ...absent].sort(), [...settingNames].sort());
  deepEqual(withSettings(quick, Object.fromEntries(all)).training, training);
});

Deno.test("values are JSON, or a text as it stands", () => {
  deepEqual(
    ["32", "1e-3", "true", "per feature", '"sum"', "[8,16]", ""].map(parseValue),
    [32, 0.001, true, "per feature", "sum", [8, 16], ""],
  );
});

Deno.test("a setting that is not there is answered with the nearest, a value with what it may be", () => {
  const refused = (name: string, value: unknown, message: RegExp) =>
    throws(() => assertSetting(name, value, "--set"), { name: "RangeError", message });
  refused(
    "model.widht",
    1,
    /^Cannot use --set: expected .*"model.widht"; did you mean model.width\?$/,
  );
  refused("learningrate", 1, /did you mean training.learningRate\?$/);
  refused("levels.within", true, /did you mean model.levels.within\?$/);
  refused("thorough", true, /expected one of model.width, .*data.cap.*, got "thorough"$/);
  refused("model.levels", true, /expected one of model.levels.within, model.levels.across, model/);
  refused("toString", 1, /got "toString"/);
  refused("model.width", "32,64", /^Cannot use --set model.width: expected a whole .*"32,64"$/);
  refused("model.width", 0.5, /model.width: expected a whole number from 1, got 0.5$/);
  refused("model.dropout", 1, /model.dropout: expected a number from 0 and below 1, got 1$/);
  refused("model.gate", "scalr", /model.gate: expected one of .*; did you mean "scalar"\?$/);
  refused("model.levels.within", "no", /expected true or false, got "no"$/);
  refused("model.channels", [], /expected a list of one or more/);
  refused("training.learningRate", 0, /expected a number above 0, got 0$/);
  refused("data.testFraction", NaN, /data.testFraction: expected a number/);
  refused("data.cap", 1, /expected a whole number from 2, got 1$/);
});

Deno.test("a file's settings are nested or dotted, and named with the file", () => {
  deepEqual(
    readSettings({ model: { width: 32, "levels.within": false }, "data.cap": 10 }, '"c.json"'),
    { "model.width": 32, "model.levels.within": false, "data.cap": 10 },
  );
  const refused = (value: unknown, message: RegExp) =>
    throws(() => readSettings(value, '"c.json"'), { name: "RangeError", message });
  refused([], /^Cannot use "c.json": expected an object of settings, got \[\]$/);
  refused({ model: 3 }, /^Cannot use "c.json" model: expected an object of settings, got 3$/);
  refused({ modle: { width: 3 } }, /got "modle"/);
  refused({ model: { with: 3 } }, /^Cannot use "c.json": .*; did you mean model.width\?$/);
  refused({ training: { epochs: 0 } }, /^Cannot use "c.json" training.epochs: expected a whole/);
  refused({ model: { width: 3 }, "model.width": 4 }, /expected model.width once, got it twice$/);
  refused(JSON.parse('{"__proto__": {"a": 1}}'), /got "__proto__"/);
});

Deno.test("settings stand in place of others, which stay; a learning rate above tuned ones", () => {
  const { model, training, data, tuned } = withSettings(defaults, {
    "model.levels.within": false,
    "data.cap": 10,
  });
  deepEqual(model, { ...defaults.model, levels: { ...defaults.model.levels, within: false } });
  deepEqual([training, data], [defaults.training, { ...defaults.data, cap: 10 }]);
  equal(tuned, defaults.tuned);
  equal(defaults.model.levels.within, true);
  const taught = withSettings(defaults, { "training.learningRate": 0.5 });
  deepEqual([taught.training.learningRate, taught.tuned], [0.5, {}]);
});

Deno.test("settings that do not go together are refused", () => {
  const together = (settings: object) => () =>
    assertTogether(withSettings(defaults, { ...settings }));
  throws(together({ "model.heads": 5 }), /multiple of heads, got a width of 64 and 5 heads$/);
  together({ "model.heads": 5, "model.width": 40 })();
  throws(
    together({ "data.testFraction": 0.6, "data.validationFraction": 0.4 }),
    /below 1 together, got 0.6 and 0.4$/,
  );
});

Deno.test("the page of tasks lists every setting, and no other", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/running.md", import.meta.url));
  const rows = [...page.matchAll(/^\| `(model|training|data)` \| (.*) \|$/gm)];
  const listed = rows.flatMap(([, section, names]) =>
    [...names!.matchAll(/`([\w.]+)`/g)].map(([, name]) => `${section}.${name}`)
  );
  deepEqual(listed.sort(), [...settingNames].sort());
});
