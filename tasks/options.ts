/** The options that several tasks take, declared once. A task picks its own, and says what differs. @module */

import { availableParallelism } from "node:os";
import { bySpeakerNote } from "../lib/systems/by_speaker.ts";
import { assertOwnFit, type EncoderSource, trainedBySplit } from "../lib/study/encoder_source.ts";
import type { TargetChoice } from "../lib/datasets/mod.ts";
import type { SpeechLayers } from "../lib/encoders/mod.ts";
import { assertSpeechLayers, speechNames } from "../lib/encoders/embedded/mod.ts";
import {
  assertSetting,
  assertSettingName,
  type NamedSettings,
  parseValue,
  readSettings,
} from "../lib/study/setting_names.ts";
import { pathFromCaller } from "./caller.ts";
import { choice, count, flag, folder, option, preset, repeated, type Values } from "./option.ts";

/** Whose states a speech encoder gives: `last`, `mix`, or the number of a layer. */
function parseLayers(text: string, name: string): SpeechLayers {
  if (text === "last" || text === "mix") return text;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new RangeError(
    `Cannot use ${name}: expected last, mix or the number of a layer, got "${text}"`,
  );
}

const encoderNames = ["embedded", "paper", "best", "scratch"] as const;

/** Where encoders come from: a name, or a path, which has a slash. */
function parseEncoders(text: string, name: string): EncoderSource {
  const known = encoderNames.find((one) => one === text);
  if (known) return known;
  if (text.includes("/") || text.includes("\\")) return { folder: pathFromCaller(text) };
  throw new RangeError(
    `Cannot use ${name}: expected ${encoderNames.join(", ")} or a folder with a slash in its ` +
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

/** Bytes of so many gigabytes, of a billion each. */
function parseGigabytes(text: string, name: string): number {
  const given = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (given > 0 && given < 1e6) return given * 1e9;
  throw new RangeError(`Cannot use ${name}: expected a number of GB above 0, got "${text}"`);
}

/** What data and encoders a run reads, and where it keeps what it made of them. */
export const studyOptions = {
  data: folder(
    "a folder with emotions/, faces/ and ravdess/; a table (CSV, TSV, JSON lines) with the columns " +
      "label, some of text, image, audio, video, and maybe group, split, id, weight; or a set in a " +
      "layout that deno task data inspect knows (default: the embedded corpus, made in data/ when " +
      "it is not there)",
  ),
  encoders: preset<EncoderSource>(
    option(
      "NAME",
      "embedded; best: those of text and image are trained on the training part, that of speech is " +
        "the embedded one; scratch: all three are trained; paper; or a folder of trained encoders, " +
        "such as out/model/encoders, which must not have met the test part",
      parseEncoders,
    ),
    "embedded",
  ),
  speech: choice(
    speechNames,
    "the speech encoder of embedded and best: " + speechNames.join(", ") +
      " (default: whisper-tiny or, where " +
      "its package can't be had, wav2vec2-mini)",
  ),
  speechLayers: option(
    "N",
    "whose states of the speech encoder are read: last, the number of a layer (0 is what goes into " +
      "the first), or mix, all of them in a learnt mix (default: last; of whisper-tiny 2 of 4, of " +
      "whisper-base 3 of 6, of whisper-small 5 of 12)",
    parseLayers,
  ),
  textEncoder: folder(
    "a local folder in the Hugging Face layout with the frozen encoder of text, in the place of that of " +
      "embedded or paper",
  ),
  imageEncoder: folder("likewise of images: its output is a feature map or pooled features"),
  precision: preset(
    choice(
      ["fp32", "int8"],
      "fp32 or int8: the encoders' numbers; int8 is a quarter of the size and gives other features",
    ),
    "fp32",
  ),
  cache: preset(folder("where models and features are kept"), ".cache"),
  memory: preset(
    option(
      "GB",
      "features of more than so many GB stay in the cache and are read when they are needed, and so " +
        "many are kept in memory; results are the same bytes",
      parseGigabytes,
    ),
    2e9,
    "2",
  ),
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

/** A setting as a command line gives it: its name, and its value as text. */
export interface Assignment {
  readonly name: string;
  readonly text: string;
}

/** `model.width=32`; the name is one of a setting, the value is checked by who reads it. */
function parseAssignment(text: string, option: string): Assignment {
  const at = text.indexOf("=");
  if (at < 0) {
    throw new RangeError(
      `Cannot use ${option}: expected a setting and its value, such as model.width=32, got "${text}"`,
    );
  }
  const name = text.slice(0, at).trim();
  assertSettingName(name, option);
  return { name, text: text.slice(at + 1).trim() };
}

/** The settings of a JSON file, or those that a model's `config.json` was made with. */
function readSettingsFile(text: string, option: string): NamedSettings {
  const path = pathFromCaller(text);
  let read: unknown;
  try {
    read = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    const got = error instanceof SyntaxError
      ? "none"
      : error instanceof Deno.errors.NotFound
      ? "nothing"
      : (error as Error).name;
    throw new RangeError(`Cannot use ${option}: expected a file of JSON, got ${got} in "${path}"`);
  }
  if (typeof read === "object" && read !== null && "configuration" in read) {
    read = read.configuration;
  }
  return readSettings(read, `"${path}"`);
}

/** The settings of the model, its training and the data. */
export const settingOptions = {
  set: repeated(
    "NAME=VALUE",
    "a setting, such as model.width=32, training.learningRate=1e-3 or model.gate=scalar; may be " +
      "given several times; docs/running.md lists them",
    parseAssignment,
  ),
  config: option(
    "FILE",
    'settings as JSON, such as {"model": {"width": 32}}, or the config.json of a model, whose ' +
      "settings are taken; --set stands above it",
    readSettingsFile,
  ),
  cap: option(
    "N",
    "most samples of a corpus, half of each polarity, or none for all: --set data.cap=N " +
      "(default: 10000)",
    parseCap,
  ),
  unbalanced: flag(
    "takes samples as frequent as their classes are, as a table's rows always are, and lets each " +
      "class count alike: networks weigh their loss by class, other systems move their threshold",
  ),
};

/** Most samples of a corpus. */
function parseCap(text: string, name: string): number | "none" {
  if (text === "none") return text;
  if (/^\d{1,15}$/.test(text) && Number(text) >= 2) return Number(text);
  throw new RangeError(`Cannot use ${name}: expected none or a whole number from 2, got "${text}"`);
}

/** The settings that these options give: those of the file, and above them `--set` and its short forms. */
export function givenSettings(
  { set, ...given }: Values<typeof settingOptions>,
): NamedSettings {
  assertOnce(set);
  const named = set.map(({ name, text }) => [name, parseValue(text)] as const);
  for (const [name, value] of named) assertSetting(name, value, "--set");
  if (given.cap !== undefined && named.some(([name]) => name === "data.cap")) {
    throw new RangeError("Cannot use --cap: expected no --set data.cap beside it, got one");
  }
  return { ...settingsBeside(given), ...Object.fromEntries(named) };
}

/** What is given of settings beside `--set`. */
export function settingsBeside(
  { config = {}, cap, unbalanced }: Omit<Values<typeof settingOptions>, "set">,
): NamedSettings {
  return {
    ...config,
    ...cap !== undefined && { "data.cap": cap },
    ...unbalanced && { "data.unbalanced": true },
  };
}

/**
 * Refuses a setting that is given twice: which was meant?
 *
 * @throws {RangeError} By its name.
 */
export function assertOnce(set: readonly Assignment[]): void {
  const names = set.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new RangeError(`Cannot use --set: expected ${twice} once, got it several times`);
}

/** Clips normalised by their speakers. */
export const bySpeaker = flag(
  `${bySpeakerNote}: of clips, by the actor, or the column speaker, actor, subject or group`,
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

type EncoderSetting =
  | "encoders"
  | "speech"
  | "speechLayers"
  | "textEncoder"
  | "imageEncoder"
  | "precision";

/**
 * Refuses settings of a frozen encoder where it is trained, and layers that it does not have.
 *
 * @throws {RangeError} Layers or numbers are named that there are not.
 */
export function assertSettingsFit(
  { encoders, speech, speechLayers, precision, ...own }: Pick<
    Values<typeof studyOptions>,
    EncoderSetting
  >,
): void {
  assertOwnFit(encoders, own);
  if (speech !== undefined && ["paper", "scratch"].some((name) => name === encoders)) {
    throw new RangeError(
      `Cannot use --speech: expected --encoders embedded or best with it, got ${encoders}`,
    );
  }
  if (encoders === "embedded" || encoders === "best") {
    assertSpeechLayers(speech ?? speechNames[0]!, speechLayers);
  }
  if (!trainedBySplit(encoders).includes("audio")) return;
  const given = speechLayers !== undefined
    ? "speech-layers"
    : precision !== "fp32"
    ? "precision"
    : "";
  if (given === "") return;
  throw new RangeError(
    `Cannot use --${given}: expected a frozen speech encoder, as of --encoders embedded, best or ` +
      "paper, got one that is trained",
  );
}

/** Neighbours of a row. */
export const context = count(
  "of a table with a column segment, such as utterances of a video: the states of N neighbours before " +
    "and behind a row in its group are read beside its own (default: 0)",
);

/**
 * Refuses what is of samples that are still to be encoded.
 *
 * @throws {RangeError} Another protocol than natural, or a setting of labels or encoders, is asked for.
 */
export function assertFeaturesFit(
  { protocol = "natural", labels, several, precision, bySpeaker, ...ofEncoders }:
    & Partial<Pick<Values<typeof studyOptions>, EncoderSetting>>
    & {
      readonly protocol?: string | undefined;
      readonly labels?: unknown;
      readonly several?: unknown;
      readonly bySpeaker?: boolean;
    },
): void {
  const { encoders, speech, speechLayers, textEncoder, imageEncoder } = ofEncoders;
  const option = protocol !== "natural"
    ? `--protocol ${protocol}`
    : labels !== undefined
    ? "--labels"
    : several !== undefined
    ? "--several"
    : (encoders ?? "embedded") !== "embedded"
    ? "--encoders"
    : speech !== undefined
    ? "--speech"
    : speechLayers !== undefined
    ? "--speech-layers"
    : textEncoder !== undefined
    ? "--text-encoder"
    : imageEncoder !== undefined
    ? "--image-encoder"
    : (precision ?? "fp32") !== "fp32"
    ? "--precision"
    : bySpeaker
    ? "--by-speaker"
    : undefined;
  if (option === undefined) return;
  throw new RangeError(
    `Cannot use ${option}: expected samples to encode as --data, got features that belong together`,
  );
}
