/** How evenly modalities learn, by the gradients of their own modules. @module */

import { shown } from "./numbers_only.ts";

/** The outcome of {@linkcode modalityLearning}. */
export interface ModalityLearning {
  /** From 0, all modalities learn alike, to 1, one alone learns; NaN where no epoch has a gradient. */
  readonly imbalance: number;
  /** The same by epoch. */
  readonly epochs: readonly number[];
}

/**
 * The Modality Learning Index, MLI: how unevenly training moves M modalities, by the gradient norms of
 * their own modules (Pham et al., *MissBench*, arXiv 2603.09874, 2026; the lower, the more balanced).
 *
 *     MLI_e = sd_m(g_m,e) / (ḡ_e √(M − 1)),    MLI = mean over epochs e
 *
 * g_m,e is the norm of modality m in epoch e, ḡ_e their mean over modalities, and sd the deviation
 * over all M. The coefficient of variation of M numbers from 0 is at most √(M − 1), so that an index is
 * in [0, 1], whatever the scale of the loss. We had the published description alone, without its
 * formula: this coefficient and the plain mean over epochs are our completion, so that numbers can't be
 * held against the paper's. Give norms that do not grow with how many parameters a modality has, such
 * as root mean squares. An epoch without any gradient is NaN and left out of the mean.
 *
 * @throws {RangeError} Fewer than two modalities, different numbers of epochs, or a norm that is not a
 * number from 0.
 *
 * @example The second of two modalities stops learning
 * ```ts
 * import { modalityLearning } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const norms = { text: [1, 1, 1], audio: [1, 1, 0] };
 * deepEqual(modalityLearning(norms), { imbalance: 1 / 3, epochs: [0, 0, 1] });
 * ```
 */
export function modalityLearning(
  norms: Readonly<Record<string, readonly number[]>>,
): ModalityLearning {
  const names = Object.keys(norms);
  if (names.length < 2) {
    throw new RangeError(
      `Cannot measure learning: expected at least two modalities, got ${names.length}`,
    );
  }
  const length = norms[names[0]!]!.length;
  for (const name of names) checkNorms(norms[name]!, { name, length });
  const epochs = Array.from(
    { length },
    (_, epoch) => variation(names.map((name) => norms[name]![epoch]!)),
  );
  const some = epochs.filter((value) => !Number.isNaN(value));
  return { imbalance: some.reduce((a, b) => a + b, 0) / some.length, epochs };
}

// The coefficient of variation as a part of its most; 0 / 0 is NaN.
function variation(values: readonly number[]): number {
  const count = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value / mean - 1) ** 2, 0);
  return Math.sqrt(squares / (count * (count - 1)));
}

function checkNorms(
  norms: readonly number[],
  { name, length }: { readonly name: string; readonly length: number },
): void {
  if (norms.length !== length) {
    throw new RangeError(
      `Cannot measure learning: expected ${length} epochs of ${name}, got ${norms.length}`,
    );
  }
  for (const norm of norms) {
    if (typeof norm === "number" && norm >= 0 && norm < Infinity) continue;
    throw new RangeError(
      `Cannot measure learning: expected norms of ${name} from 0, got ${shown(norm)}`,
    );
  }
}
