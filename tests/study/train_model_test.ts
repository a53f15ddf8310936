import { deepEqual, equal, rejects } from "node:assert/strict";
import { fitJob } from "../../lib/study/run.ts";
import { trainModel } from "../../lib/study/train_model.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { modelToSafetensors } from "../../lib/inference/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { openCheckpoints } from "../../lib/training/checkpoint.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";
import { type TinyCorpora, withTinyCorpora } from "./tiny_corpora.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const config = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 6, patience: 6, learningRate: 0.05 },
};

/** Ends a run when it tells of an epoch. */
const dies = (after: number) => (epoch: number) => {
  if (epoch === after) throw new Error(`dead in epoch ${epoch}`);
};

Deno.test("a fit that dies in an epoch, or after the last one, ends in the same bytes", () =>
  withFolder({}, async (folder) => {
    const features = tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 0.3 });
    const split = byModality((m) => ({
      train: range(0, 20)[m],
      validation: range(20, 26)[m],
      test: range(26, 32)[m],
    }));
    const job = {
      name: "proposed-label-seed1",
      kind: "label",
      system: "Proposed",
      protocol: "label",
      present: modalities,
      seed: 1,
      split,
    } as const;
    const told: number[] = [];
    const run = async (die = (_: number) => {}) => {
      const { fitted } = await fitJob(job, {
        features,
        config,
        checkpoints: openCheckpoints(folder, { fingerprint: "f".repeat(64), everySeconds: 0 }),
        onEpoch: ({ epoch }) => {
          told.push(epoch);
          die(epoch);
        },
      });
      return modelToSafetensors(fitted.model!);
    };
    const unbroken = modelToSafetensors((await fitJob(job, { features, config })).fitted.model!);
    // An epoch is told before it is kept, so the one that dies is run again.
    await rejects(run(dies(3)), /^Error: dead in epoch 3$/);
    deepEqual(await run(), unbroken);
    deepEqual(told, [1, 2, 3, 3, 4, 5, 6]);
    // All epochs are kept now: nothing is left to train.
    deepEqual(await run(), unbroken);
    equal(told.length, 7);
  }));

/** Trains with a work folder in `root`; `onEpoch` may throw. */
function trainTiny(
  { root, data, cache }: TinyCorpora,
  onEpoch: (epoch: number) => void = () => {},
) {
  const options = { onMessage: () => {}, everySeconds: 0 };
  return withWorkFolder(`${root}/model.work`, options, (openWork) =>
    trainModel({
      config,
      protocol: "label",
      seed: 1,
      data,
      dataLabel: "made up",
      encoders: "embedded",
      cache,
      openWork,
      version: "0.0.0",
      commit: null,
      code: null,
      onProgress: () => {},
      watcher: { onEpoch: (_, { epoch }) => onEpoch(epoch), onEnd() {} },
    }));
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("trainModel() that is cut off goes on and gives the files of an unbroken run", () =>
  withTinyCorpora(async (corpora) => {
    const epochs: number[] = [];
    const unbroken = await trainTiny(corpora, (epoch) => epochs.push(epoch));
    deepEqual(epochs, [1, 2, 3, 4, 5, 6]);
    deepEqual(await namesIn(corpora.root), []);
    await rejects(trainTiny(corpora, dies(4)), /^Error: dead in epoch 4$/);
    deepEqual(await namesIn(corpora.root), ["model.work"]);
    epochs.length = 0;
    const { description, files } = await trainTiny(corpora, (epoch) => epochs.push(epoch));
    deepEqual(epochs, [4, 5, 6]);
    deepEqual(description, unbroken.description);
    deepEqual(files, unbroken.files);
    deepEqual(await namesIn(corpora.root), []);
  }));
