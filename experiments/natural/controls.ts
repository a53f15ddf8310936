/** Two sets that are made up, in which it is known what fusion can find. @module */

import type { Pair, PairedCorpora, Sample } from "../../lib/datasets/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { polarities } from "../../lib/target.ts";
import { fold, type Key, permutation } from "../../lib/tensor/random.ts";
import type { NaturalSet } from "./natural_set.ts";

/**
 * Two sets of a text and a picture a row, out of corpora that have nothing to do with each other:
 *
 * - `independent`: texts and pictures of one label, paired at random. Given the label they are
 *   independent, so that Bayes' sum of what each says is right by arithmetic, and a system can but
 *   reach late fusion.
 * - `interaction`: any text with any picture; the label is that of the text, turned over where the
 *   picture is negative, as by sarcasm. Neither says anything of it alone, and no sum of what they
 *   say does.
 *
 * Every text and picture is in one row of a set at most; a text's group is its row's.
 */
export function madeUpSets(
  samples: Pick<Samples, "text" | "image">,
  { most, key }: { readonly most: number; readonly key: Key },
): NaturalSet[] {
  const drawn = (m: "text" | "image", name: string) =>
    permutation(fold(key, name, m), samples[m].length).map((i) => samples[m][i]!);
  const ofLabel = (m: "text" | "image", label: number) =>
    drawn(m, "independent").filter((sample) => sample.label === label);
  const alike = [0, 1].flatMap((label) => {
    const [texts, images] = [ofLabel("text", label), ofLabel("image", label)];
    const count = Math.min(texts.length, images.length, Math.floor(most / 2));
    return rowsOf(texts.slice(0, count), images.slice(0, count), () => label);
  });
  const [texts, images] = [drawn("text", "interaction"), drawn("image", "interaction")];
  const count = Math.min(texts.length, images.length, most);
  const turned = rowsOf(
    texts.slice(0, count),
    images.slice(0, count),
    (text, image) => image.label === 0 ? 1 - text.label : text.label,
  );
  return [
    madeUp("independent", alike, "texts and pictures paired at random within their label"),
    madeUp("interaction", turned, "the text's label, turned over where the picture is negative"),
  ];
}

interface MadeUpRow {
  readonly text: Sample;
  readonly image: Sample;
}

function rowsOf(
  texts: readonly Sample[],
  images: readonly Sample[],
  labelOf: (text: Sample, image: Sample) => number,
): MadeUpRow[] {
  return texts.map((text, i) => {
    const label = labelOf(text, images[i]!);
    const emotion = label === 1 ? "positive" : "negative";
    const row = { label, emotion, group: text.group };
    return { text: { ...text, ...row }, image: { ...images[i]!, ...row } };
  });
}

function madeUp(name: string, rows: readonly MadeUpRow[], how: string): NaturalSet {
  const samples: Record<Modality, readonly Sample[]> = {
    text: rows.map(({ text }) => text),
    image: rows.map(({ image }) => image),
    audio: [],
  };
  const set: PairedCorpora = {
    corpora: byModality((m) => ({ modality: m, name, samples: samples[m], excluded: {} })),
    pairs: rows.map((_, i): Pair => ({ text: i, image: i })),
  };
  return { name, rows: { ...set, target: polarities }, madeUp: how };
}
