import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  evaluate,
  fit,
  loadModel,
  predict,
  readFeatures,
  saveModel,
  split,
} from "../../lib/workflow/mod.ts";
import { fixtures } from "../datasets/pickle/python_values.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const path = `${fixtures}mmsa_protocol4.pkl`;
const model = { width: 8, heads: 2 };
const training = { epochs: 30, patience: 30, learningRate: 0.03 };

Deno.test("scores of a feature file are learnt, judged and saved, from a file to a model", () =>
  withFolder({}, async (folder) => {
    const data = await readFeatures(path, { name: "made up", segments: 2 });
    deepEqual(split(data).parts.text.test, [...Array(14).keys()].map((i) => 50 + i));
    const fitted = await fit("Proposed", data, { model, training });
    const { rows, verdicts } = await evaluate(fitted);
    // In each part one clip has no picture.
    deepEqual(rows.map(({ shown, tested }) => [shown.join("+"), tested]), [
      ["text+image+audio", 13],
      ["text+audio", 1],
    ]);
    // The score is added to a number of every step.
    ok(rows[0]!.scores.pearson!.value! > 0.8, `${rows[0]!.scores.pearson!.value}`);
    equal(verdicts[0]!.scores.length, 13);

    const { encoders, data: { label } } = await saveModel(fitted, `${folder}/model`);
    deepEqual([encoders.choice, encoders.spectral, label], ["given", undefined, "made up"]);
    match(encoders.image.id, /^features of image in mmsa_protocol4\.pkl$/);
    await fitted.dispose();
    const saved = await loadModel(`${folder}/model`);
    match(
      await Deno.readTextFile(`${folder}/model/README.md`),
      /over features that were given, [^]*The features were given, not made here/,
    );
    await rejects(
      predict(saved, [{ text: "so it is" }]),
      /Cannot encode new samples: expected a model with encoders, got one that was given its features/,
    );
  }));

Deno.test("classes of a feature file are learnt too, and polarities, without those that have none", async () => {
  const data = await readFeatures(`${fixtures}mmsa_classes_protocol5.pkl`, { segments: 2 });
  equal(data.target.kind === "classes" && data.target.classes.length, 3);
  const few = { model, training: { ...training, epochs: 2 } };
  for (const target of ["classes", "polarity"] as const) {
    const data = await readFeatures(path, { segments: 2, target });
    const fitted = await fit("Proposed", data, few);
    const [row] = (await evaluate(fitted)).rows;
    ok(row!.scores.accuracy!.value! >= 0);
    equal(data.featureReport.used, target === "polarity" ? 55 : 64);
    await fitted.dispose();
  }
  await rejects(readFeatures(path, { segments: 0 }), /expected a whole number from 1, got 0/);
});
