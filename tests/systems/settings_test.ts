import { deepEqual, equal, throws } from "node:assert/strict";
import * as baselines from "../../lib/baselines/mod.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import { settle, settleTraining, trainingDefaults } from "../../lib/systems/settings.ts";

const unchecked = <Settings>(settings: Settings) => settings as never;

Deno.test("settings that are given stand in place of the defaults, the others stay", () => {
  deepEqual(settle({ width: 8, heads: 2 }, { heads: 4 }, "sizes"), { width: 8, heads: 4 });
  const { clipNorm, ...rest } = settleTraining({ epochs: 3 }, trainingDefaults);
  deepEqual({ ...rest, clipNorm }, { ...trainingDefaults, epochs: 3 });
});

Deno.test("every system refuses settings that it does not know, at once and by their name", () => {
  const makers = [baselines.misa, baselines.msfnet, baselines.concatMlp, baselines.clipBert];
  for (const system of [proposed, ...makers]) {
    throws(() => system(unchecked({ widht: 8 })), /"widht"; did you mean "width"\?$/);
    throws(() => system({}, unchecked({ learningrate: 1 })), /did you mean "learningRate"\?$/);
    throws(() => system({}, unchecked({ epochs: undefined })), /epochs: expected .*got nothing$/);
    throws(() => system(unchecked({ width: -1 })), /width: expected a (whole )?number from/);
    equal(typeof system().fit, "function");
  }
  throws(() => proposed(unchecked({ gate: "per-feature" })), /"contextual only".*did you mean/);
});
