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

import { defaultValence, type Sample, type Valence, type ValenceMap } from "../lib/datasets/mod.ts";
import { accuracy, f1Macro, meanAndDeviation, scoreBinary } from "../lib/metrics/mod.ts";
import { byModality, modalities, type Modality, type Polarity } from "../lib/modality.ts";
import { fold, key, permutation } from "../lib/tensor/random.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import { answersTo } from "../lib/study/comparisons.ts";
import { type Corpora, encodeSamples, openCorpora, subsets } from "../lib/study/corpora.ts";
import type { DataConfig } from "../lib/study/settings.ts";
import type { JudgedJob } from "../lib/study/predictions.ts";
import { testExams } from "../lib/study/run.ts";
import { type Exam, type Job, named } from "../lib/study/job.ts";
import { divideAll, divisions, type Samples } from "../lib/study/splits.ts";
import {
  dataCaption,
  fewerSeeds,
  finish,
  type Result,
  saveRun,
  shortCaption,
  type Study,
} from "../lib/study/study.ts";
import { overSeeds, type Score } from "./tables.ts";

/** What a variant says of one emotion; corpora spell it in several ways. */
export interface ValenceVariant {
  /** As a table prints it, such as `calm negative`. */
  readonly name: string;
  /** The emotion, as every corpus spells it. */
  readonly emotions: readonly string[];
  readonly valence: Valence;
}

const surprise = ["surprise", "surprised"];

/** The maps that are tried beside the default one, each of which differs from it in one emotion. */
export const valenceVariants: readonly ValenceVariant[] = [
  { name: "surprise negative", emotions: surprise, valence: "negative" },
  { name: "surprise excluded", emotions: surprise, valence: "excluded" },
  { name: "calm negative", emotions: ["calm"], valence: "negative" },
  { name: "calm excluded", emotions: ["calm"], valence: "excluded" },
];

const defaultMap = "default";
const systems = ["Proposed", "Linear probe"] as const;

/** The default map with the variant's change. */
export function mapOf({ emotions, valence }: ValenceVariant): ValenceMap {
  const changes = emotions.map((emotion) => [emotion, valence]);
  return { ...defaultValence, ...Object.fromEntries(changes) };
}

/** The modalities whose corpus has an emotion that the variant maps anew. */
export function affected(variant: Pick<ValenceVariant, "emotions">, corpora: Corpora): Modality[] {
  return modalities.filter((m) =>
    corpora[m].samples.some(({ emotion }) => variant.emotions.includes(emotion))
  );
}

/** The samples under one map. */
export interface MappedSamples {
  /** What is trained and tested on; behind it, for exams only, what the map leaves out. */
  readonly samples: Samples;
  /** How many of each modality's samples are trained and tested on. */
  readonly used: Readonly<Record<Modality, number>>;
  /** Samples of positive valence over all, before the balanced subset is drawn. */
  readonly positive: Readonly<Record<Modality, number>>;
}

/**
 * The balanced subsets of corpora read under a variant's map. Where that leaves
 * an emotion out, some of its samples follow, as the default corpora have them.
 */
export function mapSamples(
  corpora: Corpora,
  { variant, whole, data }: {
    readonly variant: ValenceVariant;
    /** The corpora under the default map. */
    readonly whole: Corpora;
    readonly data: DataConfig;
  },
): MappedSamples {
  const used = subsets(corpora, data.cap);
  const most = Math.ceil(data.cap * data.testFraction);
  const leftOut = (m: Modality): readonly Sample[] => {
    if (variant.valence !== "excluded") return [];
    const own = whole[m].samples.filter(({ emotion }) => variant.emotions.includes(emotion));
    const order = permutation(fold(key(0), "left out", m, variant.name), own.length);
    return [...order].slice(0, most).map((i) => own[i]!);
  };
  return {
    samples: byModality((m) => [...used[m], ...leftOut(m)]),
    used: byModality((m) => used[m].length),
    positive: byModality((m) => shareOfPositive(corpora[m].samples)),
  };
}

/** The mapped samples without those that could not be encoded. */
function keepSamples(mapped: MappedSamples, samples: Samples): MappedSamples {
  const used = byModality((m) => {
    const kept = new Set(samples[m]);
    return mapped.samples[m].slice(0, mapped.used[m]).filter((sample) => kept.has(sample)).length;
  });
  return { ...mapped, samples, used };
}

function shareOfPositive(samples: readonly Sample[]): number {
  return samples.filter(({ polarity }) => polarity === 1).length / samples.length;
}

/** The exam of what a map leaves out: how much of it is called positive. */
const leftOutExam = "left out";

/**
 * Both systems with every seed on each modality alone. Where the map leaves an
 * emotion out, its samples are shown as well, but for those that share a group
 * with a sample that was learnt from.
 */
export function planValence(
  name: string,
  { samples, used }: Pick<MappedSamples, "samples" | "used">,
  { seeds, data, present }: {
    readonly seeds: readonly number[];
    readonly data: DataConfig;
    readonly present: readonly Modality[];
  },
): Job[] {
  const drawn = byModality((m) => samples[m].slice(0, used[m]));
  const labels = byModality((m) => ({ labels: samples[m].map(({ polarity }) => polarity) }));
  return seeds.flatMap((seed) => {
    const { split } = divideAll(drawn, { seed, data });
    return present.flatMap((m) => {
      const { by } = divisions[m];
      const { train, validation } = split[m];
      const learnt = new Set([...train, ...validation].map((i) => by(samples[m][i]!)));
      const rows = [...samples[m].keys()].slice(used[m])
        .filter((i) => !learnt.has(by(samples[m][i]!)));
      return systems.map((system): Job => {
        const kind = kindOf(name, m);
        const job = named({ system, kind, seed, protocol: "single", present: [m], split } as const);
        if (rows.length === 0) return job;
        const leftOut: Exam = {
          ...{ name: leftOutExam, head: m, rows: { [m]: rows } },
          labels: rows.map(() => 1),
        };
        return { ...job, exams: [...testExams(job, labels), leftOut] };
      });
    });
  });
}

// Runs under the default map are those of Table 1, and found if it was made before.
function kindOf(map: string, m: Modality): string {
  return map === defaultMap ? `single-${m}` : `${map.replaceAll(" ", "-")}-single-${m}`;
}

/** One system on one modality under one map. */
export interface ValenceRow {
  readonly modality: Modality;
  readonly map: string;
  readonly system: (typeof systems)[number];
  /** Samples trained and tested on. */
  readonly used: number;
  /** The share of positive samples before balancing. */
  readonly positive: number;
  readonly accuracy: Score;
  readonly f1: Score;
  readonly auc: Score;
  /** Accuracy less that under the default map; not in its own rows. */
  readonly difference?: number;
  /** The share called positive of the emotion that the map leaves out. */
  readonly leftOut?: Score;
}

/** Rows of every modality, map and system, from the runs under each map. */
export function collateValence(
  maps: readonly (Pick<MappedSamples, "used" | "positive"> & {
    readonly name: string;
    readonly judged: readonly JudgedJob[];
  })[],
): ValenceRow[] {
  return modalities.flatMap((modality) =>
    systems.flatMap((system) => {
      const rows = maps.flatMap(({ name, used, positive, judged }): ValenceRow[] => {
        const own = judged.filter(({ job }) =>
          job.system === system && job.present[0] === modality
        );
        if (own.length === 0) return [];
        const scores = answersTo(own, modality).map(({ predictions: { labels, scores } }) =>
          scoreBinary({ actual: labels, scores })
        );
        const over = (measure: "accuracy" | "f1" | "auc") =>
          overSeeds(scores.map((s) => s[measure]));
        const asked = own.every(({ exams }) => exams.some(({ exam }) => exam === leftOutExam));
        const leftOut = asked && overSeeds(
          answersTo(own, leftOutExam).map(({ predictions: { scores } }) =>
            meanAndDeviation(scores.map((score) => Number(score >= 0.5))).mean
          ),
        );
        return [{
          ...{ modality, map: name, system, used: used[modality], positive: positive[modality] },
          ...{ accuracy: over("accuracy"), f1: over("f1"), auc: over("auc") },
          ...leftOut && { leftOut },
        }];
      });
      const base = rows.find(({ map }) => map === defaultMap);
      return rows.map((row) =>
        base === undefined || row === base
          ? row
          : { ...row, difference: row.accuracy.mean - base.accuracy.mean }
      );
    })
  );
}

/** The three classes with neutral kept, by the number that results have for them. */
export const threeClasses = ["negative", "positive", "neutral"] as const;

/** The class of a sample, where neutral is one. */
export function classOf({ emotion, polarity }: Pick<Sample, "emotion" | "polarity">): 0 | 1 | 2 {
  return emotion === "neutral" ? 2 : polarity;
}

/** Equally many samples of the three classes, at most `cap` in all, in the order given. */
export function balancedThree(samples: readonly Sample[], cap: number): Sample[] {
  const pools = threeClasses.map((_, c) =>
    [...samples.keys()].filter((i) => classOf(samples[i]!) === c)
  );
  const each = Math.min(Math.floor(cap / 3), ...pools.map(({ length }) => length));
  return pools
    .flatMap((pool, c) =>
      [...permutation(fold(key(0), "three classes", c), pool.length)].slice(0, each)
        .map((i) => pool[i]!)
    )
    .sort((a, b) => a - b)
    .map((i) => samples[i]!);
}

/**
 * Linear probes of one class against the others, a seed each. The model has two
 * classes only, and so has every trained system: three classes are the probe's.
 */
export function planThreeClasses(
  samples: Samples,
  { seeds, data, m, positive }: {
    readonly seeds: readonly number[];
    readonly data: DataConfig;
    readonly m: Modality;
    /** The class that counts as positive. */
    readonly positive: number;
  },
): Job[] {
  return seeds.map((seed): Job => {
    const { split } = divideAll(samples, { seed, data });
    const { test } = split[m];
    const labels = test.map((i) => Number(classOf(samples[m][i]!) === positive));
    return named({
      system: "Linear probe",
      kind: `only-${threeClasses[positive]}-single-${m}`,
      seed,
      protocol: "single",
      present: [m],
      split,
      exams: [{ name: m, head: m, rows: { [m]: test }, labels }],
    });
  });
}

/** Three classes on one modality. */
export interface ThreeClassRow {
  readonly modality: Modality;
  /** Samples trained and tested on, a third of each class. */
  readonly used: number;
  readonly accuracy: Score;
  readonly f1: Score;
  /** The accuracy of who always says the commonest class of the test part. */
  readonly majority: Score;
}

/**
 * The class with the highest score of three probes. `judged[c]` are the runs in
 * which class c is positive.
 */
export function collateThreeClasses(
  judged: readonly (readonly JudgedJob[])[],
  { modality, used }: Pick<ThreeClassRow, "modality" | "used">,
): ThreeClassRow {
  const answers = judged.map((runs) => answersTo(runs));
  const seeds = answers[0]!.map((_, s) => {
    const files = answers.map((runs) => runs[s]!.predictions);
    const rows = [...files[0]!.labels.keys()];
    const actual = rows.map((i) => files.findIndex(({ labels }) => labels[i] === 1));
    const predicted = rows.map((i) => {
      const scores = files.map(({ scores }) => scores[i]!);
      return scores.indexOf(Math.max(...scores));
    });
    const counts = threeClasses.map((_, c) => actual.filter((a) => a === c).length);
    return {
      accuracy: accuracy({ actual, predicted, classes: 3 }),
      f1: f1Macro({ actual, predicted, classes: 3 }),
      majority: Math.max(...counts) / actual.length,
    };
  });
  const over = (name: "accuracy" | "f1" | "majority") => overSeeds(seeds.map((s) => s[name]));
  return { modality, used, accuracy: over("accuracy"), f1: over("f1"), majority: over("majority") };
}

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
  const markdown = toMarkdown({ rows, three }, { title, caption });
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

function toMarkdown(
  { rows, three }: {
    readonly rows: readonly ValenceRow[];
    readonly three: readonly ThreeClassRow[];
  },
  { title, caption }: { readonly title: string; readonly caption: string },
): string {
  const score = ({ mean, sd }: Score) => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
  const signed = (x: number) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  const lines = rows.map((row) => {
    const { modality, system, map, used, positive, difference, leftOut } = row;
    const cells = [
      ...[modality, system, map, used, positive.toFixed(3)],
      ...[row.accuracy, row.f1, row.auc].map(score),
      ...[difference === undefined ? "" : signed(difference), leftOut ? score(leftOut) : ""],
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const threeLines = three.map(({ modality, used, majority, accuracy, f1 }) =>
    `| ${modality} | ${used} | ${[majority, accuracy, f1].map(score).join(" | ")} |`
  );
  return [
    `## ${title}`,
    "",
    caption,
    "",
    "The corpus's share of positive samples is that before the balanced subset is drawn. The last " +
    "column shows what a map leaves out to the systems that never learnt it.",
    "",
    "| modality | system | map | samples | positive in the corpus | accuracy | F1 | AUC | " +
    "accuracy less default | left out, called positive |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines,
    "",
    "### Neutral as a third class",
    "",
    ...three.length === 0 ? ["No corpus has neutral samples."] : [
      "By three linear probes, one class against the others; the model has two classes, so it has " +
      "no row. A third of the samples is neutral.",
      "",
      "| modality | samples | commonest class | accuracy | F1, macro |",
      "| --- | ---: | ---: | ---: | ---: |",
      ...threeLines,
    ],
    "",
  ].join("\n");
}
