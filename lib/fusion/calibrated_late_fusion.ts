/** Late fusion of calibrated evidence. @module */

import { verdictsOfEvidence } from "../baselines/evidence.ts";
import { repeated } from "../baselines/labels.ts";
import { shownIn, unfitted } from "../baselines/shown_modalities.ts";
import { modalities, type Modality } from "../modality.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Fitted, Head, Problem, Rows, System } from "../systems/system.ts";
import { polarities } from "../target.ts";
import { fitLateEvidence, type LateEvidence } from "./late_evidence.ts";
import type { ModalityEvidenceOptions } from "./modality_evidence.ts";

/** Verdicts by head. */
export type Verdicts = { readonly [H in Head]?: Float64Array };

/**
 * Late fusion by Bayes' rule as `lateFusion` has it, of evidence that is calibrated on rows that its
 * probe has not met (`fitLateEvidence`):
 *
 *     z_late = z_π + Σ_m e_m
 *
 * Any subset of the modalities may be shown, and one without training rows is passed over. Under
 * `single` and `random` each modality answers for itself, z_π,m + e_m.
 *
 * The fit throws a RangeError as `fitLateEvidence` does.
 */
export function calibratedLateFusion(options: ModalityEvidenceOptions = {}): System {
  const fit = async (problem: Problem): Promise<Fitted> => {
    const late = await fitLateEvidence(problem, options);
    return {
      predict: (rows, features) => lateVerdicts(problem, late, { rows, features }),
      record: late.record,
      dispose: () => late.dispose(),
    };
  };
  return { name: "Calibrated late fusion", fit };
}

/** Verdicts of each modality shown, and of the whole where there is one. */
export async function lateVerdicts(
  { protocol, present, target = polarities }: Problem,
  late: LateEvidence,
  { rows, features }: { readonly rows: Rows; readonly features?: CorpusFeatures | undefined },
): Promise<Verdicts> {
  const shown = shownIn(rows), isNatural = protocol === "natural";
  const known = isNatural ? present : modalities.filter((m) => late.learnt[m]);
  if (!shown.every((m) => known.includes(m))) throw unfitted(shown, known);
  const evidence = await late.of(rows, features);
  const alone = (m: Modality) => {
    const { prior } = late.learnt[m]!, own = evidence[m]!;
    const base = repeated(prior, own.length / prior.length);
    return verdictsOfEvidence(target, own.map((e, i) => e + base[i]!));
  };
  const heads = Object.fromEntries(shownIn(evidence).map((m) => [m, alone(m)]));
  if (!isNatural && (protocol !== "label" || shown.length < 2)) return heads;
  const count = rows[shown[0]!]!.length;
  return { ...heads, unified: verdictsOfEvidence(target, late.fuse(evidence, count)) };
}
