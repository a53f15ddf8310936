/** Whether the gate between the paths of speech does anything. @module */

import { printNumber } from "../../../lib/numbers.ts";
import { gateVerdict } from "../../ablations/gate_worth.ts";
import { type AblationRow, fullModel } from "../../ablations/variants.ts";
import { capital } from "../../tables.ts";
import { type Answer, listed, oneSeed, sentenceOf } from "./answer.ts";

/** The gate beside either path alone and a sum, on speech; nothing where no gate was tried. */
export function doesTheGateHelp(rows: readonly AblationRow[]): Answer | undefined {
  const full = rows.find(({ name }) => name === fullModel);
  if (full === undefined) return undefined;
  if (full.accuracy.seeds.length < 2) return ofOneSeed(rows);
  const sentence = gateVerdict(rows);
  if (sentence === "") {
    return {
      brief: "Not asked",
      sentence:
        "The gate was not set against both paths alone and a sum, so that nothing is said of it.",
    };
  }
  // What it comes to stands at its end.
  const end = sentence.slice(sentence.lastIndexOf(": ") + 2, -1);
  return { brief: capital(end), sentence };
}

function ofOneSeed(rows: readonly AblationRow[]): Answer {
  const scores = rows.flatMap(({ name, balancedAccuracy }) =>
    balancedAccuracy ? [`${printNumber(balancedAccuracy.mean)} for ${name}`] : []
  );
  return {
    brief: capital(oneSeed),
    sentence: sentenceOf([
      oneSeed,
      ...scores.length > 0 ? [`balanced accuracy on speech is ${listed(scores)}`] : [],
    ]),
  };
}
