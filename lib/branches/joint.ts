/** Systems that train their own encoders: one branch alone, and the proposed model upon three. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { initModel, type ModelConfig, type ModelParams } from "../model/mod.ts";
import { initLinear, linear, type LinearParams, maskedMean } from "../tensor/layers.ts";
import { crossEntropy } from "../tensor/losses.ts";
import { type Init, layoutOf, type Parameter, unflatten } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import { otherThanPolarities, polarities } from "../target.ts";
import type { Tree } from "../tensor/tree.ts";
import {
  type Alike,
  type Branch,
  branchNetwork,
  type BranchNetworkParams,
  type Classes,
  emotionClasses,
  polarityClasses,
  withClassesAlike,
  withEmotionTables,
} from "./branch.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { type Group, modalitiesIn, type NamedTensors, type Network } from "../systems/network.ts";
import type { ModelSettings, ProposedTraining } from "../systems/settings.ts";
import { inputSpecs, proposedNetwork } from "../systems/proposed_network.ts";
import type { Problem, System } from "../systems/system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import { trained } from "../systems/trained.ts";

/** The branch for the features at hand. */
export type BranchDesign = (features: CorpusFeatures) => Branch;

/** What a branch is trained to tell apart: what the problem learns, or its corpus's emotions. */
export type Target = "polarity" | "emotions";

/** Settings of {@linkcode scratchBranch}, and those of its training run. */
export interface ScratchBranchOptions extends Omit<TrainOptions, "threads"> {
  /** Emotions by default. */
  readonly target?: Target | Classes;
  /** As `branchNetwork`. */
  readonly dropout?: number;
  /** As `branchNetwork`. */
  readonly smoothing?: number;
  /**
   * What counts alike in its loss and on validation; by default every sample, and always where a problem
   * has another target than the polarities.
   */
  readonly alike?: Alike;
}

/**
 * How a branch is trained, but for what each of them changes: as `trainingDefaults`, except that
 * every epoch is trained and nothing is masked.
 */
export const branchTraining: TrainConfig = {
  epochs: 30,
  patience: 30,
  batch: 16,
  learningRate: 1e-3,
  warmup: 0.1,
  weightDecay: 0.05,
  clipNorm: 1,
  averaging: 0.98,
  modalityDropout: 0,
};

/**
 * A branch, trained alone on raw inputs: under `single`, with its modality
 * present and no other. Emotions are learnt apart and summed into the verdict
 * on polarity, with `Problem.neutral` as one more class that has none; classes of one's own need a
 * table `emotion` of their places. As `polarity` a problem's own target, other classes or a score, is
 * learnt as it is. The epoch kept is the one whose verdicts are best on validation. `record.classes`
 * names what is told apart but for the polarities themselves.
 *
 * The fit throws a RangeError on another protocol or modality, and where emotions
 * are to be learnt and the features name none. The paper trains no encoder.
 */
export function scratchBranch(
  design: BranchDesign,
  training: TrainConfig,
  { target = "emotions", dropout, smoothing, alike, ...options }: ScratchBranchOptions = {},
): System {
  const fit = async (problem: Problem) => {
    const { features: given, classes } = withTarget(problem.features, target, problem.present);
    const isUsual = otherThanPolarities(problem.target ?? polarities) === undefined;
    const features = byModality((m) => {
      if (alike === undefined || !isUsual || !problem.present.includes(m)) return given[m];
      return withClassesAlike(given[m], classes[m], { rows: problem.train[m], alike });
    });
    const network = (features: CorpusFeatures) => {
      const branch = design(features);
      assertAlone(branch, problem);
      return branchNetwork(branch, {
        classes: classes[branch.modality],
        ...target === "polarity" && { target: problem.target },
        ...dropout !== undefined && { dropout },
        ...smoothing !== undefined && { smoothing },
      });
    };
    const own = classes[problem.present[0]!];
    const isDirect = own === polarityClasses;
    const train = isDirect ? problem.train : withNeutralRows(problem);
    const system = trained("Branch", network, training, options);
    const fitted = await system.fit({ ...problem, features, train });
    return { ...fitted, record: { ...fitted.record, ...!isDirect && { classes: own.names } } };
  };
  return { name: "Branch", fit };
}

// Emotions are learnt of neutral rows too. What is validated are polarities, which they have not.
function withNeutralRows({ train, neutral = {} }: Problem): Problem["train"] {
  return byModality((m) => [...train[m], ...neutral[m] ?? []]);
}

function assertAlone({ modality }: Branch, { protocol, present }: Problem): void {
  if (protocol === "single" && present.join() === modality) return;
  throw new RangeError(
    `Cannot train a branch: expected protocol single and ${modality} alone, ` +
      `got ${protocol} and ${present.join(", ")}`,
  );
}

/** The features with the table that the target needs, and the classes of each modality. */
function withTarget(
  features: CorpusFeatures,
  target: Target | Classes,
  present: readonly Modality[],
): { features: CorpusFeatures; classes: Record<Modality, Classes> } {
  if (target !== "emotions") {
    const classes = target === "polarity" ? polarityClasses : target;
    return { features, classes: byModality(() => classes) };
  }
  const nameless = present.find((m) => features[m].emotions === undefined);
  if (nameless) {
    throw new RangeError(
      `Cannot train on emotions: expected those of the ${nameless} samples, got none`,
    );
  }
  return {
    features: withEmotionTables(features),
    classes: byModality((m) => emotionClasses(features[m].emotions ?? [])),
  };
}

/** Parameters of {@linkcode jointNetwork}. */
export type JointParams = {
  branches: Record<Modality, BranchNetworkParams<unknown>["branch"]>;
  /** From the mean of a branch's states to its corpus's emotions; empty without such heads. */
  emotions: { readonly [M in Modality]?: LinearParams };
  model: ModelParams;
};

/** Settings of {@linkcode jointNetwork}. */
export interface JointOptions {
  /** Weight λ of the sentiment heads' losses, 1 by default. */
  readonly headWeight?: number;
  /** The emotions that auxiliary heads learn; no such heads by default. */
  readonly emotions?: Readonly<Record<Modality, Classes>>;
  /** Weight μ of the auxiliary heads' losses, 1 by default. */
  readonly emotionWeight?: number;
  /** Branches that have learnt before; from the key by default. */
  readonly initial?: { readonly [M in Modality]?: Init<unknown> };
}

/**
 * The proposed model upon branches that learn with it: their states stand
 * where those of frozen encoders did, for audio in place of the contextual path,
 * beside the spectral path and the gate.
 *
 *     states_m = branch_m(raw inputs of m)                     [B, n, d]
 *     L = L_proposed(states) + μ Σ_m CE(mean of states_m W_m + b_m, emotion_m)
 *
 * `config.inputs` has the branches' segments and widths; the tables `logMel`,
 * `frames` and `prosody` of audio are read as they are. The paper freezes its
 * encoders: training them with the model, and μ, are ours.
 */
export function jointNetwork(
  branches: Readonly<Record<Modality, Branch>>,
  config: ModelConfig,
  { headWeight = 1, emotions, emotionWeight = 1, initial = {} }: JointOptions = {},
): Network<JointParams> {
  const model = proposedNetwork(config, { headWeight });
  const encode = (params: JointParams, inputs: NamedTensors, keep: NamedTensors): NamedTensors =>
    Object.fromEntries(
      modalitiesIn(inputs).map((m) => {
        const given = { inputs: inputs[m]!, keep: keep[branchPart(m)] ?? {} };
        return [m, { ...inputs[m], ...branches[m].states(params.branches[m], given) }];
      }),
    );
  const emotionLoss = (params: JointParams, encoded: NamedTensors, group: Group) =>
    modalitiesIn(encoded).map((m) => {
      const { states, mask } = encoded[m]!;
      const labels = tf.cast(group.targets[m]!.emotion!, "int32");
      return crossEntropy({
        logits: linear(params.emotions[m]!, maskedMean(states!, mask!)),
        labels,
        weights: tf.onesLike(tf.cast(labels, "float32")),
      });
    });
  return {
    graph: JSON.stringify([
      "joint",
      model.graph,
      modalities.map((m) => branches[m].graph),
      emotions ?? null,
      emotionWeight,
    ]),
    init: (key) => ({
      branches: byModality((m) => initial[m] ?? branches[m].init(fold(key, "branch", m))),
      emotions: emotions ? initEmotions(fold(key, "emotions"), branches, emotions) : {},
      model: initModel(fold(key, "model"), config),
    } as Init<JointParams>),
    inputs(present, batch) {
      const specs = present.map((m) => [m, branches[m].inputs(batch)]);
      const { audio } = inputSpecs(config, present, batch);
      if (!audio) return Object.fromEntries(specs);
      const { states: _, mask: __, ...spectral } = audio;
      return {
        ...Object.fromEntries(specs),
        audio: { ...branches.audio.inputs(batch), ...spectral },
      };
    },
    ...emotions && {
      targets: (present, batch) =>
        Object.fromEntries(present.map((m) => [m, { emotion: float32(batch) }])),
    },
    augment: (inputs, key) =>
      Object.fromEntries(
        modalitiesIn(inputs).map((m) => {
          const { augment = (tables) => tables } = branches[m];
          return [m, augment.call(branches[m], inputs[m]!, fold(key, m))];
        }),
      ),
    masks: (group) => ({
      ...model.masks(group),
      ...Object.fromEntries(
        group.present.map((m) => [branchPart(m), branches[m].masks(group.batch)]),
      ),
    }),
    loss(params, group) {
      const encoded = encode(params, group.inputs, group.keep);
      const proposed = model.loss(params.model, { ...group, inputs: encoded });
      if (!emotions) return proposed;
      const auxiliary = tf.addN(emotionLoss(params, encoded, group));
      return tf.add(proposed, tf.mul(auxiliary, emotionWeight));
    },
    logits: (params, inputs) => model.logits(params.model, encode(params, inputs, {})),
    inspect: (params, inputs) => model.inspect!(params.model, encode(params, inputs, {})),
  };
}

function branchPart(m: Modality): string {
  return `${m}Branch`;
}

function initEmotions(
  key: Key,
  branches: Readonly<Record<Modality, Branch>>,
  classes: Readonly<Record<Modality, Classes>>,
): Init<JointParams["emotions"]> {
  return byModality((m) =>
    initLinear(fold(key, m), { in: branches[m].width, out: classes[m].names.length }, 1)
  );
}

/** Settings of {@linkcode scratchModel}, and those of its training run. */
export interface ScratchModelOptions extends Omit<TrainOptions, "threads"> {
  /**
   * How each branch is trained alone before all are trained on triples, as `scratchBranch` does;
   * by default branches begin with the model.
   */
  readonly alone?: Readonly<Record<Modality, TrainConfig>>;
  /** As `branchNetwork`, where branches are trained alone. */
  readonly dropout?: Readonly<Record<Modality, number>>;
}

/**
 * The proposed model upon branches as a system, {@linkcode jointNetwork}, which learn their corpora's
 * emotions beside the verdict. With `alone`, each branch first learns from its whole corpus, since triples of one label show of the larger
 * corpora only as many samples per epoch as the smallest has.
 *
 * The fit throws a RangeError where the audio branch has other segments than the prosody.
 */
export function scratchModel(
  designs: Readonly<Record<Modality, BranchDesign>>,
  settings: ModelSettings,
  training: ProposedTraining,
  { alone, dropout, ...options }: ScratchModelOptions = {},
): System {
  const fit = async (problem: Problem) => {
    const { features, classes } = withTarget(problem.features, "emotions", problem.present);
    const initial = alone
      ? await learnAlone({ ...problem, features }, { designs, alone, dropout, options })
      : {};
    const design = (features: CorpusFeatures) => {
      const branches = byModality((m) => designs[m](features));
      return jointNetwork(branches, { ...settings, inputs: jointSizes(branches, features) }, {
        headWeight: training.headWeight,
        initial,
        emotions: classes,
      });
    };
    const { fit } = trained("Proposed on branches", design, training, options);
    return await fit({ ...problem, features });
  };
  return { name: "Proposed on branches", fit };
}

// One after another, each as a problem of its own. Checkpoints are of one run, the joint one.
async function learnAlone(
  problem: Problem,
  { designs, alone, dropout, options: { checkpoints: _, ...options } }: {
    readonly designs: Readonly<Record<Modality, BranchDesign>>;
    readonly alone: Readonly<Record<Modality, TrainConfig>>;
    readonly dropout: ScratchModelOptions["dropout"];
    readonly options: Omit<TrainOptions, "threads">;
  },
): Promise<Required<JointOptions>["initial"]> {
  const learnt: { [M in Modality]?: Init<unknown> } = {};
  for (const m of problem.present) {
    const key = fold(problem.key, "branch", m);
    const own = { ...options, ...dropout && { dropout: dropout[m] } };
    const system = scratchBranch(designs[m], alone[m], own);
    const fitted = await system.fit({ ...problem, protocol: "single", present: [m], key });
    await fitted.dispose();
    const branch = designs[m](problem.features).init(key) as Tree<Parameter>;
    learnt[m] = branchParameters(branch, fitted.parameters!) as Init<unknown>;
  }
  return learnt;
}

/**
 * The branch's own parameters out of those of `branchNetwork`, where they come first.
 * `like` is a branch of the same design.
 */
export function branchParameters<T extends Tree<Parameter>>(like: T, trained: Float32Array): T {
  return unflatten(like, trained.subarray(0, layoutOf(like).size));
}

/**
 * The sizes of the model upon these branches, with the spectral path as the features have it.
 *
 * @throws {RangeError} The audio branch has other segments than the prosody.
 */
export function jointSizes(
  { text, image, audio }: Readonly<Record<Modality, Branch>>,
  features: CorpusFeatures,
): ModelConfig["inputs"] {
  const { logMel, prosody } = features.audio.tables;
  const [, frames, bands] = logMel!.shape as [number, number, number];
  const [, segments, values] = prosody!.shape as [number, number, number];
  if (segments !== audio.segments) {
    throw new RangeError(
      `Cannot join the audio paths: expected an audio branch of ${segments} segments, as the ` +
        `prosody has, got ${audio.segments}`,
    );
  }
  const size = ({ segments, width }: Branch) => ({ segments, width });
  return {
    text: size(text),
    image: size(image),
    audio: { ...size(audio), frames, bands, prosody: values },
  };
}
