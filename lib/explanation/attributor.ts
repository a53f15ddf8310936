/** Gradient attributions of a trained model's verdicts, compiled. @module */

import { compile, type CompileOptions } from "../compile/mod.ts";
import type * as tf from "../deps/tf.ts";
import type { SampleFeatures } from "../inference/exported_model.ts";
import type { TrainedModel } from "../systems/system.ts";
import type { Modality } from "../modality.ts";
import { inspection, model, type ModelInputs, type ModelParams } from "../model/mod.ts";
import { type Parameter, tensors } from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";
import { mapNamed, type NamedSpecs } from "../systems/network.ts";
import { inputSpecs } from "../systems/proposed_network.ts";
import { evidenceOf } from "../systems/target_loss.ts";
import * as gradients from "./gradients.ts";

/** How a verdict is divided among the numbers of its inputs. */
export type GradientMethod = "integrated gradients" | "gradient × input";

/** What the model made of one sample, and of which of its numbers. */
export interface Attribution {
  /**
   * In log-odds (nats), above 0 for what speaks for the positive class, or the one that is followed;
   * of a score in its unit. By modality and table, each in the shape of the input.
   */
  readonly values: Readonly<Record<GradientMethod, SampleFeatures>>;
  /** The unified classifier's {@linkcode evidenceOf}: log-odds, or of a score the score. */
  readonly logOdds: number;
  /** The same of the average sample: all standardised features 0, under the same masks. */
  readonly baseline: number;
  /** As `inspection` has it: `gate` [2], `attention` and `summaries` [3, 3]. */
  readonly inside: Readonly<Record<string, Float32Array>>;
}

/** A compiled attribution for samples that show the same modalities. */
export interface Attributor {
  /** Attributes the verdict on one sample, of standardised features. */
  run(features: SampleFeatures): Promise<Attribution>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

/**
 * Compiles the attribution of the unified log-odds ({@linkcode evidenceOf}) by
 * {@linkcode integratedGradients} in `steps` steps, 256 by default, and by
 * {@linkcode gradientTimesInput}, for samples that show the modalities `present`.
 */
export async function compileAttributor(
  { parameters, config }: Pick<TrainedModel, "parameters" | "config">,
  { present, steps = 256, favoured, ...session }: CompileOptions & {
    readonly present: readonly Modality[];
    readonly steps?: number;
    readonly favoured?: number | undefined;
  },
): Promise<Attributor> {
  const specs = inputSpecs(config, present, 1);
  const compiled = await compile(
    (inputs) => {
      const params = tensors(parameters as Tree<Parameter>) as ModelParams;
      const run = (shown: unknown) => model(params, { inputs: shown as ModelInputs }, config);
      const { target } = config;
      const score: gradients.RowScore = (shown) =>
        evidenceOf(run(shown).logits.unified, { target, favoured });
      return {
        integrated: gradients.integratedGradients(score, inputs, { steps }),
        local: gradients.gradientTimesInput(score, inputs),
        ends: gradients.scoresAlong(score, inputs, [0, 1]),
        inside: inspection(inputs as ModelInputs, run(inputs)),
      } as Tree<tf.Tensor>;
    },
    specs,
    session,
  );
  return {
    async run(features) {
      const result = await compiled.run(valuesFor(specs, features) as never) as {
        integrated: SampleFeatures;
        local: SampleFeatures;
        ends: Float32Array;
        inside: Record<string, Float32Array>;
      };
      return {
        values: { "integrated gradients": result.integrated, "gradient × input": result.local },
        logOdds: result.ends[1]!,
        baseline: result.ends[0]!,
        inside: result.inside,
      };
    },
    dispose: () => compiled.dispose(),
  };
}

/**
 * Of a sample's features those that `specs` name.
 *
 * @throws {RangeError} One is not there.
 */
export function valuesFor(
  specs: NamedSpecs,
  features: SampleFeatures,
): Record<string, Record<string, Float32Array>> {
  return mapNamed(specs, (_, m, name) => {
    const table = features[m as Modality]?.[name];
    if (table) return table;
    throw new RangeError(`Cannot explain: expected features "${m}/${name}", got none`);
  });
}

/** How far integrated gradients may be from complete: two hundredths of the difference, or of 1. */
export const completenessTolerance = 0.02;

/**
 * How far attributions are from adding up to what they divide:
 *
 *     |Σ a − (F(x) − F(0))| / max(1, |F(x) − F(0)|)
 *
 * For integrated gradients this is the error of the midpoint rule and falls
 * with its steps; above {@linkcode completenessTolerance} take more of them.
 */
export function completenessError(
  values: SampleFeatures,
  { logOdds, baseline }: Pick<Attribution, "logOdds" | "baseline">,
): number {
  const wanted = logOdds - baseline;
  return Math.abs(sumOfAttributions(values) - wanted) / Math.max(1, Math.abs(wanted));
}

/** The sum of all attributions. */
export function sumOfAttributions(values: SampleFeatures): number {
  return Object.values(values)
    .flatMap((tables) => Object.values(tables ?? {}))
    .reduce((sum, table) => table.reduce((a, b) => a + b, sum), 0);
}
