import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  encodeChanged,
  encodeSamples,
  type Failure,
  keptHashes,
  openCorpora,
  subsets,
} from "../../lib/study/corpora.ts";
import { defaultValence, type Sample } from "../../lib/datasets/mod.ts";
import {
  type Clip,
  type ClipEncoders,
  type Encoder,
  type EncoderInput,
  type Encoders,
  type ImageFile,
  type InputTransform,
  openFeatureStore,
} from "../../lib/encoders/mod.ts";
import { encodingPool } from "../../lib/study/encoding_pool.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { picture } from "../datasets/pictures.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

/** The first bytes of a JPEG, and one of its own. */
const image = (own: number) => Uint8Array.of(0xff, 0xd8, 0xff, own);

/** A clip that lasts `seconds`. */
const clip = (seconds: number) =>
  encodeWav(new Float32Array(16_000 * seconds).fill(0.5), { sampleRate: 16_000 });

const files = {
  "emotions/text.csv": ",text,label\n0,what a day,1\n1,no way out,4\n2,so alone,0\n",
  "faces/happy/1.jpg": image(1),
  "faces/happy/2.jpg": image(2),
  "faces/sad/3.jpg": image(3),
  // With groups given, nobody looks for near-duplicates in pictures that can't be decoded.
  "faces/groups.csv": "path,group\nsad/3.jpg,one\n",
  "ravdess/Actor_01/03-01-03-01-01-01-01.wav": clip(1),
  "ravdess/Actor_02/03-01-04-01-01-01-02.wav": clip(0.5),
};

const read = (folder: string) => openCorpora(folder, { valence: defaultValence, label: "made up" });

Deno.test("openCorpora() reads the three folders and labels the corpora for captions", () =>
  withFolder(files, async (folder) => {
    const corpora = await read(folder);
    deepEqual(byModality((m) => corpora[m].name), {
      text: "Emotions (made up)",
      image: "Faces (made up)",
      audio: "RAVDESS speech (made up)",
    });
    deepEqual(byModality((m) => corpora[m].samples.map(({ label }) => label)), {
      text: [1, 0, 0],
      image: [1, 1, 0],
      audio: [1, 0],
    });
  }));

Deno.test("openCorpora() reads a CSV file whose rows name texts, images and clips", async () =>
  await withFolder(
    {
      ...files,
      "1.png": await picture(1),
      "set.csv": "text,image,audio,label\nwhat a day,1.png,,joy\nno,,,fear\n",
    },
    async (folder) => {
      const corpora = await read(`${folder}/set.csv`);
      deepEqual(byModality((m) => corpora[m].samples.map(({ label }) => label)), {
        text: [1, 0],
        image: [1],
        audio: [],
      });
      equal(corpora.text.name, "set.csv (made up)");
    },
  ));

/** What is done, and the paths of files that were read whole meanwhile. */
async function readDuring(run: () => Promise<unknown>): Promise<string[]> {
  const { readFile } = Deno;
  const clock = Date.now;
  const read: string[] = [];
  // What was written just now is not kept: the test's own clock is ahead.
  Date.now = () => clock() + 60_000;
  Deno.readFile = (path, ...options) => {
    read.push(String(path));
    return readFile(path, ...options);
  };
  try {
    await run();
    return read;
  } finally {
    Deno.readFile = readFile;
    Date.now = clock;
  }
}

Deno.test("openCorpora() opens no file of a sample again that has not changed", () =>
  withFolder(files, async (folder) => {
    const open = async () => {
      const told: string[] = [];
      const hashes = keptHashes(`${folder}/cache`, (message) => told.push(message));
      const corpora = await openCorpora(folder, { valence: defaultValence, label: "x", hashes });
      deepEqual(told, []);
      return corpora;
    };
    let first: unknown, second: unknown;
    const samplesOf = (paths: readonly string[]) => paths.filter((path) => /faces|rav/.test(path));
    const before = await readDuring(async () => first = await open());
    equal(samplesOf(before).length > 1, true);
    const after = await readDuring(async () => second = await open());
    deepEqual(samplesOf(after), []);
    deepEqual(second, first);
  }));

Deno.test("openCorpora() looks in the cache for hashes of files, and says when they are damaged", () =>
  withFolder(files, async (folder) => {
    const place = `${folder}/cache`;
    const open = async (told: string[]) => {
      const hashes = keptHashes(place, (message) => told.push(message));
      await openCorpora(folder, { valence: defaultValence, label: "made up", hashes });
    };
    await readDuring(() => open([]));
    const [part] = await Array.fromAsync(Deno.readDir(`${place}/manifest`), ({ name }) => name);
    await Deno.writeTextFile(`${place}/manifest/${part}`, "damaged");
    const told: string[] = [];
    await readDuring(() => open(told));
    equal(told.length, 1);
    match(told[0]!, /^Cannot use the hashes in /);
  }));

Deno.test("openCorpora() reads the modalities that are asked for, and draws of no others", () =>
  withFolder(files, async (folder) => {
    await Deno.remove(`${folder}/faces`, { recursive: true });
    const present = ["text"] as const;
    const corpora = await openCorpora(folder, {
      valence: defaultValence,
      label: "made up",
      present,
    });
    const { text, image, audio } = corpora;
    deepEqual([text.samples.length > 0, image.samples, audio.samples], [true, [], []]);
    const drawn = subsets(corpora, { cap: 100 }, present);
    deepEqual([drawn.text.length > 0, drawn.image, drawn.audio], [true, [], []]);
  }));

Deno.test("openCorpora() names the folder that is not there", () =>
  withFolder(files, async (folder) => {
    for (const name of ["ravdess", "faces", "emotions"]) {
      await Deno.remove(`${folder}/${name}`, { recursive: true });
      await rejects(read(folder), (error: Error) => {
        match(
          error.message,
          new RegExp(`^Cannot read "${folder}/${name}": expected .*, got nothing$`),
        );
        return true;
      });
    }
  }));

Deno.test("openCorpora() tells how far it is, and leaves out corrupt files if it is told to", () =>
  withFolder(files, async (folder) => {
    const path = `${folder}/ravdess/Actor_02/03-01-04-01-01-01-02.wav`;
    await Deno.truncate(path, 100);
    await Deno.writeTextFile(`${folder}/faces/happy/2.jpg`, "");
    await rejects(read(folder), /Cannot read ".*2.jpg"/);
    const failures: Failure[] = [];
    const steps = new Map<string, number>();
    const corpora = await openCorpora(folder, {
      valence: defaultValence,
      label: "made up",
      onFailure: (failure) => failures.push(failure),
      onProgress: (step, done, total) => steps.set(step, done / total),
    });
    deepEqual(byModality((m) => corpora[m].samples.length), { text: 3, image: 2, audio: 1 });
    deepEqual(failures, [
      {
        modality: "image",
        id: "happy/2.jpg",
        path: `${folder}/faces/happy/2.jpg`,
        reason: failures[0]!.reason,
      },
      {
        modality: "audio",
        id: "03-01-04-01-01-01-02.wav",
        path,
        reason: failures[1]!.reason,
      },
    ]);
    match(failures[0]!.reason, /^Cannot read ".*2.jpg": expected an image/);
    match(failures[1]!.reason, /02.wav".*expected .* bytes of samples, got 5/);
    deepEqual([...steps], [
      ["reading messages (kB)", 1],
      ["reading images", 1],
      ["reading clips", 1],
    ]);
  }));

Deno.test("encodeSamples() drops what can't be encoded from samples, features, labels and texts", () =>
  withFolder(files, async (folder) => {
    const corpora = await read(folder);
    const samples = byModality((m) => corpora[m].samples);
    await Deno.remove(`${folder}/faces/happy/1.jpg`);
    const picky: Encoders = {
      ...encoders,
      text: {
        ...encoders.text,
        encode: (texts) => {
          if (texts.includes("no way out")) throw new RangeError("Cannot go out");
          return encoders.text.encode(texts);
        },
      },
    };
    const store = openFeatureStore(`${folder}/store`);
    const options = { encoders: picky, store, onProgress: () => {} };
    await rejects(
      encodeSamples(samples, options),
      /Cannot encode text "text.csv:3": Cannot go out/,
    );
    const failures: Failure[] = [];
    const result = await encodeSamples(samples, {
      ...options,
      onFailure: (failure) => failures.push(failure),
    });
    deepEqual(result.samples, {
      text: [samples.text[0], samples.text[2]],
      image: samples.image.slice(1),
      audio: samples.audio,
    });
    deepEqual(result.features.text, {
      tables: { states: { shape: [2, 1], data: Float32Array.of(10, 8) } },
      labels: [1, 0],
      emotions: ["joy", "sadness"],
      groups: ["what a day", "so alone"],
      texts: ["what a day", "so alone"],
    });
    deepEqual([...result.features.image.tables.states!.data], [2, 3]);
    deepEqual(failures.map(({ modality, id }) => [modality, id]), [
      ["text", "text.csv:3"],
      ["image", "happy/1.jpg"],
    ]);
    deepEqual(failures.map(({ path }) => path), [undefined, `${folder}/faces/happy/1.jpg`]);
    // Places to transform would name other samples than before.
    const transforms = { text: { id: "longer", apply: (text: string) => `${text}!` } };
    await rejects(
      encodeSamples(samples, { ...options, transforms, onFailure: () => {} }),
      /^RangeError: Cannot transform text: expected samples that can be encoded, got 1 that cannot$/,
    );
  }));

Deno.test("subsets() halves each corpus by polarity, always the same samples", () =>
  withFolder(files, async (folder) => {
    const corpora = await read(folder);
    const drawn = subsets(corpora, { cap: 100 });
    for (const m of modalities) {
      deepEqual(drawn[m].map(({ label }) => label).sort(), [0, 1]);
      ok(drawn[m].every((sample) => corpora[m].samples.includes(sample)));
    }
    deepEqual(subsets(corpora, { cap: 100 }), drawn);
  }));

/** Gives one feature of `size` numbers, each of which `measure` makes of the input. */
function encoder<Input extends EncoderInput>(
  modality: Modality,
  name: string,
  [size, measure]: [size: number, measure: (input: Input, at: number) => number],
): Encoder<Input> {
  return {
    modality,
    id: name,
    digest: `${modality} ${name}`,
    shapes: { [name]: [size] },
    encode: (inputs) =>
      Promise.resolve(inputs.map((input) => ({
        [name]: Float32Array.from({ length: size }, (_, at) => measure(input, at)),
      }))),
    dispose: () => Promise.resolve(),
  };
}

const encoders: Encoders = {
  text: encoder<string>("text", "states", [1, (text) => text.length]),
  image: encoder("image", "states", [1, ({ bytes }) => bytes[3]!]),
  audio: [
    encoder<Clip>("audio", "states", [1, ({ samples }) => samples.length]),
    // Four frames of a quarter second.
    encoder<Clip>("audio", "frameMask", [
      4,
      ({ samples }, at) => samples.length > 4000 * at ? 1 : 0,
    ]),
  ],
};

Deno.test("encodeSamples() gives a table a feature under the model's names, and the labels", () =>
  withFolder(files, async (folder) => {
    const corpora = await read(folder);
    const samples = byModality((m) => corpora[m].samples);
    const steps: string[] = [];
    const encode = (of: Record<Modality, readonly Sample[]>) =>
      encodeSamples(of, {
        encoders,
        store: openFeatureStore(`${folder}/store`),
        onProgress: (m, done, total) => steps.push(`${m} ${done}/${total}`),
      });
    const { features, encoded } = await encode(samples);
    equal(encoded, 3 + 3 + 2 + 2);
    deepEqual(steps, ["text 3/3", "image 3/3", "audio 2/2"]);
    deepEqual(features.text, {
      tables: { states: { shape: [3, 1], data: Float32Array.of(10, 10, 8) } },
      labels: [1, 0, 0],
      emotions: ["joy", "fear", "sadness"],
      groups: ["what a day", "no way out", "so alone"],
      texts: ["what a day", "no way out", "so alone"],
    });
    deepEqual([...features.image.tables.states!.data], [1, 2, 3]);
    // The mask of frames has become their count.
    deepEqual(features.audio, {
      tables: {
        states: { shape: [2, 1], data: Float32Array.of(16_000, 8000) },
        frames: { shape: [2], data: Float32Array.of(4, 2) },
      },
      labels: [1, 0],
      emotions: ["happy", "sad"],
      groups: samples.audio.map(({ group }) => group),
    });
    const again = await encode(samples);
    equal(again.encoded, 0);
    deepEqual(again.features, features);
  }));

Deno.test("encodeSamples() transforms the samples asked for and leaves the other rows clean", () =>
  withFolder(files, async (folder) => {
    const corpora = await read(folder);
    const samples = byModality((m) => corpora[m].samples);
    const steps: string[] = [];
    const options = {
      encoders,
      store: openFeatureStore(`${folder}/store`),
      onProgress: (m: Modality, done: number, total: number) => steps.push(`${m} ${done}/${total}`),
    };
    const { features: clean } = await encodeSamples(samples, options);
    const before = structuredClone(clean);
    const transforms = {
      text: { id: "longer", apply: (text: string) => `${text}!` },
      audio: {
        id: "quarter second",
        apply: ({ path, samples }: Clip) => ({ path, samples: samples.subarray(0, 4000) }),
      },
    };
    steps.length = 0;
    const changes = { transforms, indices: { text: [2, 0] } };
    const { features, encoded } = await encodeSamples(samples, { ...options, ...changes });
    equal(encoded, 2 + 2 * 2);
    deepEqual(steps, ["text 2/2", "audio 2/2"]);
    deepEqual([...features.text.tables.states!.data], [11, 10, 9]);
    deepEqual(features.image, clean.image);
    // All of a modality by default; every table of it, the count of frames too.
    deepEqual([...features.audio.tables.states!.data], [4000, 4000]);
    deepEqual([...features.audio.tables.frames!.data], [1, 1]);
    deepEqual(byModality((m) => features[m].labels), byModality((m) => clean[m].labels));
    const again = await encodeSamples(samples, { ...options, ...changes });
    deepEqual(again.features, features);
    equal(again.encoded, 0);
    deepEqual(clean, before);

    const alone = await encodeChanged([samples.text[2]!, samples.text[0]!], {
      ...{ modality: "text", transform: transforms.text as InputTransform<EncoderInput> },
      ...{ encoders, store: openFeatureStore(`${folder}/empty`), pool: encodingPool(1) },
      onProgress: () => {},
    });
    deepEqual([...alone.states!.data], [9, 11]);
    await rejects(
      encodeSamples(samples, { ...options, transforms, indices: { text: [3] } }),
      /^RangeError: Cannot transform text: expected indices from 0 to 2, got 3$/,
    );
  }));

Deno.test("encodeSamples() adds the embeddings of CLIP to each modality, if it is given one", () =>
  withFolder(files, async (folder) => {
    const corpora = await read(folder);
    const samples = byModality((m) => corpora[m].samples);
    const clip: ClipEncoders = {
      text: vectorEncoder<string>("text", (text) => [text.length, 1]),
      image: vectorEncoder<ImageFile>("image", ({ bytes }) => [bytes[3]!, 2]),
      audio: vectorEncoder<Clip>("audio", ({ samples }) => [samples.length, 3]),
      scale: 100,
      dispose: () => Promise.resolve(),
    };
    const options = {
      encoders,
      store: openFeatureStore(`${folder}/store`),
      onProgress: () => {},
    };
    const { features: without } = await encodeSamples(samples, options);
    const { features, encoded } = await encodeSamples(samples, { ...options, clip });
    equal(encoded, 3 + 3 + 2);
    deepEqual(byModality((m) => features[m].tables.clip), {
      text: { shape: [3, 1, 2], data: Float32Array.of(10, 1, 10, 1, 8, 1) },
      image: { shape: [3, 1, 2], data: Float32Array.of(1, 2, 2, 2, 3, 2) },
      audio: { shape: [2, 1, 2], data: Float32Array.of(16_000, 3, 8000, 3) },
    });
    for (const m of modalities) {
      const { clip: _, ...rest } = features[m].tables;
      deepEqual(rest, without[m].tables);
    }
    equal((await encodeSamples(samples, { ...options, clip })).encoded, 0);
    // Changed samples have changed embeddings.
    const text = { id: "longer", apply: (text: string) => `${text}!` };
    const changed = await encodeSamples(samples, { ...options, clip, transforms: { text } });
    deepEqual([...changed.features.text.tables.clip!.data], [11, 1, 11, 1, 9, 1]);
  }));

/** Gives one embedding a sample. */
function vectorEncoder<Input extends EncoderInput>(
  modality: Modality,
  embed: (input: Input) => readonly number[],
): Encoder<Input> {
  return {
    modality,
    id: `clip ${modality}`,
    digest: `clip ${modality}`,
    shapes: { clip: [1, 2] },
    encode: (inputs) =>
      Promise.resolve(inputs.map((input) => ({ clip: Float32Array.from(embed(input)) }))),
    dispose: () => Promise.resolve(),
  };
}
