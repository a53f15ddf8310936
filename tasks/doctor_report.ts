/** What the doctor finds: the machine, what runs on it, and what lies in the cache and data folders. @module */

import { join } from "node:path";
import {
  type EagerBackend,
  eagerBackends,
  startEagerBackend,
} from "../lib/backends/eager_backends.ts";
import { executionProviders, startProvider } from "../lib/backends/execution_providers.ts";
import { reasonAgainst } from "../lib/backends/preference.ts";
import { readEmbeddedCorpusInfo } from "../lib/datasets/embedded/mod.ts";
import { kindOf } from "../lib/files.ts";
import {
  auditSplit,
  type Corpus,
  groupedSplit,
  type Part,
  parts,
  readEmotions,
  readFaces,
  readRavdess,
} from "../lib/datasets/mod.ts";
import { sharp } from "../lib/deps/sharp.ts";
import { clipGraphs, loadClip } from "../lib/encoders/clip.ts";
import { findModelFolder, loadModel, type ModelOptions } from "../lib/encoders/model_folder.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import { fold, key } from "../lib/tensor/random.ts";

/** Everything that {@linkcode examine} finds. Sizes are in bytes. */
export interface Report {
  readonly machine: Machine;
  /** The packages that files in `lib/deps` name, whether downloaded or not. */
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly executionProviders: readonly Trial[];
  readonly eagerBackends: readonly Trial[];
  /** Other native parts that every run needs. */
  readonly libraries: readonly Trial[];
  readonly cache: CacheReport;
  readonly encoders: readonly EncoderReport[];
  readonly data: readonly DataReport[];
  /** What a run would fail on; empty if all is well. */
  readonly problems: readonly string[];
}

/** What the programs run on. */
export interface Machine {
  readonly deno: string;
  readonly v8: string;
  readonly typescript: string;
  readonly os: string;
  readonly architecture: string;
  readonly cores: number;
  readonly memory: number;
  readonly availableMemory: number;
}

/** Whether one thing could be started. */
export interface Trial {
  readonly name: string;
  readonly state: "works" | "does not start" | "not tried";
  /** Why it is not working or was not tried. */
  readonly reason?: string;
}

/** What the cache holds. */
export interface CacheReport {
  readonly folder: string;
  readonly models: Size;
  readonly features: Size;
}

/** How much is in a folder; zeros where there is none. */
export interface Size {
  readonly files: number;
  readonly bytes: number;
}

/** A model in the cache. */
export interface EncoderReport {
  readonly id: string;
  /** The folder below the id's, if it has one of its own. */
  readonly revision?: string;
  /** Made here, or fetched from the hub. */
  readonly kind: "embedded" | "fetched";
  readonly bytes: number;
  /** SHA-256 over the model's files; there if it could be loaded. */
  readonly digest?: string;
  /** Why it could not. */
  readonly problem?: string;
}

/** One data folder. */
export interface DataReport {
  readonly folder: string;
  readonly state: "there" | "not there" | "unfinished";
  readonly corpora: readonly CorpusReport[];
  readonly problem?: string;
}

/** One corpus of a data folder. */
export interface CorpusReport {
  readonly name: string;
  readonly modality: Modality;
  readonly positive: number;
  readonly negative: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly groups: number;
  /** Samples by part of a split by group that the audit passed. */
  readonly split: Readonly<Record<Part, number>>;
}

/** What to look at. */
export interface ExamineOptions {
  /** The folder of models and features. */
  readonly cache: string;
  /** A folder with `emotions/`, `faces/` and `ravdess/`, all or some. */
  readonly data?: string;
  /** The folder that holds the embedded corpora: `data`, as the other tasks have it. */
  readonly made?: string;
  /** Whether eager backends that Deno may have to download are tried too. */
  readonly all?: boolean;
}

/** Looks at everything and changes nothing. */
export async function examine(
  { cache, data, made = "data", all = false }: ExamineOptions,
): Promise<Report> {
  const trials = {
    executionProviders: await tryEach(executionProviders, startProvider),
    eagerBackends: await tryEagerBackends({ all }),
    libraries: await tryEach(["sharp"], async () => void await sharp()),
  };
  const encoders = await examineEncoders(join(cache, "models"));
  const folders = [
    await examineEmbedded(join(made, "embedded"), "full"),
    await examineEmbedded(join(made, "embedded-quick"), "quick"),
    ...(data === undefined ? [] : [await examineData(data)]),
  ];
  return {
    machine: examineMachine(),
    packages: await listPackages(),
    ...trials,
    cache: {
      folder: cache,
      models: await sizeOf(join(cache, "models")),
      features: await sizeOf(join(cache, "features")),
    },
    encoders,
    data: folders,
    problems: [
      ...[trials.executionProviders, trials.eagerBackends].flatMap((list) =>
        failures(list.filter(({ name }) => name === "cpu"))
      ),
      ...failures(trials.libraries),
      ...encoders.flatMap(({ kind, id, problem }) =>
        kind === "embedded" && problem ? [`${id}: ${problem}`] : []
      ),
      ...folders.flatMap(({ folder, problem }) => problem ? [`${folder}: ${problem}`] : []),
    ],
  };
}

function failures(trials: readonly Trial[]): string[] {
  return trials.flatMap(({ name, state, reason }) =>
    state === "works" ? [] : [`${name} ${state}: ${reason}`]
  );
}

function examineMachine(): Machine {
  const { total, available } = Deno.systemMemoryInfo();
  return {
    ...Deno.version,
    os: `${Deno.build.os} ${Deno.osRelease()}`,
    architecture: Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memory: total,
    availableMemory: available,
  };
}

/** The packages that files in `lib/deps` name, in alphabetical order. */
export async function listPackages(): Promise<Report["packages"]> {
  const folder = new URL("../lib/deps/", import.meta.url);
  const versions = new Map<string, string>();
  for await (const { name: file } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(new URL(file, folder));
    for (const [, name, version] of source.matchAll(/"npm:(@?[^@"]+)@([^/"]+)/g)) {
      versions.set(name!, version!);
    }
  }
  return [...versions].map(([name, version]) => ({ name, version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function tryEach<Name extends string>(
  names: readonly Name[],
  start: (name: Name) => Promise<void>,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const name of names) {
    const reason = await reasonAgainst(() => start(name));
    trials.push(
      reason === undefined ? { name, state: "works" } : { name, state: "does not start", reason },
    );
  }
  return trials;
}

// Megabytes, packed: the package, and what it needs besides tfjs. The native binding of tfjs-node is
// no part of it.
const downloads: Readonly<Record<EagerBackend, number>> = {
  "tfjs-node-gpu": 1,
  "tfjs-node": 1,
  "webgpu": 3,
  "wasm": 2.5,
  "cpu": 0,
};

async function tryEagerBackends({ all }: { all: boolean }): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const name of eagerBackends) {
    if (all || downloads[name] === 0) {
      trials.push(...await tryEach([name], (name) => startEagerBackend(name, { alone: false })));
    } else {
      const reason = `downloads ${downloads[name]} MB; ask with --all`;
      trials.push({ name, state: "not tried", reason });
    }
  }
  await startEagerBackend("cpu");
  return trials;
}

/** Every model in the cache, loaded once to see that it can be. */
async function examineEncoders(root: string): Promise<EncoderReport[]> {
  const found: EncoderReport[] = [];
  for (const organisation of await listFolders(root)) {
    for (const name of await listFolders(join(root, organisation))) {
      const model = `${organisation}/${name}`;
      for (const options of await modelsIn({ model, root })) {
        found.push(await examineEncoder(options));
      }
    }
  }
  return found;
}

// The model itself, or its revisions if those are in folders of their own.
async function modelsIn(place: { model: string; root: string }): Promise<ModelOptions[]> {
  const revisions: ModelOptions[] = [];
  for (const revision of await listFolders(join(place.root, place.model))) {
    const path = join(place.root, place.model, revision, "config.json");
    if (await kindOf(path) === "file") revisions.push({ ...place, revision });
  }
  return revisions.length > 0 ? revisions : [place];
}

async function examineEncoder(options: ModelOptions): Promise<EncoderReport> {
  const { model, root, revision } = options;
  const report = {
    id: model,
    ...(revision === undefined ? {} : { revision }),
    kind: model.startsWith("trivalence/") ? "embedded" : "fetched",
    bytes: (await sizeOf(join(root, model, revision ?? ""))).bytes,
  } as const;
  const isClip = await findModelFolder({ ...options, graphs: clipGraphs }) !== undefined;
  if (!isClip && await findModelFolder(options) === undefined) {
    return { ...report, problem: "expected config.json and model.onnx, got not both" };
  }
  try {
    if (isClip) {
      const clip = await loadClip(options);
      await clip.dispose();
      return { ...report, digest: clip.image.digest };
    }
    const { model: loaded, digest } = await loadModel(options);
    await loaded.dispose();
    return { ...report, digest };
  } catch (error) {
    return { ...report, problem: (error as Error).message };
  }
}

async function examineEmbedded(folder: string, size: "full" | "quick"): Promise<DataReport> {
  if (await kindOf(folder) === "nothing") return { folder, state: "not there", corpora: [] };
  try {
    const info = await readEmbeddedCorpusInfo(folder);
    if (info === undefined) {
      if (await kindOf(join(folder, "corpus.json.partial")) === "file") {
        return { folder, state: "unfinished", corpora: [] };
      }
      throw new RangeError("expected corpus.json, got none");
    }
    if (info.seed !== 1 || info.size !== size) {
      throw new RangeError(
        `expected the embedded corpus of seed 1, size ${size}, ` +
          `got seed ${info.seed}, size ${info.size}`,
      );
    }
    const { sentences, faces, clips } = info.counts;
    return await examineData(folder, { text: sentences, image: faces, audio: clips });
  } catch (error) {
    return { folder, state: "there", corpora: [], problem: (error as Error).message };
  }
}

const readers = {
  text: { folder: "emotions", read: (path: string) => readEmotions(path) },
  image: { folder: "faces", read: (path: string) => readFaces(path) },
  audio: { folder: "ravdess", read: (path: string) => readRavdess(path) },
} as const satisfies Record<
  Modality,
  { folder: string; read: (path: string) => Promise<Corpus> }
>;

/** Reads whichever corpora there are, and splits each; `counts` are the samples there must be. */
async function examineData(
  folder: string,
  counts?: Readonly<Record<Modality, number>>,
): Promise<DataReport> {
  const corpora: CorpusReport[] = [];
  const problems: string[] = [];
  for (const m of modalities) {
    const path = join(folder, readers[m].folder);
    try {
      if (counts === undefined && await kindOf(path) === "nothing") continue;
      corpora.push(examineCorpus(await readers[m].read(path), counts?.[m]));
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (corpora.length + problems.length === 0) {
    problems.push("expected emotions/, faces/ or ravdess/, got none of them");
  }
  return {
    folder,
    state: "there",
    corpora,
    ...(problems.length > 0 ? { problem: problems.join("; ") } : {}),
  };
}

function examineCorpus(
  { name, modality, samples, excluded }: Corpus,
  expected: number | undefined,
): CorpusReport {
  const found = Object.values(excluded).reduce((a, b) => a + b, samples.length);
  if (expected !== undefined && found !== expected) {
    throw new RangeError(`${name}: expected ${expected} samples, got ${found}`);
  }
  const split = groupedSplit(samples, { key: fold(key(1), "doctor", modality) });
  auditSplit(samples, split);
  const positive = samples.filter(({ polarity }) => polarity === 1).length;
  return {
    name,
    modality,
    positive,
    negative: samples.length - positive,
    excluded,
    groups: new Set(samples.map(({ group }) => group)).size,
    split: Object.fromEntries(
      parts.map((part) => [part, split[part].length]),
    ) as Record<Part, number>,
  };
}

async function listFolders(path: string): Promise<string[]> {
  if (await kindOf(path) !== "folder") return [];
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    // Hidden ones are unfinished, or another program's.
    if (isDirectory && !name.startsWith(".")) names.push(name);
  }
  return names.sort();
}

async function sizeOf(path: string): Promise<Size> {
  if (await kindOf(path) !== "folder") return { files: 0, bytes: 0 };
  const total = { files: 0, bytes: 0 };
  for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
    const inside = isDirectory
      ? await sizeOf(join(path, name))
      : { files: 1, bytes: isFile ? (await Deno.stat(join(path, name))).size : 0 };
    total.files += inside.files;
    total.bytes += inside.bytes;
  }
  return total;
}
