/** Which modalities are learnt and how they are divided, on the command line. @module */

import { ofAnyModalities } from "../../experiments/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import type { Protocol } from "../../lib/study/protocol.ts";
import { option, parseChoice, type Values } from "../option.ts";

/** The options of a protocol. */
export const protocolOptions = {
  modalities: option(
    "LIST",
    `such as audio or text,image: learns these alone, and reads no others; of ` +
      `${ofAnyModalities.join(" and ")} (default: text,image,audio)`,
    parseModalities,
  ),
};

function parseModalities(text: string, name: string): readonly Modality[] {
  const given = text.split(",").map((one) => parseChoice(name, modalities, one));
  if (new Set(given).size === given.length) return modalities.filter((m) => given.includes(m));
  throw new RangeError(`Cannot use ${name}: expected each modality once, got "${text}"`);
}

/**
 * The protocol that is asked for; undefined where it is the usual one.
 *
 * @throws {RangeError} One of the experiments can't be made by it.
 */
export function protocolOf(
  { modalities: present = modalities }: Values<typeof protocolOptions>,
  names: readonly string[],
): Protocol | undefined {
  if (present.length === modalities.length) return undefined;
  const other = names.find((name) => !ofAnyModalities.includes(name));
  if (other !== undefined) {
    throw new RangeError(
      `Cannot use --modalities: expected ${ofAnyModalities.join(" or ")}, got "${other}", ` +
        "which needs all three",
    );
  }
  if (names.includes("ablation_gate") && !present.includes("audio")) {
    throw new RangeError("Cannot use --modalities: expected audio, whose gate is tried, got none");
  }
  return { present };
}
