/**
 * Face audit: does a face alone give the label of an image away?
 *
 *     deno task reproduce face_audit
 *
 * The paper's limitations say that most of its negative images show a face,
 * that its positive ones have no such imbalance, and that its model calls most
 * images with a face negative, happy faces too; they give no numbers. Here a
 * detector looks for a face in every image that is used, a table of label and
 * face says how far the two go together, and 3 systems × 2 seeds, the runs of
 * Table 1, are judged on the four groups that they make. Looking for faces takes
 * about 6 minutes; the embedded corpus is synthetic, and its faces too.
 *
 * @module
 */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { encodeCorpus, type Encoder, type EncoderInput } from "../../lib/encoders/mod.ts";
import { faceDetector, faceThreshold } from "../../lib/encoders/face_detector.ts";
import { dataCaption, type Result, shortCaption, type Study } from "../../lib/study/study.ts";
import { printNumber } from "../../lib/numbers.ts";
import { inRounds } from "../../lib/study/part.ts";
import { beginResult } from "../result.ts";
import { blocks, type Column, columnsTable } from "../tables.ts";
import * as audit from "./rows.ts";

/** The detector's score of every image, from the feature store or else now. */
async function findFaces({ samples, store, options }: Study): Promise<Float32Array> {
  const detector = await faceDetector();
  try {
    const { tables } = await encodeCorpus({
      samples: samples.image,
      encoders: [detector as Encoder<EncoderInput>],
      store,
      onProgress: ({ done, total }) => options.onProgress("looking for faces", done, total),
    });
    return tables[detector.id]!.face!.data;
  } finally {
    await detector.dispose();
  }
}

/** Looks for faces in the images of the study, and judges the systems by label and face. */
export async function faceAudit(study: Study, scores?: ArrayLike<number>): Promise<Result> {
  const { samples, options: { seeds, config: { data } } } = study;
  const title = "Face audit. Does a face alone give the label away?";
  const result = beginResult(study, { name: "face_audit", title });
  const [faces, judged] = await inRounds([
    () => Promise.resolve(scores ?? findFaces(study)),
    () => result.run(audit.planFaceAudit(samples, { seeds, data })),
  ]);
  const table = audit.tabulateFaces(samples.image, faces);
  const rows = audit.collateFaceAudit(judged, samples.image, faces);
  const caption = `${dataCaption(study)} ${shortCaption(study)}. A face is what BlazeFace scores ` +
    `${faceThreshold} or more.`;
  const images = samples.image.map(({ id, label }, i) => [id, label, faces[i]]);
  result.files.set("faces.csv", stringify([["image", "label", "face"], ...images]));
  return result.finish({
    caption,
    body: linesOf(table, rows),
    numbers: { faceThreshold, table, rows },
    rows,
  });
}

function linesOf(
  { counts, share, phi }: audit.FaceTable,
  rows: readonly audit.FaceRow[],
): string[] {
  const cell = (row: audit.FaceRow, group: audit.FaceGroup) => {
    const judged = row.groups[group];
    return judged ? `${printNumber(judged.accuracy)} (${judged.tests})` : "none";
  };
  return blocks(
    "### Label and face",
    columnsTable(["positive", "negative"] as const, [
      ["label", (label) => label],
      ["face", (label) => counts[`${label}, face`]],
      ["no face", (label) => counts[`${label}, no face`]],
      ["share with a face", (label) => printNumber(share[label])],
    ]),
    `The phi coefficient of "has a face" and "is negative" is ${printNumber(phi)}: ` +
      "0 is no relation, 1 would make the two the same.",
    "### Accuracy by group",
    "In brackets the tests over all seeds; the worst group is of those with " +
      `${audit.leastTests} or more.`,
    columnsTable(rows, [
      ["system", ({ system }) => system === audit.faceRule ? `*${system}*` : system],
      ["accuracy", "accuracy"],
      ...audit.faceGroups.map((group): Column<audit.FaceRow> => [group, (row) => cell(row, group)]),
      ["worst group", ({ worst }) => worst && `${worst.group}: ${printNumber(worst.accuracy)}`],
    ], { lastIsText: true }),
  );
}
