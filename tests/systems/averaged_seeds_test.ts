import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { averagedSeeds, averagedSystems } from "../../lib/systems/averaged_seeds.ts";
import type { Fitted, Problem, System } from "../../lib/systems/system.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { openCheckpoints } from "../../lib/training/checkpoint.ts";
import type { TrainOptions } from "../../lib/training/train.ts";
import { scratchBranch } from "../../lib/branches/joint.ts";
import { toyBranch, withEmotions } from "../branches/toy_branches.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { range, tinyFeatures, tinyTraining } from "./tiny_corpus.ts";

const counts = { text: 32, image: 32, audio: 32 };
const problem: Problem = {
  features: withEmotions(tinyFeatures(counts, { signal: 1.5 })),
  train: range(0, 20),
  validation: range(20, 26),
  protocol: "single",
  present: ["text"],
  key: key(1),
};
const rows = { text: range(26, 32).text };
const branch = (options: Omit<TrainOptions, "threads">) =>
  scratchBranch(() => toyBranch("text"), tinyTraining, options);

/** Systems that answer these numbers, one after another, and what becomes of them. */
function answering(answers: readonly Partial<Fitted["record"]>[]) {
  const disposed: number[] = [];
  let made = 0;
  const member = (): System => ({
    name: "answers",
    fit() {
      const at = made++;
      const { score, ...record } = answers[at]!;
      if (score === undefined) return Promise.reject(new Error("no fit"));
      return Promise.resolve({
        predict: () => Promise.resolve({ text: [score as number, 1 - (score as number)] }),
        inspect: () =>
          Promise.resolve({
            states: { width: 1, values: [at, at] },
            classes: { width: 2, values: [0, 1, score as number, 1 - (score as number)] },
          }),
        record,
        dispose: () => Promise.resolve(void disposed.push(at)),
      });
    },
  });
  return { member, disposed };
}

Deno.test("the verdict and the classes are the means of the fits', and states are none", async () => {
  const { member, disposed } = answering([
    { score: 0.5, parameters: 3, classes: ["a", "b"] },
    { score: 0.25, parameters: 4, classes: ["a", "b"] },
    { score: 0, parameters: 5, classes: ["a", "b"] },
  ]);
  const fitted = await averagedSeeds("mean", member, { seeds: 3 }).fit(problem);
  deepEqual(await fitted.predict({ text: [0, 1] }), { text: Float32Array.of(0.25, 0.75) });
  deepEqual(await fitted.inspect!({ text: [0, 1] }), {
    classes: { width: 2, values: Float32Array.of(0, 1, 0.25, 0.75) },
  });
  equal(fitted.record.parameters, 12);
  deepEqual(fitted.record.classes, ["a", "b"]);
  equal((fitted.record.fits as unknown[]).length, 3);
  await fitted.dispose();
  deepEqual(disposed, [0, 1, 2]);
});

Deno.test("systems are averaged as fits of one are, and the record names them", async () => {
  const known = { classes: ["a", "b"] };
  const { member, disposed } = answering([{ score: 0.5, ...known }, { score: 0, ...known }]);
  const named = (name: string) => () => ({ ...member(), name });
  const fitted = await averagedSystems("mean", [named("one"), named("two")]).fit(problem);
  deepEqual(await fitted.predict({ text: [0, 1] }), { text: Float32Array.of(0.25, 0.75) });
  deepEqual(fitted.record.members, ["one", "two"]);
  deepEqual(fitted.record.classes, ["a", "b"]);
  await fitted.dispose();
  deepEqual(disposed, [0, 1]);
});

Deno.test("systems that show other classes have no mean, and are freed", async () => {
  const { member, disposed } = answering([
    { score: 0.5, classes: ["a", "b"] },
    { score: 0, classes: ["b", "a"] },
  ]);
  await rejects(
    averagedSystems("mean", [member, member]).fit(problem),
    /RangeError: Cannot average mean: expected classes \["a","b"\], got \["b","a"\]/,
  );
  deepEqual(disposed, [0, 1]);
});

Deno.test("a fit that fails frees those before it", async () => {
  const { member, disposed } = answering([{ score: 0.5 }, {}]);
  await rejects(averagedSeeds("mean", member, { seeds: 2 }).fit(problem), /no fit/);
  deepEqual(disposed, [0]);
});

Deno.test("the fits are those of keys folded by number", async () => {
  const averaged = await averagedSeeds("mean", branch, { seeds: 2 }).fit(problem);
  const { text } = await averaged.predict(rows);
  await averaged.dispose();
  const each = await Promise.all([0, 1].map(async (i) => {
    const alone = await branch({}).fit({ ...problem, key: fold(problem.key, "averaged", i) });
    const { text } = await alone.predict(rows);
    await alone.dispose();
    return Array.from(text!);
  }));
  notDeepEqual(each[0], each[1]);
  Array.from(text!).forEach((score, i) =>
    ok(Math.abs(score - (each[0]![i]! + each[1]![i]!) / 2) < 1e-7)
  );
});

Deno.test("a run that was cut off goes on after the fits that had ended", () =>
  withFolder({}, async (folder) => {
    const epochs: number[] = [];
    const run = async (stopAt = Infinity) => {
      epochs.length = 0;
      const checkpoints = openCheckpoints(folder, {
        fingerprint: "f".repeat(64),
        everySeconds: 0,
      });
      const onEpoch = ({ epoch }: { epoch: number }) => {
        epochs.push(epoch);
        if (epochs.length === stopAt) throw new Error("cut off");
      };
      const fitted = await averagedSeeds("mean", branch, { seeds: 2, checkpoints, onEpoch })
        .fit(problem);
      const { text } = await fitted.predict(rows);
      await fitted.dispose();
      return text!;
    };
    const last = tinyTraining.epochs;
    await rejects(run(last + 2), /cut off/);
    const resumed = await run();
    // Of the second fit one epoch was kept: the other had not ended when it was cut off.
    equal(epochs.length, last - 1);
    const whole = await averagedSeeds("mean", branch, { seeds: 2 }).fit(problem);
    deepEqual(resumed, (await whole.predict(rows)).text);
    await whole.dispose();
  }));

Deno.test("averagedSeeds() refuses a number of fits that is none", () => {
  for (const seeds of [0, 1.5, NaN]) {
    throws(
      () => averagedSeeds("mean", branch, { seeds }),
      new RegExp(`RangeError: Cannot average seeds: expected how many from 1, got ${seeds}`),
    );
  }
});
