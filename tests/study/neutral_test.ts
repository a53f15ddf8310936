import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { dirname } from "node:path";
import { sharp } from "../../lib/deps/sharp.ts";
import { encodeWav } from "../../lib/signal/mod.ts";
import type { Sample, Split } from "../../lib/datasets/mod.ts";
import { sha256 } from "../../lib/files.ts";
import { acquaintance, metFile, metFromBytes } from "../../lib/inference/mod.ts";
import { loadTrainedEncoders } from "../../lib/branches/trained_branches.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { openCorpora } from "../../lib/study/corpora.ts";
import type { EncoderSource } from "../../lib/study/encoder_source.ts";
import {
  neutralBeside,
  neutralToLearn,
  noteNeutral,
  readNeutral,
  withNeutralBehind,
} from "../../lib/study/neutral.ts";
import type { Job } from "../../lib/study/job.ts";
import { fitJob } from "../../lib/study/run.ts";
import { rawInputEncoders } from "../../lib/study/scratch_systems.ts";
import { normaliseBeside, normaliseSpoken } from "../../lib/study/speakers.ts";
import { trainModel } from "../../lib/study/train_model.ts";
import { encoderJob, neutralRows, trainedStates } from "../../lib/study/trained_encoders.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { defaultValence } from "../../lib/datasets/mod.ts";
import { type CorpusFeatures, gather, type ModalityFeatures } from "../../lib/systems/features.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";
import { count, emotions, rawFeatures } from "./raw_features.ts";
import { type TinyCorpora, withTinyCorpora } from "./tiny_corpora.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const config = { ...tinyExperiment, training: { ...tinyExperiment.training, epochs: 1 } };

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const sample = (name: string, more: Partial<Sample> = {}): Sample => ({
  ...{ id: name, hash: `hash of ${name}`, modality: "image", source: { path: name } },
  ...{ emotion: "happy", label: 1, group: name, ...more },
});

Deno.test("neutral samples are learnt of groups that are in training or in no part, without copies", () => {
  const samples = [
    sample("train", { group: "a" }),
    sample("both", { group: "shared" }),
    sample("validated", { group: "b", nearDuplicates: "b's look" }),
    sample("tested", { group: "c" }),
    sample("tested too", { group: "shared" }),
  ];
  const split: Split = { train: [0, 1], validation: [2], test: [3, 4] };
  const neutral = [
    sample("of a", { group: "a" }),
    sample("of b", { group: "b" }),
    sample("of c", { group: "c" }),
    sample("of none"),
    sample("like b", { nearDuplicates: "b's look" }),
    sample("copy", { hash: "hash of tested" }),
    sample("shared", { group: "shared" }),
  ];
  deepEqual(neutralToLearn(neutral, samples, split), [0, 3, 6]);
  // An actor of no part may be one of another part by another name.
  const clips = neutral.map((own) => ({ ...own, modality: "audio" as const }));
  deepEqual(neutralToLearn(clips, samples, split), [0, 6]);
});

const split = byModality(() => ({
  train: range(0, 12),
  validation: range(12, 16),
  test: range(16, 20),
}));
const job = { seed: 1, split } as const;
// Two samples a speaker: 0 to 5 train, 6 and 7 validate, 8 and 9 test.
const speaker = (row: number) => `speaker ${Math.floor(row / 2)}`;
const samples = byModality((m) =>
  emotions.map((emotion, i) => sample(`${m} ${i}`, { modality: m, emotion, group: speaker(i) }))
);
const raw = await rawFeatures();

function ofRows({ tables }: ModalityFeatures, rows: readonly number[]): ModalityFeatures {
  return {
    labels: rows.map(() => 1),
    emotions: rows.map(() => "neutral"),
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [
        name,
        { shape: [rows.length, ...table.shape.slice(1)], data: gather(table, rows) },
      ]),
    ),
  };
}

/** A neutral clip of each of these speakers, that has the raw inputs of a row. */
function neutralClips(...clips: readonly { readonly of: number; readonly row: number }[]) {
  const features = byModality((m) =>
    ofRows(raw[m], m === "audio" ? clips.map(({ row }) => row) : [])
  );
  const audio = clips.map(({ of }, i) =>
    sample(`neutral ${i}`, { modality: "audio", emotion: "neutral", group: `speaker ${of}` })
  );
  return neutralBeside({ samples: { text: [], image: [], audio }, features }, samples);
}

Deno.test("the encoder of a split has the neutral rows of its training groups, behind all others", () => {
  const neutral = neutralClips(...[9, 0, 7, 5].map((of, row) => ({ of, row })));
  const rows = neutralRows(job, "audio", neutral);
  deepEqual(rows, [1, 3]);
  const own = encoderJob(job, "audio", raw.audio, rows);
  deepEqual(own.neutral, { audio: [count + 1, count + 3] });
  deepEqual(own.exams, encoderJob(job, "audio", raw.audio).exams);
  deepEqual(own.split, encoderJob(job, "audio", raw.audio).split);
  equal(encoderJob(job, "text", raw.text, neutralRows(job, "text", neutral)).neutral, undefined);
  // Of a target of one's own neutral may be a class.
  const target = { kind: "classes", classes: ["a", "b"] } as const;
  deepEqual(neutralRows({ ...job, target }, "audio", neutral), []);
  const known = { ...samples, audio: samples.audio.with(3, sample("3", { emotion: "neutral" })) };
  deepEqual(neutralBeside(neutral, known).rowsOf(split, "audio"), []);
});

Deno.test("encoders tell how many neutral samples the splits let be learnt", () => {
  const encoders = { ...rawInputEncoders(), notes: ["One"] };
  equal(noteNeutral(encoders, undefined, [split]), encoders);
  const neutral = neutralClips(...[0, 1, 9].map((of) => ({ of, row: 0 })));
  const others = { ...split, audio: { ...split.audio, train: range(2, 12), test: [0, 1, 18, 19] } };
  const notesOf = (...splits: (typeof split)[]) => noteNeutral(encoders, neutral, splits).notes;
  const learnt = "They learn neutral samples as one more class:";
  deepEqual(notesOf(split), ["One", `${learnt} 2 of audio`]);
  deepEqual(notesOf(split, others), ["One", `${learnt} 1 to 2 of audio`]);
});

Deno.test("neutral clips are normalised as their speakers' other clips are", () => {
  const audio = samples.audio.map((own, i) => ({ ...own, group: `speaker ${i < 12 ? 0 : 1}` }));
  // Of twelve clips, and of eight that are there under two hashes.
  const twice = [
    ...audio,
    ...audio.slice(12).map((own) => ({ ...own, hash: `${own.hash} again` })),
  ];
  const rows = [...audio.keys(), ...range(12, 20)];
  const spoken = normaliseSpoken({ ...raw, audio: ofRows(raw.audio, rows) }, { audio: twice });
  const beside = { samples: { text: [], image: [], audio: audio.slice(3, 5) }, features: raw };
  const given = { ...beside, features: { ...raw, audio: ofRows(raw.audio, [3, 4]) } };
  const { features } = normaliseBeside(given, spoken);
  const wanted = ofRows(spoken.features.audio, [3, 4]);
  deepEqual(features.audio.tables, wanted.tables);
  notDeepEqual(features.audio.tables, given.features.audio.tables);
});

Deno.test("rows behind keep all places, and have the tables that both have", () => {
  const neutral = neutralClips({ of: 0, row: 4 }, { of: 1, row: 6 });
  const clip = { shape: [count, 1], data: new Float32Array(count) };
  const given: CorpusFeatures = {
    ...raw,
    audio: { ...raw.audio, tables: { ...raw.audio.tables, clip } },
  };
  const { text, audio } = withNeutralBehind(given, neutral);
  equal(text, raw.text);
  deepEqual(Object.keys(audio.tables), Object.keys(raw.audio.tables));
  deepEqual(audio.emotions, [...emotions, "neutral", "neutral"]);
  for (const [name, { shape, data }] of Object.entries(raw.audio.tables)) {
    const size = data.length / count;
    const own = audio.tables[name]!;
    deepEqual(own.shape, [count + 2, ...shape.slice(1)]);
    deepEqual(own.data.slice(0, data.length), data);
    deepEqual(own.data.slice(-size), data.slice(6 * size, 7 * size));
  }
});

Deno.test("an encoder learns the neutral clips of its training part, and none of another", async () => {
  const probe: Job = {
    ...{ name: "probe", kind: "single-audio", system: "Linear probe", protocol: "single" },
    ...{ ...job, present: ["audio"] },
  };
  const statesUpon = async (...clips: { of: number; row: number }[]) => {
    const neutral = neutralClips(...clips);
    const given = { features: raw, neutral, config, workers: 1 };
    const featuresOf = await trainedStates().featuresOf([probe], given);
    const { states } = featuresOf(probe).audio.tables;
    equal(states!.shape[0], count);
    return [...states!.data];
  };
  const own = await statesUpon({ of: 0, row: 0 }, { of: 8, row: 1 }, { of: 6, row: 2 });
  deepEqual(await statesUpon({ of: 0, row: 0 }, { of: 8, row: 5 }, { of: 6, row: 7 }), own);
  notDeepEqual(await statesUpon({ of: 0, row: 5 }, { of: 8, row: 1 }, { of: 6, row: 2 }), own);
});

Deno.test("an encoder that knows neutral judges among the classes that have a polarity", async () => {
  const neutral = neutralClips(...range(0, 6).map((of) => ({ of, row: of })));
  const own = encoderJob(job, "audio", raw.audio, neutralRows(job, "audio", neutral));
  const features = withNeutralBehind(raw, neutral);
  const { outcome: { record, verdicts: [verdict] } } = await fitJob(own, { features, config });
  deepEqual(record.classes, ["anger", "fear", "joy", "love", "neutral"]);
  const { width, values } = verdict!.inspected!.classes!;
  equal(width, 5);
  for (const [i, score] of Array.from(verdict!.scores).entries()) {
    const [anger, fear, joy, love] = Array.from(values).slice(5 * i, 5 * i + 4);
    const positive = joy! + love!;
    ok(Math.abs(score - positive / (anger! + fear! + positive)) < 1e-5);
  }
});

/** Adds a neutral face, a neutral clip of each actor, and one of an actor who has no other. */
async function addNeutral(data: string): Promise<{ faces: string[]; clips: string[] }> {
  const clips: string[] = [], faces: string[] = [];
  for (let actor = 1; actor <= 11; actor++) {
    const next = normals(fold(key(5), actor));
    const bytes = encodeWav(Float32Array.from({ length: 8000 }, () => 0.1 * next()), {
      sampleRate: 16_000,
    });
    const name = String(actor).padStart(2, "0");
    await Deno.mkdir(`${data}/ravdess/Actor_${name}`, { recursive: true });
    await Deno.writeFile(`${data}/ravdess/Actor_${name}/03-01-01-01-01-01-${name}.wav`, bytes);
    clips.push(sha256(bytes));
  }
  const next = normals(fold(key(6)));
  const pixels = Uint8Array.from({ length: 192 }, () => 128 + 40 * next());
  const raw = { width: 8, height: 8, channels: 3 } as const;
  const png = await (await sharp())(pixels, { raw }).png().toBuffer();
  await Deno.mkdir(`${data}/faces/neutral`);
  await Deno.writeFile(`${data}/faces/neutral/1.png`, png);
  faces.push(sha256(png));
  return { faces, clips };
}

const told = ({ root, data, cache }: TinyCorpora, encoders: EncoderSource) => ({
  ...{ config, data, cache, encoders, dataLabel: "tiny", commit: null, code: null },
  onProgress: () => {},
  work: `${root}/work-${JSON.stringify(encoders)}`,
});

Deno.test("neutral samples of a corpus on disk", async (t) => {
  await withTinyCorpora(async (corpora) => {
    const { data, root } = corpora;
    const added = await addNeutral(data);
    const reading = { label: "tiny" };
    const read = await openCorpora(data, { ...reading, valence: defaultValence });
    const drawn = byModality((m) => read[m].samples);

    await t.step(
      "are read where encoders are yet to be trained, of speakers who are drawn",
      async () => {
        const given = { ...reading, corpora: read, drawn };
        const hashes = async (yetToTrain: readonly Modality[]) => {
          const found = await readNeutral(data, { ...given, yetToTrain });
          return found && byModality((m) => found[m].map(({ hash }) => hash));
        };
        const { clips } = added;
        // Of speech alone.
        deepEqual(await hashes(["text", "image", "audio"]), {
          ...{ text: [], image: [], audio: clips.slice(0, 10) },
        });
        equal(await hashes(["text", "image"]), undefined);
        // As many as a polarity has.
        const few = {
          ...given,
          yetToTrain: ["audio"] as const,
          drawn: {
            ...drawn,
            audio: drawn.audio.slice(0, 6),
          },
        };
        equal((await readNeutral(data, few))!.audio.length, 3);
        // Nothing is read for frozen encoders, not even the folder.
        equal(await readNeutral("nowhere", { ...given, yetToTrain: [] }), undefined);
      },
    );

    await t.step("are in what a model and its encoders have met, and in what it says", async () => {
      const { work, ...options } = told(corpora, "scratch");
      const { files, description } = await withWorkFolder(
        work,
        {},
        (openWork) =>
          trainModel({ ...options, openWork, protocol: "single", seed: 1, version: "0.0.0" }),
      );
      for (const [name, bytes] of Object.entries(files)) {
        const path = `${root}/model/${name}`;
        await Deno.mkdir(dirname(path), { recursive: true });
        await Deno.writeFile(path, bytes);
      }
      const { text, image, audio } = await loadTrainedEncoders(`${root}/model/encoders`);
      const { corpora: { audio: { train, validation } } } = description.data;
      const learnt = added.clips.filter((hash) => audio!.trainedOn.has(hash));
      // Two clips an actor.
      equal(learnt.length, train / 2);
      equal(audio!.trainedOn.size, train + validation + learnt.length);
      deepEqual(added.faces.map((hash) => image!.trainedOn.has(hash)), [false]);
      const knows = acquaintance(metFromBytes(files[metFile]!, { path: metFile }));
      const isMet = (hash: string) => knows.sample(sample("new", { hash }));
      deepEqual(added.clips.filter(isMet), learnt);
      ok(!isMet(added.faces[0]!));
      const note = `They learn neutral samples as one more class: ${learnt.length} of audio`;
      deepEqual(description.encoders.notes, [note]);
      ok(new TextDecoder().decode(files["README.md"]).includes(note));
      for (const encoder of [text, image, audio]) await encoder!.dispose();
    });
  });
});
