/** MVSA: tweets with a picture, each judged by itself. @module */

import { shown } from "../../checks.ts";
import { mapBounded } from "../../files.ts";
import type { CorpusFile } from "../corpus_files.ts";
import { countLeftOut, type Row } from "../rows.ts";
import { type Layout, mediumOf, nameOf, stemOf } from "./layout.ts";
import { textLines } from "./text_lines.ts";

const isList = ({ id }: CorpusFile) => nameOf(id) === "labelResultAll.txt";
const verdict = "(positive|neutral|negative)";
const pair = `${verdict}\\s*,\\s*${verdict}`;
const pattern = new RegExp(`^(\\d+)\\s+${pair}(?:\\s+${pair}\\s+${pair})?\\s*$`, "i");

/**
 * MVSA (Niu et al., *Sentiment analysis on multi-view social data*, MMM 2016): `labelResultAll.txt`
 * with an id and the labels of text and image, and the files `ID.txt` and `ID.jpg` beside it or in
 * `data/`. MVSA-Multiple has them by three annotators.
 *
 * One label of two, as Xu and Mao (*MultiSentiNet*, CIKM 2017) make it: where text and image agree,
 * theirs; where one is neutral, the other's; positive against negative is left out. Of three
 * annotators the majority counts, for text and image by itself, and what has none is left out.
 */
export const mvsa: Layout = {
  name: "MVSA",
  looksLike: "labelResultAll.txt, and for each of its ids a text and an image: 1.txt, 1.jpg",
  fit: ({ files }) => files.filter(isList).length === 1 ? 1 : 0,
  async rows({ files }) {
    const list = files.find(isList)!;
    const texts = new Map(files.filter((one) => /\/?\d+\.txt$/.test(one.id)).map(byStem));
    const images = new Map(files.filter((one) => mediumOf(one) === "image").map(byStem));
    const lines = [...(await textLines(list.path)).entries()].filter(([i, line]) =>
      line.trim() !== "" && !(i === 0 && /^id\b/i.test(line.trim()))
    );
    const read = await mapBounded(lines, async ([i, line]): Promise<Row | Unused> => {
      const place = `${list.id}:${i + 1}`;
      const { id, label, reason } = readLine(line, `Cannot read "${list.path}", line ${i + 1}`);
      const [file, image] = [texts.get(id), images.get(id)];
      if (label === undefined) return { place, reason: reason! };
      if (file === undefined || image === undefined) return { place, reason: "no such files" };
      const text = (await readTweet(file.path)).trim();
      if (text === "") return { place, reason: "an empty text" };
      return { place, id, cells: { text, image: image.path }, label, group: "", part: undefined };
    });
    return {
      rows: read.flatMap((row) => "reason" in row ? [] : [row]),
      layout: "MVSA",
      groupedBy: null,
      leftOut: countLeftOut(
        read.flatMap((row) => "reason" in row ? [[row.place, row.reason] as const] : []),
      ),
      notes: [
        "where one of text and image is neutral, the label is the other's; positive against " +
        "negative is left out (Xu and Mao, 2017)",
      ],
    };
  },
};

/** A line of the list that is not used. */
interface Unused {
  readonly place: string;
  readonly reason: string;
}

function byStem(file: CorpusFile): [string, CorpusFile] {
  return [stemOf(file.id), file];
}

/** The id of a line, and its label or why it has none. */
function readLine(line: string, where: string): { id: string; label?: string; reason?: string } {
  const [, id, ...labels] = pattern.exec(line.trim()) ?? [];
  if (id === undefined) {
    throw new RangeError(
      `${where}: expected an id and labels of text and image, got ${shown(line)}`,
    );
  }
  const given = labels.filter((label) => label !== undefined).map((label) => label.toLowerCase());
  const [text, image] = [0, 1].map((place) => majority(given.filter((_, i) => i % 2 === place)));
  if (text === undefined || image === undefined) {
    return { id, reason: "three annotators of three minds" };
  }
  if (text === image || image === "neutral") return { id, label: text };
  return text === "neutral" ? { id, label: image } : { id, reason: "text against image" };
}

function majority(labels: readonly string[]): string | undefined {
  return labels.find((label) => 2 * labels.filter((one) => one === label).length > labels.length);
}

/** A tweet's text. Most files are UTF-8, some are Windows-1252, and nothing in them says which. */
async function readTweet(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
