import { equal, match, notEqual } from "node:assert/strict";
import { fitKey } from "../../lib/study/fit_key.ts";
import type { Job } from "../../lib/study/job.ts";
import { openWorkFolder } from "../../lib/study/work_folder.ts";
import { byModality } from "../../lib/modality.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";

const split = byModality((m) => ({
  train: range(0, 20)[m],
  validation: range(20, 26)[m],
  test: range(26, 32)[m],
}));

const job: Job = {
  name: "proposed-label-seed1",
  kind: "label",
  system: "Proposed",
  protocol: "label",
  present: ["text", "image", "audio"],
  seed: 1,
  split,
};

Deno.test("a fit has one key, whatever its job is called and asked, and on every machine", () => {
  const key = fitKey(job);
  match(key, /^[0-9a-f]{64}$/);
  const { name: _, split, ...rest } = job;
  equal(fitKey({ split: structuredClone(split), ...rest, name: "another", exams: [] }), key);
  notEqual(fitKey({ ...job, seed: 2 }), key);
  notEqual(fitKey({ ...job, variant: { segments: 2 } }), key);
  const [first, ...others] = split.audio.train;
  const moved = { ...split.audio, train: others, test: [...split.audio.test, first!] };
  notEqual(fitKey({ ...job, split: { ...split, audio: moved } }), key);
});

Deno.test("a split, or what is asked, is written out once for all its jobs, not once a job", () =>
  withFolder({}, async (folder) => {
    let written = 0;
    const counted = Object.assign(structuredClone(split), { toJSON: () => (written++, split) });
    const exam = { name: "image", head: "image", rows: { image: [26] }, labels: [0] } as const;
    const asked = Object.assign([exam], { toJSON: () => (written++, [exam]) });
    const jobs = Array.from(
      { length: 50 },
      (_, seed): Job => ({ ...job, seed, split: counted, exams: asked }),
    );
    const features = tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 1.5 });
    const work = await openWorkFolder(folder, { decides: { data: "d" } });
    try {
      for (const job of jobs) {
        fitKey(job);
        await work.outcome(job);
        work.checkpoints(job, features);
      }
    } finally {
      work.close();
    }
    equal(written, 2);
  }));
