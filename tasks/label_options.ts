/** What the labels of a table stand for, on the command line. @module */

import { nearest } from "../lib/checks.ts";
import { type LabelMap, type NumberingName, numberings } from "../lib/datasets/mod.ts";
import { kindOf } from "../lib/files.ts";
import { pathFromCaller } from "./caller.ts";
import { choice, option } from "./option.ts";

/** A numbering by name, or a file. */
export type LabelsChoice = { readonly numbering: NumberingName } | { readonly file: string };

const names = Object.keys(numberings);

/** The options of tables that say what labels stand for. */
export const labelOptions = {
  labels: option(
    "NAME|FILE",
    `what the labels of a table stand for: the numbers of ${names.join(", ")}; or a JSON file of ` +
      'each, {"4": "positive", "2": "excluded", "5": "joy"} (default: positive and negative, 0 and ' +
      "1, and the usual emotions)",
    parseLabels,
  ),
  several: choice(
    ["agree", "first", "none"],
    "what becomes of rows with several labels, as in joy, love: agree takes the first if all are of " +
      "one class; first takes it in any case; none leaves them out (default: agree, but for " +
      "GoEmotions, where it is none)",
  ),
};

function parseLabels(text: string, name: string): LabelsChoice {
  if (text === "") throw new RangeError(`Cannot use ${name}: expected a name or a file, got ""`);
  return Object.hasOwn(numberings, text)
    ? { numbering: text as NumberingName }
    : { file: pathFromCaller(text) };
}

/**
 * The map that was chosen.
 *
 * @throws {RangeError} There is no such file, or it is no JSON object of texts.
 */
export async function readLabelMap(
  choice: LabelsChoice | undefined,
): Promise<LabelMap | undefined> {
  if (choice === undefined) return undefined;
  if ("numbering" in choice) return choice.numbering;
  const { file } = choice;
  if (await kindOf(file) !== "file") {
    const near = nearest(file, names);
    throw new RangeError(
      `Cannot read "${file}": expected a JSON file or one of ${
        names.join(", ")
      }, got no such file` +
        (near === undefined ? "" : `; did you mean "${near}"?`),
    );
  }
  try {
    const map: unknown = JSON.parse(await Deno.readTextFile(file));
    const isMap = typeof map === "object" && map !== null && !Array.isArray(map) &&
      Object.values(map).every((value) => typeof value === "string");
    if (isMap) return map as LabelMap;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new RangeError(
    `Cannot read "${file}": expected a JSON object from labels to texts, got none`,
  );
}
