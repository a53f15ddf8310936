/**
 * Figs. 1 to 4: the field's history, the data, the architecture, the training
 * process. The last three are drawn from what was read and configured.
 *
 *     deno task reproduce fig_1 fig_2 fig_3 fig_4
 *
 * Nothing is trained, and there is no score to expect; their time was not measured.
 *
 * @module
 */

import { parts } from "../../lib/datasets/mod.ts";
import * as figures from "../../lib/figures/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { divideAll, divisions } from "../../lib/study/splits.ts";
import * as studies from "../../lib/study/study.ts";
import { areTrained } from "../../lib/study/encoder_source.ts";
import { beginResult, type Ending } from "../result.ts";
import { architectureOf } from "./architecture.ts";

/** Fig. 1: works that the paper cites as its field, over the years. */
export const fig1: studies.Experiment = (study) => {
  const title = "Figure 1. From unimodal to multimodal sentiment analysis";
  const subtitle = "Works that the paper cites as its field, and the encoders and corpora it uses";
  return drawing(study, {
    name: "fig_1",
    title,
    caption: `${subtitle}.`,
    draw: (form) => figures.timelineFigure(figures.fieldTimeline, { title, subtitle, ...form }),
    numbers: { timeline: figures.fieldTimeline },
    rows: figures.fieldTimeline,
  });
};

/** Fig. 2: how many samples each corpus has of each emotion, and in which part of the split. */
export const fig2: studies.Experiment = (study) => {
  const structure = structureOf(study);
  const title = "Figure 2. What the corpora hold";
  const seed = study.options.seeds[0];
  const subtitle = `${studies.shortCaption(study, 1)}; as read, and as divided with seed ${seed}`;
  const notes = byModality((m) => groupNote(study, m));
  return drawing(study, {
    name: "fig_2",
    title,
    caption: studies.dataCaption(study),
    draw: (form) => figures.dataStructureFigure(structure, { title, subtitle, notes, ...form }),
    numbers: { structure },
    rows: structure,
  });
};

/** Fig. 3: the model's own modules, with the shapes of a batch and their trainable numbers. */
export const fig3: studies.Experiment = (study) => {
  const { options: { config, encoders } } = study;
  const architecture = architectureOf(
    { ...config.model, inputs: studies.sizesOf(study) },
    { trained: areTrained(encoders) },
  );
  const title = "Figure 3. The architecture";
  const subtitle = "Drawn from the model's own modules: shapes of one batch, and trainable numbers";
  return drawing(study, {
    name: "fig_3",
    title,
    caption: `${subtitle}. ${studies.dataCaption(study)}`,
    draw: (form) => figures.architectureFigure(architecture, { title, subtitle, ...form }),
    numbers: { architecture },
    rows: architecture.boxes,
  });
};

/** Fig. 4: the training process, with the settings of the run. */
export const fig4: studies.Experiment = (study) => {
  const { training } = study.options.config;
  const title = "Figure 4. The training process";
  const subtitle = "With the settings of this run";
  return drawing(study, {
    name: "fig_4",
    title,
    caption: studies.dataCaption(study),
    draw: (form) =>
      figures.trainingProcessFigure({ clipNorm: Infinity, ...training }, {
        ...{ title, subtitle, ...form },
      }),
    numbers: { training },
    rows: Object.entries(training).map(([setting, value]) => ({ setting, value })),
  });
};

/** A figure that needs no run. */
async function drawing(
  study: studies.Study,
  { name, title, draw, ...ending }: Ending & {
    readonly name: string;
    readonly title: string;
    readonly draw: figures.Draw;
  },
): Promise<studies.Result> {
  const result = beginResult(study, { name, title });
  await result.figure(draw);
  return result.finish(ending);
}

/** Samples by modality, emotion, polarity and part, with the first seed; excluded ones have no part. */
function structureOf(
  { samples, corpora, options: { seeds, config } }: studies.Study,
): figures.DataStructureRow[] {
  const { split } = divideAll(samples, { seed: seeds[0]!, data: config.data });
  return modalities.flatMap((m) => {
    const divided = parts.flatMap((part) => {
      const byEmotion = Map.groupBy(split[m][part], (i) => samples[m][i]!.emotion);
      return [...byEmotion].map(([emotion, rows]): figures.DataStructureRow => {
        const polarity = samples[m][rows[0]!]!.label === 1 ? "positive" : "negative";
        return { modality: m, emotion, part, count: rows.length, polarity };
      });
    });
    const excluded = Object.entries(corpora[m].excluded).map(
      ([emotion, count]): figures.DataStructureRow => ({
        modality: m,
        emotion,
        count,
        polarity: "excluded",
        part: "",
      }),
    );
    return [...divided, ...excluded];
  });
}

function groupNote({ samples }: studies.Study, m: (typeof modalities)[number]): string {
  const groups = new Set(samples[m].map((sample) => divisions[m].by(sample))).size;
  return `${groups.toLocaleString("en-US")} by ${divisions[m].name}`;
}
