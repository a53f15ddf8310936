import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { fitReliability } from "../../lib/study/fit_reliability.ts";
import * as inference from "../../lib/inference/mod.ts";
import { abstentionThreshold } from "../../lib/inference/reliability.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { initModel } from "../../lib/model/mod.ts";
import { gather, inputSizes, standardiseFeatures } from "../../lib/systems/features.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { asked, readRowByRow } from "../systems/read_row_by_row.ts";
import { tinyFeatures, tinySettings } from "../systems/tiny_corpus.ts";

const features = tinyFeatures({ text: 120, image: 120, audio: 120 });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const split = byModality(() => ({
  train: range(0, 50),
  validation: range(50, 90),
  test: range(90, 120),
}));
const pairs = range(0, 120).map((i) => i % 3 ? { text: i, audio: i } : { text: i, image: i });
const problem = { features, split, present: modalities, seed: 1 };

/** Never trained: its verdicts differ by sample all the same. */
function untrained(target?: Target): TrainedModel {
  const config = { ...tinySettings, inputs: inputSizes(features), ...target && { target } };
  const { standardisation } = standardiseFeatures(features, byModality((m) => split[m].train));
  return { parameters: initModel(key(1), config), standardisation, config };
}

/** The sample of these rows, as its encoders would give it. */
function sample(rows: { readonly [M in Modality]?: number }): inference.ReadSample {
  const extent = { given: 1, taken: 1, windows: 1, unknown: 0, blank: false };
  return {
    features: Object.fromEntries(
      Object.entries(rows).map(([m, row]) => {
        const tables = Object.entries(features[m as Modality].tables);
        return [m, Object.fromEntries(tables.map(([name, table]) => [name, gather(table, [row])]))];
      }),
    ),
    extents: Object.fromEntries(Object.keys(rows).map((m) => [m, extent])),
  };
}

async function withExported(
  trained: TrainedModel,
  body: (exported: inference.ExportedModel) => Promise<void>,
): Promise<void> {
  const exported = await inference.loadExportedModel(inference.exportOnnx(trained));
  try {
    await body(exported);
  } finally {
    await exported.dispose();
  }
}

Deno.test("a rate of verdicts is withheld on validation, the least certain, of each set shown", async () => {
  const trained = untrained();
  const { reliability } = await fitReliability(trained, { ...problem, protocol: "label" });
  deepEqual(Object.keys(reliability.certainties).sort(), [
    ...["audio", "image", "image+audio", "text", "text+audio", "text+image", "text+image+audio"],
  ]);
  await withExported(trained, async (exported) => {
    const judged: inference.Judgement[] = [];
    for (const text of split.text.validation) {
      judged.push(
        await inference.judge(exported, sample({ text }), trained, { reliability, abstain: 0.25 }),
      );
    }
    const certainty = ({ explanation }: inference.Judgement) =>
      Math.max(explanation!.probability!, 1 - explanation!.probability!);
    const [withheld, given] = [true, false].map((is) =>
      judged.filter(({ verdict }) => (verdict.label === "abstained") === is).map(certainty)
    );
    equal(withheld!.length, 10);
    ok(Math.max(...withheld!) <= Math.min(...given!));
    match(judged.find(({ notes }) => notes.length > 0)!.notes[0]!, /^abstained: certainty 0\.\d+/);
  });
});

Deno.test("certainties are of what the model was trained to be shown", async () => {
  const single = await fitReliability(untrained(), { ...problem, protocol: "single" });
  deepEqual(Object.keys(single.reliability.certainties), ["text", "image", "audio"]);
  throwsAbstain(single.reliability, ["text", "audio"]);
  const natural = await fitReliability(untrained(), { ...problem, protocol: "natural", pairs });
  deepEqual(Object.keys(natural.reliability.certainties), [
    ...["text", "image", "text+image", "audio", "text+audio"],
  ]);
});

Deno.test("of many training samples so many are read as have room, row by row the same", async () => {
  const trained = untrained();
  const train = Array.from({ length: 20_100 }, (_, i) => i % 50);
  const many = {
    ...{ present: ["text"], protocol: "single", seed: 1 } as const,
    split: { ...split, text: { ...split.text, train } },
  };
  const wanted = await fitReliability(trained, { ...many, features });
  const elsewhere = readRowByRow(features);
  deepEqual(await fitReliability(trained, { ...many, features: elsewhere }), wanted);
  const read = asked(elsewhere.text.tables.states!.rows!).map(({ length }) => length);
  // 20,000 to train on, and once more those whose verdicts calibrate and are calibrated.
  equal(read.reduce((a, b) => a + b), 20_000 + 40 + 30 + 40 + 30);
  ok(Math.max(...read) <= 64);
});

function throwsAbstain(reliability: inference.Reliability, shown: readonly Modality[]): void {
  try {
    abstentionThreshold(reliability, shown, 0.1);
  } catch (error) {
    match(
      (error as Error).message,
      /^Cannot abstain: expected the certainty of verdicts on text\+/,
    );
    return;
  }
  throw new Error("it did not refuse");
}

Deno.test("a set of modalities has a temperature of its own, by as many validation samples as are told", async () => {
  const trained = untrained();
  const of = async (more: object) =>
    await fitReliability(trained, { ...problem, protocol: "label", ...more });
  const { reliability, calibration } = await of({});
  const { "text+audio": both } = reliability.temperatures!;
  equal(both!.fitted, new Set(split.text.validation).size);
  deepEqual(Object.keys(calibration), Object.keys(reliability.certainties));
  const { temperature, fitted, tested, before, after } = calibration["text+audio"]!;
  deepEqual([temperature, fitted, tested], [both!.temperature, 40, 30]);
  ok(before! >= 0 && after! >= 0 && before !== after);
  await withExported(trained, async (exported) => {
    const { verdict, calibration } = await inference.judge(
      exported,
      sample({ text: 95, audio: 95 }),
      trained,
      { reliability },
    );
    deepEqual(calibration, both);
    const logit = (p: number) => Math.log(p / (1 - p));
    const ratio = logit(verdict.probability!) / logit(verdict.calibrated!);
    ok(Math.abs(ratio - both!.temperature!) < 1e-6);
  });
  const few = byModality((m) => ({ ...split[m], validation: range(50, 75) }));
  deepEqual((await of({ split: few })).reliability.temperatures!["text+image"], { fitted: 25 });
});

Deno.test("what is far from the training part is unlike it, and held-out samples seldom are", async () => {
  const trained = untrained();
  const { reliability, outliers } = await fitReliability(trained, {
    ...problem,
    protocol: "label",
  });
  for (const m of modalities) {
    const { validated, tested, falseAlarms, threshold } = outliers[m]!;
    deepEqual([validated, tested], [40, 30]);
    ok(falseAlarms <= 0.2, `${m} ${falseAlarms}`);
    equal(threshold, reliability.checks[m]!.threshold);
  }
  const far = sample({ text: 95, image: 95 });
  far.features.text!.states!.forEach((x, i, all) => all[i] = x + (i % 3 ? 20 : -20));
  await withExported(trained, async (exported) => {
    const { unlike, notes } = await inference.judge(exported, far, trained, {
      ...{ reliability, outliers },
    });
    deepEqual(unlike, ["text"]);
    match(
      notes[0]!,
      /^text: unlike what .* \(distance \d+\.\d, beyond .*% of 30 held-out samples\)$/,
    );
    // A folder of an older version says nothing, and can't abstain.
    const old = await inference.judge(exported, far, trained);
    deepEqual([old.unlike, old.distances, old.notes], [[], {}, []]);
    await rejects(
      inference.judge(exported, far, trained, { abstain: 0.1 }),
      /of an older version$/,
    );
  });
});

Deno.test("what is blank is not shown to the model, and with nothing left it abstains", async () => {
  const trained = untrained();
  await withExported(trained, async (exported) => {
    const both = sample({ text: 1, audio: 1 });
    const blank = { ...both.extents.text!, unknown: 1, blank: true };
    const silent = { ...both, extents: { ...both.extents, audio: blank } };
    const { explanation, notes } = await inference.judge(exported, silent, trained);
    const alone = await inference.judge(exported, sample({ text: 1 }), trained);
    deepEqual(explanation, alone.explanation);
    deepEqual(notes, ["audio: the clip is silent: nothing to judge"]);
    const none = { ...both, extents: { text: blank, audio: blank } };
    const { verdict, explanation: nothing } = await inference.judge(exported, none, trained);
    deepEqual([verdict, nothing], [{ label: "abstained" }, null]);
  });
});

Deno.test("of scores the farthest samples are withheld", async () => {
  const trained = untrained({ kind: "score", low: -3, high: 3 });
  const scored = byModality((m) => ({
    ...features[m],
    labels: range(0, 120).map((i) => i % 7 - 3),
  }));
  const { reliability } = await fitReliability(trained, {
    ...{ ...problem, features: scored, pairs },
    protocol: "natural",
  });
  await withExported(trained, async (exported) => {
    const judged: inference.Judgement[] = [];
    for (const text of split.text.validation) {
      judged.push(
        await inference.judge(exported, sample({ text }), trained, { reliability, abstain: 0.25 }),
      );
    }
    const distance = ({ distances }: inference.Judgement) => distances.text!.distance;
    const [withheld, given] = [true, false].map((is) =>
      judged.filter(({ verdict }) => (verdict.label === "abstained") === is).map(distance)
    );
    equal(withheld!.length, 10);
    ok(Math.min(...withheld!) >= Math.max(...given!));
  });
});

Deno.test("what is kept of reliability is read back as it was", async () => {
  const { reliability } = await fitReliability(untrained(), { ...problem, protocol: "label" });
  const known = {
    ...reliability,
    temperatures: { ...reliability.temperatures, audio: { fitted: 12 } },
  };
  const bytes = inference.reliabilityToBytes(known);
  deepEqual(inference.reliabilityFromBytes(bytes, { path: "a" }), known);
  // As older versions wrote it.
  const { temperatures: _, ...older } = reliability;
  const old = inference.reliabilityToBytes(older);
  deepEqual(inference.reliabilityFromBytes(old, { path: "a" }), older);
  bytes[bytes.length - 1]! ^= 1;
  await rejects(async () => await inference.reliabilityFromBytes(bytes, { path: "a" }), RangeError);
});
