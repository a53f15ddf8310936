/**
 * Natural pairs: a set whose samples belong together, as they are, in place of triples that are
 * put together by their label.
 *
 *     deno task reproduce natural_pairs [--data TABLE]
 *
 * With a table of one's own (`readPairedTable`), its rows. With a folder of corpora the
 * speech of RAVDESS and the sentence that each clip speaks: a control, since by its design the
 * sentence says nothing of the emotion, so text must stay at chance and add nothing.
 *
 * 144 seconds for five seeds on a part of RAVDESS itself, where the balanced accuracy was .500 of
 * the sentence, .629 of the clip and .607 of both. The paper pairs by label alone.
 *
 * @module
 */

import * as datasets from "../../lib/datasets/mod.ts";
import { byModality } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { encodeSamples, keptHashes, tellExtents } from "../../lib/study/corpora.ts";
import { modalitiesOfRows, planNatural } from "../../lib/study/natural_rows.ts";
import { readRows } from "../../lib/study/read_rows.ts";
import { type Result, shortCaption, type Study } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { blocks, columnsTable, spreadCaption } from "../tables.ts";
import { collateNatural } from "./rows.ts";

/** Where the experiment gets what belongs together, and the features of it. */
export interface NaturalSources {
  read(): Promise<datasets.PairedCorpora>;
  encode(paired: datasets.PairedCorpora): Promise<CorpusFeatures>;
}

function sourcesOf(study: Study): NaturalSources {
  const { options: { data, from, cache, onProgress }, encoders, store } = study;
  return {
    read: async () =>
      await datasets.holdsRows(data)
        ? await readRows(data, { from, target: "polarity", cache, onProgress })
        : await datasets.ravdessWithSentences(`${data}/ravdess`, {
          valence: datasets.defaultValence,
          hashes: keptHashes(cache, onProgress),
        }),
    encode: async ({ corpora }) => {
      const { features, extents } = await encodeSamples(byModality((m) => corpora[m].samples), {
        encoders,
        store,
        onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
      });
      tellExtents(extents, onProgress);
      return features;
    },
  };
}

/** Trains on natural pairs, and makes a table of the predictions. */
export async function naturalPairs(
  study: Study,
  sources: NaturalSources = sourcesOf(study),
): Promise<Result> {
  const { options: { config, seeds: all } } = study;
  const title = "Natural pairs: samples that belong together";
  const result = beginResult(study, { name: "natural_pairs", title });
  const seeds = config.thorough ? all : all.slice(0, 1);
  const paired = await sources.read();
  const features = await sources.encode(paired);
  const samples = byModality((m) => paired.corpora[m].samples);
  const jobs = planNatural(paired, { seeds, data: config.data });
  const rows = collateNatural(await result.run(jobs, { features, samples }));

  const shows = [...Map.groupBy(paired.pairs, (pair) => datasets.shownBy(pair).join(" and "))]
    .map(([shown, pairs]) => `${pairs.length} rows of ${shown}`).join(", ");
  const names = new Set(modalitiesOfRows(paired).map((m) => paired.corpora[m].name));
  const caption = `${[...names].join(", ")}: ${shows}. ${shortCaption(study, seeds.length)}. ` +
    `${spreadCaption(seeds.length)}; no group of rows is in two parts. ` +
    "Alone, a model learns one modality; of rows, a model that has learnt rows is shown one.";
  return result.finish({
    caption,
    body: blocks(columnsTable(rows, [
      ["judged", "judged"],
      ["accuracy", "accuracy"],
      ["balanced accuracy", "balancedAccuracy"],
      ["AUC", "auc"],
      ["test rows", ({ tested }) => tested.join(", ")],
    ])),
    numbers: { seeds, pairs: paired.pairs.length, rows },
    rows,
  });
}
