/** Late fusion with learnt weights: a linear model over the verdicts of three branches. @module */

import { pairTriples } from "../datasets/pairing.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import { polarities, type Target, verdictWidth } from "../target.ts";
import type { Problem, System } from "../systems/system.ts";
import {
  type Branches,
  type BranchEvidence,
  type FitFusion,
  type Fusion,
  joined,
  probeBranches,
} from "./branches.ts";
import { sigmoid } from "./logistic_loss.ts";
import { fitLogisticRegression } from "./logistic_regression.ts";
import { learntModalities, naturalRows } from "./natural_rows.ts";
import { fitReadout, type Readout } from "./readout.ts";
import { shownIn } from "./shown_modalities.ts";

/**
 * Late fusion whose weights are learnt from label-paired triples:
 *
 *     logit p(1 | triple) = Σ_m w_m z_m + b
 *
 * z_m are the branches' logits. The branches are fitted under `single` on the
 * training part, on which they are too sure of themselves; w and b therefore come
 * from triples of the validation part, as many as the largest modality has
 * samples there. The branches have chosen by that part too, but chosen little.
 * w is L2-regularised at C = 1: no part is left to choose C on, and three
 * weights hardly ask for it.
 *
 * Under `natural` they come from the rows of the validation part,
 *
 *     logit p(1 | row) = Σ_m s_m w_m (z_m − mean z_m) + b
 *
 * where s_m is 1 if the row shows m and 0 otherwise, and the mean is over the rows that show
 * it: what a row lacks says nothing. Rows hold what the modalities have in common, and the weights
 * learn it: two that repeat each other count once, and one that tells what misleads another is
 * subtracted. Of several classes z_m are log-probabilities and the model is a softmax regression,
 * of scores they are scores and it is a ridge regression. A modality without training samples, or
 * that no validation row shows, has no say.
 *
 * The branches are linear probes by default. What a triple lacks counts as its mean over the validation
 * triples, so that it says nothing, as with rows. A sample that is alone is left to its branch, and under
 * `single` and `random` each branch answers for itself.
 *
 * The fit throws a RangeError if the validation part has no row, or rows of one class only.
 */
export function learntLateFusion(branches: Branches = probeBranches()): System {
  return joined(
    name,
    branches,
    (problem, evidenceFrom) =>
      problem.protocol === "natural"
        ? learnOfRows(problem, evidenceFrom)
        : learnOfTriples(problem, evidenceFrom),
  );
}

const name = "Learnt late fusion";

type EvidenceFrom = Parameters<FitFusion>[1];

async function learnOfTriples(
  { features, validation, key, target = polarities }: Problem,
  evidenceFrom: EvidenceFrom,
): Promise<Fusion> {
  const triples = pairTriples({
    indices: validation,
    labels: byModality((m) => features[m].labels),
    protocol: "label",
    target,
    count: Math.max(...modalities.map((m) => validation[m].length)),
    key: fold(key, "learnt fusion"),
  });
  const rows = { text: triples.text, image: triples.image, audio: triples.audio };
  const labels = triples.unified!, numbers = verdictWidth(target);
  const learnt = rowsOf(await evidenceFrom(rows), numbers);
  const inputs = Float32Array.from(learnt.flat());
  const usual = learnt[0]!.map((_, k) => learnt.reduce((sum, z) => sum + z[k]!, 0) / learnt.length);
  if (numbers > 1) {
    const { verdicts, record } = learn({ inputs, labels, of: modalities, target });
    return {
      fuse: (evidence) => verdicts(Float32Array.from(rowsOf(evidence, numbers, usual).flat())),
      record: { ...record, triples: labels.length },
    };
  }
  const width = modalities.length;
  const { model: { weight, bias } } = fitLogisticRegression({ inputs, labels, width, C: 1 });
  return {
    fuse: (logits) =>
      Float64Array.from(
        rowsOf(logits, numbers, usual),
        (z) => sigmoid(z.reduce((sum, value, i) => sum + weight[i]! * value, bias)),
      ),
    record: {
      weights: Object.fromEntries(modalities.map((m, i) => [m, weight[i]])),
      bias,
      triples: labels.length,
    },
  };
}

/** The evidence of each triple, `own` numbers of each modality in their order; `usual` of what is lacking. */
function rowsOf(evidence: BranchEvidence, own: number, usual: readonly number[] = []): number[][] {
  const length = evidence[shownIn(evidence)[0]!]!.length / own;
  const part = (z: Float64Array | readonly number[], from: number) => [
    ...z.slice(from, from + own),
  ];
  return Array.from(
    { length },
    (_, i) =>
      modalities.flatMap((m, k) => evidence[m] ? part(evidence[m], i * own) : part(usual, k * own)),
  );
}

/** A linear model at C = 1 of evidence, `[N, M w]`: w numbers of each modality of `of`. */
function learn({ inputs, labels, of, target }: {
  readonly inputs: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly of: readonly Modality[];
  readonly target: Target;
}): Pick<Readout, "verdicts" | "record"> {
  const numbers = verdictWidth(target), width = of.length * numbers;
  const none = { inputs: new Float32Array(0), labels: [], width };
  const { verdicts, model: { weight, bias }, record: { unseen } } = fitReadout(
    { train: { inputs, labels, width }, validation: none },
    { target },
  );
  // [outputs, w]
  const weightsOf = (k: number) =>
    Array.from(bias, (_, o) => [...weight.subarray(o * width + k * numbers).subarray(0, numbers)]);
  const weights = Object.fromEntries(of.map((m, k) => [m, weightsOf(k)]));
  return { verdicts, record: { weights, bias: [...bias], ...unseen !== undefined && { unseen } } };
}

async function learnOfRows(problem: Problem, evidenceFrom: EvidenceFrom): Promise<Fusion> {
  const { target = polarities } = problem;
  const { pairs, labels } = naturalRows(problem, "validation");
  if (target.kind === "classes" && new Set(labels).size < 2 || labels.length === 0) {
    const got = labels.length === 0 ? "no row" : `${labels.length} of one`;
    throw new RangeError(
      `Cannot learn a fusion: expected validation rows of ` +
        `${target.kind === "score" ? "some score" : "two classes or more"}, got ${got}`,
    );
  }
  const learnt = learntModalities(problem), numbers = verdictWidth(target);
  const width = learnt.length * numbers;
  const inputs = new Float32Array(labels.length * width);
  const means: number[] = [];
  for (const [k, m] of learnt.entries()) {
    const places = [...pairs.keys()].filter((i) => pairs[i]![m] !== undefined);
    const z = places.length === 0
      ? []
      : (await evidenceFrom({ [m]: places.map((i) => pairs[i]![m]!) }))[m]!;
    for (let c = 0; c < numbers; c++) {
      const at = k * numbers + c, column = places.map((_, i) => z[i * numbers + c]!);
      means[at] = column.reduce((a, b) => a + b, 0) / Math.max(1, column.length);
      places.forEach((row, i) => inputs[row * width + at] = column[i]! - means[at]!);
    }
  }
  const { verdicts, record } = learn({ inputs, labels, of: learnt, target });
  return {
    fuse: (evidence, count) => {
      const rows = new Float32Array(count * width);
      for (const [k, m] of learnt.entries()) {
        evidence[m]?.forEach((z, i) => {
          const at = k * numbers + i % numbers;
          rows[Math.floor(i / numbers) * width + at] = z - means[at]!;
        });
      }
      return verdicts(rows);
    },
    record: { ...record, rows: labels.length },
  };
}
