/** A figure among the files of a result. @module */

import { type Draw, renderSvg } from "../figures/mod.ts";
import type { ResultFiles } from "./result_files.ts";
import { figureToCsv } from "./rows_csv.ts";
import { json } from "./study.ts";

/**
 * Adds a figure to files: its Vega-Lite specification, its data as CSV, and the picture; and as
 * `NAME.narrow.svg` the picture as it is drawn for a phone.
 */
export async function saveFigure(
  files: ResultFiles,
  name: string,
  draw: Draw,
): Promise<void> {
  const figure = draw({ narrow: false });
  files.set(`${name}.vl.json`, json(figure));
  files.set(`${name}.csv`, figureToCsv(figure));
  files.set(`${name}.svg`, await renderSvg(figure));
  files.set(`${name}.narrow.svg`, await renderSvg(draw({ narrow: true })));
}
