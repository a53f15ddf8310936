import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { areTrained, encoderCaption } from "../../lib/study/encoder_source.ts";
import { rawInputEncoders } from "../../lib/study/scratch_systems.ts";
import { assertUnmet, frozenOf, openEncoders } from "../../lib/study/study_encoders.ts";
import { divideAll } from "../../lib/study/splits.ts";
import type { TrainedEncoders } from "../../lib/branches/trained_branches.ts";
import { byModality } from "../../lib/modality.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { samples } from "../experiments/made_up.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const settings = {
  cache: "",
  onProgress: () => {},
  speechLayers: "last",
  precision: "fp32",
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
  equal(encoderCaption({ folder: "a/b" }), "trained before, of a/b");
  deepEqual(
    (["embedded", "paper", "scratch", { folder: "a/b" }] as const).map(areTrained),
    [false, false, true, true],
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

Deno.test("a folder without trained encoders is an error that names the file", () =>
  withFolder({}, (folder) =>
    rejects(
      openEncoders({ folder }, settings),
      new RangeError(`Cannot read "${folder}/text/config.json": expected a file, got none`),
    )));

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
