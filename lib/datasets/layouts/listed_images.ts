/** Lists of images and their labels: AffectNet's and RAF-DB's. @module */

import { shown } from "../../checks.ts";
import { neededNodeModule } from "../../deps/node.ts";
import { kindOf, mapBounded } from "../../files.ts";
import { type CorpusFile, listFiles } from "../corpus_files.ts";
import type { Part } from "../parts.ts";
import { countLeftOut, type Row, type Rows, testedOnValidation } from "../rows.ts";
import { tableRows } from "../table_rows.ts";
import { type Layout, mediumOf, nameOf, stemOf, tablesWith } from "./layout.ts";
import { placeIn } from "./text_lines.ts";

const affectNetColumns = ["subdirectory_filepath", "expression"] as const;

/**
 * AffectNet (Mollahosseini et al., *IEEE Trans. Affective Computing* 10(1), 2019): `training.csv` and
 * `validation.csv` with `subDirectory_filePath` and `expression`. Its test part is not published:
 * papers test on validation, and so does this. Images that are not there are left out and counted.
 */
export const affectNetLists: Layout = {
  name: "AffectNet",
  looksLike:
    "tables with the columns subDirectory_filePath and expression: training.csv, validation.csv",
  async fit(seen) {
    return (await tablesWith(seen, affectNetColumns)).fit;
  },
  async rows(seen) {
    const { tables } = await tablesWith(seen, affectNetColumns);
    const listed: Listed[] = [];
    for (const file of tables) {
      const { path } = file;
      const part = partOfList(file.id);
      for await (const { line, fields } of tableRows(path, affectNetColumns)) {
        const { subdirectory_filepath: image, expression } = fields;
        const place = placeIn(seen, file, line);
        listed.push({ place, list: path, image: image.trim(), label: expression, part });
      }
    }
    const parts = new Set(listed.map(({ part }) => part));
    const isSplit = parts.size > 1 && !parts.has(undefined);
    const emotions = listed.filter(({ label }) => !isNoEmotion(label));
    const { rows, leftOut, notes } = await rowsOfList(
      emotions.map((one) => isSplit ? one : { ...one, part: undefined }),
      { folders: ["", "Manually_Annotated_Images", "Manually_Annotated", "images"] },
    );
    const out = listed.filter(({ label }) => isNoEmotion(label))
      .map(({ place }) => [place, noEmotion] as const);
    return {
      ...{ rows, notes, leftOut: [...countLeftOut(out), ...leftOut] },
      layout: "AffectNet lists",
      groupedBy: null,
      numbering: "affectnet",
    };
  },
};

/** Why AffectNet's images of labels 8 to 10 are left out. */
export const noEmotion = "none, uncertain or no face (8 to 10)";

/** Whether a label of AffectNet says that there is no emotion. */
export function isNoEmotion(label: string): boolean {
  return [8, 9, 10].includes(Number(label));
}

function partOfList(id: string): Part | undefined {
  const name = nameOf(id).toLowerCase();
  return name.includes("train") ? "train" : /val|test/.test(name) ? "validation" : undefined;
}

/** An image as a list names it. */
interface Listed {
  readonly place: number | string;
  /** The file that names it, whose folder its path is relative to. */
  readonly list: string;
  readonly image: string;
  readonly label: string;
  readonly part: Part | undefined;
}

async function rowsOfList(
  listed: readonly Listed[],
  { folders }: { readonly folders: readonly string[] },
): Promise<UsableRows> {
  const { dirname, isAbsolute, join } = neededNodeModule("node:path");
  const images = await mapBounded(listed, async ({ list, image }) => {
    const name = image.replaceAll("\\", "/");
    const places = isAbsolute(name)
      ? [name]
      : folders.map((folder) => join(dirname(list), folder, name));
    for (const place of places) if (await kindOf(place) === "file") return place;
  });
  return usable(listed, images);
}

type UsableRows = Required<Pick<Rows, "rows" | "leftOut" | "notes">>;

/** The rows whose images are there. */
function usable(
  listed: readonly Listed[],
  images: readonly (string | undefined)[],
): UsableRows {
  const there = listed.flatMap(({ place, label, part }, i): Row[] =>
    images[i] === undefined
      ? []
      : [{ place, id: "", cells: { image: images[i] }, label, group: "", part }]
  );
  const [first] = listed;
  if (first !== undefined && there.length === 0) {
    throw new RangeError(
      `Cannot read "${first.list}": expected the images that it lists, got none of them, such as ` +
        shown(first.image),
    );
  }
  const { rows, notes } = testedOnValidation(there);
  const missing = listed.filter((_, i) => images[i] === undefined);
  const leftOut = countLeftOut(missing.map(({ place }) => [place, "listed, but no such image"]));
  return { rows, notes, leftOut };
}

const rafList = /(^|\/)list_pa(r)?tition_label\.txt$/i;
const rafLine = /^(train|test)_(\d+)(?:_aligned)?\.(?:jpg|png)\s+(\d+)$/;

/**
 * RAF-DB (Li et al., *Reliable crowdsourcing and deep locality-preserving learning*, CVPR 2017), basic
 * emotions: `list_patition_label.txt` with lines such as `train_00001.jpg 5`. Of an image that is
 * there as it was and aligned, the aligned one is read.
 */
export const rafDbList: Layout = {
  name: "RAF-DB",
  looksLike: "list_patition_label.txt with lines such as train_00001.jpg 5, and its images",
  fit: ({ files }) => files.some(({ id }) => rafList.test(id)) ? 1 : 0,
  async rows(seen) {
    const { dirname } = neededNodeModule("node:path");
    const list = seen.files.find(({ id }) => rafList.test(id))!;
    // Of the list alone: its images are beside it, or beside its folder `EmoLabel`.
    const files = seen.kind === "folder" ? seen.files : await filesNear(dirname(list.path));
    const byName = imagesByName(files);
    const listed = (await Deno.readTextFile(list.path)).split(/\r\n|\n|\r/).flatMap((text, i) => {
      if (text.trim() === "") return [];
      const [, part, number, label] = rafLine.exec(text.trim()) ?? [];
      if (part === undefined) {
        throw new RangeError(
          `Cannot read "${list.path}", line ${i + 1}: expected a line such as ` +
            `train_00001.jpg 5, got ${shown(text)}`,
        );
      }
      const image = `${part}_${number}`;
      return [{
        place: placeIn(seen, list, i + 1),
        list: list.path,
        image,
        label: label!,
        part: part as Part,
      }];
    });
    return {
      ...usable(listed, listed.map(({ image }) => byName.get(image))),
      layout: "RAF-DB list",
      groupedBy: null,
      numbering: "raf-db",
    };
  },
};

async function filesNear(folder: string): Promise<readonly CorpusFile[]> {
  const { basename, dirname } = neededNodeModule("node:path");
  return await listFiles(/^emolabel$/i.test(basename(folder)) ? dirname(folder) : folder);
}

function imagesByName(files: readonly CorpusFile[]): Map<string, string> {
  const images = files.filter((file) => mediumOf(file) === "image");
  const isAligned = ({ id }: CorpusFile) => /_aligned$/.test(stemOf(id));
  const ordered = [...images.filter((one) => !isAligned(one)), ...images.filter(isAligned)];
  return new Map(ordered.map(({ id, path }) => [stemOf(id).replace(/_aligned$/, ""), path]));
}
