/** Frozen encoders of one's own: a model in a local folder, in the place of a chosen encoder. @module */

import { basename, dirname, join, resolve } from "node:path";
import { kindOf } from "../files.ts";
import type { Encoder, InputOf } from "./encoder.ts";
import { originOf, withOrigin } from "./encoder_origin.ts";
import { loadImageEncoder } from "./image_encoder.ts";
import { findModelFolder, type ModelOptions } from "./model_folder.ts";
import { graphPlaces } from "./model_layout.ts";
import { loadTextEncoder } from "./text_encoder.ts";

/** Folders in the Hugging Face layout: each holds the frozen encoder of its modality. */
export interface OwnEncoders {
  /** `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model.onnx`. */
  readonly textEncoder?: string | undefined;
  /**
   * `config.json`, `preprocessor_config.json` and `onnx/model.onnx`, whose output is a feature map
   * or pooled features.
   */
  readonly imageEncoder?: string | undefined;
}

/** Of which modalities encoders may be one's own. */
export type OwnModality = "text" | "image";

const described = {
  text: ["config.json", "tokenizer.json", "tokenizer_config.json"],
  image: ["config.json", "preprocessor_config.json"],
} as const;

/** The folders that are given, by modality. */
export function ownFolders(
  { textEncoder: text, imageEncoder: image }: OwnEncoders,
): { readonly [M in OwnModality]?: string } {
  return { ...text !== undefined && { text }, ...image !== undefined && { image } };
}

/** Where {@linkcode loadTextEncoder} or {@linkcode loadImageEncoder} finds the model of a folder. */
async function ownModel(
  m: OwnModality,
  folder: string,
  { precision = "fp32" }: Pick<ModelOptions, "precision">,
): Promise<Pick<ModelOptions, "model" | "root">> {
  const path = resolve(folder);
  const place = { model: basename(path), root: dirname(path) };
  const missing: string[] = [];
  for (const name of described[m]) {
    if (await kindOf(join(path, name)) !== "file") missing.push(name);
  }
  const isThere = missing.includes("config.json") || await findModelFolder({ ...place, precision });
  const [graph] = graphPlaces({ graphs: ["model"], precision })[0]!.paths;
  if (!isThere || missing.length === described[m].length) missing.push(graph!);
  if (missing.length === 0) return place;
  const kind = await kindOf(path);
  throw new RangeError(
    `Cannot load the ${m} encoder of "${path}": expected a folder with ` +
      `${[...described[m], graph].join(", ")}, got ${
        kind === "folder"
          ? `one without ${missing.join(", ")}`
          : kind === "file"
          ? "a file"
          : "nothing"
      }`,
  );
}

/**
 * Loads the encoder of a folder; its id says that it is one's own.
 *
 * @throws {RangeError} There is no such folder, it lacks files, which the error names, or its model is
 * no encoder.
 */
export async function loadOwnEncoder<M extends OwnModality>(
  m: M,
  folder: string,
  options: Pick<ModelOptions, "precision" | "segments" | "threads">,
): Promise<Encoder<InputOf[M]>> {
  const place = { ...options, ...await ownModel(m, folder, options) };
  const loaded = m === "text" ? await loadTextEncoder(place) : await loadImageEncoder(place);
  const own: Encoder<InputOf[M]> = {
    ...loaded as Encoder<never> as Encoder<InputOf[M]>,
    // Its name may be another's too.
    id: `own ${m} ${place.model}`,
    folder: resolve(folder),
  };
  return withOrigin(own, originOf(loaded));
}

/** What a reader of a result has to know of such encoders. */
export function ownNotes(own: OwnEncoders): string[] {
  return Object.entries(ownFolders(own)).map(([m, folder]) =>
    `The encoder of ${m} is ${basename(resolve(folder))}, a model from a local folder`
  );
}
