/** Systems that join the verdicts of three others, each of which knows one modality. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import type { Fitted, Head, Problem, Rows, System } from "../systems/system.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { linearProbe } from "./linear_probe.ts";
import { logit, sigmoid } from "./logistic_loss.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** A system a modality, which is fitted under `single` on that modality and no other. */
export type Branches = Readonly<Record<Modality, System>>;

/** One linear probe for each modality. */
export function probeBranches(): Branches {
  const probe = linearProbe();
  return byModality(() => probe);
}

/** Logits of the branches' verdicts by modality, one per sample. */
export type BranchLogits = { readonly [M in Modality]?: Float64Array };

/** How verdicts on the samples of a triple become one. */
export interface Fusion {
  /** The triple's logit from those of the modalities shown. */
  readonly fuse: (logits: BranchLogits) => Float64Array;
  /** What to keep of the fit. JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** What a fusion may learn from: the problem, and the branches' verdicts on any of its samples. */
export type FitFusion = (
  problem: Problem,
  logitsOf: (rows: Rows) => Promise<BranchLogits>,
) => Promise<Fusion>;

/**
 * The branches as one system. Each modality's head is its branch's own verdict.
 * Where several modalities are shown under `label`, `unified` is their fusion; the
 * other protocols give samples no label in common, so nothing is fused there.
 */
export function joined(name: string, branches: Branches, fitFusion: FitFusion): System {
  return { name, fit: (problem) => fitJoined(problem, branches, fitFusion) };
}

async function fitJoined(
  problem: Problem,
  branches: Branches,
  fitFusion: FitFusion,
): Promise<Fitted> {
  const fitted = await fitBranches(branches, problem);
  const verdicts = async (rows: Rows, others?: CorpusFeatures) => {
    const shown = shownIn(rows);
    if (!shown.every((m) => fitted[m])) throw unfitted(shown, Object.keys(fitted));
    const scores: { [M in Modality]?: ArrayLike<number> } = {};
    for (const m of shown) scores[m] = (await fitted[m]!.predict({ [m]: rows[m] }, others))[m]!;
    return scores;
  };
  const fusion = problem.protocol === "label"
    ? await fitFusion(problem, async (rows) => logitsOf(await verdicts(rows)))
      .catch(async (error) => {
        await disposeAll(fitted);
        throw error;
      })
    : undefined;
  return {
    predict: async (rows, others) => {
      const heads: { [H in Head]?: ArrayLike<number> } = await verdicts(rows, others);
      if (fusion === undefined || shownIn(rows).length < 2) return heads;
      return { ...heads, unified: fusion.fuse(logitsOf(heads)).map(sigmoid) };
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
    for (const m of problem.present) {
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

function logitsOf(scores: { readonly [H in Head]?: ArrayLike<number> }): BranchLogits {
  return Object.fromEntries(
    modalities.filter((m) => scores[m]).map((m) => [m, Float64Array.from(scores[m]!, logit)]),
  );
}
