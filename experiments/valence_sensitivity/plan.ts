/** The maps that are tried, the samples under each, and the jobs on them. @module */

import * as datasets from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { type Corpora, subsets } from "../../lib/study/corpora.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import { testExams } from "../../lib/study/run.ts";
import { capOf, type DataConfig } from "../../lib/study/settings.ts";
import { divideAll, divisions, type Draws, type Samples } from "../../lib/study/splits.ts";
import { fold, key, permutation } from "../../lib/tensor/random.ts";

/** What a variant says of one emotion; corpora spell it in several ways. */
export interface ValenceVariant {
  /** As a table prints it, such as `calm negative`. */
  readonly name: string;
  /** The emotion, as every corpus spells it. */
  readonly emotions: readonly string[];
  readonly valence: datasets.Valence;
}

const surprise = ["surprise", "surprised"];

/** The maps that are tried beside the default one, each of which differs from it in one emotion. */
export const valenceVariants: readonly ValenceVariant[] = [
  { name: "surprise negative", emotions: surprise, valence: "negative" },
  { name: "surprise excluded", emotions: surprise, valence: "excluded" },
  { name: "calm negative", emotions: ["calm"], valence: "negative" },
  { name: "calm excluded", emotions: ["calm"], valence: "excluded" },
];

/** The name of the map that all other experiments use. */
export const defaultMap = "default";

/** The systems that learn under each map. */
export const judgedSystems = ["Proposed", "Linear probe"] as const;

/** The default map with the variant's change. */
export function mapOf({ emotions, valence }: ValenceVariant): datasets.ValenceMap {
  const changes = emotions.map((emotion) => [emotion, valence]);
  return { ...datasets.defaultValence, ...Object.fromEntries(changes) };
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
  const used = subsets(corpora, data);
  const most = Math.ceil(capOf(data) * data.testFraction);
  const leftOut = (m: Modality): readonly datasets.Sample[] => {
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
export function keepSamples(mapped: MappedSamples, samples: Samples): MappedSamples {
  const used = byModality((m) => {
    const kept = new Set(samples[m]);
    return mapped.samples[m].slice(0, mapped.used[m]).filter((sample) => kept.has(sample)).length;
  });
  return { ...mapped, samples, used };
}

/** The share of samples that are positive. */
export function shareOfPositive(samples: readonly datasets.Sample[]): number {
  return samples.filter(({ label }) => label === 1).length / samples.length;
}

/** The exam of what a map leaves out: how much of it is called positive. */
export const leftOutExam = "left out";

/**
 * Both systems with every seed on each modality alone. Where the map leaves an
 * emotion out, its samples are shown as well, but for those that share a group
 * with a sample that was learnt from.
 */
export function planValence(
  name: string,
  { samples, used }: Pick<MappedSamples, "samples" | "used">,
  { seeds, data, present }: Draws & { readonly present: readonly Modality[] },
): Job[] {
  const drawn = byModality((m) => samples[m].slice(0, used[m]));
  const features = byModality((m) => ({ labels: samples[m].map(({ label }) => label) }));
  return seeds.flatMap((seed) => {
    const { split } = divideAll(drawn, { seed, data });
    return present.flatMap((m) => {
      const rows = strangers(samples[m], m, { split: split[m], from: used[m] });
      return judgedSystems.map((system): Job => {
        const kind = kindOf(name, m);
        const job = named({ system, kind, seed, protocol: "single", present: [m], split } as const);
        if (rows.length === 0) return job;
        const labels = rows.map(() => 1);
        const leftOut: Exam = { name: leftOutExam, head: m, rows: { [m]: rows }, labels };
        return { ...job, exams: [...testExams(job, features), leftOut] };
      });
    });
  });
}

/** The samples from a place on that share no group with one that a split lets be learnt from. */
export function strangers(
  samples: readonly datasets.Sample[],
  m: Modality,
  { split, from }: { readonly split: datasets.Split; readonly from: number },
): number[] {
  const { by } = divisions[m];
  const learnt = new Set([...split.train, ...split.validation].map((i) => by(samples[i]!)));
  return [...samples.keys()].slice(from).filter((i) => !learnt.has(by(samples[i]!)));
}

// Runs under the default map are those of Table 1, and found if it was made before.
function kindOf(map: string, m: Modality): string {
  return map === defaultMap ? `single-${m}` : `${map.replaceAll(" ", "-")}-single-${m}`;
}
