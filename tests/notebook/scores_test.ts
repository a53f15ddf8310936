import { equal, throws } from "node:assert/strict";
import { jupyterDisplay, scores } from "../../lib/notebook/mod.ts";

const certain = { value: 0.8, interval: [0.7, 0.9] } as const;
const few = { value: 0.5, interval: null, reason: "2 groups, fewer than 6" } as const;
const row = {
  scores: { accuracy: certain, f1: certain, auc: few },
  ...{ shown: ["text", "audio"], tested: 40, clusters: 2 },
};

Deno.test("scores of systems stand with their intervals, or the reason why there is none", async () => {
  const evaluations = [
    { system: "Mine", rows: [row] },
    { system: "Theirs", rows: [row], bySpeaker: "speaker normalisation" },
  ];
  const text = async (shown: ReturnType<typeof scores>) =>
    (await shown[jupyterDisplay]())["text/plain"];
  equal(
    await text(scores(evaluations)),
    "system\tshown\ttested\tclusters\taccuracy\t95 % interval\n" +
      "Mine\ttext + audio\t40\t2\t0.800\t0.700 to 0.900\n" +
      "Theirs, by speaker\ttext + audio\t40\t2\t0.800\t0.700 to 0.900",
  );
  equal(
    await text(scores([{ system: "Mine", rows: [row] }], { score: "auc" })),
    "system\tshown\ttested\tclusters\tauc\t95 % interval\n" +
      "Mine\ttext + audio\t40\t2\t0.500\tnone: 2 groups, fewer than 6",
  );
  throws(() => scores([]), RangeError);
});
