/**
 * Sensitivity to the valence map: what changes when an emotion of doubtful
 * valence counts as the other polarity, or not at all.
 *
 *     deno task reproduce valence_sensitivity
 *
 * The paper maps six names and says of surprise that it is positive. Its audio
 * has calm and neutral as well, its images neutral, of which it says nothing;
 * `defaultValence` has our reading. Each row is a modality alone under another
 * map, with the same seeds and settings but a corpus, and so a test part, of
 * its own: rows are not compared sample by sample. 2 systems under up to 5 maps ×
 * half of the seeds; its time was not measured, nor its scores at full size.
 *
 * @module
 */

import { defaultValence, type ValenceMap } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Polarity } from "../../lib/modality.ts";
import { type Corpora, encodeSamples, keptHashes, openCorpora } from "../../lib/study/corpora.ts";
import { inRounds } from "../../lib/study/part.ts";
import type { Draws, Samples } from "../../lib/study/splits.ts";
import {
  dataCaption,
  fewerSeeds,
  type Result,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { beginResult, type OpenResult } from "../result.ts";
import * as plan from "./plan.ts";
import { collateValence, type ValenceRow } from "./rows.ts";
import {
  balancedThree,
  classOf,
  collateThreeClasses,
  planThreeClasses,
  threeClasses,
  type ThreeClassRow,
} from "./three_classes.ts";
import { capOf } from "../../lib/study/settings.ts";
import { printNumber, signed } from "../../lib/numbers.ts";
import { blocks, columnsTable } from "../tables.ts";

/** Where an experiment gets corpora under another map, and the features of samples. */
export interface ValenceSources {
  read(valence: ValenceMap): Promise<Corpora>;
  /** Gives those that could be encoded, and their features. */
  encode(samples: Samples): Promise<{ samples: Samples; features: CorpusFeatures }>;
}

function sourcesOf(study: Study): ValenceSources {
  const {
    options: { data, dataLabel, from, cache, jobs, onProgress, onFailure },
    encoders,
    clip,
    store,
  } = study;
  const hashes = keptHashes(cache, onProgress);
  return {
    read: (valence) =>
      openCorpora(data, { valence, label: dataLabel, from, cache, hashes, onFailure, onProgress }),
    encode: async (samples) =>
      await encodeSamples(samples, {
        encoders,
        clip: await clip.encoders(),
        store,
        workers: jobs,
        onFailure,
        onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
      }),
  };
}

/** Runs both systems under every map, and the probe on three classes. */
export async function valenceSensitivity(
  study: Study,
  sources: ValenceSources = sourcesOf(study),
): Promise<Result> {
  const { corpora, options: { config } } = study;
  const title = "Sensitivity to the valence map";
  const result = beginResult(study, { name: "valence_sensitivity", title });
  const seeds = fewerSeeds(study);
  const settings = { seeds, data: config.data };

  const usual = {
    samples: study.samples,
    used: byModality((m) => study.samples[m].length),
    positive: byModality((m) => plan.shareOfPositive(corpora[m].samples)),
  };
  const variants = plan.valenceVariants.filter((variant) =>
    plan.affected(variant, corpora).length > 0
  );
  const touched = modalities.filter((m) =>
    variants.some((v) => plan.affected(v, corpora).includes(m))
  );
  const usualJobs = plan.planValence(plan.defaultMap, usual, { ...settings, present: touched });
  const usualMap = async () => ({
    ...{ name: plan.defaultMap, ...usual, judged: await result.run(usualJobs) },
  });
  const mapped = async (variant: plan.ValenceVariant): ReturnType<typeof usualMap> => {
    const { name } = variant;
    study.options.onProgress(`reading the corpora with ${name}`);
    const read = await sources.read(plan.mapOf(variant));
    const drawn = plan.mapSamples(read, { variant, whole: corpora, data: config.data });
    const { samples, features } = await sources.encode(drawn.samples);
    const kept = plan.keepSamples(drawn, samples);
    const jobs = plan.planValence(name, kept, {
      ...settings,
      present: plan.affected(variant, corpora),
    });
    return { name, ...kept, judged: await result.run(jobs, { features, samples }) };
  };
  const tried = config.thorough ? variants : oneOfEachEmotion(variants);
  const [maps, three] = await inRounds([
    () => inRounds([usualMap, ...tried.map((variant) => () => mapped(variant))]),
    () => probeThreeClasses(study, sources, { ...settings, result }),
  ]);
  const rows = collateValence(maps);
  const caption = `${dataCaption(study)} ${shortCaption(study, seeds.length)}. Each modality ` +
    "alone; a map's corpus and test part are its own.";
  return result.finish({
    caption,
    body: valenceLines(rows, three),
    numbers: { seeds, variants: plan.valenceVariants, rows, threeClasses: three },
    rows,
  });
}

function oneOfEachEmotion(variants: readonly plan.ValenceVariant[]): plan.ValenceVariant[] {
  return [...Map.groupBy(variants, ({ emotions }) => emotions[0]).values()]
    .map((own) => own.at(-1)!);
}

async function probeThreeClasses(
  study: Study,
  sources: ValenceSources,
  { seeds, data, result }: Draws & { readonly result: OpenResult },
): Promise<ThreeClassRow[]> {
  const present = modalities.filter((m) => (study.corpora[m].excluded.neutral ?? 0) > 0);
  if (present.length === 0) return [];
  // The polarity of neutral is not used: it keeps the reader from leaving it out.
  const corpora = await sources.read({ ...defaultValence, neutral: "positive" });
  const drawn = byModality((m) =>
    present.includes(m) ? balancedThree(corpora[m].samples, capOf(data)) : study.samples[m]
  );
  const { samples, features } = await sources.encode(drawn);
  return await inRounds(present.map((m) => async () => {
    const judged = await inRounds([...threeClasses.keys()].map((positive) => async () => {
      const labels = samples[m].map((sample) => Number(classOf(sample) === positive) as Polarity);
      const jobs = planThreeClasses(samples, { seeds, data, m, positive });
      const relabelled = { ...features, [m]: { ...features[m], labels } };
      return await result.run(jobs, { features: relabelled, samples });
    }));
    return collateThreeClasses(judged, { modality: m, used: samples[m].length });
  }));
}

/** The rows of every map, and three classes, for a reader. */
function valenceLines(rows: readonly ValenceRow[], three: readonly ThreeClassRow[]): string[] {
  return blocks(
    "The corpus's share of positive samples is that before the balanced subset is drawn. The last " +
      "column shows what a map leaves out to the systems that never learnt it.",
    columnsTable(rows, [
      ["modality", "modality"],
      ["system", "system"],
      ["map", "map"],
      ["samples", "used"],
      ["positive in the corpus", ({ positive }) => printNumber(positive)],
      ["accuracy", "accuracy"],
      ["F1", "f1"],
      ["AUC", "auc"],
      ["accuracy less default", ({ difference: d }) => d === undefined ? "" : signed(d)],
      ["left out, called positive", "leftOut"],
    ], { text: 3 }),
    "### Neutral as a third class",
    ...three.length === 0 ? ["No corpus has neutral samples."] : [
      "By three linear probes, one class against the others; the model has two classes, so it has " +
      "no row. A third of the samples is neutral.",
      columnsTable(three, [
        ["modality", "modality"],
        ["samples", "used"],
        ["commonest class", "majority"],
        ["accuracy", "accuracy"],
        ["F1, macro", "f1"],
      ]),
    ],
  );
}
