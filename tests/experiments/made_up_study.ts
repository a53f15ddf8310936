/** A study whose runs are made up: answers in moments, and no model. @module */

import { testExams } from "../../lib/study/run.ts";
import type { Job, Outcome } from "../../lib/study/job.ts";
import type { Study } from "../../lib/study/study.ts";
import { defaultValence } from "../../lib/datasets/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { tinyFeatures } from "../systems/tiny_corpus.ts";
import { samples } from "./made_up.ts";
import { tinyExperiment } from "../study/tiny_settings.ts";
import { plainExecutor } from "../study/plain_executor.ts";

/** Features of as many samples as are made up, labelled as they are. */
export const features = tinyFeatures({ text: 60, image: 60, audio: 60 }, { signal: 1.5 });

/** A study of the made-up samples, which notes the names of the jobs that it runs. */
export function madeUpStudy({ seeds }: { readonly seeds: readonly number[] }): {
  study: Study;
  ran: string[];
} {
  const ran: string[] = [];
  const study = {
    options: {
      ...{
        config: { ...tinyExperiment, thorough: true },
        seeds,
        data: "data",
        dataLabel: "made up",
      },
      ...{ encoders: "embedded", jobs: 1, provider: "cpu", command: "test", commit: null },
    },
    corpora: byModality((m) => ({
      ...{ modality: m, name: m, samples: samples[m], excluded: {} },
      valence: defaultValence,
    })),
    samples,
    features,
    on: plainExecutor,
    encoders: byModality((m) => ({ id: m, digest: m })),
    clip: { encoders: () => Promise.resolve(), digests: () => ({ clip: "made up" }) },
    featuresOf: () => Promise.resolve(features),
    run: (jobs: readonly Job[]) => {
      ran.push(...jobs.map(({ name }) => name));
      return Promise.resolve(jobs.map(madeUpOutcome));
    },
  };
  return { study: study as unknown as Study, ran };
}

/** Scores that lean to the true label, each job and exam with noise of its own. */
function madeUpOutcome(job: Job): Outcome {
  const lean = job.system === "Proposed" ? 0.35 : 0.25;
  const verdicts = (job.exams ?? testExams(job, features)).map((exam) => {
    const noise = uniforms(fold(key(job.seed), job.name, exam.name));
    const scores = exam.labels.map((label) =>
      Math.min(1, Math.max(0, 0.5 + lean * (2 * label - 1) + 1.2 * (noise() - 0.5)))
    );
    return { ...exam, scores };
  });
  const history = [{ epoch: 1, trainLoss: 1, validationLoss: 1, validationAccuracy: 0.5 }];
  return { job, verdicts, record: { history, bestEpoch: 1 }, seconds: 1 };
}
