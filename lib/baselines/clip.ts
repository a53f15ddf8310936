/** CLIP as a baseline: zero-shot by the words of prompts, and a linear probe. @module */

import { isMapped, polarityOf, type ValenceMap } from "../datasets/valence.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { type CorpusFeatures, type ModalityFeatures, tableOf } from "../systems/features.ts";
import type { Fitted, Problem, Rows, System } from "../systems/system.ts";
import { otherThanPolarities, polarities } from "../target.ts";
import prompts from "./clip_prompts.json" with { type: "json" };
import { linearProbe } from "./linear_probe.ts";
import { learntModalities } from "./natural_rows.ts";
import { sigmoid } from "./logistic_loss.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/**
 * L2-regularised logistic regression on CLIP's embeddings, C chosen on validation as Radford et
 * al. (2021) recommend; features are standardised first, which they do not do.
 *
 * It reads `tables.clip`, `[N, 1, width]`, of each modality: a text's and an image's embedding,
 * and that of the picture of a clip's spectrogram. Under `label` it is one regression on the
 * three joined; rows under `natural`, several classes and scores are as {@linkcode linearProbe} has
 * them. The paper says no more than "CLIP".
 *
 * The fit throws a RangeError if a modality that it reads has no such table.
 */
export function clipProbe(): System {
  return {
    name: "CLIP",
    fit: async (problem) => {
      const { protocol, present } = problem;
      const read = protocol === "natural"
        ? learntModalities(problem)
        : protocol === "single"
        ? present
        : modalities;
      const ofClip = (features: CorpusFeatures, shown: readonly Modality[]) =>
        byModality((m) => shown.includes(m) ? embeddingsAsStates(features, m) : features[m]);
      const features = ofClip(problem.features, read);
      const fitted = await linearProbe().fit({ ...problem, features });
      return {
        ...fitted,
        predict: (rows, others) =>
          fitted.predict(
            rows,
            others && ofClip(others, shownIn(rows).filter((m) => read.includes(m))),
          ),
      };
    },
  };
}

// A table of one state a sample, which counts.
function embeddingsAsStates(features: CorpusFeatures, m: Modality): ModalityFeatures {
  const states = tableOf(features, m, "clip"), rows = states.shape[0]!;
  const mask = { shape: [rows, 1], data: new Float32Array(rows).fill(1) };
  return { tables: { states, mask }, labels: features[m].labels };
}

/** Embeddings `[width]` of the classes of each polarity, each of length 1. */
export interface PolarityPrompts {
  /** Of the classes that count as positive. */
  readonly positive: readonly Float32Array[];
  /** Of those that count as negative. */
  readonly negative: readonly Float32Array[];
}

/** What {@linkcode clipZeroShot} compares samples with. Plain data, so that a worker can be sent it. */
export interface ZeroShotPrompts {
  /** The classes that a sample of each modality is compared with. */
  readonly prompts: Readonly<Record<Modality, PolarityPrompts>>;
  /** e^s, CLIP's temperature. */
  readonly scale: number;
}

/**
 * Zero-shot classification: nothing is fitted.
 *
 *     p(c | x) = softmax over c of e^s cos(x, c)
 *     p(positive | x) = Σ p(c | x) over the classes c of positive polarity
 *
 * x is a row of `tables.clip`, `[N, 1, width]`; the classes are those of `prompts`, see
 * {@linkcode zeroShotPrompts}. Of several modalities `unified` is the mean of the logits, for
 * which there is no precedent; under `natural` it is that of whatever a row shows, and modalities
 * of which training has no sample take part too, as nothing is fitted. The threshold of ½ is not
 * tuned, and scores may lean to one side.
 */
export function clipZeroShot(words: ZeroShotPrompts): System {
  return { name: "CLIP zero-shot", fit: (problem) => compareWith(words, problem) };
}

// deno-lint-ignore require-await -- what it throws is a rejection, as of any other system.
async function compareWith(
  { prompts, scale }: ZeroShotPrompts,
  { features, present, protocol, target = polarities }: Problem,
): Promise<Fitted> {
  if (otherThanPolarities(target)) {
    throw new RangeError(
      "Cannot fit CLIP zero-shot: expected the classes negative and positive, which its prompts " +
        `tell apart, got ${target.kind === "score" ? "scores" : target.classes.join(", ")}`,
    );
  }
  const isNatural = protocol === "natural";
  const there = present.filter((m) => !isNatural || features[m].labels.length > 0);
  for (const m of there) assertWidth(features, m, prompts[m]);
  const logits = (rows: Rows, m: Modality, of: CorpusFeatures) =>
    Float64Array.from(rows[m]!, (row) => {
      const x = rowOf(of, m, row);
      const mass = (classes: readonly Float32Array[]) =>
        logSumExp(classes.map((c) => scale * cosine(x, c)));
      return mass(prompts[m].positive) - mass(prompts[m].negative);
    });
  return {
    // deno-lint-ignore require-await
    predict: async (rows, others = features) => {
      const shown = shownIn(rows);
      if (!shown.every((m) => there.includes(m))) throw unfitted(shown, there);
      const each = shown.map((m) => logits(rows, m, others));
      const heads = Object.fromEntries(shown.map((m, i) => [m, each[i]!.map(sigmoid)]));
      if (shown.length < 2 && !isNatural) return heads;
      const mean = each[0]!.map((_, i) => each.reduce((sum, z) => sum + z[i]!, 0) / each.length);
      return { ...heads, unified: mean.map(sigmoid) };
    },
    record: {
      protocol,
      scale,
      classes: Object.fromEntries(there.map((m) => [m, {
        positive: prompts[m].positive.length,
        negative: prompts[m].negative.length,
      }])),
    },
    dispose: () => Promise.resolve(),
  };
}

/**
 * Of faces the classes and templates that CLIP's authors publish for FER2013 (openai/CLIP,
 * data/prompts.md); an emotion may go by several words. Of sentiments the first template is theirs
 * for SST-2; messages are no reviews, so the second is ours.
 */
const { faces, sentiments }: Readonly<Record<"faces" | "sentiments", Prompts>> = prompts;

interface Prompts {
  /** Words by emotion. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** `{}` stands for the word. */
  readonly templates: readonly string[];
}

/**
 * The embeddings of the published prompts: of emotional faces for images and for pictures of
 * spectrograms, of sentiments for texts. A class is the normalised mean of the normalised
 * embeddings of all its words in all templates; its polarity is that of `valence`, and one
 * that is excluded, as neutral is, takes no part in the softmax.
 *
 * @throws {RangeError} No class is left of one polarity.
 */
export async function zeroShotPrompts(
  { text, scale }: { readonly text: Pick<Encoder<string>, "encode">; readonly scale: number },
  { valence }: { readonly valence: ValenceMap },
): Promise<ZeroShotPrompts> {
  const embed = async ({ classes, templates }: Prompts): Promise<PolarityPrompts> => {
    const sides: { positive: Float32Array[]; negative: Float32Array[] } = {
      positive: [],
      negative: [],
    };
    for (const [emotion, words] of Object.entries(classes)) {
      const polarity = isMapped(emotion, valence) ? polarityOf(emotion, valence) : undefined;
      if (polarity === undefined) continue;
      const texts = templates.flatMap((template) => words.map((w) => template.replace("{}", w)));
      const vectors = (await text.encode(texts)).map(({ clip }) => normalised(clip!));
      sides[polarity === 1 ? "positive" : "negative"].push(normalised(sum(vectors)));
    }
    for (const [polarity, { length }] of Object.entries(sides)) {
      if (length > 0) continue;
      throw new RangeError(
        `Cannot make prompts: expected a ${polarity} class among ` +
          `${Object.keys(classes).join(", ")}, got none by this valence map`,
      );
    }
    return sides;
  };
  const emotions = await embed(faces);
  return { prompts: { text: await embed(sentiments), image: emotions, audio: emotions }, scale };
}

function assertWidth(features: CorpusFeatures, m: Modality, prompts: PolarityPrompts): void {
  const width = tableOf(features, m, "clip").shape[2];
  const other = [...prompts.positive, ...prompts.negative].find(({ length }) => length !== width);
  if (other !== undefined) {
    throw new RangeError(
      `Cannot compare ${m} with prompts: expected prompts ${width} wide, as the samples are, ` +
        `got ${other.length}`,
    );
  }
}

function rowOf(features: CorpusFeatures, m: Modality, row: number): Float32Array {
  const { data, shape: [, , width] } = tableOf(features, m, "clip");
  return data.subarray(row * width!, (row + 1) * width!);
}

function cosine(x: Float32Array, y: Float32Array): number {
  const lengths = Math.sqrt(dot(x, x) * dot(y, y));
  return lengths === 0 ? 0 : dot(x, y) / lengths;
}

function dot(x: Float32Array, y: Float32Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
}

function normalised(x: Float32Array): Float32Array {
  const length = Math.sqrt(dot(x, x));
  return length === 0 ? x : x.map((value) => value / length);
}

function sum(vectors: readonly Float32Array[]): Float32Array {
  return vectors[0]!.map((_, i) => vectors.reduce((total, x) => total + x[i]!, 0));
}

function logSumExp(values: readonly number[]): number {
  const highest = Math.max(...values);
  return highest + Math.log(values.reduce((total, x) => total + Math.exp(x - highest), 0));
}
