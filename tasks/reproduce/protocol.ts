/** Which samples are learnt and how they are divided, on the command line. @module */

import { byProtocol } from "../../experiments/mod.ts";
import { leakChoices } from "../../lib/datasets/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { type Protocol, splitChoices } from "../../lib/study/protocol.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import { choice, option, parseChoice, type Values } from "../option.ts";
import { settingOptions } from "../options.ts";

const those = byProtocol.join(" and ");

/** The options of a protocol. */
export const protocolOptions = {
  modalities: option(
    "LIST",
    `of ${those}, such as audio or text,image: learns these alone, and reads no others ` +
      "(default: text,image,audio)",
    parseModalities,
  ),
  split: choice(
    splitChoices,
    `of ${those}: folds tests speech on each of EmoBox's folds of actors in turn, and scores their ` +
      "verdicts together; own takes the parts that CARER and FER2013 are published in, and these folds " +
      "of RAVDESS; with either all samples are used, unless --cap says otherwise (default: drawn by " +
      "group with the seed)",
  ),
  leaks: choice(
    leakChoices,
    "what becomes of samples that training shares with the test part of --split own: keep reports " +
      "them, drop takes the copies out of training and validation, refuse ends the run (default: keep)",
  ),
  cap: settingOptions.cap,
  unbalanced: settingOptions.unbalanced,
};

function parseModalities(text: string, name: string): readonly Modality[] {
  const given = text.split(",").map((one) => parseChoice(name, modalities, one));
  if (new Set(given).size === given.length) return modalities.filter((m) => given.includes(m));
  throw new RangeError(`Cannot use ${name}: expected each modality once, got "${text}"`);
}

/**
 * The protocol that is asked for; undefined where it is the usual one.
 *
 * @throws {RangeError} One of the experiments can't be made by it, or an option needs another.
 */
export function protocolOf(
  { modalities: present = modalities, split, leaks, unbalanced }: Values<typeof protocolOptions>,
  names: readonly string[],
): Protocol | undefined {
  const isPartial = present.length < modalities.length;
  const asked = [isPartial && "--modalities", split && "--split", unbalanced && "--unbalanced"]
    .find(Boolean);
  const other = names.find((name) => !byProtocol.includes(name));
  if (asked && other !== undefined) {
    throw new RangeError(
      `Cannot use ${asked}: expected ${byProtocol.join(" or ")}, got "${other}"`,
    );
  }
  if (names.includes("ablation_gate") && !present.includes("audio")) {
    throw new RangeError("Cannot use --modalities: expected audio, whose gate is tried, got none");
  }
  if (split === "folds" && !present.includes("audio")) {
    throw new RangeError("Cannot use --split folds: expected audio, which has folds, got none");
  }
  if (leaks !== undefined && split !== "own") {
    throw new RangeError("Cannot use --leaks: expected --split own with it, got none");
  }
  if (!isPartial && split === undefined) return undefined;
  return { present, ...split && { split }, ...leaks && { leaks } };
}

/** The settings of the data that these options give; what a corpus is published in is used whole. */
export function dataOf(
  data: DataConfig,
  { cap, unbalanced, split }: Values<typeof protocolOptions>,
): DataConfig {
  return {
    ...data,
    cap: cap ?? (split ? "none" : data.cap),
    ...(unbalanced || split) && { unbalanced: true },
  };
}
