import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  encode,
  evaluate,
  explain,
  fit,
  loadModel,
  predict,
  readTable,
  saveModel,
} from "../../lib/workflow/mod.ts";
import { normaliseBySpeaker } from "../../lib/systems/by_speaker.ts";
import { clipsEach, writeSpokenTable } from "../study/spoken_table.ts";
import { withTinyCorpora } from "../study/tiny_corpora.ts";

const training = { epochs: 2, patience: 2, batch: 4 };
const settings = { width: 8, heads: 2, channels: [2], framePooling: 2 };
const speakers = ["Ann", "Bob", "Cid", "Dee", "Eve", "Fay"];

Deno.test("by speaker from a table to a verdict, and through a model folder to the same one", () =>
  withTinyCorpora(async ({ root, cache }) => {
    const columns = ["label", "speaker"] as const;
    const data = await readTable(await writeSpokenTable(root, "rows.csv", { speakers, columns }));
    const plain = await encode(data, { cache });
    const encoded = await encode(data, { cache, bySpeaker: true });
    const named = data.corpora.audio.samples.map(({ group }) => group);
    deepEqual(encoded.features, normaliseBySpeaker(plain.features, { speakers: named }));
    equal(encoded.encoders.bySpeaker!.speakers, 'the column "speaker"');

    const model = await fit("Proposed", encoded, { model: settings, training });
    const { bySpeaker, rows } = await evaluate(model);
    match(bySpeaker!, /^speaker normalisation \(transductive: /);
    await rejects(
      evaluate(model, { data: plain }),
      /expected clips by speaker, as they were fitted/,
    );
    await saveModel(model, `${root}/model`);
    const saved = await loadModel(`${root}/model`, { cache });
    equal(saved.description.scores[0]!.accuracy, rows[0]!.scores.accuracy!.value);

    const clips = Array.from({ length: clipsEach }, (_, i) => `${root}/clips/Ann-${i}.wav`);
    const samples = clips.map((audio) => ({ audio }));
    const ofAnn = { speakers: clips.map(() => "Ann") };
    const verdicts = await predict(model, samples, ofAnn);
    deepEqual(await predict(saved, samples, ofAnn), verdicts);
    const further = { speakerClips: clips.slice(1) };
    deepEqual(await predict(saved, [samples[0]!], further), [verdicts[0]]);
    // Whom it has met: the statistics of training are of the very clips.
    const met = model.split.parts.audio.train.map((row) => named[row]!);
    const who = met[0]!, own = { audio: `${root}/clips/${who}-0.wav` };
    const others = Array.from(
      { length: clipsEach - 1 },
      (_, i) => `${root}/clips/${who}-${i + 1}.wav`,
    );
    const [byName] = await predict(saved, [own], { speaker: who });
    const [byClips] = await predict(model, [own], { speakerClips: others });
    ok(Math.abs(byName!.probability! - byClips!.probability!) < 1e-6);
    const { page } = await explain(saved, own, { speaker: who });
    ok(page.includes("(transductive: "));
    await rejects(predict(saved, samples), /Cannot judge a clip by itself: expected further clips/);
    await rejects(predict(saved, samples, { speaker: "Zoe" }), /expected one of the \d that the/);
    await model.dispose();

    const probe = await fit("Linear probe", encoded, { modality: "audio" });
    equal((await predict(probe, samples, ofAnn)).length, clipsEach);
    const usual = await fit("Linear probe", plain, { modality: "audio" });
    await rejects(predict(usual, samples, ofAnn), /expected a model that was trained by speaker/);
  }));
