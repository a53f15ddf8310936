/** Texts and labels in a table for each part of a split. @module */

import type { CorpusFile } from "../corpus_files.ts";
import type { Row } from "../rows.ts";
import { tableRows } from "../table_rows.ts";
import { headerOf, type Layout, nameOf, type Seen, tablesWith } from "./layout.ts";
import { partOfFile, placeIn } from "./text_lines.ts";

const columns = ["text", "label"] as const;
const carerNumbers = "0,1,2,3,4,5";

/**
 * A folder of `train.csv`, `validation.csv` and `test.csv`, or some of them, with the columns `text` and
 * `label`, as dair-ai/emotion is also published. Labels 0 to 5, all six and no other, are CARER's.
 */
export const tablesOfParts: Layout = {
  name: "texts in tables of parts",
  looksLike: "train.csv, validation.csv, test.csv with the columns text and label",
  async fit(seen) {
    const tables = await tablesOf(seen);
    const parts = new Set(tables.map(partOfFile));
    return parts.size > 1 && !parts.has(undefined) && parts.size === tables.length ? 1 : 0;
  },
  async rows(seen) {
    const tables = await tablesOf(seen);
    const rows: Row[] = [];
    for (const file of tables) {
      const part = partOfFile(file);
      for await (const { line, fields: { text, label } } of tableRows(file.path, columns)) {
        const place = placeIn(seen, file, line);
        rows.push({ place, id: "", cells: { text }, label: label.trim(), group: "", part });
      }
    }
    const labels = [...new Set(rows.map(({ label }) => label))].sort();
    return {
      rows,
      layout: `tables of parts (${tables.map(({ id }) => nameOf(id)).join(", ")})`,
      groupedBy: null,
      ...labels.join() === carerNumbers && { numbering: "carer" },
    };
  },
};

/** Tables of nothing but texts: what else they name would not be read. */
async function tablesOf(seen: Seen): Promise<CorpusFile[]> {
  if (seen.kind !== "folder") return [];
  const { tables } = await tablesWith(seen, columns);
  const headers = await Promise.all(tables.map((file) => headerOf(seen, file)));
  return headers.some((names) => names.some((name) => /^(image|audio|video|split)$/.test(name)))
    ? []
    : [...tables];
}
