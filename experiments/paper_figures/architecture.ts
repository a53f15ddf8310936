/** The model's stages, shapes and parameters, read off the model itself (paper, Fig. 3). @module */

import * as tf from "../../lib/deps/tf.ts";
import type { Architecture, ArchitectureBox, ArchitectureEdge } from "../../lib/figures/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import * as model from "../../lib/model/mod.ts";
import {
  asTree,
  type Layout,
  layoutOf,
  type Parameter,
  split,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { capital, counted } from "../tables.ts";
import plan from "./architecture.json" with { type: "json" };

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
  config: model.ModelConfig,
  /** Whether the encoders are the trained branches; by default frozen networks. */
  { trained = false }: { readonly trained?: boolean } = {},
): Architecture {
  const tree = model.initModel(key(0), config) as Tree<Parameter>;
  const layout = layoutOf(tree);
  const shapes = tf.tidy(() => {
    // Of no value, only of the right shapes.
    const params = asTree(tree, split(layout, tf.zeros([layout.size])));
    return traceShapes(params as unknown as model.ModelParams, config);
  });
  const rows = rowsOf(config, { shapes, trained });
  const boxes = rows.flatMap((stages, row) =>
    stages.map(({ path, shape, frozen, ...stage }) => ({
      ...stage,
      file: fileOf(stage.id, trained),
      shape,
      ...frozen && { frozen },
      row,
      parameters: countOf(layout, path),
    }))
  );
  return { boxes, edges: edgesOf(config, shapes) };
}

type Shapes = ReturnType<typeof traceShapes>;

/** A box before its row and file are looked up; `path` is its place in the tree of parameters. */
type Stage = Omit<ArchitectureBox, "row" | "file" | "parameters"> & { readonly path?: string };

/** Which file is which box, by its name, or the name without the modality. */
const files: Readonly<Record<string, string>> = plan.files;
const trainedFiles: Readonly<Record<string, string>> = plan.trainedFiles;

function fileOf(id: string, trained: boolean): string {
  return (trained && trainedFiles[id]) || (files[id] ?? files[id.split(" ")[0]!]!);
}

function countOf({ entries }: Layout, path: string | undefined): number {
  return entries
    .filter((entry) => path !== undefined && `${entry.path}/`.startsWith(`${path}/`))
    .reduce((sum, { size }) => sum + size, 0);
}

function traceShapes(params: model.ModelParams, config: model.ModelConfig) {
  const inputs = zeros(config);
  const { text, image, audio } = inputs as Required<model.ModelInputs>;
  const heard = { logMel: audio.logMel!, frames: audio.frames!, prosody: audio.prosody! };
  const { segments, masks } = model.processModalities(params, { inputs }, config);
  const { fused, logits } = model.fuseModalities(params, { segments, masks }, config);
  const total = modalities.reduce((sum, m) => sum + segments[m]!.shape[1]!, 0);
  return {
    text: shapeOf(text.states),
    image: shapeOf(image.states),
    speech: shapeOf(audio.states),
    logMel: shapeOf(heard.logMel),
    prosody: shapeOf(heard.prosody),
    spectral: shapeOf(model.spectralBranch(params.spectral!, { ...audio, ...heard }, config)),
    segments: byModality((m) => shapeOf(segments[m]!)),
    joined: `[B, ${total}, ${config.width}]`,
    summaries: `[B, ${modalities.length}, ${config.width}]`,
    fused: shapeOf(fused),
    logits: shapeOf(logits.unified),
  };
}

function zeros({ inputs: { text, image, audio } }: model.ModelConfig): model.ModelInputs {
  const states = ({ segments, width }: { segments: number; width: number }) => ({
    states: tf.zeros([1, segments, width]),
    mask: tf.ones([1, segments]),
  });
  return {
    text: states(text),
    image: states(image),
    audio: {
      ...states(audio),
      logMel: tf.zeros([1, audio.frames!, audio.bands!]),
      frames: tf.fill([1], audio.frames!),
      prosody: tf.zeros([1, audio.segments, audio.prosody!]),
    },
  };
}

function shapeOf({ shape: [, ...rest] }: tf.Tensor): string {
  return `[${["B", ...rest].join(", ")}]`;
}

type Place = Pick<ArchitectureBox, "modality" | "column" | "span">;

// Audio is as wide as its two paths.
const places = plan.places as Record<keyof typeof plan.places, Place>;

// From the encoders on; rows of levels that are switched off are left out.
function rowsOf(
  { gate, levels, heads, fusionLayers }: model.ModelConfig,
  { shapes, trained }: { readonly shapes: Shapes; readonly trained: boolean },
): Stage[][] {
  const { text, image, audio, spectral, contextual, joined } = places;
  const { summaries, logits } = shapes;
  // Trained encoders have learnt before the model does, and are frozen as it learns.
  const encoder = (place: Place, name: string, shape: string): Stage => ({
    ...place,
    id: name,
    label: trained ? `Trained ${name} encoder` : `${capital(name)} encoder`,
    shape,
    frozen: true,
  });
  const logMel = box(spectral, "spectral features", "Log-mel and prosody", {
    shape: `${shapes.logMel}, ${shapes.prosody}`,
  });
  const attention = counted(heads, "head");
  const ofModalities = (
    name: string,
    path: string,
    labelOf: (m: Modality) => string,
    shapeOf = (m: Modality) => shapes.segments[m],
  ) =>
    modalities.map((m) => {
      const rest = { shape: shapeOf(m), path: `${path}/${m}` };
      return box(places[m], `${name} ${m}`, labelOf(m), rest);
    });
  const rows: Stage[][] = [
    [
      encoder(text, "text", shapes.text),
      encoder(image, "image", shapes.image),
      { ...logMel, frozen: true },
      encoder(contextual, "speech", shapes.speech),
    ],
    // Both paths have one shape, or the gate could not join them.
    [
      box(spectral, "spectral", "Spectral branch", { shape: shapes.spectral, path: "spectral" }),
      box(contextual, "contextual", "Contextual projection", {
        shape: shapes.spectral,
        path: "contextual",
      }),
    ],
    [box(audio, "gate", `Audio gate: ${gate}`, { shape: shapes.spectral, path: "gate" })],
    ofModalities("processing", "processing", (m) => `${capital(m)} processing layer`),
    levels.within ? ofModalities("within", "hierarchy/within", (m) => `Attention within ${m}`) : [],
    levels.across
      ? [box(joined, "across", `Cross-modal attention, ${attention}`, {
        shape: shapes.joined,
        path: "hierarchy/across",
      })]
      : [],
    levels.summaries
      ? [box(joined, "summaries", `Attention over the summaries, ${attention}`, {
        shape: summaries,
        path: "hierarchy/summaries",
      })]
      : [],
    [box(joined, "fusion", `Feature fusion: ${counted(fusionLayers, "layer")}`, {
      shape: shapes.fused,
      path: "fusion",
    })],
    ofModalities("head", "heads", (m) => `${capital(m)} sentiment head`, () => logits),
    [box(joined, "unified", "Unified sentiment classifier", { shape: logits, path: "unified" })],
  ];
  return rows.filter((stages) => stages.length > 0);
}

function box(place: Place, id: string, label: string, rest: Pick<Stage, "shape" | "path">): Stage {
  return { ...place, id, label, ...rest };
}

function edgesOf({ gate, levels }: model.ModelConfig, shapes: Shapes): ArchitectureEdge[] {
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
