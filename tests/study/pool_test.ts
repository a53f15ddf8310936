import { deepEqual, equal, match, notDeepEqual, ok, rejects } from "node:assert/strict";
import { arithmeticOf } from "../../lib/compile/mod.ts";
import type { RunExecutor } from "../../lib/study/run_executor.ts";
import { runJobs } from "../../lib/study/pool.ts";
import { predictionsFromCsv, predictionsToCsv } from "../../lib/study/predictions.ts";
import { runJob } from "../../lib/study/run.ts";
import type { Job } from "../../lib/study/job.ts";
import { collateTable1, planTable1 } from "../../experiments/table_1/rows.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { tinyFeatures } from "../systems/tiny_corpus.ts";
import { tinyExperiment as config } from "./tiny_settings.ts";
import { compilerTest } from "../some_compiler.ts";

const features = tinyFeatures({ text: 30, image: 30, audio: 30 }, { signal: 1.5 });

const samples = byModality((modality) =>
  Array.from(features[modality].labels, (polarity, i): Sample => ({
    id: `${modality} ${i}`,
    modality,
    source: modality === "text" ? { text: `message ${i}` } : { path: `${i}` },
    emotion: polarity ? "joy" : "anger",
    label: polarity,
    group: `group ${Math.floor(i / 3)}`,
    hash: `${modality} ${i}`,
  }))
);

const { jobs } = planTable1(samples, { seeds: [1], data: config.data });

/** Every file of predictions of the jobs, by name. */
async function predictionFiles(
  of: readonly Job[],
  workers: number,
  on?: RunExecutor,
): Promise<Map<string, string>> {
  const outcomes = await runJobs(of, { features, config, workers, ...on && { on } });
  if (on) ok(outcomes.every(({ record }) => record.executor === on.executor));
  deepEqual(outcomes.map(({ job }) => job.name), of.map(({ name }) => name));
  return new Map(
    outcomes.map(({ job, verdicts }) => [job.name, predictionsToCsv(verdicts, samples)]),
  );
}

/** Runs with workers that are counted, begun and ended. */
async function countingWorkers(
  run: () => Promise<void>,
): Promise<{ begun: number; ended: number }> {
  const { Worker } = globalThis;
  const count = { begun: 0, ended: 0 };
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      count.begun++;
    }
    override terminate(): void {
      count.ended++;
      super.terminate();
    }
  };
  try {
    await run();
  } finally {
    globalThis.Worker = Worker;
  }
  return count;
}

compilerTest("as C two runs give the same bytes, be it one job at a time or two", async () => {
  const c = { cache: ".cache/c" };
  const executionProviders = ["cpu"];
  const arithmetic = await arithmeticOf({ executor: "c", c });
  const on: RunExecutor = { executor: "c", c, executionProviders, arithmetic };
  // Two seeds of each of two graphs, side by side.
  const own = jobs.filter(({ name }) => /^proposed-(label|single-text)-seed1$/.test(name));
  const twice = [...own, ...own.map((job) => ({ ...job, name: `${job.name}-again`, seed: 2 }))];
  const alone = await predictionFiles(twice, 1, on);
  equal(alone.size, 4);
  deepEqual(await predictionFiles(twice, 2, on), alone);
  notDeepEqual(await predictionFiles(twice, 2), alone);
});

Deno.test("two runs of one seed give the same bytes in every file, be it one job at a time or two", async () => {
  // Every kind of job. A fit takes half a second, most of it to compile: so not every system.
  const own = jobs.filter(({ system, name }) =>
    system === "Linear probe" || /^(proposed-single|proposed-label|majority-label)/.test(name)
  );
  const alone = await predictionFiles(own, 1);
  // Three heads alone and the whole in triples, twice; images of held-out groups; the whole again.
  equal(alone.size, 2 * (3 + 1) + 1 + 1);
  for (const text of alone.values()) {
    match(text, /^exam,head,text,image,audio,label,score\n(.+\n)+$/);
  }
  deepEqual(await predictionFiles(own, 2), alone);
  const rows = collateTable1(
    own.map((job) => ({ job, exams: predictionsFromCsv(alone.get(job.name)!) })),
    { samples, unlikePaper: undefined },
  );
  equal(rows.length, alone.size);
  ok(rows.every(({ system, accuracy }) => system !== "Linear probe" || accuracy.mean > 0.6));
});

Deno.test("a worker says what the same job says in place", async () => {
  const own = jobs.filter(({ name }) => /^(proposed|majority)-held-out/.test(name));
  equal(own.length, 2);
  const outcomes = await runJobs(own, { features, config, workers: 2 });
  for (const [i, { verdicts, record }] of outcomes.entries()) {
    const here = await runJob(own[i]!, { features, config });
    deepEqual(
      verdicts.map(({ rows, head, labels, scores }) => ({
        ...{ rows, head },
        labels: Array.from(labels),
        scores: Array.from(scores),
      })),
      here.verdicts.map(({ rows, head, labels, scores }) => ({
        ...{ rows, head },
        labels: Array.from(labels),
        scores: Array.from(scores),
      })),
    );
    deepEqual(record, here.record);
  }
});

Deno.test("every job is reported once, its epochs under its own name", async () => {
  const own = jobs.filter(({ name }) =>
    /^(proposed|shuffled|linear|majority).*held-out/.test(name)
  );
  const done: [string, number][] = [], epochs: string[] = [], fits: string[] = [];
  const { begun, ended } = await countingWorkers(async () => {
    await runJobs(own, {
      features,
      config,
      workers: 8,
      onOutcome: ({ job }, count) => done.push([job.name, count]),
      watcher: {
        onEpoch: ({ name }, { epoch }) => void epochs.push(`${name} ${epoch}`),
        onEnd: ({ name }) => void fits.push(name),
      },
    });
  });
  deepEqual(done.map(([name]) => name).sort(), own.map(({ name }) => name).sort());
  deepEqual(done.map(([, count]) => count), [1, 2, 3, 4]);
  deepEqual(fits.sort(), own.map(({ name }) => name).sort());
  deepEqual(epochs.sort(), [
    "proposed-held-out-seed1 1",
    "proposed-held-out-seed1 2",
    "shuffled-labels-held-out-seed1 1",
    "shuffled-labels-held-out-seed1 2",
  ]);
  deepEqual([begun, ended], [own.length, own.length]);
});

Deno.test("the failure of one job reaches the caller by the job's name, and all workers end", async () => {
  const [good] = jobs;
  const bad: Job = {
    ...good!,
    name: "probe-random-seed1",
    system: "Linear probe",
    protocol: "random",
  };
  for (const order of [[good!, bad], [bad, good!, good!]]) {
    const { begun, ended } = await countingWorkers(() =>
      rejects(runJobs(order, { features, config, workers: 2 }), (error: Error) => {
        equal(error.name, "Error");
        match(
          error.message,
          /^Cannot finish probe-random-seed1: RangeError: Cannot fit a unified probe: expected protocol label, got random/,
        );
        return true;
      })
    );
    deepEqual([begun, ended], [2, 2]);
  }
});

Deno.test("a failure that is told of ends its job alone", async () => {
  const [good] = jobs;
  const bad = { ...good!, name: "bad", system: "Linear probe", protocol: "random" } as const;
  const failed: string[] = [], begun: string[] = [];
  const outcomes = await runJobs([bad, good!], {
    features,
    config,
    workers: 1,
    onStart: ({ name }) => begun.push(name),
    onFailure: ({ name }, reason) => failed.push(`${name}: ${reason}`),
  });
  deepEqual(outcomes.map(({ job }) => job.name), [good!.name]);
  deepEqual(begun, ["bad", good!.name]);
  deepEqual(failed, ["bad: Cannot fit a unified probe: expected protocol label, got random"]);
});

Deno.test("no jobs have no outcomes", async () => {
  deepEqual(await runJobs([], { features, config, workers: 2 }), []);
});
