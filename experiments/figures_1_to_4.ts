/**
 * Figs. 1 to 4: the field's history, the data, the architecture, the training
 * process. The last three are drawn from what was read and configured.
 *
 *     deno task reproduce figures_1_to_4
 *
 * @module
 */

import { parts } from "../lib/datasets/mod.ts";
import {
  architectureFigure,
  dataStructureFigure,
  type DataStructureRow,
  fieldTimeline,
  timelineFigure,
  trainingProcessFigure,
} from "../lib/figures/mod.ts";
import { byModality, modalities } from "../lib/modality.ts";
import { inputSizes } from "../lib/training/features.ts";
import { architectureOf } from "./architecture.ts";
import { divideAll, divisions } from "./splits.ts";
import {
  dataCaption,
  json,
  provenance,
  type Result,
  saveFigure,
  shortCaption,
  type Study,
} from "./study.ts";

/** Draws the four figures. */
export async function reproduceFigures1To4(study: Study): Promise<Result> {
  const { options: { config }, features } = study;
  const files = new Map<string, string>();
  const structure = structureOf(study);
  const architecture = architectureOf({ ...config.model, inputs: inputSizes(features) });
  const figures = {
    figure_1: timelineFigure(fieldTimeline, {
      title: "Figure 1. From unimodal to multimodal sentiment analysis",
      subtitle: "Works that the paper cites as its field, and the encoders and corpora it uses",
    }),
    figure_2: dataStructureFigure(structure, {
      title: "Figure 2. What the corpora hold",
      subtitle: `${shortCaption(study, 1)}; as read, and as divided with seed ${
        study.options.seeds[0]
      }`,
      notes: byModality((m) => groupNote(study, m)),
    }),
    figure_3: architectureFigure(architecture, {
      title: "Figure 3. The architecture",
      subtitle: "Drawn from the model's own modules: shapes of one batch, and trainable numbers",
    }),
    figure_4: trainingProcessFigure({ clipNorm: Infinity, ...config.training }, {
      title: "Figure 4. The training process",
      subtitle: "With the settings of this run",
    }),
  };
  for (const [name, figure] of Object.entries(figures)) await saveFigure(files, name, figure);
  const title = "Figures 1 to 4. The field, the data, the model, its training";
  const caption = dataCaption(study);
  const result = {
    ...{ name: "figures_1_to_4", title, caption },
    ...provenance(study),
    ...{ timeline: fieldTimeline, structure, architecture },
  };
  files.set("figures_1_to_4.json", json(result));
  return { data: result, markdown: `## ${title}\n\n${caption}\n`, files };
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
