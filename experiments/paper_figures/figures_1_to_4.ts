/**
 * Figs. 1 to 4: the field's history, the data, the architecture, the training
 * process. The last three are drawn from what was read and configured.
 *
 *     deno task reproduce fig_1 fig_2 fig_3 fig_4
 *
 * @module
 */

import { parts } from "../../lib/datasets/mod.ts";
import {
  architectureFigure,
  dataStructureFigure,
  type DataStructureRow,
  fieldTimeline,
  type Figure,
  timelineFigure,
  trainingProcessFigure,
} from "../../lib/figures/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { architectureOf } from "./architecture.ts";
import { divideAll, divisions } from "../../lib/study/splits.ts";
import {
  dataCaption,
  finish,
  type Result,
  saveFigure,
  shortCaption,
  sizesOf,
  type Study,
} from "../../lib/study/study.ts";
import { areTrained } from "../../lib/study/encoder_source.ts";

/** Fig. 1: works that the paper cites as its field, over the years. */
export function reproduceFigure1(study: Study): Promise<Result> {
  const title = "Figure 1. From unimodal to multimodal sentiment analysis";
  const subtitle = "Works that the paper cites as its field, and the encoders and corpora it uses";
  return drawing(study, {
    ...{ name: "fig_1", title, caption: `${subtitle}.` },
    figure: timelineFigure(fieldTimeline, { title, subtitle }),
    numbers: { timeline: fieldTimeline },
    rows: fieldTimeline,
  });
}

/** Fig. 2: how many samples each corpus has of each emotion, and in which part of the split. */
export function reproduceFigure2(study: Study): Promise<Result> {
  const structure = structureOf(study);
  const title = "Figure 2. What the corpora hold";
  return drawing(study, {
    ...{ name: "fig_2", title, caption: dataCaption(study) },
    figure: dataStructureFigure(structure, {
      title,
      subtitle: `${shortCaption(study, 1)}; as read, and as divided with seed ${
        study.options.seeds[0]
      }`,
      notes: byModality((m) => groupNote(study, m)),
    }),
    numbers: { structure },
    rows: structure,
  });
}

/** Fig. 3: the model's own modules, with the shapes of a batch and their trainable numbers. */
export function reproduceFigure3(study: Study): Promise<Result> {
  const { options: { config, encoders } } = study;
  const architecture = architectureOf({ ...config.model, inputs: sizesOf(study) }, {
    trained: areTrained(encoders),
  });
  const title = "Figure 3. The architecture";
  const subtitle = "Drawn from the model's own modules: shapes of one batch, and trainable numbers";
  return drawing(study, {
    ...{ name: "fig_3", title, caption: `${subtitle}. ${dataCaption(study)}` },
    figure: architectureFigure(architecture, { title, subtitle }),
    numbers: { architecture },
    rows: architecture.boxes,
  });
}

/** Fig. 4: the training process, with the settings of the run. */
export function reproduceFigure4(study: Study): Promise<Result> {
  const { training } = study.options.config;
  const title = "Figure 4. The training process";
  return drawing(study, {
    ...{ name: "fig_4", title, caption: dataCaption(study) },
    figure: trainingProcessFigure({ clipNorm: Infinity, ...training }, {
      title,
      subtitle: "With the settings of this run",
    }),
    numbers: { training },
    rows: Object.entries(training).map(([setting, value]) => ({ setting, value })),
  });
}

/** A figure that needs no run. */
async function drawing(
  study: Study,
  { figure, ...draft }: {
    readonly name: string;
    readonly title: string;
    readonly caption: string;
    readonly figure: Figure;
    readonly numbers: Readonly<Record<string, unknown>>;
    readonly rows: readonly object[];
  },
): Promise<Result> {
  const files = new Map<string, string>();
  await saveFigure(files, draft.name, figure);
  const markdown = `## ${draft.title}\n\n${draft.caption}\n`;
  return finish(study, { ...draft, markdown, files });
}

/** Samples by modality, emotion, polarity and part, with the first seed; excluded ones have no part. */
function structureOf({ samples, corpora, options: { seeds, config } }: Study): DataStructureRow[] {
  const { split } = divideAll(samples, { seed: seeds[0]!, data: config.data });
  return modalities.flatMap((m) => {
    const counts = new Map<string, DataStructureRow>();
    for (const part of parts) {
      for (const i of split[m][part]) {
        const { emotion, polarity } = samples[m][i]!;
        const name = `${emotion} ${part}`;
        const row = counts.get(name) ?? {
          ...{ modality: m, emotion, part, count: 0 },
          polarity: polarity === 1 ? "positive" as const : "negative" as const,
        };
        counts.set(name, { ...row, count: row.count + 1 });
      }
    }
    const excluded = Object.entries(corpora[m].excluded).map(([reason, count]) => ({
      ...{ modality: m, emotion: reason, count },
      ...{ polarity: "excluded", part: "" } as const,
    }));
    return [...counts.values(), ...excluded];
  });
}

function groupNote({ samples }: Study, m: (typeof modalities)[number]): string {
  const groups = new Set(samples[m].map((sample) => divisions[m].by(sample))).size;
  return `${groups} by ${divisions[m].name}`;
}
