/** CARER as lines of text and label. @module */

import { numberings } from "../numberings.ts";
import type { Layout } from "./layout.ts";
import { filesOfLines, type LineFormat, rowsOfLines } from "./text_lines.ts";

const format: LineFormat = {
  ending: ".txt",
  pattern: new RegExp(`^(.*\\S)\\s*;\\s*(${Object.values(numberings.carer).join("|")})\\s*$`),
  expected: "text;emotion",
  rowOf: ([, text, label]) => ({ text: text!, label: label! }),
};

/**
 * The messages of dair-ai/emotion (Saravia et al., *CARER*, EMNLP 2018): `train.txt`, `val.txt` and
 * `test.txt`, or one of them, with lines such as `i feel so sad;sadness`.
 */
export const carerLines: Layout = {
  name: "dair-ai/emotion",
  looksLike: "train.txt, val.txt, test.txt with lines such as i feel low;sadness",
  async fit(seen) {
    return (await filesOfLines(seen, format)).length > 0 ? 1 : 0;
  },
  async rows(seen) {
    const { rows, names } = await rowsOfLines(seen, format);
    return { rows, layout: `dair-ai/emotion (${names})`, groupedBy: null };
  },
};
