/** The layouts of published sets. @module */

import { kindOf } from "../../files.ts";
import { isFeatureFile } from "../mmsa.ts";
import { isTable } from "../table_rows.ts";
import { carerLines } from "./carer_lines.ts";
import { cremaD } from "./crema_d.ts";
import { emodb } from "./emodb.ts";
import { ckPlus, emotionFolders } from "./emotion_folders.ts";
import { featuresBeside } from "./features_beside.ts";
import { goEmotions, goEmotionsRaters } from "./go_emotions.ts";
import { jaffe } from "./jaffe.ts";
import { type Layout, lookAt, type Seen, tablesWith } from "./layout.ts";
import { affectNetLists, rafDbList } from "./listed_images.ts";
import { meld } from "./meld.ts";
import { mvsa } from "./mvsa.ts";
import { numberedFolders } from "./numbered_folders.ts";
import { pixelTable } from "./pixel_table.ts";
import { ravdessNames } from "./ravdess_names.ts";
import { savee } from "./savee.ts";
import { tablesOfParts } from "./tables_of_parts.ts";
import { tess } from "./tess.ts";
import { tweetEval } from "./tweet_eval.ts";

/** All of them; of two that fit, the first counts. */
export const layouts: readonly Layout[] = [
  ...[pixelTable, meld, goEmotions, goEmotionsRaters, tweetEval, carerLines, mvsa],
  ...[rafDbList, affectNetLists, jaffe, ckPlus, emotionFolders, numberedFolders],
  ...[ravdessNames, cremaD, emodb, savee, tess],
  ...[featuresBeside, tablesOfParts],
];

/** A layout, and what was seen at the path. */
export interface FoundLayout {
  /** The first that fits. */
  readonly layout: Layout;
  /** What its `rows` take. */
  readonly seen: Seen;
}

/** The layout of what is at a path; undefined of what has none of them. */
export async function layoutOf(path: string): Promise<FoundLayout | undefined> {
  if ((await corporaIn(path)).length > 0) return undefined;
  const seen = await lookAt(path);
  if (seen === undefined) return undefined;
  for (const layout of layouts) {
    if (await layout.fit(seen) >= 1) return { layout, seen };
  }
}

/** Whether features of some modality come with what is at a path: a set of rows, or a feature file. */
export async function holdsFeatures(path: string): Promise<boolean> {
  return isFeatureFile(path) || (await layoutOf(path))?.layout === featuresBeside;
}

/** Of layouts that do not fit, those that come nearest, with the share of each that is there. */
export async function nearestLayouts(
  path: string,
): Promise<{ readonly layout: Layout; readonly share: number }[]> {
  const seen = await lookAt(path);
  if (seen === undefined) return [];
  const fits = layouts.map(async (layout) => ({ layout, share: await layout.fit(seen) }));
  return (await Promise.all(fits)).filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

/** The files of a folder that are plain tables with a column `label`. */
export async function tablesIn(path: string): Promise<readonly string[]> {
  const seen = await lookAt(path);
  if (seen?.kind !== "folder") return [];
  return (await tablesWith(seen, ["label"])).tables.map(({ path }) => path);
}

const corpora = ["emotions", "faces", "ravdess"];

/** Of the folders of corpora that share no samples, those that are there. */
export async function corporaIn(path: string): Promise<string[]> {
  const kinds = await Promise.all(corpora.map((name) => kindOf(`${path}/${name}`)));
  return corpora.filter((_, i) => kinds[i] === "folder");
}

/** Whether what is at a path are rows, which belong together: a table, or a set in a known layout. */
export async function holdsRows(path: string): Promise<boolean> {
  return isTable(path) && await kindOf(path) !== "folder" || await layoutOf(path) !== undefined;
}
