import { deepEqual, equal, rejects } from "node:assert/strict";
import { bestSingle } from "../../lib/baselines/best_single.ts";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { withOtherRows } from "../systems/tiny_corpus.ts";
import { problem, test } from "./tiny_problem.ts";
import { toldBranches } from "./told_branches.ts";

const labelled: Problem = { ...problem, protocol: "label" };
// Odd rows are positive. Of validation, rows 24 to 31, images know all, audio all but one,
// texts half. Elsewhere it is the other way round.
const isValidation = (i: number) => i >= 24 && i < 32;
const knowing = (knows: (i: number) => boolean) =>
  Array.from({ length: 40 }, (_, i) => (i % 2 === 1) === knows(i) ? 0.7 : 0.3);
const scores = {
  text: knowing((i) => !isValidation(i) || i < 28),
  image: knowing(isValidation),
  audio: knowing((i) => isValidation(i) && i !== 24),
};

Deno.test("bestSingle() answers with the branch that is best on validation, whatever the test part", async () => {
  const { predict, record } = await bestSingle(toldBranches(scores)).fit(labelled);
  const { unified, image } = await predict(test);
  deepEqual(Array.from(unified!, (p) => +p.toFixed(9)), Array.from(image!));
  // One of four negatives scores 0.7, as all positives do: 12 pairs right and 4 tied, of 16.
  deepEqual(record.fusion, {
    chosen: "image",
    validationAucRoc: { text: 0.5, image: 1, audio: 0.875 },
  });
});

Deno.test("bestSingle() answers for samples without its choice with the next best", async () => {
  const { predict } = await bestSingle(toldBranches(scores)).fit(labelled);
  const { unified, audio } = await predict({ text: test.text, audio: test.audio });
  deepEqual(Array.from(unified!, (p) => +p.toFixed(9)), Array.from(audio!));
});

Deno.test("bestSingle() of equals is the first", async () => {
  const { record } = await bestSingle(toldBranches(byModality(() => scores.audio))).fit(labelled);
  equal((record.fusion as { chosen: string }).chosen, "text");
});

Deno.test("bestSingle() refuses a validation part of one label", async () => {
  const validation = { ...problem.validation, image: [25, 27] };
  await rejects(bestSingle(toldBranches(scores)).fit({ ...labelled, validation }), {
    name: "RangeError",
    message:
      "Cannot choose a modality: expected image validation samples of both labels, got only 1",
  });
});

Deno.test("bestSingle is the linear probe of one modality, chosen before the test part is seen", async () => {
  const { predict, record } = await bestSingle().fit(labelled);
  const { chosen } = record.fusion as { chosen: "text" | "image" | "audio" };
  const alone = await (await linearProbe().fit(problem)).predict({ [chosen]: test[chosen] });
  const { unified } = await predict(test);
  Array.from(alone[chosen]!).forEach((p, i) => equal(unified![i]!.toFixed(6), p.toFixed(6)));
  const features = withOtherRows(problem.features, test);
  deepEqual((await bestSingle().fit({ ...labelled, features })).record, record);
  const single = await bestSingle().fit(problem);
  for (const m of modalities) deepEqual(Object.keys(await single.predict({ [m]: test[m] })), [m]);
});
