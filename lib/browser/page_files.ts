/** A model folder and its encoders as the files of a page. @module */

import { basename, dirname, join } from "node:path";
import type { ModelFolder as EncoderFolder } from "../encoders/model_folder.ts";
import { filesOfGraph } from "../encoders/model_layout.ts";
import { readImagePreparation } from "../encoders/image_input.ts";
import { readSpeechPreparation } from "../encoders/prepare_speech.ts";
import { speechGraph } from "../encoders/speech_encoder.ts";
import { encoderFolder, openInputEncoders } from "../inference/input_encoders.ts";
import {
  type EncoderRecord,
  givenModalities,
  learntModalities,
  type ModelDescription,
  type ModelFolder,
  modelFromSafetensors,
  openModelFolder,
} from "../inference/model_folder.ts";
import { isSynthetic } from "../inference/model_metadata.ts";
import { reliabilityFile, reliabilityFromBytes } from "../inference/reliability.ts";
import { byModality, type Modality } from "../modality.ts";
import { type AboutModel, isTrained, packReliability, type PageModel } from "./page_model.ts";

/** What a page needs of a model: what is said of it, and its files by name. */
export interface PageFiles {
  readonly page: PageModel;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a model folder for a page; `cache` holds its encoders, embedded ones are made where they are
 * not there. Each is loaded once, so that a page never has another one than training had.
 *
 * @throws {RangeError} The model can't be asked in a browser: all its features were given, its clips are
 * normalised by speaker, it reads neighbours of a row, or an encoder prepares its input as no page does.
 */
export async function pageFiles(
  folder: string,
  { cache }: { readonly cache: string },
): Promise<PageFiles> {
  const opened = await openModelFolder(folder);
  const { description } = opened;
  assertServable(description);
  const learnt = encodedOf(description);
  await assertEncoders(description, { learnt, cache, folder });
  const files = new Map<string, Uint8Array>([["model.onnx", opened.onnx]]);
  const { encoders: records, model: config } = description;
  const { standardisation } = modelFromSafetensors(opened.safetensors, {
    path: join(folder, "model.safetensors"),
    config,
  });
  const encoders: { -readonly [M in Modality]?: PageModel["encoders"][M] } = {};
  for (const m of learnt) {
    const isTrained = (records[m].choice ?? records.choice) === "trained";
    const told = isTrained
      ? await trainedEncoder(m, records[m], { files, folder })
      : await describers[m](records[m], {
        place: await encoderFolder(records[m], { ...records, cache }),
        files,
      });
    Object.assign(encoders, { [m]: told });
  }
  return {
    files,
    page: {
      ...{ graph: "model.onnx", config, standardisation, learnt, encoders },
      ...records.spectral && { spectralSegments: records.spectral.segments },
      ...description.outliers && { outliers: description.outliers },
      ...opened.reliability && { reliability: packed(opened, folder) },
      about: aboutModel(description, encoders),
    },
  };
}

function packed({ reliability }: ModelFolder, folder: string) {
  return packReliability(
    reliabilityFromBytes(reliability!, { path: join(folder, reliabilityFile) }),
  );
}

function assertServable({ encoders: records }: ModelDescription): void {
  if (records.bySpeaker === undefined) return;
  throw new RangeError(
    "Cannot make a page: expected a model that takes each clip by itself, got one trained by speaker, " +
      "which needs further clips of whoever speaks; deno task predict asks it",
  );
}

/** What the model has learnt and has an encoder of. */
function encodedOf(description: ModelDescription): Modality[] {
  const given = givenModalities(description.encoders);
  const encoded = learntModalities(description).filter((m) => !given.includes(m));
  if (encoded.length > 0) return encoded;
  throw new RangeError(
    "Cannot make a page: expected a model with encoders of what people write, show and say, got one " +
      "of features that others have extracted",
  );
}

/** Refuses encoders that are not those of training. */
async function assertEncoders(
  { encoders: records }: ModelDescription,
  { learnt, ...places }: {
    readonly learnt: readonly Modality[];
    readonly cache: string;
    readonly folder: string;
  },
): Promise<void> {
  const encoders = openInputEncoders(records, places);
  try {
    await encoders.load(learnt);
  } finally {
    await encoders.dispose();
  }
}

/** One that is in the model's own folder. */
async function trainedEncoder(
  m: Modality,
  { id, segments }: EncoderRecord,
  { files, folder }: { readonly files: Map<string, Uint8Array>; readonly folder: string },
) {
  const { trainedBranchGraph } = await import("../branches/trained_branches.ts");
  const { onnx, standardisation } = await trainedBranchGraph(join(folder, "encoders"), m);
  const graph = `${m}.onnx`;
  files.set(graph, onnx);
  return { id, segments, graph, standardised: standardisation };
}

interface Place {
  readonly place: EncoderFolder;
  /** Those of the page so far; an encoder's are added. */
  readonly files: Map<string, Uint8Array>;
}

const describers = {
  async text({ id, segments }: EncoderRecord, { place, files }: Place) {
    const graph = await addGraph("text", { place, files, graph: place.paths[0]! });
    const names = { tokenizer: "tokenizer.json", tokenizerConfig: "tokenizer_config.json" };
    for (const name of Object.values(names)) {
      files.set(name, await Deno.readFile(join(place.path, name)));
    }
    return { id, segments, graph, ...names };
  },
  async image({ id, segments }: EncoderRecord, { place, files }: Place) {
    const settings = await readJson(place, "preprocessor_config.json");
    return {
      ...{ id, segments, preparation: readImagePreparation(settings, { model: id }) },
      graph: await addGraph("image", { place, files, graph: place.paths[0]! }),
      config: await readJson(place, "config.json"),
    };
  },
  async audio({ id, segments, layers = "last" }: EncoderRecord, { place, files }: Place) {
    const settings = await readJson(place, "preprocessor_config.json");
    const { graph, outputs } = await speechGraph({ folder: place }, layers);
    const own = place.paths[0]!;
    const path = graph.model_file_name ? join(dirname(own), `${graph.model_file_name}.onnx`) : own;
    return {
      ...{ id, segments, outputs, preparation: readSpeechPreparation(settings, { model: id }) },
      graph: await addGraph("audio", { place, files, graph: path }),
    };
  },
} as const;

async function addGraph(
  m: Modality,
  { place, files, graph }: Place & { readonly graph: string },
): Promise<string> {
  const all = await filesOfGraph(place.path, graph);
  if (all.length > 1) {
    throw new RangeError(
      `Cannot make a page: expected an encoder of ${m} in one file, got ${
        all.map((path) => basename(path)).join(" and ")
      }`,
    );
  }
  const name = `${m}.onnx`;
  files.set(name, await Deno.readFile(join(place.path, graph)));
  return name;
}

async function readJson({ path }: EncoderFolder, name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(join(path, name)));
}

function aboutModel(
  description: ModelDescription,
  page: PageModel["encoders"],
): AboutModel {
  const { data: { label, corpora }, encoders, scores } = description;
  const synthetic = isSynthetic(description);
  const given = givenModalities(encoders).filter((m) => corpora[m].train > 0);
  const unified =
    scores.filter(({ head, accuracy }) => head === "unified" && accuracy !== undefined)
      .toSorted((a, b) => b.shown.length - a.shown.length)[0];
  return {
    data: synthetic ? "the embedded corpus" : basename(label),
    synthetic,
    trained: byModality((m) => corpora[m].train),
    ...unified && { accuracy: unified.accuracy!, tested: unified.tested },
    notes: [
      ...encoders.notes ?? [],
      ...given.length > 0
        ? [
          `Features of ${
            given.join(" and ")
          } came with the data, and a page makes none of new samples`,
        ]
        : [],
      ...page.text && isTrained(page.text)
        ? ["That of text was trained, and each part reads all words: they are tinted as a whole"]
        : [],
    ],
  };
}
