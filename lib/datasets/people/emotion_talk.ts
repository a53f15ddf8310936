/** EmotionTalk: utterances that people judged from text, voice, face, and all. @module */

import { shown } from "../../checks.ts";
import { emotionOf } from "../emotion_names.ts";
import type { Part } from "../parts.ts";
import { defaultValence } from "../valence.ts";
import {
  countReasons,
  type Judged,
  type JudgedSample,
  type JudgedSet,
  type PlacedRow,
  rowsById,
} from "./judged_set.ts";

const emotions = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"];
const tables: Readonly<Record<Judged, string>> = {
  text: "transcription.csv",
  audio: "audio.csv",
  image: "video.csv",
  all: "mm.csv",
};
const parts: Readonly<Record<string, Part>> = {
  ...{ G00001: "validation", G00012: "validation" },
  ...{ G00003: "test", G00015: "test" },
};
const columns = ["file_name", "emotion"] as const;
const pattern = /^((G\d{5})\/(?:[^/]+\/)*[^/]+?)(?:\.(?:wav|mp4))?$/;

/**
 * Reads the tables of EmotionTalk (2025; CC BY-NC-SA 4.0): `transcription.csv`, `audio.csv`,
 * `video.csv` and `mm.csv`, in which the emotion of each utterance was judged from its text, voice and
 * face alone, and from all. They are joined by the utterance, `G00009/G00009_42/…`, whose first folder
 * is the group. Groups 1 and 12 are the official validation part, 3 and 15 the test part.
 *
 * An utterance that one of the tables lacks, or that one has another emotion for than the set's
 * seven, is left out and counted.
 *
 * @throws {RangeError} A column or a table is missing, an utterance has no such name or comes twice,
 * with file and line; or nothing is left.
 */
export async function readEmotionTalk(folder: string): Promise<JudgedSet> {
  const read = (judged: Judged) =>
    rowsById(`${folder}/${tables[judged]}`, {
      columns,
      synonyms: { file_name: ["name"] },
      idOf: utteranceOf,
    });
  const [all, text, audio, image] = await Promise.all(
    (["all", "text", "audio", "image"] as const).map(read),
  );
  const byJudged = { all: all!, text: text!, audio: audio!, image: image! };
  const ids = new Set(Object.values(byJudged).flatMap((rows) => [...rows.keys()]));
  const found = [...ids].map((id) => sampleOf(id, byJudged));
  const samples = found.filter((one) => typeof one !== "string");
  if (samples.length === 0) {
    throw new RangeError(`Cannot read "${folder}": expected utterances in all tables, got none`);
  }
  return {
    name: "EmotionTalk",
    emotions,
    modalities: ["text", "image", "audio"],
    groupedBy: "group",
    samples,
    leftOut: countReasons(found.filter((one) => typeof one === "string")),
  };
}

type Row = PlacedRow<typeof columns[number]>;

function utteranceOf({ where, fields: { file_name: name } }: Row): string {
  const utterance = pattern.exec(name.trim())?.[1];
  if (utterance !== undefined) return utterance;
  throw new RangeError(
    `${where}: expected an utterance such as G00009/G00009_42/G00009_42_14.wav, got ${shown(name)}`,
  );
}

/** The sample, or why it is left out. */
function sampleOf(
  id: string,
  byJudged: Readonly<Record<Judged, ReadonlyMap<string, Row>>>,
): JudgedSample | string {
  const votes: { [J in Judged]?: number[] } = {};
  for (const [judged, rows] of Object.entries(byJudged) as [Judged, Map<string, Row>][]) {
    const row = rows.get(id);
    if (row === undefined) return `not in ${tables[judged]}`;
    const place = emotions.indexOf(emotionOf(row.fields.emotion, defaultValence));
    if (place < 0) return `another emotion in ${tables[judged]}`;
    votes[judged] = emotions.map((_, k) => Number(k === place));
  }
  const group = id.slice(0, id.indexOf("/"));
  return { id, group, votes, part: parts[group] ?? "train" };
}
