/** Neutral samples: encoders that a split trains learn them as one more class. @module */

import { defaultValence, holdsRows, type Sample, type Split } from "../datasets/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold, key, permutation } from "../tensor/random.ts";
import type { Encoders } from "../encoders/mod.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import { type Corpora, openCorpora, type ReadCorporaOptions } from "./corpora.ts";
import type { Samples, Splits } from "./splits.ts";

// Speech gains by it on validation (docs/trained_branches.md); of texts and faces that is not known.
const learning: readonly Modality[] = ["audio"];

/** Neutral samples beside those of a command, and a row of features for each. */
export interface Neutral {
  readonly samples: Samples;
  readonly features: CorpusFeatures;
}

/** Neutral samples beside certain others, by whose splits it is known which of them are learnt. */
export interface NeutralToLearn extends Neutral {
  /** The places of those that the encoder of a modality learns. */
  rowsOf(split: Splits, m: Modality): readonly number[];
}

/**
 * The neutral samples of corpora of which encoders are `yetToTrain`: what `corpora` left out when they
 * were read with the same options. Of a modality at most as many as a polarity has on average among
 * those `drawn`; of clips those of speakers who are drawn; of corpora in parts the training part's.
 * None of tables, which learn neutral as a class of their own or leave it out, and of speech alone.
 */
export async function readNeutral(
  data: string,
  { yetToTrain, corpora, drawn, onFailure, ...options }: Omit<ReadCorporaOptions, "valence"> & {
    readonly yetToTrain: readonly Modality[];
    readonly corpora: Corpora;
    readonly drawn: Samples;
  },
): Promise<Samples | undefined> {
  const present = yetToTrain.filter((m) =>
    learning.includes(m) && drawn[m].length > 0 && corpora[m].excluded.neutral
  );
  if (present.length === 0 || await holdsRows(data)) return undefined;
  const found = await openCorpora(data, {
    ...{ ...options, present },
    // A polarity, which is not used, keeps the reader from leaving neutral out.
    valence: { ...defaultValence, neutral: "positive" },
    // Of corrupt files the first reading has told.
    ...onFailure && { onFailure: () => {} },
  });
  const speakers = new Set(drawn.audio.map(({ group }) => group));
  return byModality((m) => {
    const own = found[m].samples.filter(({ emotion, part = "train", group }) =>
      emotion === "neutral" && part === "train" && (m !== "audio" || speakers.has(group))
    );
    const order = permutation(fold(key(0), "neutral", m), own.length);
    const most = Math.ceil(drawn[m].length / 2);
    return [...order.slice(0, most)].sort((a, b) => a - b).map((i) => own[i]!);
  });
}

/**
 * The places of the neutral samples that may be learnt beside the training part of `samples`: they
 * are no copy and no near-duplicate of a sample of another part, and of no group that only other parts
 * have. A clip's group is in the training part; other samples may have a group that no part has, as a
 * text and a face are mostly a group of their own.
 */
export function neutralToLearn(
  neutral: readonly Sample[],
  samples: readonly Sample[],
  { train, validation, test }: Split,
): number[] {
  const groups = new Set(train.map((i) => samples[i]!.group));
  const heldOut = [...validation, ...test].map((i) => samples[i]!);
  const others = new Set(heldOut.map(({ group }) => group)).difference(groups);
  const contents = new Set(heldOut.flatMap(contentsOf));
  return [...neutral.keys()].filter((i) => {
    const { group, modality } = neutral[i]!;
    const isOf = modality === "audio" ? groups.has(group) : !others.has(group);
    return isOf && contentsOf(neutral[i]!).every((name) => !contents.has(name));
  });
}

function contentsOf({ hash, nearDuplicates }: Sample): string[] {
  return nearDuplicates === undefined ? [hash] : [hash, nearDuplicates];
}

/** What of the neutral samples splits of `samples` learn; where these have neutral ones, none. */
export function neutralBeside(neutral: Neutral, samples: Samples): NeutralToLearn {
  const known = byModality(() => new WeakMap<Split, readonly number[]>());
  return {
    ...neutral,
    rowsOf(split, m) {
      const before = known[m].get(split[m]);
      if (before) return before;
      const isClass = split[m].train.some((i) => samples[m][i]!.emotion === "neutral");
      const rows = isClass ? [] : neutralToLearn(neutral.samples[m], samples[m], split[m]);
      known[m].set(split[m], rows);
      return rows;
    },
  };
}

/** Features with those of neutral samples behind, of the tables that both have. */
export function withNeutralBehind(
  features: CorpusFeatures,
  { features: neutral }: Pick<Neutral, "features">,
): CorpusFeatures {
  return byModality((m) =>
    neutral[m].labels.length === 0 ? features[m] : joined(features[m], neutral[m])
  );
}

function joined(first: ModalityFeatures, second: ModalityFeatures): ModalityFeatures {
  const rows = first.labels.length + second.labels.length;
  const shared = Object.entries(first.tables).filter(([name]) => second.tables[name]);
  return {
    labels: [...Array.from(first.labels), ...Array.from(second.labels)],
    ...first.emotions && { emotions: [...first.emotions, ...second.emotions!] },
    ...first.groups && { groups: [...first.groups, ...second.groups!] },
    tables: Object.fromEntries(shared.map(([name, { shape, data }]) => {
      const more = second.tables[name]!.data;
      const all = new Float32Array(data.length + more.length);
      all.set(data);
      all.set(more, data.length);
      return [name, { shape: [rows, ...shape.slice(1)], data: all }];
    })),
  };
}

/** Encoders that tell how many neutral samples those trained by these splits learn. */
export function noteNeutral(
  encoders: Encoders,
  neutral: NeutralToLearn | undefined,
  splits: readonly Splits[],
): Encoders {
  if (neutral === undefined) return encoders;
  const counts = modalities.filter((m) => neutral.samples[m].length > 0).map((m) => {
    const each = splits.map((split) => neutral.rowsOf(split, m).length);
    const [least, most] = [Math.min(...each), Math.max(...each)];
    return `${least === most ? least : `${least} to ${most}`} of ${m}`;
  });
  const note = `They learn neutral samples as one more class: ${counts.join(", ")}`;
  return { ...encoders, notes: [...encoders.notes ?? [], note] };
}
