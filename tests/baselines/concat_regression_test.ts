import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { concatRegression } from "../../lib/baselines/concat_regression.ts";
import { evidenceOf } from "../../lib/baselines/evidence.ts";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { modalities } from "../../lib/modality.ts";
import { mostLikely, verdictWidth } from "../../lib/target.ts";
import { naturalProblem, targets } from "./natural_problem.ts";

for (const [kind, target] of Object.entries(targets)) {
  Deno.test(`it judges rows whatever they show, of ${kind}`, async () => {
    const { problem, exams } = naturalProblem(target);
    const { predict } = await concatRegression().fit(problem);
    const width = verdictWidth(target);
    for (const { shown, rows, labels } of exams) {
      const verdicts = Array.from((await predict(rows)).unified!);
      equal(verdicts.length, labels.length * width);
      const right = labels.filter((y, i) => {
        const own = verdicts.slice(i * width, (i + 1) * width);
        // Of a score, whether it is nearer than the middle of the range.
        return target.kind === "score"
          ? Math.abs(own[0]! - y) <= Math.abs(y)
          : mostLikely(own) === y;
      });
      ok(right.length >= 0.7 * labels.length, `${shown}: ${right.length} of ${labels.length}`);
    }
  });

  Deno.test(`where rows show all it is the probe of rows, a sum over modalities, of ${kind}`, async () => {
    const { problem, exams: [exam] } = naturalProblem(target, { shows: () => modalities });
    const { predict } = await concatRegression().fit(problem);
    const { rows, labels } = exam!, n = labels.length;
    const verdicts = (await predict(rows)).unified!;
    const probe = (await (await linearProbe().fit(problem)).predict(rows)).unified!;
    Array.from(verdicts, (p, i) => ok(Math.abs(p - probe[i]!) < 1e-3, `${p}, not ${probe[i]}`));
    // z(t, i, a) − z(t′, i, a) is the same of all i and a, less what softmax takes from all classes.
    const other = (rows: ArrayLike<number>) => [...Array.from(rows).slice(1), rows[0]!];
    const z = async (shown: typeof rows) => {
      const evidence = evidenceOf(target, (await predict(shown)).unified!);
      const width = evidence.length / n;
      return Array.from({ length: n }, (_, i) => {
        const own = [...evidence.subarray(i * width, (i + 1) * width)];
        return own.at(-1)! - (width > 1 ? own[0]! : 0);
      });
    };
    if (target.kind === "score") return; // Scores are kept in range.
    const pictures = other(other(rows.image!)), clips = other(other(other(rows.audio!)));
    const [a, b, c, d] = await Promise.all([
      z(rows),
      z({ ...rows, text: other(rows.text!) }),
      z({ ...rows, image: pictures, audio: clips }),
      z({ text: other(rows.text!), image: pictures, audio: clips }),
    ]);
    a.forEach((own, i) => ok(Math.abs((own - b[i]!) - (c[i]! - d[i]!)) < 1e-4));
  });
}

Deno.test("it is of rows that belong together", async () => {
  const { problem } = naturalProblem(targets["two classes"]!);
  await rejects(concatRegression().fit({ ...problem, protocol: "label" }), {
    name: "RangeError",
    message: "Cannot fit Concatenation regression: expected protocol natural, got label",
  });
  const none = { ...problem, pairs: [] };
  await rejects(concatRegression().fit(none), /expected rows in the training part, got none/);
});

Deno.test("whether a modality is there is read where it says the label", async () => {
  // Nothing but whether there is a picture says the label.
  const target = targets["two classes"]!;
  const { problem, exams } = naturalProblem(target, {
    signal: 0,
    shows: (row) => Math.floor(row / 4) % 2 === 1 ? ["text", "image"] : ["text"],
  });
  const { predict } = await concatRegression().fit(problem);
  for (const { rows, labels } of exams) {
    const verdicts = Array.from((await predict(rows)).unified!);
    deepEqual(verdicts.map((p) => Number(p >= 0.5)), labels);
  }
});
