import { deepEqual, equal, ok } from "node:assert/strict";
import {
  compileAttributor,
  completenessError,
  completenessTolerance,
  sumOfAttributions,
} from "../../lib/explanation/attributor.ts";
import { exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { changed, tinyExplained } from "./tiny_explained.ts";

const tables = [
  ["text", "states"],
  ["image", "states"],
  ["audio", "states"],
  ["audio", "logMel"],
  ["audio", "prosody"],
] as const;

Deno.test("attributions of the model", async (t) => {
  const { trained, raw, features } = await tinyExplained();
  // Eight units have sharper bends than sixty-four: more steps than usual.
  const attributor = await compileAttributor(trained, { present: modalities, steps: 1024 });
  const found = await attributor.run(features);

  await t.step("are of the verdict that the exported model gives", async () => {
    const exported = await loadExportedModel(exportOnnx(trained));
    const { "logits/unified": z } = await exported.run(raw, { shown: modalities });
    ok(Math.abs(found.logOdds - (z![1]! - z![0]!)) < 1e-4);
    await exported.dispose();
  });

  await t.step("have the shapes of the features, and leave out masks", () => {
    const local = found.values["gradient × input"];
    deepEqual(Object.keys(local.audio!).sort(), ["logMel", "prosody", "states"]);
    for (const [m, name] of tables) equal(local[m]![name]!.length, features[m]![name]!.length);
  });

  await t.step("are the input times its central difference", async () => {
    const local = found.values["gradient × input"];
    for (const place of tables) {
      const [m, name] = place;
      const largest = Math.max(...local[m]![name]!.map(Math.abs));
      ok(largest > 1e-5, `${place} has no gradient`);
      // Eight numbers of each table, spread over it.
      const { length } = features[m]![name]!;
      for (let k = 0; k < Math.min(8, length); k++) {
        const i = Math.floor(k * length / 8), h = 4e-3;
        const at = async (by: number) =>
          (await attributor.run(changed(features, place, (x, j) => j === i ? x + by : x))).logOdds;
        const wanted = features[m]![name]![i]! * (await at(h) - await at(-h)) / (2 * h);
        const error = Math.abs(local[m]![name]![i]! - wanted);
        ok(error <= 0.02 * largest + 1e-4, `${place}, number ${i}: ${error} of ${largest}`);
      }
    }
  });

  await t.step("integrated, add up to the difference to the average sample", async () => {
    const integrated = found.values["integrated gradients"];
    ok(completenessError(integrated, found) <= completenessTolerance);
    ok(Math.abs(found.logOdds - found.baseline) > 0.1, "a difference worth dividing");
    const blank = Object.fromEntries(tables.map(([m]) => [
      m,
      Object.fromEntries(
        Object.entries(features[m]!).map(([name, x]) => [
          name,
          name === "mask" || name === "frames" ? x : x.map(() => 0),
        ]),
      ),
    ]));
    ok(Math.abs((await attributor.run(blank)).logOdds - found.baseline) < 1e-5);
    const coarse = await compileAttributor(trained, { present: modalities, steps: 1 });
    const once = (await coarse.run(features)).values["integrated gradients"];
    ok(
      Math.abs(sumOfAttributions(once) - sumOfAttributions(integrated)) > 1e-4,
      "steps change something",
    );
    await coarse.dispose();
  });

  await t.step("come with the attention among modalities and the gate", () => {
    const { gate, attention } = found.inside;
    equal(gate!.length, 2);
    ok(gate![0]! > 0 && gate![0]! < 1);
    for (const row of [0, 3, 6]) {
      const sum = attention!.slice(row, row + 3).reduce((a, b) => a + b);
      ok(Math.abs(sum - 1) < 1e-5);
    }
  });
  await attributor.dispose();
});

Deno.test("a sample without a modality is explained without it", async () => {
  const { trained, features } = await tinyExplained();
  const attributor = await compileAttributor(trained, { present: ["text", "image"] });
  const { values, inside } = await attributor.run(features);
  deepEqual(Object.keys(values["integrated gradients"]), ["text", "image"]);
  equal(inside.gate, undefined);
  await attributor.dispose();
});

Deno.test("completenessError() is relative to the difference where that is above 1", () => {
  const values = {
    text: { states: Float32Array.of(1, 2) },
    audio: { prosody: Float32Array.of(1) },
  };
  equal(sumOfAttributions(values), 4);
  equal(completenessError(values, { logOdds: 5, baseline: -3 }), 0.5);
  equal(completenessError(values, { logOdds: 3.5, baseline: 0 }), 0.5 / 3.5);
  equal(completenessError(values, { logOdds: 0.5, baseline: 0 }), 3.5);
});
