import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { lateFusion } from "../../lib/baselines/late_fusion.ts";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { shuffledLabels } from "../../lib/baselines/shuffled_labels.ts";
import { shuffledProbes, shuffles } from "../../lib/baselines/shuffled_probes.ts";
import { byModality } from "../../lib/modality.ts";
import { fold } from "../../lib/tensor/random.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { problem, test } from "./tiny_problem.ts";

const single: Problem = { ...problem, present: ["text"] };
const rows = { text: test.text };

Deno.test("shuffledProbes() gives each sample the probability of every fit, and no two are alike", async () => {
  const { predict, record } = await shuffledProbes().fit(single);
  const { text } = await predict(rows);
  equal(shuffles, 20);
  equal(record.shuffles, shuffles);
  equal(text!.length, shuffles * rows.text.length);
  const fits = Array.from(
    { length: shuffles },
    (_, k) => Array.from(text!).filter((_, i) => i % shuffles === k).join(),
  );
  equal(new Set(fits).size, shuffles);
  const again = (await (await shuffledProbes().fit(single)).predict(rows)).text;
  deepEqual(again, text);
});

Deno.test("a shuffle is a linear probe of labels that were permuted with a key of its own", async () => {
  const quick = linearProbe({ strengths: [0.01], maxIterations: 30 });
  const key = fold(single.key, "shuffle", 3);
  const { predict } = await shuffledLabels(quick).fit({ ...single, key });
  const own = (await predict(rows)).text!;
  const { text } = await (await shuffledProbes().fit(single)).predict(rows);
  deepEqual(Array.from(text!).filter((_, i) => i % shuffles === 3), Array.from(own));
});

Deno.test("of triples every head has the verdicts of late fusions", async () => {
  const of: Problem = { ...problem, protocol: "label" };
  const { predict } = await shuffledProbes().fit(of);
  const heads = await predict(test);
  deepEqual(Object.keys(heads).sort(), ["audio", "image", "text", "unified"]);
  const quick = linearProbe({ strengths: [0.01], maxIterations: 30 });
  const key = fold(of.key, "shuffle", 0);
  const one = await shuffledLabels(lateFusion(byModality(() => quick))).fit({ ...of, key });
  const unified = Array.from(heads.unified!).filter((_, i) => i % shuffles === 0);
  deepEqual(unified, Array.from((await one.predict(test)).unified!));
});

Deno.test("shuffledProbes() refuses a protocol without such labels", () =>
  rejects(shuffledProbes().fit({ ...problem, protocol: "random" }), {
    name: "RangeError",
    message: "Cannot fit Shuffled probes: expected protocol single or label, got random",
  }));

Deno.test("a probe tries the strengths that it is told, and ends after as many steps", async () => {
  const quick = await linearProbe({ strengths: [10], maxIterations: 1 }).fit(single);
  const record = quick.record.text as { C: number; trials: { iterations: number }[] };
  equal(record.C, 10);
  deepEqual(record.trials.map(({ iterations }) => iterations), [1]);
  const whole = await linearProbe().fit(single);
  ok((whole.record.text as typeof record).trials.length > 1);
  notDeepEqual((await quick.predict(rows)).text, (await whole.predict(rows)).text);
});
