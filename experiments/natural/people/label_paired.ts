/** The label-paired control: test rows whose modalities are put together by their label. @module */

import { byModality, type Modality } from "../../../lib/modality.ts";
import { fold, type Key, uniforms } from "../../../lib/tensor/random.ts";
import type { Question } from "./question.ts";

/**
 * For each test row and each modality but the first a row of the same label
 * among the test rows, drawn with equal chances, so that modalities are independent given the label.
 */
export function labelPaired(
  { modalities, rows }: Pick<Question, "modalities" | "rows">,
  test: readonly number[],
  key: Key,
): Record<Modality, readonly number[]> {
  const alike = Map.groupBy(test, (row) => rows[row]!.label);
  return byModality((m) => {
    if (m === modalities[0]) return test;
    const next = uniforms(fold(key, "label-paired", m));
    return test.map((row) => {
      const others = alike.get(rows[row]!.label)!;
      return others[Math.floor(next() * others.length)]!;
    });
  });
}
