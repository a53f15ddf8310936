/** The variants, their runs, and the rows that come of their predictions. @module */

import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { PairingProtocol } from "../../lib/datasets/mod.ts";
import {
  type Answers,
  answersTo,
  compare,
  type Corrected,
  corrected,
} from "../../lib/study/comparisons.ts";
import { defaults } from "../../lib/study/settings.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named, slug, type Variant } from "../../lib/study/job.ts";
import { foldOf, inFold } from "../../lib/study/folds.ts";
import { divideBy, type Protocol } from "../../lib/study/protocol.ts";
import { divideAll, type Draws, type Samples } from "../../lib/study/splits.ts";
import { kindOf } from "../../lib/study/proposed_runs.ts";
import {
  type ByGroup,
  differenceByGroup,
  type Judgements,
  polarityJudgements,
  scoreByGroup,
} from "../by_group.ts";
import { accuracyOver, balancedScoresOver, counted, type Score } from "../tables.ts";

/** One thing changed. */
export interface Ablation {
  /** What is changed, such as `gate`. */
  readonly family: "gate" | "attention" | "heads" | "segments" | "training";
  /** To what, as a table prints it. */
  readonly name: string;
  readonly variant: Variant;
  /** Where it is trained and judged: on triples by default. */
  readonly setting?: Setting;
}

const { levels } = defaults.model;
const gates = [
  "scalar",
  "softmax",
  "sum",
  "concatenation",
  "spectral only",
  "contextual only",
] as const;

const ablation = (
  family: Ablation["family"],
  name: string,
  variant: Variant,
  setting?: Setting,
): Ablation => ({ family, name, variant, ...setting && { setting } });

const attention = (name: string, model: NonNullable<Variant["model"]>) =>
  ablation("attention", name, { model });

/** Every ablation of the model and its training, by family. */
export const ablations: readonly Ablation[] = [
  ...gates.map((gate) => ablation("gate", gate, { model: { gate } }, "audio")),
  attention("none", { levels: { within: false, across: false, summaries: false } }),
  attention("without level 1, within a modality", { levels: { ...levels, within: false } }),
  attention("without level 2, across segments", { levels: { ...levels, across: false } }),
  attention("without level 3, over summaries", { levels: { ...levels, summaries: false } }),
  attention("without residual", { residual: false }),
  ...[1, 2, 8].map((heads) => ablation("heads", counted(heads, "head"), { model: { heads } })),
  ...[1, 2, 4, 16].map((n) => ablation("segments", counted(n, "segment"), { segments: n })),
  ablation("training", "no auxiliary heads", { training: { headWeight: 0 } }),
  ablation("training", "no modality dropout", { training: { modalityDropout: 0 } }),
];

/** Where a variant is judged: triples by the unified classifier, or speech alone. */
export type Setting = "unified" | "audio";

/** What came of a variant in a setting. */
export interface AblationRow {
  readonly family: string;
  readonly name: string;
  readonly setting: Setting;
  readonly accuracy: Score;
  /** Of speech, the mean of both classes' recalls, with its interval by actor. */
  readonly balancedAccuracy?: Score & Pick<ByGroup, "interval">;
  /** Of speech, the full model's balanced accuracy less the variant's; not in the full model's own row. */
  readonly worth?: ByGroup;
  /** The variant less the full model; not in the full model's own row. */
  readonly comparison?: Corrected;
}

/** The full model's name in rows. */
export const fullModel = "full model";

/** The jobs of the full model and of every ablation, by setting. */
export function planAblations(
  samples: Samples,
  { seeds, data, protocol, chosen = ablations }: Draws & {
    readonly chosen?: readonly Ablation[];
    readonly protocol?: Protocol | undefined;
  },
): Job[] {
  const settings = [...new Set(chosen.map(({ setting = "unified" }) => setting))];
  const full = new Map(
    settings.map((setting) => [setting, fullJobs(samples, { seeds, data, protocol, setting })]),
  );
  return [
    ...full.values().toArray().flat(),
    ...chosen.flatMap((ablation) => {
      const { variant, setting = "unified" } = ablation;
      return full.get(setting)!.map((job) => {
        const kind = inFold(variantKind(ablation, setting), foldOf(job));
        return named({ ...job, kind, variant });
      });
    }),
  ];
}

/** The jobs of the full model in a setting, one a seed or, of speech, one a fold. */
export function fullJobs(
  samples: Samples,
  { seeds, data, protocol, setting }: Draws & {
    readonly protocol?: Protocol | undefined;
    readonly setting: Setting;
  },
): Job[] {
  return seeds.flatMap((seed) =>
    divideBy(samples, { seed, data, protocol }).map(({ split, fold }): Job =>
      named({
        system: "Proposed",
        // As Table 1 names it: there it is found if it was made before.
        kind: inFold(kindOf(setting), fold),
        seed,
        protocol: setting === "audio" ? "single" : "label",
        present: setting === "audio" ? ["audio"] : modalities,
        split,
        ...data.unbalanced && { classesAlike: true },
      })
    )
  );
}

function variantKind({ family, name }: Ablation, setting: Setting): string {
  return `${family}-${slug(name)}-${kindOf(setting)}`;
}

/**
 * The rows of all ablations, each compared with the full model on the same samples. `judged` has the
 * folds of a seed as one: `poolJudged`.
 */
export function collateAblations(
  judged: readonly JudgedJob[],
  samples: Samples,
  chosen: readonly Ablation[] = ablations,
): AblationRow[] {
  const byKind = Map.groupBy(judged, ({ job }) => job.kind);
  const rows = (["unified", "audio"] as const).flatMap((setting) => {
    const runs = byKind.get(kindOf(setting));
    if (runs === undefined) return [];
    const full = answersTo(runs);
    const heard = setting === "audio" ? polarityJudgements(full, samples) : undefined;
    const others = chosen.flatMap((ablation) => {
      const runs = byKind.get(variantKind(ablation, setting));
      if (runs === undefined) return [];
      const { family, name } = ablation;
      const answers = answersTo(runs);
      const comparison = compare({ first: answers, second: full }, samples);
      const own = heard && polarityJudgements(answers, samples);
      return [{
        ...{ family, name, setting, ...scoresOf(answers, own), comparison },
        ...own && { worth: differenceByGroup({ first: heard, second: own }, "recall") },
      }];
    });
    const whole = { family: "", name: fullModel, setting, ...scoresOf(full, heard) };
    return [{ ...whole, comparison: undefined }, ...others];
  });
  // One correction over all: a reader looks for the smallest p among all of them.
  const tested = rows.filter(({ comparison }) => comparison);
  const adjusted = corrected(tested.map(({ comparison }) => comparison!));
  return rows.map(({ comparison, ...row }) =>
    comparison
      ? { ...row, comparison: adjusted[tested.findIndex((t) => t.comparison === comparison)]! }
      : row
  );
}

function scoresOf(answers: Answers, judgements: Judgements | undefined) {
  const predictions = answers.map(({ predictions }) => predictions);
  const { accuracy, balancedAccuracy } = balancedScoresOver(predictions);
  if (judgements === undefined) return { accuracy };
  const { interval } = scoreByGroup(judgements, "recall");
  return { accuracy, balancedAccuracy: { ...balancedAccuracy, interval } };
}

function accuracyOf(answers: Answers): Score {
  return accuracyOver(answers.map(({ predictions }) => predictions));
}

/** The ways of pairing that training is compared under. */
export const protocols: readonly PairingProtocol[] = ["label", "random", "single"];

/**
 * The proposed model trained under each pairing protocol on all three
 * modalities, and asked the same: every modality alone, by its own head, and
 * label-paired triples by the unified classifier. Under `random` that
 * classifier has no label to learn from.
 */
export function planProtocols(samples: Samples, { seeds, data }: Draws): Job[] {
  const labels = byModality((m) => ({ labels: samples[m].map(({ label }) => label) }));
  return seeds.flatMap((seed) => {
    const { split } = divideAll(samples, { seed, data });
    const common = { present: modalities, split, seed } as const;
    const exams: Exam[] = [
      ...testExams({ ...common, protocol: "single" }, labels),
      ...testExams({ ...common, protocol: "label" }, labels),
    ];
    return protocols.map((protocol): Job =>
      named({ ...common, system: "Proposed", kind: `trained-${protocol}`, protocol, exams })
    );
  });
}

/** Accuracy of the model trained under each protocol, by what it was asked. */
export interface ProtocolRow {
  readonly protocol: PairingProtocol;
  readonly accuracy: Readonly<Record<Modality | "unified", Score>>;
}

/** The rows of {@linkcode planProtocols}. */
export function collateProtocols(judged: readonly JudgedJob[]): ProtocolRow[] {
  return protocols.map((protocol) => {
    const own = judged.filter(({ job }) => job.protocol === protocol);
    const of = (exam: string) => accuracyOf(answersTo(own, exam));
    return { protocol, accuracy: { ...byModality(of), unified: of("unified") } };
  });
}
