/** Faces as pixels in a table: FER2013, and CK+ in its columns. @module */

import { shown } from "../../checks.ts";
import type { CorpusFile } from "../corpus_files.ts";
import { greyPng } from "../grey_png.ts";
import { partNamed, type Row, testedOnValidation } from "../rows.ts";
import { tableRows } from "../table_rows.ts";
import { type Layout, nameOf, type Seen, tablesWith } from "./layout.ts";
import { placeIn } from "./text_lines.ts";

/**
 * `fer2013.csv` (Goodfellow et al., 2013) with `emotion`, `pixels` (grey levels of a square, row by
 * row, with spaces between) and `Usage`, also as `icml_face_data.csv`, whose names begin with a space;
 * and CK+ in the same columns, where 7 is contempt. The validation part is `PublicTest`; in a file
 * without `PrivateTest`, it is the test part.
 */
export const pixelTable: Layout = {
  name: "FER2013 as pixels",
  looksLike: "a table with the columns emotion, pixels and maybe Usage: fer2013.csv, CK+ as CSV",
  async fit(seen) {
    const { tables, fit } = await tablesWith(seen, ["emotion", "pixels"]);
    return tables.length === 1 ? 1 : Math.min(fit, 0.9);
  },
  async rows(seen) {
    const { tables: [file] } = await tablesWith(seen, ["emotion", "pixels"]);
    const read = await readPixels(seen, file!);
    const isCk = read.some(({ label }) => label.trim() === "7");
    const { rows, notes } = testedOnValidation(read);
    return {
      rows,
      layout: `${isCk ? "CK+" : "FER2013"} as pixels (${nameOf(file!.path)})`,
      groupedBy: null,
      numbering: isCk ? "ck+" : "fer2013",
      notes,
    };
  },
};

async function readPixels(seen: Seen, file: CorpusFile): Promise<Row[]> {
  const { path } = file;
  const rows: Row[] = [];
  const columns = ["emotion", "pixels", "usage"] as const;
  for await (const { line, fields } of tableRows(path, columns, { optional: ["usage"] })) {
    const fail = (wanted: string, got: string): never => {
      throw new RangeError(`Cannot read "${path}", line ${line}: expected ${wanted}, got ${got}`);
    };
    const part = partNamed(fields.usage);
    if (part === undefined && fields.usage.trim() !== "") {
      fail("a usage of Training, PublicTest, PrivateTest", shown(fields.usage));
    }
    if (rows.length > 0 && (part === undefined) !== (rows[0]!.part === undefined)) {
      fail("a usage for all rows or none", "some without");
    }
    const levels = levelsOf(fields.pixels);
    if (levels === undefined) fail("grey levels from 0 to 255", shown(wrongLevel(fields.pixels)));
    const side = Math.sqrt(levels!.length);
    if (!Number.isInteger(side) || side < 8 || side > 250) {
      fail("the grey levels of a square", `${levels!.length} of them`);
    }
    rows.push({
      ...{ place: placeIn(seen, file, line), id: "", label: fields.emotion, group: "", part },
      cells: { image: `${path}:${line}` },
      bytes: greyPng(levels!, { width: side, height: side }),
    });
  }
  return rows;
}

// Digit by digit: a third of a gigabyte of them is split into strings in half a minute.
function levelsOf(text: string): Uint8Array | undefined {
  const levels = new Uint8Array(text.length);
  let count = 0, level = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = text.charCodeAt(i), digit = code - 48;
    if (digit >= 0 && digit <= 9) {
      level = 10 * Math.max(level, 0) + digit;
      if (level > 255) return undefined;
    } else if (i < text.length && code !== 32 && !(code >= 9 && code <= 13)) {
      return undefined;
    } else if (level >= 0) {
      levels[count++] = level;
      level = -1;
    }
  }
  return levels.slice(0, count);
}

function wrongLevel(text: string): string | undefined {
  return text.trim().split(/\s+/).find((one) => !/^\d+$/.test(one) || Number(one) > 255);
}
