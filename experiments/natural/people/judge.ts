/** Who is tested on whom, and what each fusion answers. @module */

import { divideGroups, indicesByGroup } from "../../../lib/datasets/divide_groups.ts";
import { strataOf } from "../../../lib/datasets/strata.ts";
import type { Modality } from "../../../lib/modality.ts";
import { fold, type Key, key } from "../../../lib/tensor/random.ts";
import * as fusions from "./fusions.ts";
import { labelPaired } from "./label_paired.ts";
import { gather, type Question } from "./question.ts";

/** How modalities are called where people are the encoders. */
export const nameOfModality = { text: "text", audio: "voice", image: "face" } as const;

/** The systems of a table, in its order; {@linkcode aloneName} says those of one modality. */
export const systemNames = {
  majority: "Majority",
  majorityOfVerdicts: "Majority of verdicts",
  late: "Late fusion",
  gated: "Gated",
  additive: "Additive regression",
  products: "All products",
  projected: "All products, additive projection",
  latePaired: "Late fusion, label-paired",
  productsPaired: "All products, label-paired",
} as const;

/** The system that is told one modality. */
export function aloneName(m: Modality): string {
  return `${nameOfModality[m][0]!.toUpperCase()}${nameOfModality[m].slice(1)} alone`;
}

/** Rows to learn from and rows to answer, by their places among the question's. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** A protocol: what it is called, and its folds. */
export interface Protocol {
  readonly name: string;
  readonly folds: readonly Fold[];
}

// So many groups are left out one at a time; more are divided into five folds.
const fewGroups = 20, manyFolds = 5;

/**
 * Cross-validation by group (each group in turn, or five folds of many, which `seed` draws), and the
 * official split where the set has one. Nothing is chosen on the official validation part, and it is
 * not learnt from.
 */
export function protocolsOf(
  { rows, classes }: Question,
  { seed }: { readonly seed: number },
): Protocol[] {
  const groups = indicesByGroup(rows.map(({ group }) => group));
  const labels = rows.map(({ label }) => label);
  const tested = groups.length <= fewGroups ? groups : divideGroups(groups, {
    strata: strataOf(labels, { kind: "classes", classes }),
    fractions: Array<number>(manyFolds).fill(1 / manyFolds),
    key: fold(key(seed), "people"),
  });
  const folds = tested.map((test): Fold => {
    const isTested = new Set(test);
    return { test, train: [...rows.keys()].filter((row) => !isTested.has(row)) };
  });
  const name = groups.length <= fewGroups ? "each group in turn" : `${manyFolds} folds of groups`;
  const inPart = (part: string) => [...rows.keys()].filter((row) => rows[row]!.part === part);
  const [train, test] = [inPart("train"), inPart("test")];
  return [
    { name, folds },
    ...train.length > 0 && test.length > 0
      ? [{ name: "official split", folds: [{ train, test }] }]
      : [],
  ];
}

/** What the systems answer to the test rows of a fold: the places of classes, by system. */
export function answersOf(
  question: Question,
  { train, test }: Fold,
  key: Key,
): Record<string, number[]> {
  const { modalities, rows, classes } = question;
  const labels = train.map((row) => rows[row]!.label);
  const training = { ...question, labels, inputs: gather(question, () => train) };
  const alone = modalities.map((m) => fusions.fitAlone(training, m));
  const late = fusions.lateFusion(training, alone);
  const products = fusions.fitRegression(training, "products");
  const asked = gather(question, () => test);
  const drawn = labelPaired(question, test, key);
  const paired = gather(question, (m) => drawn[m]);
  const counts = classes.map((_, k) => labels.filter((label) => label === k).length);
  const usual = counts.indexOf(Math.max(...counts));
  const tell = (fusion: fusions.Fusion, inputs = asked) =>
    fusions.places(fusion(inputs), classes.length);
  const names = systemNames;
  return {
    [names.majority]: test.map(() => usual),
    ...Object.fromEntries(modalities.map((m, i) => [aloneName(m), tell(alone[i]!)])),
    // Of two that differ it would be the better one's, always.
    ...modalities.length > 2 &&
      { [names.majorityOfVerdicts]: tell(fusions.majorityOfVerdicts(training, alone)) },
    [names.late]: tell(late),
    [names.gated]: tell(fusions.fitGated(training, alone)),
    [names.additive]: tell(fusions.fitRegression(training, "additive")),
    [names.products]: tell(products),
    [names.projected]: tell(fusions.projected(products, question)),
    [names.latePaired]: tell(late, paired),
    [names.productsPaired]: tell(products, paired),
  };
}
