/** A figure among the files of a result. @module */

import { type Figure, renderSvg } from "../figures/mod.ts";
import type { ResultFiles } from "./result_files.ts";
import { figureToCsv } from "./rows_csv.ts";
import { json } from "./study.ts";

/** Adds a figure to files: its Vega-Lite specification, its data as CSV, and the picture. */
export async function saveFigure(
  files: ResultFiles,
  name: string,
  figure: Figure,
): Promise<void> {
  files.set(`${name}.vl.json`, json(figure));
  files.set(`${name}.csv`, figureToCsv(figure));
  files.set(`${name}.svg`, await renderSvg(figure));
}
