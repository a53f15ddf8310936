/** What a model says of itself to programs: the model card's YAML block, the ONNX file's metadata. @module */

import { modalities } from "../modality.ts";
import { speakersMetadata } from "./card_speakers.ts";
import type { ModelDescription, TestScore } from "./model_folder.ts";
import { type ScoreName, verdictScores } from "./verdict_scores.ts";

/** Whether the model was trained on the embedded corpus, which is synthetic. */
export function isSynthetic({ data }: Pick<ModelDescription, "data">): boolean {
  return data.synthetic ?? data.label === "embedded";
}

/**
 * What `exportOnnx` adds to the metadata of a model whose training is known:
 * version, training data in words, licence.
 */
export function trainingMetadata(description: ModelDescription): Record<string, string> {
  const { versions, protocol, seed, data: { label, hash, corpora } } = description;
  const counts = modalities.map((m) => `${corpora[m].train} of ${m} (${corpora[m].name})`);
  const corpus = isSynthetic(description)
    ? "The embedded corpus, which is synthetic: sentences, faces and clips are drawn by a program."
    : `The data ${label}.`;
  return {
    version: versions.trivalence ?? "unknown",
    training_data: `${corpus} Training samples: ${counts.join(", ")}. Protocol ${protocol}, ` +
      `seed ${seed}, SHA-256 ${hash}.`,
    ...speakersMetadata(description),
    license: isSynthetic(description)
      ? "MIT"
      : "unknown: the code is under MIT, what the training data demand of the parameters is not said",
  };
}

/** The YAML block at the head of the model card, as the Hugging Face hub reads it. */
export function cardHeader(description: ModelDescription): string {
  const { data, encoders, scores } = description;
  const synthetic = isSynthetic(description);
  const names = modalities.map((m) => slug(data.corpora[m].name));
  const results = scores.map((score) => result(score, description));
  return `---\n${
    yaml({
      // Encoders of a user's own may read any language.
      ...(synthetic || encoders.choice !== "trained" && !encoders.text.folder) &&
        { language: "en" },
      license: synthetic ? "mit" : "unknown",
      library_name: "trivalence",
      // The hub has no task of three modalities.
      pipeline_tag: "text-classification",
      tags: [
        ...["sentiment-analysis", "multimodal", "image-classification", "audio-classification"],
        ...["cross-modal-attention", "onnx", "safetensors", ...synthetic ? ["synthetic"] : []],
      ],
      datasets: synthetic ? ["trivalence-embedded"] : [...new Set(names)],
      metrics: verdictScores(description.model.target).map(({ name }) => hubNames[name] ?? name),
      ...results.length > 0 && { "model-index": [{ name: "Trivalence model", results }] },
    }).join("\n")
  }\n---`;
}

function result(score: TestScore, description: ModelDescription): Yaml {
  const { data: { label }, model: { target }, protocol, encoders } = description;
  const synthetic = isSynthetic(description);
  const metric = (type: string, name: string, value: number) => ({ type, name, value });
  return {
    task: {
      type: "text-classification",
      name: `Sentiment by the ${score.head} head, shown ${score.shown.join(", ")}`,
    },
    dataset: {
      type: synthetic ? "trivalence-embedded" : slug(label),
      name: synthetic ? "Embedded corpus (synthetic)" : label,
      config: encoders.bySpeaker ? `${protocol}, by speaker` : protocol,
      split: "test",
    },
    metrics: verdictScores(target).filter(({ name }) => score[name] !== undefined)
      .map(({ name, title }) => metric(hubNames[name] ?? name, title, score[name]!)),
  };
}

// As the hub calls what it knows.
const hubNames: { readonly [S in ScoreName]?: string } = { auc: "roc_auc", pearson: "pearsonr" };

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "unnamed";
}

type Yaml = string | number | readonly Yaml[] | { readonly [key: string]: Yaml };

// Lines of a YAML value; every string in double quotes, whose escapes are those of JSON.
function yaml(value: Yaml): string[] {
  if (typeof value !== "object") return [JSON.stringify(value)];
  const nested = (head: string, child: Yaml) => {
    const [first, ...rest] = yaml(child) as [string, ...string[]];
    if (typeof child !== "object") return [`${head} ${first}`];
    return [head, ...[first, ...rest].map((line) => `  ${line}`)];
  };
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, child]) => nested(`${key}:`, child));
  }
  return value.flatMap((item) => {
    const [first, ...rest] = yaml(item);
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  });
}
