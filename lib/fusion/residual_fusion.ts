/** Late fusion, and as much of a joint model's residual as validation speaks for. @module */

import { evidenceOf, verdictsOfEvidence } from "../baselines/evidence.ts";
import { shownIn } from "../baselines/shown_modalities.ts";
import { pairsAmong, pairsByShown } from "../datasets/paired.ts";
import { pairTriples } from "../datasets/pairing.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { type CorpusFeatures, inputSizes } from "../systems/features.ts";
import {
  modelDefaults,
  type ModelSettings,
  settle,
  settleTraining,
  trainingDefaults,
} from "../systems/settings.ts";
import type { Fitted, Problem, Rows, System } from "../systems/system.ts";
import { copiesOfRows, drawRows } from "../systems/noisy_copies.ts";
import { trained } from "../systems/trained.ts";
import { polarities, verdictWidth } from "../target.ts";
import { fold } from "../tensor/random.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import { lateVerdicts } from "./calibrated_late_fusion.ts";
import { fitLateEvidence, type LateEvidence } from "./late_evidence.ts";
import type { ModalityEvidenceOptions } from "./modality_evidence.ts";
import { chooseGate, type ChosenGate, gated, type JudgedRows } from "./residual_gate.ts";
import { residualNetwork, targetsIn } from "./residual_network.ts";

/** The training of the joint model: that of the proposed one, without its heads. */
export const residualTraining: TrainConfig = (({ headWeight: _, ...rest }) => rest)(
  trainingDefaults,
);

/** What of the proposed model's settings is another here. */
export const residualFusionDefaults: ModelSettings = { ...modelDefaults };

const name = "Residual fusion (ours)";

/** Options of {@linkcode residualFusion} beside its settings. */
export interface ResidualFusionOptions
  extends Omit<TrainOptions, "threads">, ModalityEvidenceOptions {
  /** g in [0, 1], in place of the one that validation chooses. */
  readonly gate?: number | undefined;
}

/**
 * Calibrated late fusion, and what a joint model adds to it:
 *
 *     z = z_late + g r
 *
 * z_late is that of `calibratedLateFusion`; r a joint model's residual (`residualNetwork`), trained on
 * rows whose evidence is of probes that have not met them; g in [0, 1] is chosen on validation
 * (`chooseGate`), and is 0 unless validation clearly speaks for r: then verdicts are those of
 * `calibratedLateFusion`, to the bit. So it can't lose to late fusion but by what validation gets wrong.
 *
 * What independent verdicts say is known exactly, and a network that has to learn it from the same rows
 * does so with errors; the residual has only what is left to learn. With noisy copies the evidence has
 * the reliability of `fitModalityEvidence`, r is trained on copies and their evidence, and g is chosen on
 * clean and noisy validation rows: each modality is weighed by α(x), beside the one gate for all. Under
 * `single` and `random` each
 * modality answers for itself. The paper's fusion has no such offset; this one is ours.
 *
 * The fit throws a RangeError as `calibratedLateFusion`.
 */
export function residualFusion(
  settings: Partial<ModelSettings> = {},
  training: Partial<TrainConfig> = {},
  options: ResidualFusionOptions = {},
): System {
  const model = settle(residualFusionDefaults, settings, "the residual's settings");
  const run = settleTraining(training, residualTraining);
  return { name, fit: (problem) => fitResidual(problem, { model, run, options }) };
}

interface Settings {
  readonly model: ModelSettings;
  readonly run: TrainConfig;
  readonly options: ResidualFusionOptions;
}

async function fitResidual(
  problem: Problem,
  { model, run, options }: Settings,
): Promise<Fitted> {
  const late = await fitLateEvidence(problem, options);
  try {
    return await withResidual(problem, late, { model, run, options });
  } catch (error) {
    await late.dispose();
    throw error;
  }
}

async function withResidual(
  problem: Problem,
  late: LateEvidence,
  { model, run, options }: Settings,
): Promise<Fitted> {
  const verdicts = (rows: Rows, features?: CorpusFeatures) =>
    lateVerdicts(problem, late, { rows, features });
  if (problem.protocol !== "natural" && problem.protocol !== "label") {
    return { predict: verdicts, record: { late: late.record }, dispose: () => late.dispose() };
  }
  const { target = polarities } = problem;
  const table = evidenceTables(problem, late);
  const reads = { width: verdictWidth(target), targets: targetsIn(problem.features) };
  const network = trained(
    name,
    (features, target) =>
      residualNetwork(
        { ...model, inputs: inputSizes(features), ...target && { target } },
        late,
        reads,
      ),
    run,
    options,
  );
  const { validation, noisy } = problem;
  await table.fill(
    byModality((m) => [...validation[m], ...copiesOfRows(noisy, m, validation[m])]),
  );
  const joint = await network.fit({
    ...problem,
    features: table.features,
    key: fold(problem.key, "residual"),
  });
  const jointEvidence = async (rows: Rows, others?: CorpusFeatures) => {
    const features = others && await table.of(others, rows);
    if (others === undefined) await table.fill(rows);
    return evidenceOf(target, (await joint.predict(rows, features)).unified!);
  };
  const chosen = await gateOf(problem, { late, jointEvidence });
  const { gate = chosen.gate } = options;
  return {
    async predict(rows, others) {
      const heads = await verdicts(rows, others);
      if (gate === 0 || heads.unified === undefined) return heads;
      if (shownIn(rows).every((m) => !late.learnt[m])) return heads;
      const evidence = {
        late: late.fuse(await late.of(rows, others), countOf(rows)),
        joint: await jointEvidence(rows, others),
      };
      return { ...heads, unified: verdictsOfEvidence(target, gated(evidence, gate)) };
    },
    async inspect(rows) {
      const evidence = await late.of(rows);
      const shown = shownIn(evidence).map((m) => [
        `evidence of ${m}`,
        { width: reads.width, values: evidence[m]! },
      ]);
      const believed = shownIn(evidence).flatMap((m) => {
        const values = late.learnt[m]?.reliability?.(rows[m]!);
        return values ? [[`reliability of ${m}`, { width: 1, values }]] : [];
      });
      const open = { width: 1, values: new Float64Array(countOf(rows)).fill(gate) };
      return { ...Object.fromEntries([...shown, ...believed]), "residual gate": open };
    },
    record: { gate: chosen, late: late.record, residual: joint.record },
    async dispose() {
      await joint.dispose();
      await late.dispose();
    },
  };
}

function countOf(rows: Rows): number {
  return Object.values(rows)[0]!.length;
}

/** Features with the table `evidence`, which the network reads. */
function evidenceTables(problem: Problem, late: LateEvidence) {
  const width = verdictWidth(problem.target ?? polarities);
  const withTables = (features: CorpusFeatures, tables: Readonly<Record<Modality, Float32Array>>) =>
    byModality((m) => ({
      ...features[m],
      tables: {
        ...features[m].tables,
        evidence: { shape: [tables[m].length / width, width], data: tables[m] },
      },
    }));
  const empty = (features: CorpusFeatures) =>
    byModality((m) => new Float32Array((features[m].tables.states?.shape[0] ?? 0) * width));
  const write = async (
    tables: Readonly<Record<Modality, Float32Array>>,
    rows: Rows,
    features?: CorpusFeatures,
  ) => {
    const evidence = await late.of(rows, features);
    for (const m of shownIn(evidence)) put(tables[m], rows[m]!, evidence[m]!);
  };
  const put = (table: Float32Array, rows: ArrayLike<number>, evidence: Float64Array) => {
    for (let i = 0; i < rows.length; i++) {
      table.set(evidence.subarray(i * width, (i + 1) * width), rows[i]! * width);
    }
  };
  const own = empty(problem.features);
  for (const m of modalities) {
    if (late.learnt[m]) put(own[m], problem.train[m], late.learnt[m].outOfFold);
    const noisy = late.learnt[m]?.noisyOutOfFold;
    if (noisy) put(own[m], noisy.rows, noisy.evidence);
  }
  return {
    /** With the training rows' evidence out of fold, until `fill` is asked for them. */
    features: withTables(problem.features, own),
    /** Evidence of other rows of the problem's features. */
    fill: (rows: Rows) => write(own, rows),
    /** Other features with the evidence of such rows of them. */
    async of(features: CorpusFeatures, rows: Rows) {
      const tables = empty(features);
      await write(tables, rows, features);
      return withTables(features, tables);
    },
  };
}

async function gateOf(
  problem: Problem,
  { late, jointEvidence }: {
    readonly late: LateEvidence;
    readonly jointEvidence: (rows: Rows) => Promise<Float64Array>;
  },
): Promise<ChosenGate> {
  const { target = polarities } = problem;
  const parts: JudgedRows[] = [];
  const clean = validationRows(problem);
  // With noisy copies the residual has to be worth something on both.
  const noisy = problem.noisy === undefined ? [] : clean.map(({ rows, labels }, i) => ({
    rows: drawRows(problem.noisy, rows, fold(problem.key, "noisy gate", i)),
    labels,
  }));
  for (const { rows, labels } of [...clean, ...noisy]) {
    const shown = shownIn(rows);
    if (!shown.some((m) => late.learnt[m])) continue;
    parts.push({
      late: late.fuse(await late.of(rows), labels.length),
      joint: await jointEvidence(rows),
      labels,
      clusters: Array.from(rows[shown[0]!]!, (row) => clusterOf(problem, shown[0]!, row)),
    });
  }
  const all = (of: "late" | "joint") => Float64Array.from(parts.flatMap((part) => [...part[of]]));
  return chooseGate({
    late: all("late"),
    joint: all("joint"),
    labels: parts.flatMap(({ labels }) => Array.from(labels)),
    clusters: parts.flatMap(({ clusters }) => clusters),
  }, target);
}

function clusterOf({ features }: Problem, m: Modality, row: number): string {
  return features[m].groups?.[row] ?? `${m} ${row}`;
}

/** As the joint model is validated: rows by what they show, or triples of one label. */
function validationRows(
  { features, validation, protocol, pairs = [], key, target }: Problem,
): { readonly rows: Rows; readonly labels: ArrayLike<number> }[] {
  const labels = byModality((m) => features[m].labels);
  if (protocol === "natural") return pairsByShown(pairsAmong(pairs, validation), labels);
  const triples = pairTriples({
    indices: validation,
    labels,
    protocol,
    count: Math.max(...modalities.map((m) => validation[m].length)),
    target,
    key: fold(key, "gate"),
  });
  const { text, image, audio, unified } = triples;
  return [{ rows: { text, image, audio }, labels: unified! }];
}
