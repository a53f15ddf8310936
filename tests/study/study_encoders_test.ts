import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { areTrained, encoderCaption, trainedBySplit } from "../../lib/study/encoder_source.ts";
import { rawInputEncoders } from "../../lib/study/scratch_systems.ts";
import { assertUnmet, frozenOf, openEncoders } from "../../lib/study/study_encoders.ts";
import { divideAll } from "../../lib/study/splits.ts";
import { trainedBranches, type TrainedEncoders } from "../../lib/branches/trained_branches.ts";
import { trainedEncoderFiles } from "../../lib/branches/trained_encoder.ts";
import { byModality } from "../../lib/modality.ts";
import { flatten, type Parameter } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { samples } from "../experiments/made_up.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const settings = {
  cache: "",
  onProgress: () => {},
  precision: "fp32",
  samples: byModality(() => []),
} as const;
const splitOf = (seed: number) => divideAll(samples, { seed, data: tinyExperiment.data }).split;

/** Encoders that have met the training and validation parts of a seed's split. */
function encodersOf(seed: number): TrainedEncoders {
  const split = splitOf(seed);
  return byModality((m) => {
    const rows = [...split[m].train, ...split[m].validation];
    return { id: `trained ${m}`, trainedOn: new Set(rows.map((i) => samples[m][i]!.hash)) };
  }) as unknown as TrainedEncoders;
}

Deno.test("captions say of encoders whether they were trained, and on what", () => {
  equal(encoderCaption("paper"), "paper");
  equal(encoderCaption("embedded", ["One stands for another"]), "embedded. One stands for another");
  equal(
    encoderCaption("scratch"),
    "trained from raw inputs, for each split on its training part alone",
  );
  equal(
    encoderCaption("best"),
    "of text and image trained from raw inputs, for each split on its training part alone; " +
      "of speech frozen",
  );
  equal(encoderCaption({ folder: "a/b" }), "trained before, of a/b");
  deepEqual(
    (["embedded", "paper", "scratch", "best", { folder: "a/b" }] as const).map(areTrained),
    [false, false, true, true, true],
  );
  deepEqual(
    (["embedded", "best", "scratch", { folder: "a/b" }] as const).map(trainedBySplit),
    [[], ["text", "image"], ["text", "image", "audio"], []],
  );
});

Deno.test("with scratch, samples are encoded into raw inputs; CLIP is the embedded one", async () => {
  const { encoders, trained } = await openEncoders("scratch", settings);
  equal(trained, undefined);
  const raw = rawInputEncoders();
  equal(encoders.text.digest, raw.text.digest);
  deepEqual(encoders.audio.map(({ digest }) => digest), raw.audio.map(({ digest }) => digest));
  deepEqual(["scratch", "paper"].map((name) => frozenOf(name as "paper")), ["embedded", "paper"]);
});

Deno.test("with best, text and images become raw inputs, and no clip needs no speech encoder", async () => {
  const { encoders, trained } = await openEncoders("best", settings);
  equal(trained, undefined);
  const raw = rawInputEncoders();
  deepEqual([encoders.text.digest, encoders.image.digest], [raw.text.digest, raw.image.digest]);
  deepEqual(encoders.audio.map(({ id }) => id), ["no audio", raw.audio[1].id]);
  deepEqual(encoders.audio[0].shapes, { states: [8, 64], mask: [8] });
});

Deno.test("a folder without trained encoders is an error that names the file", () =>
  withFolder({}, (folder) =>
    rejects(
      openEncoders({ folder }, settings),
      new RangeError(`Cannot read "${folder}/text/config.json": expected a file, got none`),
    )));

Deno.test("a folder is taken with what it has: text that it can't encode is refused, and layers of a trained encoder", async () => {
  const parts = trainedBranches.audio();
  const parameters = flatten(parts.branch.init(key(1)) as Tree<Parameter>);
  const { files, digest } = trainedEncoderFiles(parts, { parameters, trainedOn: ["a"] });
  await withFolder({}, async (folder) => {
    await Deno.mkdir(`${folder}/audio`);
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/audio/${name}`, bytes);
    }
    const { encoders, trained } = await openEncoders({ folder }, settings);
    deepEqual(Object.keys(trained!), ["audio"]);
    equal(encoders.audio[0].digest, digest);
    deepEqual([encoders.text.id, encoders.image.id], ["no text", "no image"]);
    const { segments, width } = trainedBranches.image().branch;
    deepEqual(encoders.image.shapes.states, [segments, width]);
    await rejects(
      openEncoders({ folder }, { ...settings, speechLayers: 1 }),
      new RangeError("Cannot use layers 1: expected a frozen speech encoder, got a trained one"),
    );
    await rejects(
      openEncoders({ folder }, { ...settings, samples: { ...settings.samples, text: ["so"] } }),
      new RangeError(
        `Cannot encode text: expected an encoder of it in "${folder}", got none; ` +
          "the model that trained it had learnt none",
      ),
    );
  });
});

Deno.test("trained encoders may be asked of the split that trained them, and of no other", () => {
  const trained = encodersOf(1);
  assertUnmet(trained, samples, [{ split: splitOf(1) }]);
  throws(
    () => assertUnmet(trained, samples, [{ split: splitOf(1) }, { split: splitOf(2) }]),
    /^Error: Cannot test encoder "trained text": expected samples that it has not met, got\n- trained on themselves, /,
  );
});

Deno.test("of natural pairs no group may have been met, whatever else divides the images", () => {
  // Images of one group on two sides, as the random split of the literature has them.
  const images = samples.image.map((sample, i) => ({ ...sample, group: `set ${i % 2}` }));
  const own = { ...samples, image: images };
  const split = splitOf(1);
  const trained = encodersOf(1);
  assertUnmet(trained, own, [{ split }]);
  const natural = { split: byModality((m) => ({ ...split[m] })), pairs: [{ image: 0 }] };
  throws(
    () => assertUnmet(trained, own, [natural]),
    /^Error: Cannot test encoder "trained image": .* got\n- trained on their group, /,
  );
});
