import { deepEqual, equal, ok } from "node:assert/strict";
import type { Outcome } from "../../../lib/study/job.ts";
import { trainedSystems } from "../../../lib/study/settings.ts";
import { tuning } from "../../../experiments/tuning/mod.ts";
import {
  collateTuning,
  planTuning,
  trials,
  tuningSeeds,
} from "../../../experiments/tuning/rows.ts";
import { samples } from "../made_up.ts";
import { madeUpStudy } from "../made_up_study.ts";

const data = { cap: 100, testFraction: 0.2, validationFraction: 0.1 };

Deno.test("every trained system has the same trials, and none asks for the test part", () => {
  const jobs = planTuning(samples, { data });
  equal(jobs.length, trainedSystems.length * trials.length * tuningSeeds.length * 4);
  const triedBy = (system: string) =>
    jobs.filter((job) => job.system === system)
      .map(({ variant, protocol, present }) => JSON.stringify([variant, protocol, present]))
      .toSorted();
  for (const system of trainedSystems) deepEqual(triedBy(system), triedBy("Proposed"));
  deepEqual(jobs.flatMap(({ exams }) => exams!), []);
  deepEqual([...new Set(jobs.map(({ seed }) => seed))].toSorted(), [...tuningSeeds]);
});

Deno.test("the trial with the lowest mean loss of its best epochs is chosen", () => {
  const tried = [{ learningRate: 1 }, { learningRate: 2 }];
  const jobs = planTuning(samples, { data, seeds: [1001], chosen: tried });
  const outcomes = jobs.map((job): Outcome => {
    const second = job.variant!.tuned!.learningRate === 2;
    // The second trial is better on triples by more than it is worse alone; its last epoch is not its best.
    const loss = job.protocol === "label" ? (second ? 0.1 : 0.9) : second ? 0.5 : 0.4;
    const epoch = { trainLoss: 0, validationAccuracy: 0.75 };
    const history = [
      { ...epoch, epoch: 1, validationLoss: loss },
      { ...epoch, epoch: 2, validationLoss: second ? 99 : loss },
    ];
    return { job, verdicts: [], seconds: 0, record: { bestEpoch: 1, history } };
  });
  const rows = collateTuning(outcomes, tried).filter(({ system }) => system === "MISA");
  deepEqual(
    rows.map((
      { loss, accuracy, worst, chosen, losses },
    ) => [loss.toFixed(3), accuracy, worst, chosen, losses.length]),
    [["0.525", 0.75, 0.75, false, 4], ["0.400", 0.75, 0.75, true, 4]],
  );
});

Deno.test("the runs of every trial are kept, so that the table can be made again from them", async () => {
  const { study, ran } = madeUpStudy({ seeds: [1] });
  const { files, data: { rows } } = await tuning(study);
  ok(ran.length > 0);
  for (const name of ran) ok(files.has(`runs/${name}.json`), name);
  ok((rows as unknown[]).length > 0);
});
