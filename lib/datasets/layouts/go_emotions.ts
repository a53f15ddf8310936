/** GoEmotions: comments with some of 28 emotions. @module */

import { shown } from "../../checks.ts";
import { numberings } from "../numberings.ts";
import { countLeftOut, type Row } from "../rows.ts";
import { tableRows } from "../table_rows.ts";
import { type Layout, nameOf, tablesWith } from "./layout.ts";
import { filesOfLines, type LineFormat, placeIn, rowsOfLines } from "./text_lines.ts";

const format: LineFormat = {
  ending: ".tsv",
  pattern: /^([^\t]*)\t(\d{1,2}(?:,\d{1,2})*)\t([^\t]+)$/,
  expected: "text, numbers and id between tabs",
  rowOf: ([, text, label, id]) => ({ text: text!, label: label!, id: id!.trim() }),
};

/**
 * GoEmotions (Demszky et al., ACL 2020) as its authors divide it: `train.tsv`, `dev.tsv` and
 * `test.tsv`, or one of them, with a text, numbers of emotions and an id a line. Comments with several
 * emotions are left out and counted unless the caller has it otherwise: the usual single-label
 * reading.
 */
export const goEmotions: Layout = {
  name: "GoEmotions",
  looksLike: "train.tsv, dev.tsv, test.tsv without a header: text, numbers from 0 to 27, id",
  async fit(seen) {
    return (await filesOfLines(seen, format)).length > 0 ? 1 : 0;
  },
  async rows(seen) {
    const { rows, names } = await rowsOfLines(seen, format);
    const layout = `GoEmotions (${names})`;
    return { rows, layout, groupedBy: null, numbering: "goemotions", several: "none" };
  },
};

const emotions = Object.values(numberings.goemotions);
const columns = ["text", "id", "rater_id", ...emotions] as const;

/**
 * GoEmotions as it was annotated: a table with a column of 0 and 1 an emotion, a row for each verdict
 * of a rater. Equal texts of different emotions are in conflict, and left out as everywhere. Rows
 * without an emotion are left out and counted.
 */
export const goEmotionsRaters: Layout = {
  name: "GoEmotions by rater",
  looksLike:
    "tables with the columns text, id, and one a GoEmotions emotion, from admiration to neutral",
  async fit(seen) {
    return (await tablesWith(seen, ["text", ...emotions])).fit;
  },
  async rows(seen) {
    const { tables } = await tablesWith(seen, ["text", ...emotions]);
    const rows: Row[] = [];
    const out: [place: number | string, reason: string][] = [];
    for (const file of tables) {
      const optional = ["id", "rater_id"];
      for await (const { line, fields } of tableRows(file.path, columns, { optional })) {
        const place = placeIn(seen, file, line);
        const wrong = emotions.find((name) =>
          !/^([01](\.0)?|true|false)$/i.test(fields[name]!.trim())
        );
        if (wrong !== undefined) {
          throw new RangeError(
            `Cannot read "${file.path}", line ${line}: expected 0 or 1 for ${wrong}, ` +
              `got ${shown(fields[wrong])}`,
          );
        }
        const label = emotions.filter((name) => /^(1|true)/i.test(fields[name]!.trim())).join(", ");
        const text = fields.text!.trim();
        if (label === "") out.push([place, "without an emotion"]);
        else rows.push({ place, id: "", cells: { text }, label, group: "", part: undefined });
      }
    }
    return {
      rows,
      layout: `GoEmotions by rater (${tables.map(({ id }) => nameOf(id)).join(", ")})`,
      ...{ groupedBy: null, several: "none", leftOut: countLeftOut(out) },
    };
  },
};
