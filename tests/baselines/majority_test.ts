import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { fitMajority, majority } from "../../lib/baselines/majority.ts";
import { scoreBinary } from "../../lib/metrics/mod.ts";
import { range, withOtherRows } from "../systems/tiny_corpus.ts";
import { mostlyOnes, problem, test, withLabels } from "./tiny_problem.ts";

Deno.test("fitMajority() scores every sample with the share of ones", () => {
  const { label, share, scores } = fitMajority([1, 0, 1, 1]);
  deepEqual([label, share], [1, 0.75]);
  deepEqual([...scores(3)], [0.75, 0.75, 0.75]);
});

Deno.test("fitMajority() predicts the more frequent label, also when it is the negative one", () => {
  const { label, share, scores } = fitMajority(Uint8Array.of(0, 0, 0, 1));
  deepEqual([label, share], [0, 0.75]);
  const { confusion } = scoreBinary({ actual: [0, 0, 0, 1], scores: scores(4) });
  deepEqual(confusion, [[3, 0], [1, 0]]);
});

Deno.test("fitMajority() of equal halves predicts 1, as its score of 0.5 does", () => {
  const { label, scores } = fitMajority([0, 1]);
  equal(label, 1);
  equal(scores(1)[0], 0.5);
});

Deno.test("fitMajority() refuses no labels, and a label that is not binary", () => {
  throws(() => fitMajority([]), /RangeError: Cannot find the majority: expected at least one/);
  throws(
    () => fitMajority([0, 2]),
    /RangeError: Cannot find the majority: expected 0 or 1 in labels\[1\], got 2/,
  );
});

Deno.test("majority says the more frequent training label of each modality", async () => {
  // Three quarters of the first 24 texts are positive; the others are half and half.
  const { predict, record } = await majority().fit(
    withLabels("text", mostlyOnes),
  );
  const text = await predict({ text: [30, 31] });
  deepEqual([...Array.from(text.text!)], [0.75, 0.75]);
  deepEqual(Array.from((await predict({ audio: [39] })).audio!), [0.5]);
  deepEqual(record, { protocol: "single", labels: { text: 1, image: 1, audio: 1 } });
});

Deno.test("majority gives a triple one score for the whole, whatever the samples", async () => {
  const { predict } = await majority().fit({ ...problem, protocol: "label" });
  const scores = await predict({ text: [32, 33], image: [34, 33], audio: [32, 39] });
  deepEqual(Array.from(scores.unified!), [0.5, 0.5]);
});

Deno.test("majority looks at no row but the training part's", async () => {
  const other = withOtherRows(problem.features, range(24, 40));
  const rows = { text: test.text };
  deepEqual(
    await (await majority().fit({ ...problem, features: other })).predict(rows),
    await (await majority().fit(problem)).predict(rows),
  );
});

Deno.test("majority refuses modalities that it was not fitted on", async () => {
  const { predict } = await majority().fit({ ...problem, present: ["image"] });
  await rejects(async () => await predict({ audio: [1] }), {
    name: "RangeError",
    message: "Cannot predict from audio: expected image",
  });
});
