import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { calibratedLateFusion } from "../../lib/fusion/calibrated_late_fusion.ts";
import { residualFusion } from "../../lib/fusion/residual_fusion.ts";
import type { ChosenGate } from "../../lib/fusion/residual_gate.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import type { CorpusFeatures, Table } from "../../lib/systems/features.ts";
import type { Problem, Rows } from "../../lib/systems/system.ts";
import type { Target } from "../../lib/target.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { graphCache } from "../../lib/training/graph_cache.ts";
import { naturalProblem, targets } from "../baselines/natural_problem.ts";
import { problem as tiny, test as tinyTest } from "../baselines/tiny_problem.ts";
import { range, tinySettings, tinyTraining } from "../systems/tiny_corpus.ts";

const { headWeight: _, ...run } = tinyTraining;

/** Rows that lack modalities, without a spectrogram. */
function someShown(target: Target) {
  const { problem, exams } = naturalProblem(target);
  const { states, mask } = problem.features.audio.tables as { states: Table; mask: Table };
  const audio = { ...problem.features.audio, tables: { states, mask } };
  return { problem: { ...problem, features: { ...problem.features, audio } }, exams };
}

/** Rows of a text and a picture of two numbers each; `told` says what of a sign's sum they tell. */
function signs(
  count: { readonly train: number; readonly validation: number; readonly test: number },
  labelOf: (text: number, image: number, chance: number) => number,
): { problem: Problem; rows: Rows; labels: number[] } {
  const size = count.train + count.validation + count.test;
  const next = uniforms(key(3));
  const drawn = byModality(() => Array.from({ length: size * 2 }, () => 2 * next() - 1));
  const labels = Array.from(
    { length: size },
    (_, i) => labelOf(drawn.text[2 * i]!, drawn.image[2 * i]!, next()),
  );
  const features: CorpusFeatures = byModality((m) => {
    const rows = m === "audio" ? 0 : size;
    return {
      tables: {
        states: { shape: [rows, 1, 2], data: Float32Array.from(drawn[m].slice(0, 2 * rows)) },
        mask: { shape: [rows, 1], data: new Float32Array(rows).fill(1) },
      },
      labels: labels.slice(0, rows),
    };
  });
  const part = (from: number, to: number) => ({ ...range(from, to), audio: [] });
  const { train, validation } = count;
  const test = part(train + validation, size);
  return {
    problem: {
      ...{ features, protocol: "natural", present: ["text", "image", "audio"], key: key(8) },
      train: part(0, train),
      validation: part(train, train + validation),
      pairs: labels.map((_, i) => ({ text: i, image: i })),
    },
    rows: { text: test.text, image: test.image },
    labels: labels.slice(train + validation),
  };
}

const accuracy = (p: ArrayLike<number>, labels: readonly number[]) =>
  labels.filter((y, i) => (p[i]! >= 0.5) === (y === 1)).length / labels.length;

const longer = { ...run, epochs: 25, patience: 25, batch: 32, averaging: 0.9, learningRate: 0.02 };
const wider = { ...tinySettings, width: 16, dropout: 0 };

Deno.test("residualFusion() learns what two modalities say together alone", async () => {
  const counts = { train: 640, validation: 160, test: 200 };
  const { problem, rows, labels } = signs(counts, (a, b) => a * b > 0 ? 1 : 0);
  const late = await calibratedLateFusion().fit(problem);
  const alone = accuracy((await late.predict(rows)).unified!, labels);
  ok(alone < 0.6, `${alone}`);
  const ours = await residualFusion(wider, longer).fit(problem);
  const joint = accuracy((await ours.predict(rows)).unified!, labels);
  ok((ours.record.gate as ChosenGate).gate > 0, JSON.stringify(ours.record.gate));
  ok(joint > 0.85, `${joint}`);
  await ours.dispose();
});

Deno.test("residualFusion() of views that are independent is within half a point of late fusion", async () => {
  // A text and a picture are each positive with the label's probability: odds multiply.
  const counts = { train: 400, validation: 100, test: 400 };
  const { problem, rows, labels } = signs(
    counts,
    (a, b, chance) => chance < 1 / (1 + Math.exp(-3 * (a + b))) ? 1 : 0,
  );
  const late = await calibratedLateFusion().fit(problem);
  const ours = await residualFusion(wider, { ...longer, epochs: 4 }).fit(problem);
  const [independent, joint] = [late, ours].map(({ predict }) => predict(rows));
  const difference = accuracy((await joint!).unified!, labels) -
    accuracy((await independent!).unified!, labels);
  ok(Math.abs(difference) <= 0.005, `${difference}`);
  await ours.dispose();
});

Deno.test("a closed gate gives the verdicts of calibrated late fusion, bit for bit", async () => {
  for (const [name, target] of Object.entries(targets)) {
    const { problem, exams } = someShown(target);
    const late = await calibratedLateFusion().fit(problem);
    const graphs = graphCache();
    const fit = (gate: number) =>
      residualFusion({ ...tinySettings, width: 4 }, run, { gate, graphs }).fit(problem);
    const closed = await fit(0), open = await fit(1);
    let moved = 0;
    for (const { rows } of exams) {
      const wanted = await late.predict(rows);
      deepEqual(await closed.predict(rows), wanted, name);
      deepEqual(await closed.predict(rows, problem.features), wanted, name);
      const joint = (await open.predict(rows)).unified!;
      if (Array.from(joint).some((x, i) => x !== wanted.unified![i])) moved++;
      deepEqual((await open.predict(rows, problem.features)).unified, joint, name);
    }
    ok(moved > 0, name);
    await graphs.dispose();
  }
});

Deno.test("residualFusion() fuses triples, and what they lack", async () => {
  const labelled: Problem = { ...tiny, protocol: "label" };
  const late = await calibratedLateFusion().fit(labelled);
  const ours = await residualFusion(tinySettings, run, { gate: 0.5 }).fit(labelled);
  const labels = Array.from(tinyTest.text, (row) => row % 2);
  for (const shown of [["text", "image", "audio"], ["text", "audio"]] as Modality[][]) {
    const rows = Object.fromEntries(shown.map((m) => [m, tinyTest[m]]));
    const verdicts = await ours.predict(rows);
    ok(accuracy(verdicts.unified!, labels) > 0.9);
    const { unified: _, ...heads } = verdicts;
    const { unified: __, ...alone } = await late.predict(rows);
    deepEqual(heads, alone);
  }
  const [one] = Object.keys(await ours.predict({ image: tinyTest.image }));
  equal(one, "image");
  await ours.dispose();
});

Deno.test("residualFusion() lets each modality answer where samples share no label", async () => {
  const ours = await residualFusion(tinySettings, run).fit(tiny);
  const heads = await ours.predict({ text: tinyTest.text });
  deepEqual(Object.keys(heads), ["text"]);
  equal(ours.record.gate, undefined);
  await rejects(
    (await residualFusion(tinySettings, run).fit({ ...tiny, present: ["text"] }))
      .predict({ image: tinyTest.image }),
    /RangeError: Cannot predict from image: expected text/,
  );
});

Deno.test("residualFusion() with one key gives one fit, and with another another", async () => {
  const { problem, exams } = someShown(targets["a score"]!);
  const rows = exams[0]!.rows;
  const graphs = graphCache();
  const said = async (own: Problem) => {
    const { predict } = await residualFusion(tinySettings, run, { gate: 1, graphs }).fit(own);
    return Array.from((await predict(rows)).unified!);
  };
  const first = await said(problem);
  deepEqual(await said(problem), first);
  ok(
    JSON.stringify(await said({ ...problem, key: fold(problem.key, 1) })) !== JSON.stringify(first),
  );
  await graphs.dispose();
});

Deno.test("residualFusion() shows its gate and each modality's evidence", async () => {
  const { problem, exams } = someShown(targets["three classes"]!);
  const fitted = await residualFusion(tinySettings, run, { gate: 0.25 }).fit(problem);
  const { shown, rows, labels } = exams.find(({ shown }) => shown.length === 3)!;
  const inspected = await fitted.inspect!(rows);
  deepEqual(Object.keys(inspected), [...shown.map((m) => `evidence of ${m}`), "residual gate"]);
  deepEqual([...inspected["residual gate"]!.values as Float64Array], labels.map(() => 0.25));
  equal(inspected["evidence of text"]!.width, 3);
  await fitted.dispose();
});
