/** Table 1, from a study's features to files. @module */

import { tableBars } from "../../lib/figures/mod.ts";
import {
  dataCaption,
  finish,
  type Result,
  saveFigure,
  saveRun,
  type Study,
} from "../../lib/study/study.ts";
import { significanceRule } from "../../lib/study/comparisons.ts";
import { spreadCaption } from "../tables.ts";
import { table1ToCsv, table1ToMarkdown } from "./markdown.ts";
import { collateTable1, planTable1, unlikePaper } from "./rows.ts";

/** Runs, or finds, every system with every seed, and makes Table 1 of their predictions. */
export async function reproduceTable1(study: Study): Promise<Result> {
  const { samples, options: { seeds, config, dataLabel } } = study;
  const plan = planTable1(samples, { seeds, data: config.data });
  const outcomes = await study.run(plan.jobs);
  const files = new Map<string, string>();
  const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
  const rows = collateTable1(judged, { samples, unlikePaper: unlikePaper(samples, dataLabel) });
  const caption = captionOf(study);
  const title =
    "Table 1. The proposed model, the paper's comparisons, and the rows that a fair table needs";
  const markdown = table1ToMarkdown(rows, { title, caption });
  const figure = tableBars(rows, { title: "Table 1", subtitle: caption });
  await saveFigure(files, "table_1", figure);
  files.set("table_1.csv", table1ToCsv(rows));
  return finish(study, {
    ...{ name: "table_1", title, caption, markdown, files },
    numbers: { splits: plan.audits, rows },
  });
}

function captionOf(study: Study): string {
  const { seeds, encoders } = study.options;
  const spread = spreadCaption(seeds.length) +
    (seeds.length === 1 ? "" : ", each with its own split");
  const clip = encoders === "embedded"
    ? " CLIP is a small one, trained by this project on glyphs and their names."
    : "";
  return `${dataCaption(study)} ${spread}. Precision, recall and F1 are macro averages. ` +
    `MSFNet is our adaptation to three modalities; CLIP sees speech as a picture of its spectrogram.${clip} ${significanceRule}`;
}
