import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  ablations,
  collateAblations,
  collateProtocols,
  fullModel,
  planAblations,
  planProtocols,
} from "../../../experiments/ablations/variants.ts";
import { defaults } from "../../../lib/study/settings.ts";
import { ablationSegments } from "../../../experiments/ablations/mod.ts";
import { planTable1 } from "../../../experiments/table_1/rows.ts";
import { modalities } from "../../../lib/modality.ts";
import { judged, samples } from "../made_up.ts";
import { madeUpStudy } from "../made_up_study.ts";

const data = { cap: 100, testFraction: 0.2, validationFraction: 0.1 };

Deno.test("every variant changes what its family says and nothing else", () => {
  equal(new Set(ablations.map(({ family, name }) => `${family} ${name}`)).size, ablations.length);
  for (const { family, variant: { model = {}, training = {}, segments } } of ablations) {
    const changed = [
      ...Object.keys(model),
      ...Object.keys(training),
      ...segments === undefined ? [] : ["segments"],
    ];
    equal(changed.length, 1);
    const expected: Record<string, string[]> = {
      gate: ["gate"],
      attention: ["levels", "residual"],
      heads: ["heads"],
      segments: ["segments"],
      training: ["headWeight", "modalityDropout"],
    };
    ok(expected[family]!.includes(changed[0]!));
    for (const [name, value] of Object.entries({ ...model, ...training })) {
      ok(
        JSON.stringify(value) !== JSON.stringify(
          { ...defaults.model, ...defaults.training }[
            name as "gate"
          ],
        ),
      );
    }
  }
});

Deno.test("the full model's jobs are those of Table 1, so that they are not run twice", () => {
  const settings = { seeds: [1, 2], data };
  const table = planTable1(samples, settings).jobs;
  const own = planAblations(samples, settings).filter(({ variant }) => variant === undefined);
  equal(own.length, 4);
  for (const job of own) {
    deepEqual(job, table.find(({ name }) => name === job.name));
  }
});

Deno.test("the gate is judged on speech alone, the rest on triples", () => {
  const of = (family: string) => {
    const chosen = ablations.filter((one) => one.family === family);
    const jobs = planAblations(samples, { seeds: [1], data, chosen });
    return [...new Set(jobs.map(({ protocol, present }) => `${protocol} ${present}`))];
  };
  deepEqual(of("gate"), ["single audio"]);
  deepEqual(of("heads"), ["label text,image,audio"]);
});

Deno.test("a variant is trained with the seeds and splits of the full model", () => {
  const jobs = planAblations(samples, { seeds: [1, 2], data });
  equal(jobs.length, 2 * (2 + ablations.length));
  equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
  for (const seed of [1, 2]) {
    const splits = jobs.filter((job) => job.seed === seed).map(({ split }) =>
      JSON.stringify(split)
    );
    equal(new Set(splits).size, 1);
  }
});

const labels = [0, 0, 1, 1];
const right = { labels, scores: [0.1, 0.2, 0.8, 0.9] };
const wrong = { labels, scores: [0.1, 0.8, 0.2, 0.9] };

Deno.test("a variant's difference is to the full model in the same setting, corrected over all", () => {
  const run = (kind: string, head: "unified" | "audio", own: typeof right) =>
    judged(kind, { system: "Proposed", seed: 1, head, ...own });
  const chosen = ablations.filter(({ name }) => ["sum", "1 head"].includes(name));
  const rows = collateAblations(
    [
      run("gate-sum-single-audio", "audio", right),
      run("gate-sum-label", "unified", wrong),
      run("heads-1-head-label", "unified", right),
      run("single-audio", "audio", wrong),
      run("label", "unified", right),
    ],
    samples,
    chosen,
  );
  deepEqual(
    rows.map(({ setting, family, name, accuracy, comparison }) => [
      ...[setting, family, name, accuracy.mean],
      comparison?.difference,
    ]),
    [
      ["unified", "", fullModel, 1, undefined],
      ["unified", "gate", "sum", 0.5, -0.5],
      ["unified", "heads", "1 head", 1, 0],
      ["audio", "", fullModel, 0.5, undefined],
      ["audio", "gate", "sum", 1, 0.5],
    ],
  );
  for (const { comparison } of rows) {
    // Four samples of one or two speakers: no test, and none to correct.
    if (comparison) deepEqual([comparison.p, comparison.pHolm], [null, null]);
  }
});

Deno.test("models trained under each protocol are asked the same", () => {
  const jobs = planProtocols(samples, { seeds: [1], data });
  deepEqual(jobs.map(({ protocol }) => protocol), ["label", "random", "single"]);
  for (const { exams, present } of jobs) {
    deepEqual(present, modalities);
    deepEqual(exams!.map(({ name }) => name), [...modalities, "unified"]);
    deepEqual(exams, jobs[0]!.exams);
  }
  const rows = collateProtocols(jobs.map((job) => ({
    job,
    exams: [...modalities, "unified" as const].map((head) => ({
      ...{ exam: head, head, ids: {} },
      ...head === "image" && job.protocol === "random" ? wrong : right,
    })),
  })));
  deepEqual(rows.map(({ accuracy }) => accuracy.image.mean), [1, 0.5, 1]);
  deepEqual(rows[1]!.accuracy.unified.seeds, [1]);
});

Deno.test("trained encoders have no finer segments: such variants are left out, and named", async () => {
  const { study, ran } = madeUpStudy({ seeds: [1] });
  const trained = { ...study, options: { ...study.options, encoders: { folder: "a/b" } } };
  const { data, markdown } = await ablationSegments(trained);
  // The tiny corpora have three segments at most.
  deepEqual(ran, [
    "proposed-label-seed1",
    "proposed-segments-1-segment-label-seed1",
    "proposed-segments-2-segments-label-seed1",
  ]);
  equal((data.rows as unknown[]).length, 3);
  match(markdown, /Without 4 segments, 16 segments: trained encoders give 3 at most\./);
});
