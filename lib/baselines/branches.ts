/** Systems that join the verdicts of three others, each of which knows one modality. @module */

import { byModality, type Modality } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import type { Fitted, Head, Problem, Rows, System } from "../systems/system.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { polarities } from "../target.ts";
import { evidenceOf } from "./evidence.ts";
import { linearProbe } from "./linear_probe.ts";
import { learntModalities, trainingRows } from "./natural_rows.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** A system a modality, which is fitted under `single` on that modality and no other. */
export type Branches = Readonly<Record<Modality, System>>;

/** One linear probe for each modality. */
export function probeBranches(): Branches {
  const probe = linearProbe();
  return byModality(() => probe);
}

/** What the branches' verdicts say by modality, as {@linkcode evidenceOf} has it. */
export type BranchEvidence = { readonly [M in Modality]?: Float64Array };

/** How verdicts on samples that belong together become one. */
export interface Fusion {
  /**
   * Verdicts on `count` samples from the evidence of the modalities shown. Under `natural` there may be
   * none, where samples show modalities that the training part lacks.
   */
  readonly fuse: (evidence: BranchEvidence, count: number) => Float64Array;
  /** What to keep of the fit. JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** What a fusion may learn from: the problem, and the branches' verdicts on any of its samples. */
export type FitFusion = (
  problem: Problem,
  evidenceFrom: (rows: Rows) => Promise<BranchEvidence>,
) => Promise<Fusion>;

/**
 * The branches as one system. Each modality's head is its branch's own verdict.
 * Where several modalities are shown under `label`, `unified` is their fusion; `single` and `random`
 * give samples no label in common, so nothing is fused there.
 *
 * Under `natural` each branch learns the samples of its modality that the training part has, and
 * `unified` is the fusion of whatever a row shows. A modality without training samples has no
 * branch and no say.
 */
export function joined(name: string, branches: Branches, fitFusion: FitFusion): System {
  return { name, fit: (problem) => fitJoined({ name, problem, branches, fitFusion }) };
}

async function fitJoined({ name, problem, branches, fitFusion }: {
  readonly name: string;
  readonly problem: Problem;
  readonly branches: Branches;
  readonly fitFusion: FitFusion;
}): Promise<Fitted> {
  const { protocol, present, target = polarities } = problem;
  const isNatural = protocol === "natural";
  if (isNatural) trainingRows(name, problem);
  const fitted = await fitBranches(branches, problem);
  const verdicts = async (rows: Rows, others?: CorpusFeatures) => {
    const shown = shownIn(rows), known = isNatural ? present : Object.keys(fitted);
    if (!shown.every((m) => known.includes(m))) throw unfitted(shown, known);
    const scores: { [M in Modality]?: ArrayLike<number> } = {};
    for (const m of shown.filter((m) => fitted[m])) {
      scores[m] = (await fitted[m]!.predict({ [m]: rows[m] }, others))[m]!;
    }
    return scores;
  };
  const evidence = (scores: Awaited<ReturnType<typeof verdicts>>): BranchEvidence =>
    Object.fromEntries(shownIn(scores).map((m) => [m, evidenceOf(target, scores[m]!)]));
  const fusion = isNatural || protocol === "label"
    ? await fitFusion(problem, async (rows) => evidence(await verdicts(rows)))
      .catch(async (error) => {
        await disposeAll(fitted);
        throw error;
      })
    : undefined;
  return {
    predict: async (rows, others) => {
      const heads: { [H in Head]?: ArrayLike<number> } = await verdicts(rows, others);
      const shown = shownIn(rows);
      if (fusion === undefined || shown.length < 2 && !isNatural) return heads;
      return { ...heads, unified: fusion.fuse(evidence(heads), rows[shown[0]!]!.length) };
    },
    record: {
      branches: Object.fromEntries(Object.entries(fitted).map(([m, { record }]) => [m, record])),
      ...fusion && { fusion: fusion.record },
    },
    dispose: () => disposeAll(fitted),
  };
}

type FittedBranches = { [M in Modality]?: Fitted };

// One after another: a branch may use all threads.
async function fitBranches(branches: Branches, problem: Problem): Promise<FittedBranches> {
  const fitted: FittedBranches = {};
  try {
    for (const m of problem.protocol === "natural" ? learntModalities(problem) : problem.present) {
      const key = fold(problem.key, "branch", m);
      fitted[m] = await branches[m].fit({ ...problem, protocol: "single", present: [m], key });
    }
  } catch (error) {
    await disposeAll(fitted);
    throw error;
  }
  return fitted;
}

async function disposeAll(fitted: FittedBranches): Promise<void> {
  for (const branch of Object.values(fitted)) await branch.dispose();
}
