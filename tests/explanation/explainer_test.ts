import { deepEqual, equal, ok } from "node:assert/strict";
import { openExplainer } from "../../lib/explanation/explainer.ts";
import { sumOfAttributions } from "../../lib/explanation/attributor.ts";
import { explain, exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { key } from "../../lib/tensor/random.ts";
import { tinyExplained, tinyTiles } from "./tiny_explained.ts";

Deno.test("a verdict explained", async (t) => {
  const { trained, raw, features } = await tinyExplained();
  const explainer = await openExplainer(trained, { tiles: tinyTiles });
  const { segments, tiles, attribution } = await explainer.explain(features);

  await t.step("the segments' scores add up to all that is attributed", async () => {
    const whole = await explainer.explain((await tinyExplained({ audio: 22 })).features);
    deepEqual(whole.segments.there, [0, 1, 2, 3, 4, 5, 6]);
    for (const method of ["integrated gradients", "gradient × input"] as const) {
      const sum = whole.segments.scores[method].reduce((a, b) => a + b, 0);
      ok(Math.abs(sum - sumOfAttributions(whole.attribution.values[method])) < 1e-5, method);
    }
    // The clip lacks its last segment.
    deepEqual(segments.there, [0, 1, 2, 3, 4, 5]);
    equal(segments.scores.occlusion.length, 6);
  });

  await t.step("the tiles' scores add up to the spectrogram's", () => {
    const { logMel } = attribution.values["integrated gradients"].audio!;
    const sum = tiles!.scores["integrated gradients"].reduce((a, b) => a + b, 0);
    ok(Math.abs(sum - logMel!.reduce((a, b) => a + b, 0)) < 1e-5);
    // Half a clip: the tiles of its second half are not there.
    deepEqual(tiles!.there, [0, 1]);
  });

  await t.step("the modalities' contributions are those of the exported model", async () => {
    const exported = await loadExportedModel(exportOnnx(trained));
    const wanted = await explain(exported, raw);
    const { values, whole, empty } = await explainer.contributions(features);
    for (const [m, value] of Object.entries(values)) {
      ok(Math.abs(value - wanted.contributions[m as keyof typeof values]!) < 1e-4, m);
    }
    ok(Math.abs(whole - wanted.logOdds) < 1e-4 && Math.abs(empty - wanted.baseline) < 1e-4);
    await exported.dispose();
  });

  await t.step("deletion follows the class that was predicted, whichever it is", async () => {
    const { there, scores } = segments;
    const test = (of: typeof scores) =>
      explainer.test(features, { parts: "segments", there, scores: of }, {
        key: key(1),
        randomOrders: 3,
      });
    const { of, random } = await test(scores);
    const probability = 1 / (1 + Math.exp(-Math.abs(attribution.logOdds)));
    const { most, least } = of.occlusion;
    for (const curve of [most, least, random.curve]) {
      equal(curve.length, there.length + 1);
      ok(Math.abs(curve[0]! - probability) < 1e-4);
    }
    // The first step of occlusion's order is the largest loss of any one part.
    const sign = Math.sign(attribution.logOdds);
    const lost = Math.max(...scores.occlusion.map((score) => sign * score));
    const after = 1 / (1 + Math.exp(lost - Math.abs(attribution.logOdds)));
    ok(Math.abs(most[1]! - after) < 1e-4);
  });
  await explainer.dispose();
});

Deno.test("a message alone has no tiles", async () => {
  const { trained, features } = await tinyExplained();
  const explainer = await openExplainer(trained, { present: ["text"], tiles: tinyTiles });
  const { segments, tiles } = await explainer.explain({ text: features.text! });
  deepEqual(segments.there, [0, 1]);
  equal(tiles, undefined);
  const { values } = await explainer.contributions({ text: features.text! });
  deepEqual(Object.keys(values), ["text"]);
  await explainer.dispose();
});
