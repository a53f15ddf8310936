/**
 * Ablations: what each part of the model, of its loss and of its training adds.
 *
 *     deno task reproduce ablation_gate ablation_attention ablation_heads
 *     deno task reproduce ablation_segments ablation_training
 *
 * Every variant is trained anew with the same seeds, splits and settings but
 * for what it changes, and judged on the same test samples as the full model:
 * the gate, which joins the two paths of speech, on speech alone, the rest on triples.
 * The paper has no ablation.
 *
 * @module
 */

import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { PairingProtocol } from "../../lib/datasets/mod.ts";
import { answersTo, compare, type Corrected, corrected } from "../../lib/study/comparisons.ts";
import { type DataConfig, defaults } from "../../lib/study/settings.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named, type Variant } from "../../lib/study/job.ts";
import { divideAll, type Samples } from "../../lib/study/splits.ts";
import { overSeeds, type Score } from "../tables.ts";

/** One thing changed. */
export interface Ablation {
  /** What is changed, such as `gate`. */
  readonly family: string;
  /** To what, as a table prints it. */
  readonly name: string;
  readonly variant: Variant;
  /** Where it is trained and judged: on triples by default. */
  readonly setting?: Setting;
}

const { levels } = defaults.model;
const model = (changes: Variant["model"]): Variant => ({ model: changes! });

/** Every ablation of the model and its training, by family. */
export const ablations: readonly Ablation[] = [
  ...(["scalar", "softmax", "sum", "concatenation", "spectral only", "contextual only"] as const)
    .map((gate) => ({
      family: "gate",
      name: gate,
      variant: model({ gate }),
      setting: "audio" as const,
    })),
  {
    family: "attention",
    name: "none",
    variant: model({ levels: { within: false, across: false, summaries: false } }),
  },
  {
    family: "attention",
    name: "without level 1, within a modality",
    variant: model({ levels: { ...levels, within: false } }),
  },
  {
    family: "attention",
    name: "without level 2, across segments",
    variant: model({ levels: { ...levels, across: false } }),
  },
  {
    family: "attention",
    name: "without level 3, over summaries",
    variant: model({ levels: { ...levels, summaries: false } }),
  },
  { family: "attention", name: "without residual", variant: model({ residual: false }) },
  ...[1, 2, 8].map((heads) => ({
    family: "heads",
    name: heads === 1 ? "1 head" : `${heads} heads`,
    variant: model({ heads }),
  })),
  ...[1, 2, 4, 16].map((segments) => ({
    family: "segments",
    name: segments === 1 ? "1 segment" : `${segments} segments`,
    variant: { segments },
  })),
  { family: "training", name: "no auxiliary heads", variant: { training: { headWeight: 0 } } },
  {
    family: "training",
    name: "no modality dropout",
    variant: { training: { modalityDropout: 0 } },
  },
];

/** Where a variant is judged: triples by the unified classifier, or speech alone. */
export type Setting = "unified" | "audio";

/** What came of a variant in a setting. */
export interface AblationRow {
  readonly family: string;
  readonly name: string;
  readonly setting: Setting;
  readonly accuracy: Score;
  /** The variant less the full model; not in the full model's own row. */
  readonly comparison?: Corrected;
}

/** The full model's name in rows. */
export const fullModel = "full model";

/** The jobs of the full model and of every ablation, by setting. */
export function planAblations(
  samples: Samples,
  { seeds, data, chosen = ablations }: {
    readonly seeds: readonly number[];
    readonly data: DataConfig;
    readonly chosen?: readonly Ablation[];
  },
): Job[] {
  return seeds.flatMap((seed) => {
    const { split } = divideAll(samples, { seed, data });
    const job = (setting: Setting, kind: string, variant?: Variant): Job =>
      named({
        system: "Proposed",
        kind,
        seed,
        protocol: setting === "audio" ? "single" : "label",
        present: setting === "audio" ? ["audio"] : modalities,
        split,
        ...variant && { variant },
      });
    // As Table 1 names them: there they are found if it was made before.
    const full = { unified: "label", audio: "single-audio" } as const;
    const settings = new Set(chosen.map(({ setting = "unified" }) => setting));
    return [
      ...[...settings].map((setting) => job(setting, full[setting])),
      ...chosen.map(({ family, name, variant, setting = "unified" }) =>
        job(setting, `${family}-${slug(name)}-${full[setting]}`, variant)
      ),
    ];
  });
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/** The rows of all ablations, each compared with the full model on the same samples. */
export function collateAblations(
  judged: readonly JudgedJob[],
  samples: Samples,
  chosen: readonly Ablation[] = ablations,
): AblationRow[] {
  const byKind = Map.groupBy(judged, ({ job }) => job.kind);
  const rows = (["unified", "audio"] as const).flatMap((setting) => {
    const end = setting === "audio" ? "single-audio" : "label";
    const runs = byKind.get(end);
    if (runs === undefined) return [];
    const full = answersTo(runs);
    const others = chosen.flatMap(({ family, name }) => {
      const runs = byKind.get(`${family}-${slug(name)}-${end}`);
      return runs ? [{ family, name, answers: answersTo(runs) }] : [];
    });
    return [
      { family: "", name: fullModel, setting, accuracy: accuracyOf(full), comparison: undefined },
      ...others.map(({ family, name, answers }) => ({
        family,
        name,
        setting,
        accuracy: accuracyOf(answers),
        comparison: compare({ first: answers, second: full }, samples),
      })),
    ];
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

function accuracyOf(answers: ReturnType<typeof answersTo>): Score {
  const seeds = answers.map(({ predictions: { labels, scores } }) =>
    scores.filter((score, i) => Number(score >= 0.5) === labels[i]).length / labels.length
  );
  return overSeeds(seeds);
}

/** The ways of pairing that training is compared under. */
export const protocols: readonly PairingProtocol[] = ["label", "random", "single"];

/**
 * The proposed model trained under each pairing protocol on all three
 * modalities, and asked the same: every modality alone, by its own head, and
 * label-paired triples by the unified classifier. Under `random` that
 * classifier has no label to learn from.
 */
export function planProtocols(
  samples: Samples,
  { seeds, data }: { readonly seeds: readonly number[]; readonly data: DataConfig },
): Job[] {
  const labels = byModality((m) => ({ labels: samples[m].map(({ polarity }) => polarity) }));
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
