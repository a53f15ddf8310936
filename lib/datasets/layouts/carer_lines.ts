/** CARER as lines of text and label. @module */

import { shown } from "../../checks.ts";
import { hasEnding } from "../corpus_files.ts";
import { numberings } from "../numberings.ts";
import type { Row } from "../rows.ts";
import { type Layout, nameOf, type Seen } from "./layout.ts";
import { linesAre, partsOf, placeIn, textLines } from "./text_lines.ts";

const pattern = new RegExp(`^(.*\\S)\\s*;\\s*(${Object.values(numberings.carer).join("|")})\\s*$`);

/**
 * The messages of dair-ai/emotion (Saravia et al., *CARER*, EMNLP 2018): `train.txt`, `val.txt` and
 * `test.txt`, or one of them, with lines such as `i feel so sad;sadness`.
 */
export const carerLines: Layout = {
  name: "dair-ai/emotion",
  looksLike: "train.txt, val.txt, test.txt with lines such as i feel low;sadness",
  async fit(seen) {
    return (await listsOf(seen)).length > 0 ? 1 : 0;
  },
  async rows(seen) {
    const files = await listsOf(seen);
    const parts = partsOf(files);
    const rows: Row[] = [];
    for (const file of files) {
      for (const [i, line] of (await textLines(file.path)).entries()) {
        if (line.trim() === "") continue;
        const [, text, label] = pattern.exec(line) ?? [];
        if (text === undefined) {
          throw new RangeError(
            `Cannot read "${file.path}", line ${i + 1}: expected text;emotion, got ${shown(line)}`,
          );
        }
        const row = { place: placeIn(seen, file, i + 1), id: "", cells: { text } };
        rows.push({ ...row, label: label!, group: "", part: parts.get(file) });
      }
    }
    const layout = `dair-ai/emotion (${files.map(({ id }) => nameOf(id)).join(", ")})`;
    return { rows, layout, groupedBy: null };
  },
};

async function listsOf(seen: Seen) {
  const named = seen.files.filter(({ id }) => hasEnding(id, [".txt"]));
  const are = await Promise.all(
    named.slice(0, 10).map((file) => linesAre(seen, file, (line) => pattern.test(line))),
  );
  return named.filter((_, i) => are[i]);
}
