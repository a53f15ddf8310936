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
 * its own: rows are not compared sample by sample.
 *
 * @module
 */

import { defaultValence, type ValenceMap } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Polarity } from "../../lib/modality.ts";
import { type Corpora, encodeSamples, openCorpora } from "../../lib/study/corpora.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import type { Samples } from "../../lib/study/splits.ts";
import {
  dataCaption,
  fewerSeeds,
  finish,
  type Result,
  saveRun,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { valenceToMarkdown } from "./markdown.ts";
import {
  affected,
  defaultMap,
  keepSamples,
  mapOf,
  mapSamples,
  planValence,
  shareOfPositive,
  type ValenceVariant,
  valenceVariants,
} from "./plan.ts";
import { collateValence } from "./rows.ts";
import {
  balancedThree,
  classOf,
  collateThreeClasses,
  planThreeClasses,
  threeClasses,
  type ThreeClassRow,
} from "./three_classes.ts";

/** Where an experiment gets corpora under another map, and the features of samples. */
export interface ValenceSources {
  read(valence: ValenceMap): Promise<Corpora>;
  /** Gives those that could be encoded, and their features. */
  encode(samples: Samples): Promise<{ samples: Samples; features: CorpusFeatures }>;
}

/** Runs both systems under every map, and the probe on three classes. */
export function reproduceValenceSensitivity(study: Study): Promise<Result> {
  const { options: { data, dataLabel, onProgress, onFailure }, encoders, clip, store } = study;
  return compareMaps(study, {
    read: (valence) => openCorpora(data, { valence, label: dataLabel, onFailure, onProgress }),
    encode: (samples) =>
      encodeSamples(samples, {
        ...{ encoders, clip, store, onFailure },
        onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
      }),
  });
}

/** {@linkcode reproduceValenceSensitivity} with corpora and features from `sources`. */
export async function compareMaps(study: Study, sources: ValenceSources): Promise<Result> {
  const { corpora, options: { config } } = study;
  const seeds = fewerSeeds(study);
  const settings = { seeds, data: config.data };
  const files = new Map<string, string>();

  const usual = {
    samples: study.samples,
    used: byModality((m) => study.samples[m].length),
    positive: byModality((m) => shareOfPositive(corpora[m].samples)),
  };
  const variants = valenceVariants.filter((variant) => affected(variant, corpora).length > 0);
  const touched = modalities.filter((m) => variants.some((v) => affected(v, corpora).includes(m)));
  const jobs = planValence(defaultMap, usual, { ...settings, present: touched });
  const outcomes = await study.run(jobs);
  const maps = [{
    ...{ name: defaultMap, ...usual },
    judged: outcomes.map((outcome) => saveRun(files, outcome, usual.samples)),
  }];
  for (const variant of config.thorough ? variants : oneOfEachEmotion(variants)) {
    study.options.onProgress(`reading the corpora with ${variant.name}`);
    const drawn = mapSamples(await sources.read(mapOf(variant)), {
      ...{ variant, whole: corpora, data: config.data },
    });
    const { samples, features } = await sources.encode(drawn.samples);
    const mapped = keepSamples(drawn, samples);
    const present = affected(variant, corpora);
    const jobs = planValence(variant.name, mapped, { ...settings, present });
    const outcomes = await study.run(jobs, { features, samples: mapped.samples });
    const judged = outcomes.map((outcome) => saveRun(files, outcome, mapped.samples));
    maps.push({ name: variant.name, ...mapped, judged });
  }
  const rows = collateValence(maps);
  const three = await probeThreeClasses(study, sources, { ...settings, files });

  const title = "Sensitivity to the valence map";
  const caption = `${dataCaption(study)} ${shortCaption(study, seeds.length)}. Each modality ` +
    "alone; a map's corpus and test part are its own.";
  const markdown = valenceToMarkdown({ rows, three }, { title, caption });
  return finish(study, {
    ...{ name: "valence_sensitivity", title, caption, markdown, files, rows },
    numbers: { seeds, variants: valenceVariants, rows, threeClasses: three },
  });
}

function oneOfEachEmotion(variants: readonly ValenceVariant[]): ValenceVariant[] {
  return [...Map.groupBy(variants, ({ emotions }) => emotions[0]).values()]
    .map((own) => own.at(-1)!);
}

async function probeThreeClasses(
  study: Study,
  sources: ValenceSources,
  { seeds, data, files }: {
    readonly seeds: readonly number[];
    readonly data: DataConfig;
    readonly files: Map<string, string>;
  },
): Promise<ThreeClassRow[]> {
  const present = modalities.filter((m) => (study.corpora[m].excluded.neutral ?? 0) > 0);
  if (present.length === 0) return [];
  // The polarity of neutral is not used: it keeps the reader from leaving it out.
  const corpora = await sources.read({ ...defaultValence, neutral: "positive" });
  const drawn = byModality((m) =>
    present.includes(m) ? balancedThree(corpora[m].samples, data.cap) : study.samples[m]
  );
  const { samples, features } = await sources.encode(drawn);
  const rows: ThreeClassRow[] = [];
  for (const m of present) {
    const judged: JudgedJob[][] = [];
    for (const positive of threeClasses.keys()) {
      const labels = samples[m].map((sample) => Number(classOf(sample) === positive) as Polarity);
      const jobs = planThreeClasses(samples, { seeds, data, m, positive });
      const outcomes = await study.run(jobs, {
        features: { ...features, [m]: { ...features[m], labels } },
        samples,
      });
      judged.push(outcomes.map((outcome) => saveRun(files, outcome, samples)));
    }
    rows.push(collateThreeClasses(judged, { modality: m, used: samples[m].length }));
  }
  return rows;
}
