/** The options that several tasks take, declared once. A task picks its own, and says what differs. @module */

import { availableParallelism } from "node:os";
import { areTrained, type EncoderSource } from "../lib/study/encoder_source.ts";
import type { TargetChoice } from "../lib/datasets/mod.ts";
import type { SpeechLayers } from "../lib/encoders/mod.ts";
import { pathFromCaller } from "./caller.ts";
import { choice, count, flag, folder, option, preset, type Values } from "./option.ts";

/** Whose states a speech encoder gives: `last`, `mix`, or the number of a layer. */
function parseLayers(text: string, name: string): SpeechLayers {
  if (text === "last" || text === "mix") return text;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new RangeError(
    `Cannot use ${name}: expected last, mix or the number of a layer, got "${text}"`,
  );
}

/** Where encoders come from: a name, or a path, which has a slash. */
function parseEncoders(text: string, name: string): EncoderSource {
  if (text === "embedded" || text === "paper" || text === "scratch") return text;
  if (text.includes("/") || text.includes("\\")) return { folder: pathFromCaller(text) };
  throw new RangeError(
    `Cannot use ${name}: expected embedded, paper, scratch or a folder with a slash in its ` +
      `name, got "${text}"`,
  );
}

/** A whole number from 0, as a seed is. */
function parseSeed(text: string, name: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new RangeError(
    `Cannot use ${name}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, ` +
      `got "${text}"`,
  );
}

/** What data and encoders a run reads, and where it keeps what it made of them. */
export const studyOptions = {
  data: folder(
    "a folder with emotions/, faces/ and ravdess/, or a table (CSV, TSV, JSON lines) with the " +
      "columns label, some of text, image, audio, and maybe group, split, id (default: the embedded corpus, made in data/ when it is not " +
      "there)",
  ),
  encoders: preset<EncoderSource>(
    option(
      "NAME",
      "embedded, paper, or scratch: trained from raw inputs, on the training part alone; or a " +
        "folder of encoders that train --encoders scratch has made, such as out/model/encoders, " +
        "which must not have met the test part",
      parseEncoders,
    ),
    "embedded",
  ),
  speechLayers: preset<SpeechLayers>(
    option(
      "N",
      "whose states of wav2vec 2.0 are read: last, the number of a layer (0 is what goes into " +
        "the first), or mix, all of them in a learnt mix",
      parseLayers,
    ),
    "last",
  ),
  precision: preset(
    choice(
      ["fp32", "int8"],
      "fp32 or int8: the encoders' numbers; int8 is a quarter of the size and gives other features",
    ),
    "fp32",
  ),
  cache: preset(folder("where models and features are kept"), ".cache"),
  keepGoing: flag(
    "leaves out what can't be read or encoded, and lists it at the end and in failures.csv beside " +
      "the results (default: the first such file ends the run)",
  ),
};

/** What a table's labels are learnt as: a name, or a range of scores. */
function parseTarget(text: string, name: string): TargetChoice {
  if (text === "polarity" || text === "classes" || text === "score") return text;
  const [, low, high] = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(text) ?? [];
  if (low !== undefined && Number(low) < Number(high)) {
    return { kind: "score", low: Number(low), high: Number(high) };
  }
  throw new RangeError(
    `Cannot use ${name}: expected polarity, classes, score or a range as 1..5, got "${text}"`,
  );
}

/** What is learnt of a table. */
export const target = option(
  "WHAT",
  "what the labels of a table are learnt as: polarity, classes (each label is one), score, or a " +
    "range of scores as -3..3 (default: what they look like)",
  parseTarget,
);

/** Another result for each number. */
export const seed = preset(
  option("N", "another result for each whole number from 0", parseSeed),
  1,
);

/** Threads or runs side by side. */
export function perCore(help: string) {
  return preset(count(help), availableParallelism(), "one per core");
}

/**
 * Refuses settings of frozen encoders where encoders are trained.
 *
 * @throws {RangeError} Layers or numbers are named that trained encoders do not have.
 */
export function assertSettingsFit(
  { encoders, speechLayers, precision }: Pick<
    Values<typeof studyOptions>,
    "encoders" | "speechLayers" | "precision"
  >,
): void {
  if (!areTrained(encoders)) return;
  const given = speechLayers !== "last" ? "speech-layers" : precision !== "fp32" ? "precision" : "";
  if (given === "") return;
  throw new RangeError(
    `Cannot use --${given}: expected --encoders embedded or paper with it, got trained encoders`,
  );
}
