import { deepEqual, equal, match, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { runJobs } from "../../lib/study/pool.ts";
import type { Job, Outcome } from "../../lib/study/job.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { openWorkFolder, type WorkFolder, type WorkOptions } from "../../lib/study/work_folder.ts";
import { byModality } from "../../lib/modality.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const job: Job = {
  name: "proposed-label-seed1",
  kind: "label",
  system: "Proposed",
  protocol: "label",
  present: ["text", "image", "audio"],
  seed: 1,
  split: byModality((m) => ({
    train: range(0, 20)[m],
    validation: range(20, 26)[m],
    test: range(26, 32)[m],
  })),
};

const features = tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 1.5 });

const outcome: Outcome = {
  job,
  verdicts: [{
    name: "image",
    head: "image",
    rows: { image: [26, 27] },
    labels: [0, 1],
    scores: [1 / 3, Math.fround(0.1)],
  }],
  record: { bestEpoch: 2, history: [{ epoch: 1, trainLoss: 1 / 7 }] },
  seconds: 0.25,
};

const decides = { commit: null, data: "d".repeat(64), configuration: tinyExperiment };

/** The one outcome that a work folder has. */
async function keptIn(folder: string): Promise<string> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const [{ name }] = entries.filter(({ name }) => name.endsWith(".json")) as [Deno.DirEntry];
  return `${folder}/${name}`;
}

/** Opens the folder, runs, and lets go of it. */
async function within<T>(
  folder: string,
  run: (work: WorkFolder) => Promise<T>,
  options: Partial<WorkOptions> = {},
): Promise<T> {
  const work = await openWorkFolder(folder, { decides, everySeconds: 0, ...options });
  try {
    return await run(work);
  } finally {
    work.close();
  }
}

Deno.test("an outcome that was kept is found again", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/out/table.work`;
    await within(folder, async (work) => {
      equal(await work.outcome(job), undefined);
      await work.keep(outcome);
    });
    await within(folder, async (work) => deepEqual(await work.outcome(job), outcome));
    await within(folder, (work) => work.remove());
    deepEqual(await Array.fromAsync(Deno.readDir(`${root}/out`)), []);
  }));

Deno.test("typed arrays come back as the same numbers", () =>
  withFolder({}, (folder) =>
    within(folder, async (work) => {
      const scores = Float32Array.of(0.1, 1e-30, 0.999999);
      const rows = { image: Uint32Array.of(28, 26, 27) }, labels = Int32Array.of(0, 1, 1);
      await work.keep({
        ...outcome,
        verdicts: [{ name: "x", head: "image", rows, labels: [...labels], scores }],
      });
      const [found] = (await work.outcome(job))!.verdicts;
      deepEqual(found!.scores, Array.from(scores));
      deepEqual([found!.rows, found!.labels], [{ image: [28, 26, 27] }, [0, 1, 1]]);
    })));

Deno.test("verdicts of more outcomes than memory may hold are read again when they are asked for", () =>
  withFolder({}, (folder) =>
    within(folder, async (work) => {
      const kept = await work.keep(outcome);
      const found = await work.outcome(job);
      await work.keep({ ...outcome, job: { ...job, seed: 99 } });
      deepEqual([kept, found], [outcome, outcome]);
      // Both are on disk alone by now.
      for await (const { name } of Deno.readDir(folder)) {
        if (name.endsWith(".json")) await Deno.remove(`${folder}/${name}`);
      }
      throws(() => [kept.verdicts, found!.verdicts], { name: "NotFound" });
    }, { mostHeld: 0 })));

Deno.test("an outcome with a score that is no number is not kept: JSON has no NaN", () =>
  withFolder({}, (folder) =>
    within(folder, async (work) => {
      const verdicts = [{ ...outcome.verdicts[0]!, scores: [NaN, 1] }];
      await work.keep({ ...outcome, verdicts });
      equal(await work.outcome(job), undefined);
    })));

Deno.test("jobs that differ in exams, name and the order of entries alone have one fit, and outcomes of their own", () =>
  withFolder({}, (folder) =>
    within(folder, async (work) => {
      const { name: _, split, ...rest } = job;
      const asked: Job = { split, ...rest, name: "another", exams: [] };
      deepEqual(work.checkpoints(asked, features), work.checkpoints(job, features));
      await work.keep(outcome);
      equal(await work.outcome(asked), undefined);
      equal(await work.outcome({ ...job, exams: [] }), undefined);
      // Rows that are only tested may change; those that are learnt from may not.
      const changed = (row: number) => {
        const labels = Array.from(features.text.labels);
        labels[row] = labels[row] ? 0 : 1;
        return { ...features, text: { ...features.text, labels } };
      };
      deepEqual(work.checkpoints(job, changed(30)), work.checkpoints(job, features));
      for (const row of [0, 25]) {
        notDeepEqual(work.checkpoints(job, changed(row)), work.checkpoints(job, features));
      }
    })));

Deno.test("emotions that are learnt from decide the fits of systems that learn them, and no others", () =>
  withFolder({}, (folder) =>
    within(folder, (work) => {
      const named = (changed?: number) => {
        const emotions = Array.from(features.text.labels, (_, i) => i === changed ? "awe" : "joy");
        return { ...features, text: { ...features.text, emotions } };
      };
      const encoder: Job = { ...job, system: "Trained encoder" };
      const of = (own: Job, changed?: number) => work.checkpoints(own, named(changed)).fingerprint;
      for (const row of [0, 25]) notDeepEqual(of(encoder, row), of(encoder));
      deepEqual(of(encoder, 30), of(encoder));
      const withNeutral: Job = { ...encoder, neutral: { text: [30] } };
      notDeepEqual(of(withNeutral, 30), of(withNeutral));
      deepEqual(of(job, 0), of(job));
      return Promise.resolve();
    })));

Deno.test("groups decide the fits of our own fusion, which divides by them, and no others", () =>
  withFolder({}, (folder) =>
    within(folder, (work) => {
      const named = (changed?: number) => {
        const groups = Array.from(features.text.labels, (_, i) => i === changed ? "other" : `${i}`);
        return { ...features, text: { ...features.text, groups } };
      };
      const ours: Job = { ...job, system: "Residual fusion (ours)" };
      const of = (own: Job, changed?: number) => work.checkpoints(own, named(changed)).fingerprint;
      for (const row of [0, 25]) notDeepEqual(of(ours, row), of(ours));
      deepEqual(of(ours, 30), of(ours));
      deepEqual(of(job, 0), of(job));
      return Promise.resolve();
    })));

Deno.test("other settings, data, code, seed or split find nothing, and have checkpoints elsewhere", () =>
  withFolder({}, async (folder) => {
    const own = await within(folder, async (work) => {
      await work.keep(outcome);
      return work.checkpoints(job, features);
    });
    const { training } = tinyExperiment;
    const configuration = { ...tinyExperiment, training: { ...training, weightDecay: 0.02 } };
    const split = { ...job.split, text: { ...job.split.text, train: range(1, 20).text } };
    const others: [Record<string, unknown>, Job][] = [
      [{ ...decides, configuration }, job],
      [{ ...decides, data: "e".repeat(64) }, job],
      [{ ...decides, commit: "1".repeat(40) }, job],
      [decides, { ...job, seed: 2 }],
      [decides, { ...job, split }],
      [decides, { ...job, present: ["image"] }],
      [decides, { ...job, neutral: { text: [30] } }],
    ];
    for (const [decides, job] of others) {
      await within(folder, async (work) => {
        equal(await work.outcome(job), undefined);
        const { folder, fingerprint } = work.checkpoints(job, features);
        ok(folder !== own.folder && fingerprint !== own.fingerprint);
      }, { decides });
    }
  }));

Deno.test("a kept outcome that is damaged or another job's is told, and the job is run again", () =>
  withFolder({}, async (folder) => {
    const path = await within(folder, async (work) => {
      await work.keep(outcome);
      return await keptIn(folder);
    });
    const text = await Deno.readTextFile(path);
    const foreign = await within(`${folder}/other`, async (work) => {
      await work.keep(outcome);
      return Deno.readTextFile(await keptIn(`${folder}/other`));
    }, { decides: {} });
    for (const bad of [text.slice(0, 100), text.replace("0.25", "0.26"), "", foreign]) {
      await Deno.writeTextFile(path, bad);
      const told: string[] = [];
      const onMessage = (message: string) => void told.push(message);
      equal(await within(folder, (work) => work.outcome(job), { onMessage }), undefined);
      equal(told.length, 1);
      ok(told[0]!.startsWith(`Cannot read "${path}": expected `), told.join());
      match(told[0]!, /; the job is run again$/);
    }
  }));

Deno.test("a second run waits until the first lets go, and then has a folder of its own", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/table.work`;
    const first = await openWorkFolder(folder, { decides });
    const said = Promise.withResolvers<string>();
    let opened = false;
    const second = openWorkFolder(folder, { decides, onMessage: said.resolve }).then((work) => {
      opened = true;
      return work;
    });
    equal(await said.promise, `waiting for another run, which works in ${folder}`);
    await first.keep(outcome);
    equal(opened, false);
    await first.remove();
    first.close();
    const work = await second;
    equal(await work.outcome(job), undefined);
    await work.keep(outcome);
    deepEqual(await work.outcome(job), outcome);
    await work.remove();
    work.close();
  }));

Deno.test("withWorkFolder() removes the folder at the end, and leaves it to the next run on failure", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/model.work`;
    equal(await withWorkFolder(folder, {}, () => Promise.resolve(7)), 7);
    deepEqual(await Array.fromAsync(Deno.readDir(root)), []);
    const failing = withWorkFolder(folder, {}, async (openWork) => {
      await (await openWork(decides)).keep(outcome);
      throw new Error("no more memory");
    });
    await rejects(failing, /^Error: no more memory$/);
    // It did not wait for the lock, and found what was kept.
    const onMessage = (message: string) => ok(false, message);
    const found = await withWorkFolder(
      folder,
      { onMessage },
      async (openWork) => await (await openWork(decides)).outcome(job),
    );
    deepEqual(found, outcome);
    deepEqual(await Array.fromAsync(Deno.readDir(root)), []);
  }));

const config = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 5, patience: 5 },
};
const jobs: Job[] = [
  job,
  { ...job, name: "proposed-single-image-seed1", protocol: "single", present: ["image"] },
  { ...job, name: "linear-probe-single-text-seed1", system: "Linear probe", protocol: "single" },
];

/** Runs `jobs`, and what each epoch and outcome was called. */
async function runAll(work?: WorkFolder) {
  const epochs: string[] = [], ended: string[] = [];
  const outcomes = await runJobs(jobs, {
    features,
    config,
    workers: 1,
    ...work && { work },
    watcher: {
      onEpoch: ({ name }, { epoch }) => void epochs.push(`${name} ${epoch}`),
      onEnd() {},
    },
    onOutcome: ({ job }, done) => ended.push(`${done} ${job.name}`),
  });
  const verdicts = outcomes.map(({ verdicts, record }) => ({
    record,
    verdicts: verdicts.map(({ scores, labels, rows, head }) => ({
      ...{ head, rows: Object.keys(rows) },
      labels: Array.from(labels),
      scores: Array.from(scores),
    })),
  }));
  return { verdicts, epochs, ended };
}

/** Runs with workers that die as soon as they have told of so many epochs. */
async function withDyingWorkers<T>(epochs: number, run: () => Promise<T>): Promise<T> {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      let told = 0;
      this.addEventListener("message", ({ data }) => {
        if (data.kind !== "epoch" || ++told < epochs) return;
        this.terminate();
        this.onerror?.(new ErrorEvent("error", { message: "the worker died", cancelable: true }));
      });
    }
  };
  try {
    return await run();
  } finally {
    globalThis.Worker = Worker;
  }
}

Deno.test("jobs whose workers die again and again end in the scores of an unbroken run", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/table.work`;
    const unbroken = await runAll();
    equal(unbroken.epochs.length, 10);
    const reported: string[] = [];
    for (let death = 0; death < 2; death++) {
      await within(
        folder,
        (work) =>
          withDyingWorkers(
            4,
            () =>
              rejects(runAll(work), { message: /^Cannot finish proposed-.+: the worker died$/ }),
          ),
      );
    }
    const resumed = await within(folder, (work) => runAll(work));
    reported.push(...resumed.epochs);
    deepEqual(resumed.verdicts, unbroken.verdicts);
    deepEqual(resumed.ended, jobs.map(({ name }, i) => `${i + 1} ${name}`));
    // Of ten epochs eight had been told; at most the last one told was not kept each time.
    ok(
      reported.length <= 4 && reported.every((name) => name.includes("single-image")),
      `${reported}`,
    );
    const again = await within(folder, async (work) => {
      for (const job of jobs) equal((await work.outcome(job))?.job, job);
      return runAll(work);
    });
    deepEqual([again.verdicts, again.epochs], [unbroken.verdicts, []]);
    equal(again.ended.length, jobs.length);
  }));

Deno.test("jobs of one fit train once, side by side and one command after another", () =>
  withFolder({}, (folder) =>
    within(folder, async (work) => {
      const run = async (of: readonly Job[]) => {
        const epochs: string[] = [];
        const onEpoch = ({ name }: { name: string }) => void epochs.push(name);
        const watcher = { onEpoch, onEnd() {} };
        const outcomes = await runJobs(of, { features, config, workers: 2, work, watcher });
        return { epochs, answers: outcomes.map(({ verdicts }) => verdicts[0]!.scores) };
      };
      const own = jobs[1]!;
      const first = await run([own]);
      deepEqual(first.epochs, Array(5).fill(own.name));
      const asked = {
        name: "image",
        head: "image",
        labels: [0, 1],
        rows: { image: [26, 27] },
      } as const;
      const again = await run([
        { ...own, name: "a", exams: [asked] },
        { ...own, name: "b", exams: [asked] },
      ]);
      deepEqual(again.epochs, []);
      for (const scores of again.answers) {
        deepEqual(Array.from(scores), Array.from(first.answers[0]!).slice(0, 2));
      }
      const other = { ...own, variant: { model: { dropout: 0.1 } } };
      const varied = await run([{ ...other, name: "c" }, { ...other, name: "d", exams: [asked] }]);
      deepEqual(varied.epochs, Array(5).fill("c"));
    })));
