import { deepEqual, equal, rejects } from "node:assert/strict";
import { byModality, modalities } from "../../lib/modality.ts";
import { priorMoved } from "../../lib/study/prior_moved.ts";
import type { Fitted, Problem, System } from "../../lib/systems/system.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";

/** Gives these verdicts, and notes what it was fitted on. */
function saying(verdicts: readonly number[], seen: Problem[] = []): System {
  return {
    name: "saying",
    // deno-lint-ignore require-await
    async fit(problem) {
      seen.push(problem);
      return {
        // deno-lint-ignore require-await
        predict: async () => ({ text: verdicts, unified: verdicts }),
        record: { told: true },
        dispose: () => Promise.resolve(),
      } satisfies Fitted;
    },
  };
}

function problem(labels: readonly number[], change: Partial<Problem> = {}): Problem {
  return {
    features: byModality(() => ({ tables: {}, labels })),
    train: byModality(() => [...labels.keys()]),
    validation: byModality(() => []),
    protocol: "single",
    present: modalities,
    key: key(1),
    classesAlike: true,
    ...change,
  };
}

const rounded = (verdicts: ArrayLike<number> | undefined) =>
  Array.from(verdicts!, (p) => +p.toFixed(4));

Deno.test("priorMoved() makes of the share in training a half", async () => {
  const seen: Problem[] = [];
  // One in four is positive: p = 1/4 says nothing, 1/2 speaks for it by 3 to 1.
  const fitted = await priorMoved(saying([0.25, 0.5, 0, 1], seen)).fit(problem([0, 0, 0, 1]));
  deepEqual(rounded((await fitted.predict({ text: [0] })).text), [0.5, 0.75, 0, 1]);
  deepEqual(fitted.record, { told: true, thresholdMoved: true });
  equal("classesAlike" in seen[0]!, false);
});

Deno.test("priorMoved() divides by each share of several classes, and never says one that training lacks", async () => {
  const target: Target = { kind: "classes", classes: ["a", "b", "c", "none"] };
  const pairs = [0, 0, 1, 2].map((_, i) => ({ text: i }));
  const fitted = await priorMoved(saying([0.5, 0.25, 0.125, 0.125])).fit(
    problem([0, 0, 1, 2], { target, protocol: "natural", pairs }),
  );
  deepEqual(rounded((await fitted.predict({ text: [0] })).unified), [0.4, 0.4, 0.2, 0]);
});

Deno.test("priorMoved() leaves what is paired by label, and refuses scores", async () => {
  const fitted = await priorMoved(saying([0.25])).fit(problem([0, 0, 0, 1], { protocol: "label" }));
  deepEqual((await fitted.predict({ text: [0] })).text, [0.25]);
  await rejects(
    priorMoved(saying([1])).fit(problem([1], { target: { kind: "score", low: 0, high: 1 } })),
    /expected classes to be learnt, got scores$/,
  );
});
