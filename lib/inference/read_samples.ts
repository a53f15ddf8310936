/** Samples to be judged, from a CSV file. @module */

import { dirname, isAbsolute, join, sep } from "node:path";
import { csvRows } from "../datasets/csv.ts";
import { parseWhole } from "../deps/csv_parse_sync.ts";
import { kindOf } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import type { SampleInput } from "./input_encoders.ts";

/** A sample, and the line of the file that it is on. */
export interface SampleLine {
  readonly line: number;
  readonly sample: SampleInput;
}

/**
 * Reads a CSV file with some of the columns `text`, `image` and `audio`. Paths are relative to
 * the file and stay inside its folder; an empty field is a modality that is missing.
 *
 * @throws {RangeError} By file and line: another column, one twice, a row of nothing, a path that
 * leads out of the folder or to no file. No row is there.
 */
export async function readSamples(path: string): Promise<SampleLine[]> {
  if (await kindOf(path) !== "file") {
    throw new RangeError(`Cannot read "${path}": expected a CSV file, got none`);
  }
  const columns = await readColumns(path);
  const samples: SampleLine[] = [];
  for await (const { line, fields } of csvRows(path, columns)) {
    const sample: { [M in Modality]?: string } = {};
    for (const m of columns) {
      if (fields[m] === "") continue;
      sample[m] = m === "text" ? fields[m] : await pathInside(path, fields[m], line);
    }
    if (Object.keys(sample).length === 0) {
      throw new RangeError(
        `Cannot read "${path}", line ${line}: expected ${columns.join(" or ")}, got none`,
      );
    }
    samples.push({ line, sample });
  }
  if (samples.length > 0) return samples;
  throw new RangeError(`Cannot read "${path}": expected a row or more, got a header only`);
}

/** The modalities that the header names. */
async function readColumns(path: string): Promise<Modality[]> {
  const [first = ""] = (await Deno.readTextFile(path)).split("\n", 1);
  const [header = []] = parseWhole(first, { bom: true, relax_quotes: true }) as string[][];
  const names = header.map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(modalities as readonly string[]).includes(name));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (unknown === undefined && twice === undefined && names.length > 0) return names as Modality[];
  const got = unknown !== undefined ? `"${unknown}"` : twice ? `"${twice}" twice` : "none";
  throw new RangeError(
    `Cannot read "${path}", line 1: expected columns from ${modalities.join(", ")}, got ${got}`,
  );
}

/** A path of the file, which may name nothing outside its folder, through links neither. */
async function pathInside(csv: string, path: string, line: number): Promise<string> {
  const folder = await Deno.realPath(dirname(csv));
  const real = await Deno.realPath(join(folder, path)).catch(() => undefined);
  if (real === undefined && !isAbsolute(path)) {
    throw new RangeError(`Cannot read "${csv}", line ${line}: expected a file, got "${path}"`);
  }
  if (!isAbsolute(path) && real!.startsWith(`${folder}${sep}`)) return real!;
  throw new RangeError(
    `Cannot read "${csv}", line ${line}: expected a path inside its folder, got "${path}"`,
  );
}
