/** New samples to features, by the encoders that a model was trained on. @module */

import { basename, dirname, join } from "node:path";
import { kindOf, mapBounded, readBounded } from "../files.ts";
import type { Encoder, Extent, Features } from "../encoders/encoder.ts";
import { findModelFolder, type ModelFolder, type ModelOptions } from "../encoders/model_folder.ts";
import type { OwnModality } from "../encoders/own_encoders.ts";
import type { SpeechOptions } from "../encoders/speech_options.ts";
import { leastExtent, wholeExtent } from "../encoders/input_counts.ts";
import { modalities, type Modality } from "../modality.ts";
import type { SampleFeatures } from "./exported_model.ts";
import type { EncoderRecord, EncoderRecords } from "./model_folder.ts";
import { rawClipsOf, readBySpeaker } from "./read_by_speaker.ts";
import type { ReadSample, ReadSamplesOptions, SampleInput } from "./read_sample.ts";

import { assertUnspoken } from "./speakers.ts";

export type { ReadSample, ReadSamplesOptions, SampleInput } from "./read_sample.ts";

/** The encoders of a model, each loaded when it is first needed. */
export interface InputEncoders {
  /**
   * The features of the modalities that the sample has.
   *
   * @throws {RangeError} A file is not there or is no image or clip, a text has no word, or an
   * encoder is not the one of training.
   */
  encode(sample: SampleInput): Promise<SampleFeatures>;
  /**
   * The features of several samples, many in a call of an encoder.
   *
   * @throws {RangeError} As `encode`, with the name of the first that fails; a model whose clips were
   * normalised by speaker is not told whose they are, or of too few; another one is told.
   */
  encodeAll(
    samples: readonly SampleInput[],
    options?: ReadSamplesOptions,
  ): Promise<SampleFeatures[]>;
  /** `encode`, with what was taken in. */
  readOne(
    sample: SampleInput,
    options?: Pick<ReadSamplesOptions, "spoken">,
  ): Promise<ReadSample>;
  /** `encodeAll`, with what was taken in. */
  readAll(
    samples: readonly SampleInput[],
    options?: ReadSamplesOptions,
  ): Promise<ReadSample[]>;
  /**
   * Loads the encoders of these modalities, before there is a sample.
   *
   * @throws {RangeError} One is not the one of training.
   */
  load(of: readonly Modality[]): Promise<void>;
  /** Frees those that were loaded. */
  dispose(): Promise<void>;
}

// Samples a call: more would be a matter of memory.
const batchSize = 32;

/** Where encoders are found, and how many threads each may use. */
export interface InputEncodersOptions {
  /** Holds `models`, those that are shared. */
  readonly cache: string;
  /** Where the model was opened: its trained encoders, if it has such, are in it. */
  readonly folder?: string;
  /** 1 by default. */
  readonly threads?: number;
}

/**
 * The encoders that `records` name, from `cache/models`; embedded ones that are
 * not there are made, and trained ones are in the model's folder. An encoder whose digest is not
 * the recorded one is an error: its features would mean something else to the model.
 *
 * @throws {RangeError} The model was given its features, so that nothing here makes such of new
 * samples; or it reads neighbours of a row, which a sample by itself has not.
 */
export function openInputEncoders(
  records: EncoderRecords,
  { threads = 1, ...places }: InputEncodersOptions,
): InputEncoders {
  if (records.choice === "given") {
    throw new RangeError(
      "Cannot encode new samples: expected a model with encoders, got one that was given its " +
        `features: ${modalities.map((m) => records[m].id).join(", ")}`,
    );
  }
  if (records.context !== undefined) {
    throw new RangeError(
      "Cannot judge samples by themselves: expected a model of such, got one whose rows have ± " +
        `${records.context} neighbours as context; deno task evaluate asks it of a table that has them`,
    );
  }
  const opened = new Map<string, Promise<Encoder<never>>>();
  const open = <Input>(name: keyof typeof loaders): Promise<Encoder<Input>> => {
    const encoder = opened.get(name) ?? loadChecked(name, records, { ...places, threads });
    opened.set(name, encoder as Promise<Encoder<never>>);
    return encoder as Promise<Encoder<Input>>;
  };
  const all = async <Input>(name: keyof typeof loaders, inputs: readonly Input[]) => {
    const encoder = rawClipsOf(await open<Input>(name));
    const extents = await Promise.all(
      inputs.map((input) => encoder.inspect?.(input) ?? wholeExtent),
    );
    const features = await encoder.encode(inputs);
    return inputs.map((_, i): Encoded => ({ features: features[i]!, extent: extents[i]! }));
  };
  const encoders = {
    text: (texts: readonly string[]) => all("text", texts),
    image: async (paths: readonly string[]) =>
      all(
        "image",
        await mapBounded(paths, async (path) => ({ path, bytes: await readInput(path) })),
      ),
    audio: async (paths: readonly string[]) => {
      const clips = await mapBounded(paths, readClip, { limit: 4 });
      const spectral = await all("spectral", clips);
      const states = await all("audio", clips);
      return states.map((speech, i): Encoded => {
        const { frameMask, ...rest } = spectral[i]!.features;
        const frames = Float32Array.of(frameMask!.reduce((a, b) => a + b, 0));
        return {
          features: { ...speech.features, ...rest, frames },
          extent: leastExtent([speech.extent, spectral[i]!.extent]),
        };
      });
    },
  };
  const readBatch = async (samples: readonly SampleInput[]): Promise<ReadSample[]> => {
    const read = samples.map(() => ({
      features: {} as { [M in Modality]?: Features },
      extents: {} as { [M in Modality]?: Extent },
    }));
    for (const m of modalities) {
      const places = [...samples.keys()].filter((i) => samples[i]![m] !== undefined);
      if (places.length === 0) continue;
      if (records[m].choice === "given") {
        throw new RangeError(
          `Cannot encode ${m}: expected a model with an encoder of it, got one that was given its ` +
            records[m].id,
        );
      }
      const encoded = await encoders[m](places.map((i) => samples[i]![m]!));
      places.forEach((i, row) => {
        read[i]!.features[m] = encoded[row]!.features;
        read[i]!.extents[m] = encoded[row]!.extent;
      });
    }
    return read;
  };
  const readEach = async (samples: readonly SampleInput[], nameOf: (place: number) => string) => {
    const all: ReadSample[] = [];
    while (all.length < samples.length) {
      const first = all.length;
      const batch = samples.slice(first, first + batchSize);
      const read = await readBatch(batch).catch(async (error) => {
        // Which it is, is seen one by one.
        for (const [i, sample] of batch.entries()) {
          await readBatch([sample]).catch((cause) => {
            throw new RangeError(`Cannot judge ${nameOf(first + i)}: ${cause.message}`, { cause });
          });
        }
        throw error;
      });
      all.push(...read);
    }
    return all;
  };
  const { bySpeaker } = records;
  const readAll: InputEncoders["readAll"] = async (
    samples,
    { nameOf = nameOfPlace, spoken } = {},
  ) => {
    const isAsked = samples.some(({ audio }) => audio !== undefined);
    if (bySpeaker && isAsked) {
      const [speech, spectral] = [await open<never>("audio"), await open<never>("spectral")];
      return await readBySpeaker(samples, { nameOf, spoken }, { speech, spectral, readEach });
    }
    if (bySpeaker === undefined) assertUnspoken(spoken);
    return await readEach(samples, nameOf);
  };
  const readOne: InputEncoders["readOne"] = async (sample, { spoken } = {}) =>
    bySpeaker || spoken
      ? (await readAll([sample], { spoken, nameOf: () => "the sample" }))[0]!
      : (await readBatch([sample]))[0]!;
  return {
    readOne,
    encode: async (sample) => (await readOne(sample)).features,
    encodeAll: async (samples, options) =>
      (await readAll(samples, options)).map(({ features }) => features),
    readAll,
    async load(of) {
      for (const m of of) await open<never>(m);
      if (of.includes("audio") && records.spectral) await open<never>("spectral");
    },
    async dispose() {
      // One that could not be loaded has been reported, and holds nothing.
      for (const loaded of await Promise.allSettled(opened.values())) {
        if (loaded.status === "fulfilled") await loaded.value.dispose();
      }
    },
  };
}

interface Encoded {
  readonly features: Features;
  readonly extent: Extent;
}

const nameOfPlace = (place: number) => `sample ${place}`;

type Place = InputEncodersOptions & { readonly threads: number };

// Imported when needed: a text should not wait for what decodes images and clips.
const loaders = {
  text: async (options: ModelOptions) =>
    (await import("../encoders/text_encoder.ts")).loadTextEncoder(options),
  image: async (options: ModelOptions) =>
    (await import("../encoders/image_encoder.ts")).loadImageEncoder(options),
  audio: async (options: SpeechOptions) =>
    (await import("../encoders/speech_encoder.ts")).loadSpeechEncoder(options),
  spectral: async ({ segments }: ModelOptions) =>
    (await import("../encoders/spectral_features.ts")).spectralFeatures({ segments: segments! }),
} as const;

async function loadChecked(
  name: keyof typeof loaders,
  records: EncoderRecords,
  { cache, folder, threads }: Place,
): Promise<unknown> {
  const { precision = "fp32" } = records;
  const record = records[name];
  if (record === undefined) {
    throw new RangeError(`Cannot use the encoder ${name}: expected one, got none`);
  }
  const { id, digest, segments, layers = "last", choice = records.choice } = record;
  const isTrained = choice === "trained" && name !== "spectral";
  const load = async () => {
    if (isTrained) return await loadTrained(name, folder);
    if (record.folder !== undefined) {
      return await loadOwn(name as OwnModality, record, { precision, segments, threads, cache });
    }
    const place = name === "spectral" ? {} : await findModel(record, choice, cache);
    const root = join(cache, "models");
    return await loaders[name]({
      model: id,
      root,
      precision,
      segments,
      layers,
      threads,
      ...place,
    });
  };
  const encoder = await load();
  const placeOf = ({ folder: own = isTrained ? folder : cache }: typeof encoder) => own;
  if (encoder.digest === digest) return encoder;
  await encoder.dispose();
  throw new RangeError(
    `Cannot use the encoder ${id} in "${placeOf(encoder)}": expected digest ${digest}, ` +
      `as in training, got ${encoder.digest}`,
  );
}

async function loadTrained(m: Modality, folder: string | undefined) {
  if (folder === undefined) {
    throw new TypeError(
      "Cannot use trained encoders: expected the folder of their model, got none",
    );
  }
  const { loadTrainedBranch } = await import("../branches/trained_branches.ts");
  return await loadTrainedBranch(join(folder, "encoders"), m);
}

/**
 * Where the files of a frozen encoder are that {@linkcode openInputEncoders} has loaded.
 *
 * @throws {RangeError} They are in the model's own folder, since it was trained, or nowhere.
 */
export async function encoderFolder(
  record: EncoderRecord,
  { choice, precision = "fp32", cache }: Pick<EncoderRecords, "choice" | "precision"> & {
    readonly cache: string;
  },
): Promise<ModelFolder> {
  const { id, folder: own } = record;
  const places: Pick<ModelOptions, "model" | "root" | "revision">[] = own === undefined
    ? [{
      ...{ model: id, root: join(cache, "models") },
      ...await findModel(
        record,
        record.choice === "given" ? choice : record.choice ?? choice,
        cache,
      ),
    }]
    : [dirname(own), join(cache, "models")].map((root) => ({ model: basename(own), root }));
  for (const place of places) {
    const found = await findModelFolder({ ...place, precision });
    if (found !== undefined) return found;
  }
  throw new RangeError(
    `Cannot find the encoder ${id}: expected a frozen one in "${cache}", got none`,
  );
}

// Where it was in training or, of a model that has moved, in the cache under the same name.
async function loadOwn(
  m: OwnModality,
  { id, folder }: EncoderRecord,
  { cache, ...options }: Pick<ModelOptions, "precision" | "segments" | "threads"> & {
    readonly cache: string;
  },
) {
  const places = [folder!, join(cache, "models", basename(folder!))];
  for (const place of places) {
    if (await kindOf(place) !== "folder") continue;
    const { loadOwnEncoder } = await import("../encoders/own_encoders.ts");
    return await loadOwnEncoder(m, place, options);
  }
  throw new RangeError(
    `Cannot use the encoder ${id}: expected its folder, as in training, as ` +
      `${places.map((place) => `"${place}"`).join(" or ")}, got neither`,
  );
}

// Downloads are kept in a folder a revision, which the digest knows better than its name.
async function findModel(
  { id }: EncoderRecord,
  choice: EncoderRecords["choice"],
  cache: string,
): Promise<{ revision?: string }> {
  const folder = join(cache, "models", id);
  if (choice === "embedded" && await kindOf(folder) === "nothing") {
    await (await import("../encoders/embedded/mod.ts")).ensureEmbeddedModel(id, cache);
  }
  if (await kindOf(folder) !== "folder") return {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory || await kindOf(join(folder, name, "config.json")) !== "file") continue;
    return { revision: name };
  }
  return {};
}

async function readInput(path: string): Promise<Uint8Array> {
  const kind = await kindOf(path);
  if (kind === "file") return await readBounded(path);
  const got = kind === "folder" ? "a folder" : "nothing";
  throw new RangeError(`Cannot read "${path}": expected a file, got ${got}`);
}

async function readClip(path: string) {
  const { decodeClip } = await import("../encoders/load_input.ts");
  return await decodeClip(await readInput(path), { path });
}
