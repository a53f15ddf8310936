import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { planTable1 } from "../../experiments/table_1/rows.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { openFeatureStore } from "../../lib/encoders/mod.ts";
import { kindOf, sha256 } from "../../lib/files.ts";
import { byModality } from "../../lib/modality.ts";
import { fitKey } from "../../lib/study/fit_key.ts";
import type { Job, Outcome } from "../../lib/study/job.ts";
import {
  inRounds,
  MadeInParts,
  type Part,
  type PlannedFit,
  runShare,
  storeOfShare,
} from "../../lib/study/part.ts";
import { runJobs } from "../../lib/study/pool.ts";
import { predictionsToCsv } from "../../lib/study/predictions.ts";
import { runJob } from "../../lib/study/run.ts";
import { encodersKey } from "../../lib/study/trained_encoders.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { openWorkFolder, type WorkFolder } from "../../lib/study/work_folder.ts";
import { openCheckpoints } from "../../lib/training/checkpoint.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { tinyFeatures } from "../systems/tiny_corpus.ts";
import { tinyExperiment as config } from "./tiny_settings.ts";

const features = tinyFeatures({ text: 30, image: 30, audio: 30 }, { signal: 1.5 });

const samples = byModality((modality) =>
  Array.from(features[modality].labels, (label, i): Sample => ({
    ...{ id: `${modality} ${i}`, modality, label, hash: `${modality} ${i}` },
    source: modality === "text" ? { text: `message ${i}` } : { path: `${i}` },
    emotion: label ? "joy" : "anger",
    group: `group ${Math.floor(i / 3)}`,
  }))
);

/** All of Table 1 that is fitted in moments, and the proposed model on images. */
const jobs = planTable1(samples, { seeds: [1, 2], data: config.data }).jobs
  .filter(({ system, name }) =>
    system === "Linear probe" || system === "Majority" || name === "proposed-single-image-seed1"
  );

const partsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ index, count }));

/** Makes a part's share of `jobs`; the rounds and the names of what was fitted. */
async function share(part: Part | undefined, of: readonly Job[] = jobs) {
  const rounds: PlannedFit[] = [], made: string[] = [];
  const own = {
    part,
    makes: "fits",
    onRound: (round: readonly PlannedFit[]) => void rounds.push(...round),
  } as const;
  const run = (ours: readonly Job[]) => Promise.resolve(made.push(...ours.map(({ name }) => name)));
  await rejects(runShare(of, own, { run }), MadeInParts);
  return { rounds, made };
}

Deno.test("parts make every job once, those of a fit together, whatever the order of the jobs", async () => {
  const asked = [...jobs, ...jobs.map((job) => ({ ...job, name: `${job.name}-again`, exams: [] }))];
  const parts = await Promise.all(partsOf(4).map((part) => share(part, asked)));
  deepEqual(parts.flatMap(({ made }) => made).sort(), asked.map(({ name }) => name).sort());
  for (const { made } of parts) {
    const own = new Set(made);
    ok(
      made.every((name) => own.has(name.endsWith("-again") ? name.slice(0, -6) : `${name}-again`)),
    );
  }
  ok(parts.filter(({ made }) => made.length > 0).length > 1);
  const turned = await share({ index: 2, count: 4 }, asked.toReversed());
  deepEqual(turned.made.toSorted(), parts[2]!.made.toSorted());
  deepEqual((await share(undefined)).made, jobs.map(({ name }) => name));
  const { rounds } = parts[0]!;
  deepEqual(rounds.map(({ key }) => key), [...new Set(jobs.map(fitKey))]);
});

Deno.test("a share that only counts fits nothing", async () => {
  let told = 0;
  const own = {
    makes: "nothing",
    onRound: (round: readonly PlannedFit[]) => void (told += round.length),
  } as const;
  await rejects(
    runShare(jobs, own, { run: () => Promise.reject(new Error("fitted")) }),
    MadeInParts,
  );
  equal(told, new Set(jobs.map(fitKey)).size);
});

Deno.test("jobs upon the encoders of one split are one part's", () => {
  const [first] = jobs;
  const others = jobs.filter(({ seed }) => seed === first!.seed);
  const same = others.filter(({ split }) => split === first!.split);
  ok(same.length > 3);
  equal(new Set(same.map(encodersKey)).size, 1);
  const all = new Set(jobs.map(({ seed, split }) => `${seed} ${JSON.stringify(split)}`));
  equal(new Set(jobs.map(encodersKey)).size, all.size);
});

Deno.test("rounds without outcomes do not keep the next from being made; what else fails does", async () => {
  const begun: number[] = [];
  const round = (i: number, end: () => Promise<number>) => () => (begun.push(i), end());
  const parts = () => Promise.reject(new MadeInParts());
  const give = () => Promise.resolve(7);
  deepEqual(await inRounds([round(1, give), round(2, give)]), [7, 7]);
  await rejects(inRounds([round(3, parts), round(4, give), round(5, parts)]), MadeInParts);
  const failing = inRounds([
    round(6, parts),
    round(7, () => Promise.reject(new Error("full"))),
    round(8, give),
  ]);
  await rejects(failing, /^Error: full$/);
  deepEqual(begun, [1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("a part of the features lacks what is its own, and all parts together fill the store", () =>
  withFolder({}, async (folder) => {
    const encoder = { id: "x", digest: "d".repeat(64), shapes: { x: [1] } };
    const store = openFeatureStore(folder);
    const hashes = Array.from({ length: 40 }, (_, i) => sha256(`sample ${i}`));
    const onRound = () => {};
    const missing: number[][] = [], told: number[][] = [];
    for (const part of partsOf(3)) {
      const onMissing = (...counts: number[]) => void told.push(counts);
      const own = storeOfShare(store, { part, makes: "features", onRound, onMissing });
      const found = await own.read(encoder, hashes);
      missing.push(found.missing);
      const rows = found.missing.map((i) => ({
        hash: hashes[i]!,
        features: { x: Float32Array.of(i) },
      }));
      await own.write(encoder, rows);
    }
    deepEqual(missing.flat().toSorted((a, b) => a - b), [...hashes.keys()]);
    const [first, second] = missing.map(({ length }) => length);
    deepEqual(told, [[40, first], [40 - first!, second], [
      40 - first! - second!,
      missing[2]!.length,
    ]]);
    const { table, missing: left } = await store.read(encoder, hashes);
    deepEqual([left, [...table.x!.data]], [[], [...hashes.keys()]]);
    const more = [...hashes, sha256("another")];
    const nobody = storeOfShare(store, { makes: "nothing", onRound });
    const files = async () =>
      (await Array.fromAsync(Deno.readDir(`${folder}/${encoder.digest}`))).length;
    for (let i = 0; i < 70; i++) {
      await store.write(encoder, [{ hash: hashes[i % 40]!, features: { x: Float32Array.of(i) } }]);
    }
    const many = await files();
    const part = partsOf(3)[0]!;
    const parts = (["fits", "features"] as const).map((makes) => ({ part, makes, onRound }));
    for (const share of [...parts, { makes: "nothing" as const, onRound }]) {
      await storeOfShare(store, share).pack(encoder);
      equal(await files(), many);
    }
    await storeOfShare(store, { makes: "features", onRound }).pack(encoder);
    equal(await files(), 1);
    deepEqual((await nobody.find(encoder, more)).missing, []);
    deepEqual((await store.find(encoder, more)).missing, [40]);
    deepEqual(
      (await storeOfShare(store, { makes: "nothing", onRound }).read(encoder, more)).missing,
      [],
    );
    deepEqual((await storeOfShare(store, { makes: "fits", onRound }).read(encoder, more)).missing, [
      40,
    ]);
  }));

const decides = { data: "d", code: "c" };

/** Fits jobs here, each once: what the folder has is not made again. */
async function fitAll(of: readonly Job[], work: WorkFolder, made: string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const job of of) {
    const kept = await work.outcome(job);
    if (kept === undefined) made.push(job.name);
    const outcome = kept ?? await runJob(job, { features, config });
    await work.keep(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

Deno.test("one, three and seven parts, some of them made twice, give the bytes of one machine", () =>
  withFolder({}, async (root) => {
    const files = (outcomes: readonly Outcome[]) =>
      outcomes.map(({ job, verdicts }) => [job.name, predictionsToCsv(verdicts, samples)]);
    const collect = (folder: string, made: string[]) =>
      withWorkFolder(
        folder,
        {},
        async (openWork) => files(await fitAll(jobs, await openWork(decides), made)),
      );
    const alone: string[] = [];
    const wanted = await collect(`${root}/alone`, alone);
    equal(alone.length, jobs.length);
    for (const count of [1, 3, 7]) {
      const folder = `${root}/${count}`;
      for (const part of [...partsOf(count), { index: 0, count }, { index: 1, count: 2 }]) {
        const as = { part: `${part.index}/${part.count}` };
        await withWorkFolder(folder, { as }, async (openWork) => {
          const work = await openWork(decides);
          const run = (own: readonly Job[]) => fitAll(own, work, []);
          const own = { part, makes: "fits", onRound: () => {} } as const;
          await rejects(runShare(jobs, own, { run }), MadeInParts);
        });
      }
      const missing: string[] = [];
      deepEqual(await collect(folder, missing), wanted);
      deepEqual([missing, await kindOf(folder)], [[], "nothing"]);
    }
  }));

/** The command of docs/cluster.md that copies what another folder lacks. */
async function copyCommand(): Promise<string[]> {
  const page = await Deno.readTextFile(new URL("../../docs/cluster.md", import.meta.url));
  return page.match(/^copy="(.+)"$/m)![1]!.split(" ");
}

/** Copies as that command does, where it is not there. */
async function copyMissing(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name.endsWith(".partial") || name === "parts" || name === "lock") continue;
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) {
      await Deno.mkdir(target, { recursive: true });
      await copyMissing(source, target);
    } else if (await kindOf(target) === "nothing") await Deno.copyFile(source, target);
  }
}

Deno.test("folders of parts that share no disk are merged by copying what is not there", async (t) => {
  const [rsync, ...args] = await copyCommand();
  const isThere = await new Deno.Command(rsync!, { args: ["--version"], stdout: "null" }).output()
    .then(() => true, () => false);
  const merge = async (how: (from: string, to: string) => Promise<unknown>) =>
    await withFolder({}, async (root) => {
      for (const part of partsOf(2)) {
        const folder = `${root}/${part.index}`;
        const work = await openWorkFolder(folder, { decides, as: { part: `${part.index}/2` } });
        const run = (own: readonly Job[]) => fitAll(own, work, []);
        await rejects(
          runShare(jobs, { part, makes: "fits", onRound: () => {} }, { run }),
          MadeInParts,
        );
        // The second is still at work, and has left half a file.
        if (part.index === 0) await work.close();
        await Deno.writeTextFile(`${folder}/half.json.partial`, "half");
        await Deno.mkdir(`${root}/all`, { recursive: true });
        await how(`${folder}/`, `${root}/all/`);
        if (part.index === 1) await work.close();
      }
      const missing: string[] = [];
      const work = await openWorkFolder(`${root}/all`, { decides });
      const outcomes = await fitAll(jobs, work, missing);
      await work.close();
      deepEqual([outcomes.length, missing], [jobs.length, []]);
    });
  await t.step("by rules", () => merge(copyMissing));
  await t.step({
    name: isThere ? "by rsync" : "by rsync: skipped, since it is not there",
    ignore: !isThere,
    fn: () =>
      merge(async (...places) => {
        const { success } = await new Deno.Command(rsync!, { args: [...args, ...places] }).output();
        ok(success);
      }),
  });
});

Deno.test("feature stores that share no disk are merged in the same way, what both have included", () =>
  withFolder({}, async (root) => {
    const encoder = { id: "x", digest: "d".repeat(64), shapes: { x: [2] } };
    const hashes = Array.from({ length: 30 }, (_, i) => sha256(`sample ${i}`));
    const rows = hashes.map((hash, i) => ({ hash, features: { x: Float32Array.of(i, i + 0.5) } }));
    const [one, other] = ["one", "other"].map((name) => openFeatureStore(`${root}/${name}`));
    await one!.write(encoder, rows.slice(0, 12));
    await one!.write(encoder, rows.slice(12, 20));
    await other!.write(encoder, rows.slice(12, 20));
    await other!.write(encoder, rows.slice(15));
    await Deno.writeTextFile(`${root}/other/${encoder.digest}/half.partial`, "half");
    for (const [from, to] of [["other", "one"], ["one", "other"], ["other", "one"]]) {
      await copyMissing(`${root}/${from}`, `${root}/${to}`);
    }
    for (const store of [one!, other!]) {
      const { table, missing } = await store.read(encoder, hashes);
      deepEqual([missing, [...table.x!.data]], [[], hashes.flatMap((_, i) => [i, i + 0.5])]);
    }
  }));

Deno.test("two makers of one fit, side by side in one folder, both end with the same bytes", () =>
  withFolder({}, async (folder) => {
    const own = jobs.filter(({ system }) => system === "Proposed");
    equal(own.length, 1);
    const makers = ["0/2", "1/2"].map((part) =>
      openWorkFolder(folder, { decides, as: { part }, everySeconds: 0 })
    );
    const works = await Promise.all(makers);
    const made = await Promise.all(
      works.map((work) => runJobs(own, { features, config, workers: 1, work })),
    );
    const [first, second] = made.map(([outcome]) => predictionsToCsv(outcome!.verdicts, samples));
    equal(first, second);
    for (const work of works) await work.close();
    const { folder: fit } = works[0]!.checkpoints(own[0]!, features);
    const names = (await Array.fromAsync(Deno.readDir(fit))).map(({ name }) => name);
    ok(names.includes("ended.json") && names.includes("ended.safetensors"), `${names}`);
  }));

Deno.test("the record of a fit that is judged elsewhere than it was made names both arithmetics", () =>
  withFolder({}, async (folder) => {
    const [job] = jobs.filter(({ system }) => system === "Proposed");
    const by = async (digest: string) => {
      const arithmetic = { executor: "onnxruntime", kind: "onnxruntime, cpu", digest } as const;
      const checkpoints = openCheckpoints(folder, { fingerprint: "f", arithmetic });
      const { record } = await runJob(job!, { features, config, checkpoints });
      return (record.arithmetics as { digest: string }[] | undefined)?.map(({ digest }) => digest);
    };
    deepEqual([await by("a"), await by("a"), await by("b")], [undefined, undefined, ["a", "b"]]);
  }));

Deno.test("a collector does not begin while a part is at work, and parts wait for nobody", () =>
  withFolder({}, async (folder) => {
    const pulse = { beatSeconds: 0.1, deadSeconds: 30 };
    const collector = await openWorkFolder(folder, { decides });
    const onMessage = (message: string) => ok(false, message);
    const part = await openWorkFolder(folder, { decides, as: { part: "3/9" }, pulse, onMessage });
    await collector.close();
    const opening = openWorkFolder(folder, { decides, pulse });
    const left = setTimeout(() => part.close(), 60e3);
    await rejects(opening, /^Error: Cannot collect ".+": .+ got part 3\/9 at work/);
    clearTimeout(left);
    await part.close();
    // It let go of the lock, too.
    await (await openWorkFolder(folder, { decides, onMessage })).close();
  }));
