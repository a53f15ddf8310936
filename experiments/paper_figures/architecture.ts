/** The model's stages, shapes and parameters, read off the model itself (paper, Fig. 3). @module */

import * as tf from "../../lib/deps/tf.ts";
import type { Architecture, ArchitectureBox, ArchitectureEdge } from "../../lib/figures/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import {
  fuseModalities,
  initModel,
  type ModelConfig,
  type ModelInputs,
  type ModelParams,
  processModalities,
  spectralBranch,
} from "../../lib/model/mod.ts";
import {
  asTree,
  type Layout,
  layoutOf,
  type Parameter,
  split,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";

/** Of which encoders the model is drawn upon. */
export interface ArchitectureOptions {
  /** Whether they are the trained branches; frozen networks by default. */
  readonly trained?: boolean;
}

/**
 * The boxes and arrows of a model with these settings. Parameters are counted
 * in the tree of `initModel`, box by box; shapes are those of one sample of
 * zeros on its way through `processModalities` and `fuseModalities`, with B for
 * the batch. A level of the hierarchy that is switched off has no box, and an
 * audio path that the gate does not read has no arrow.
 *
 * Runs eagerly, on whatever backend TensorFlow.js has.
 *
 * @throws {RangeError} Settings that make no model, such as a width that the heads do not divide.
 */
export function architectureOf(
  config: ModelConfig,
  { trained = false }: ArchitectureOptions = {},
): Architecture {
  const tree = initModel(key(0), config) as Tree<Parameter>;
  const layout = layoutOf(tree);
  const shapes = tf.tidy(() => {
    // Of no value, only of the right shapes.
    const params = asTree(tree, split(layout, tf.zeros([layout.size])));
    return traceShapes(params as unknown as ModelParams, config);
  });
  const rows = rowsOf(config, { shapes, trained });
  const boxes = rows.flatMap((stages, row) =>
    stages.map(({ path, ...stage }) => ({ ...stage, row, parameters: countOf(layout, path) }))
  );
  return { boxes, edges: edgesOf(config, shapes) };
}

type Shapes = ReturnType<typeof traceShapes>;

/** A box before its row is known; `path` is its place in the tree of parameters. */
type Stage = Omit<ArchitectureBox, "row" | "parameters"> & { readonly path?: string };

function countOf({ entries }: Layout, path: string | undefined): number {
  return entries
    .filter((entry) => path !== undefined && `${entry.path}/`.startsWith(`${path}/`))
    .reduce((sum, { size }) => sum + size, 0);
}

function traceShapes(params: ModelParams, config: ModelConfig) {
  const inputs = zeros(config);
  const { text, image, audio } = inputs as Required<ModelInputs>;
  const { segments, masks } = processModalities(params, { inputs }, config);
  const { fused, logits } = fuseModalities(params, { segments, masks }, config);
  const total = modalities.reduce((sum, m) => sum + segments[m]!.shape[1]!, 0);
  return {
    text: shapeOf(text.states),
    image: shapeOf(image.states),
    speech: shapeOf(audio.states),
    logMel: shapeOf(audio.logMel),
    prosody: shapeOf(audio.prosody),
    spectral: shapeOf(spectralBranch(params.spectral, audio, config)),
    segments: byModality((m) => shapeOf(segments[m]!)),
    joined: `[B, ${total}, ${config.width}]`,
    summaries: `[B, ${modalities.length}, ${config.width}]`,
    fused: shapeOf(fused),
    logits: shapeOf(logits.unified),
  };
}

function zeros({ inputs: { text, image, audio } }: ModelConfig): ModelInputs {
  const states = ({ segments, width }: { segments: number; width: number }) => ({
    states: tf.zeros([1, segments, width]),
    mask: tf.ones([1, segments]),
  });
  return {
    text: states(text),
    image: states(image),
    audio: {
      ...states(audio),
      logMel: tf.zeros([1, audio.frames, audio.bands]),
      frames: tf.fill([1], audio.frames),
      prosody: tf.zeros([1, audio.segments, audio.prosody]),
    },
  };
}

function shapeOf({ shape: [, ...rest] }: tf.Tensor): string {
  return `[${["B", ...rest].join(", ")}]`;
}

// Audio is as wide as its two paths.
const places = {
  text: { modality: "text", column: 0, span: 1 },
  image: { modality: "image", column: 1, span: 1 },
  audio: { modality: "audio", column: 2.5, span: 2 },
  spectral: { modality: "audio", column: 2, span: 1 },
  contextual: { modality: "audio", column: 3, span: 1 },
  joined: { modality: "unified", column: 1.5, span: 4 },
} as const;

// From the encoders on; rows of levels that are switched off are left out.
function rowsOf(
  config: ModelConfig,
  { shapes, trained }: { readonly shapes: Shapes; readonly trained: boolean },
): Stage[][] {
  const { gate, levels } = config;
  const eachModality = (stage: (m: Modality) => Omit<Stage, "modality" | "column">) =>
    modalities.map((m) => ({ ...places[m], ...stage(m) }));
  return [
    encodersOf(shapes, trained ? branchBoxes : frozenBoxes),
    audioPathsOf(shapes),
    [{
      ...places.audio,
      id: "gate",
      label: `Audio gate: ${gate}`,
      file: "lib/model/audio_gate.ts",
      shape: shapes.spectral,
      path: "gate",
    }],
    eachModality((m) => ({
      id: `processing ${m}`,
      label: `${capitalised(m)} processing layer`,
      file: "lib/model/processing_layer.ts",
      shape: shapes.segments[m],
      path: `processing/${m}`,
    })),
    levels.within
      ? eachModality((m) => ({
        id: `within ${m}`,
        label: `Attention within ${m}`,
        file: "lib/model/hierarchy.ts",
        shape: shapes.segments[m],
        path: `hierarchy/within/${m}`,
      }))
      : [],
    levels.across ? [across(config, shapes)] : [],
    levels.summaries ? [overSummaries(config, shapes)] : [],
    [{
      ...places.joined,
      id: "fusion",
      label: `Feature fusion: ${counted(config.fusionLayers, "layer")}`,
      file: "lib/model/feature_fusion.ts",
      shape: shapes.fused,
      path: "fusion",
    }],
    eachModality((m) => ({
      id: `head ${m}`,
      label: `${capitalised(m)} sentiment head`,
      file: "lib/model/sentiment_heads.ts",
      shape: shapes.logits,
      path: `heads/${m}`,
    })),
    [{
      ...places.joined,
      id: "unified",
      label: "Unified sentiment classifier",
      file: "lib/model/unified_classifier.ts",
      shape: shapes.logits,
      path: "unified",
    }],
  ].filter((stages) => stages.length > 0);
}

const frozenBoxes = {
  text: { label: "Text encoder", file: "lib/encoders/text_encoder.ts" },
  image: { label: "Image encoder", file: "lib/encoders/image_encoder.ts" },
  speech: { label: "Speech encoder", file: "lib/encoders/speech_encoder.ts" },
} as const;

const branchBoxes = {
  text: { label: "Trained text encoder", file: "lib/branches/text_branch.ts" },
  image: { label: "Trained image encoder", file: "lib/branches/image_branch.ts" },
  speech: { label: "Trained speech encoder", file: "lib/branches/speech_branch.ts" },
} as const;

// Trained encoders have learnt before the model does, and are frozen as it learns.
function encodersOf(
  shapes: Shapes,
  { text, image, speech }: typeof frozenBoxes | typeof branchBoxes,
): Stage[] {
  const frozen = true;
  return [
    { ...places.text, id: "text", ...text, shape: shapes.text, frozen },
    { ...places.image, id: "image", ...image, shape: shapes.image, frozen },
    {
      ...places.spectral,
      id: "spectral features",
      label: "Log-mel and prosody",
      file: "lib/encoders/spectral_features.ts",
      shape: `${shapes.logMel}, ${shapes.prosody}`,
      frozen,
    },
    { ...places.contextual, id: "speech", ...speech, shape: shapes.speech, frozen },
  ];
}

function audioPathsOf(shapes: Shapes): Stage[] {
  return [
    {
      ...places.spectral,
      id: "spectral",
      label: "Spectral branch",
      file: "lib/model/spectral_branch.ts",
      shape: shapes.spectral,
      path: "spectral",
    },
    {
      ...places.contextual,
      id: "contextual",
      label: "Contextual projection",
      file: "lib/model/model.ts",
      // Both paths have one shape, or the gate could not join them.
      shape: shapes.spectral,
      path: "contextual",
    },
  ];
}

function across({ heads }: ModelConfig, shapes: Shapes): Stage {
  return {
    ...places.joined,
    id: "across",
    label: `Cross-modal attention, ${counted(heads, "head")}`,
    file: "lib/model/cross_modal_attention.ts",
    shape: shapes.joined,
    path: "hierarchy/across",
  };
}

function overSummaries({ heads }: ModelConfig, shapes: Shapes): Stage {
  return {
    ...places.joined,
    id: "summaries",
    label: `Attention over the summaries, ${counted(heads, "head")}`,
    file: "lib/model/hierarchy.ts",
    shape: shapes.summaries,
    path: "hierarchy/summaries",
  };
}

function edgesOf({ gate, levels }: ModelConfig, shapes: Shapes): ArchitectureEdge[] {
  const edge = (from: string, to: string): ArchitectureEdge => ({ from, to });
  const joins = ["across", "summaries"].filter((level) => levels[level as "across" | "summaries"]);
  const last = (m: Modality) => levels.within ? `within ${m}` : `processing ${m}`;
  const chain = [...joins, "fusion"];
  return [
    edge("spectral features", "spectral"),
    edge("speech", "contextual"),
    ...gate === "contextual only" ? [] : [edge("spectral", "gate")],
    ...gate === "spectral only" ? [] : [edge("contextual", "gate")],
    edge("text", "processing text"),
    edge("image", "processing image"),
    edge("gate", "processing audio"),
    ...levels.within ? modalities.map((m) => edge(`processing ${m}`, `within ${m}`)) : [],
    // Segments become summaries, their means, behind the last level that reads segments.
    ...modalities.map((m) =>
      levels.across ? edge(last(m), "across") : { ...edge(last(m), chain[0]!), label: "mean" }
    ),
    ...chain.slice(1).map((to, i) =>
      chain[i] === "across"
        ? { ...edge("across", to), label: `means, ${shapes.summaries}` }
        : edge(chain[i]!, to)
    ),
    ...modalities.map((m) => edge("fusion", `head ${m}`)),
    ...modalities.map((m) => edge(`head ${m}`, "unified")),
  ];
}

function capitalised(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

function counted(n: number, thing: string): string {
  return n === 1 ? `1 ${thing}` : `${n} ${thing}s`;
}
