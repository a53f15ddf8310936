/** A verdict in a browser with all that a page shows of it. @module */

import type { Features } from "../encoders/encoder.ts";
import { occlusion } from "../explanation/occlusion.ts";
import { gridOf, type SegmentPlace, segmentPlaces, segmentsThere } from "../explanation/units.ts";
import { spreadOverWords, wholeMessage, wordCutter, type WordScore } from "../explanation/words.ts";
import {
  evidenceIn,
  type Explanation,
  type JudgedSample,
  judgedSample,
  verdictOf,
} from "../inference/explain.ts";
import { judge, type Judgement } from "../inference/judge.ts";
import { rankAmong } from "../inference/outlier_check.ts";
import { certaintyOf, nameOfShown, type Reliability } from "../inference/reliability.ts";
import {
  type ExportedModel,
  exportedModelOf,
  type GraphSession,
  type SampleFeatures,
} from "../inference/run_exported.ts";
import { withCalibration } from "../inference/verdict_temperature.ts";
import { modalities, type Modality } from "../modality.ts";
import { mostLikely, polarities, type Target } from "../target.ts";
import { isTrained, type PageModel, unpackReliability } from "./page_model.ts";
import type { EncodedInput, PagePlaces, SampleEncoders } from "./sample_encoders.ts";

/** What a sample is made of: encoded inputs, and the message itself. */
export interface EncodedSample {
  /** By modality, of those that are there. */
  readonly inputs: { readonly [M in Modality]?: EncodedInput };
  /** The message, for its words. */
  readonly text?: string | undefined;
}

/** Attention between segments, averaged over heads. */
export interface PageAttention {
  /** Of which segments, in the order of rows and columns. */
  readonly places: readonly SegmentPlace[];
  /** `[query, key]`; rows sum to 1. */
  readonly weights: readonly (readonly number[])[];
}

/** What each modality did to the verdict: exact Shapley values, in log-odds or units of the score. */
export interface PageReasons {
  /** The class that is named, for which more than 0 speaks; null of scores, where it is for a higher one. */
  readonly favoured: string | null;
  /** By modality, of those that are there. */
  readonly shares: { readonly [M in Modality]?: number };
  /** With no modality at all. */
  readonly baseline: number;
  /** Of the whole; `baseline` and the shares add up to it. */
  readonly total: number;
}

/**
 * What each part of the sample did to the verdict, by occlusion, in log-odds of the class that is named
 * or units of the score.
 */
export interface PageParts {
  /** Words of the message. */
  readonly words: readonly WordScore[];
  /** Cells of the image's grid, row after row; none without an image. */
  readonly cells: readonly number[];
  /** How many cells a row has. */
  readonly columns: number;
  /** Stretches of the clip, as long as each other; none without a clip. */
  readonly stretches: readonly number[];
}

/** Everything that a page shows of one verdict. */
export interface PageVerdict {
  /** What `predict` says. */
  readonly judgement: Judgement;
  /** Why, for the class that is named; null where there was nothing to judge. */
  readonly reasons: PageReasons | null;
  /** The verdict without each modality, where another one is left. */
  readonly without: { readonly [M in Modality]?: JudgedSample };
  /** The share of the validation part's verdicts that are less certain, where it is known. */
  readonly certainty: number | null;
  /** The audio gate by stretch of the clip: the share of the spectral path, from 0 to 1. */
  readonly gate: readonly number[] | null;
  /** Null where the model has no attention across modalities. */
  readonly attention: PageAttention | null;
  /** Null where it was not asked for, or nothing was judged. */
  readonly parts: PageParts | null;
}

/** A model in a page. */
export interface PageJudge {
  /** Judges what was encoded; parts take several times as long as the verdict. */
  judge(sample: EncodedSample, options: { readonly parts: boolean }): Promise<PageVerdict>;
  /** Frees the graph. */
  dispose(): Promise<void>;
}

/** Opens a model; `tokensOf` is its text encoder's, see {@linkcode SampleEncoders}. */
export async function openPageJudge(
  page: PageModel,
  { tokensOf, ...places }: PagePlaces & Pick<SampleEncoders, "tokensOf">,
): Promise<PageJudge> {
  const graph = await places.openGraph(await places.readFile(page.graph));
  const model = exportedModelOf(graph as GraphSession);
  const reliability = page.reliability && unpackReliability(page.reliability);
  const { config, standardisation, outliers } = page;
  const target = config.target ?? polarities;
  return {
    async judge({ inputs, text }, { parts }) {
      const each = <Part>(part: (input: EncodedInput) => Part) =>
        Object.fromEntries(
          modalities.flatMap((m) => inputs[m] ? [[m, part(inputs[m])] as const] : []),
        ) as { readonly [M in Modality]?: Part };
      const read = { features: each(({ features }) => features), extents: each((e) => e.extent) };
      const judgement = await judge(model, read, { standardisation, config }, {
        reliability,
        outliers,
      });
      const shown = modalities.filter((m) => inputs[m] && !inputs[m].extent.blank);
      if (shown.length === 0) {
        return { ...nothing, judgement };
      }
      const features = Object.fromEntries(shown.map((m) => [m, read.features[m]!]));
      const all = await model.run(features, { shown });
      const list = reliability?.certainties[nameOfShown(shown)];
      return {
        judgement,
        reasons: reasonsOf(judgement.explanation!, target),
        without: await verdictsWithout(model, features, { shown, target, reliability }),
        certainty: list && target.kind === "classes"
          ? rankAmong(list, certaintyOf(all["logits/unified"]!))
          : null,
        gate: features.audio && all.gate ? gateOf(all.gate, features.audio) : null,
        attention: attentionOf(all["attention/across"], features, page),
        parts: parts
          ? await partsOf(model, features, { shown, page, target, text, tokensOf })
          : null,
      };
    },
    dispose: () => model.dispose(),
  };
}

const nothing = {
  reasons: null,
  without: {},
  certainty: null,
  gate: null,
  attention: null,
  parts: null,
};

/** Of two classes evidence is for the second, whichever is named: it is turned to that one. */
function reasonsOf(
  { contributions, baseline, logOdds, probability, probabilities, label }: Explanation,
  target: Target,
): PageReasons {
  const isFirst = probability !== undefined && probabilities === undefined && probability < 0.5;
  const turned = (share: number) => isFirst ? -share : share;
  const shares = Object.entries(contributions).map(([m, share]) => [m, turned(share)]);
  return {
    favoured: target.kind === "score" ? null : label,
    shares: Object.fromEntries(shares),
    baseline: turned(baseline),
    total: turned(logOdds),
  };
}

async function verdictsWithout(
  model: ExportedModel,
  features: SampleFeatures,
  { shown, target, reliability }: {
    readonly shown: readonly Modality[];
    readonly target: Target;
    readonly reliability: Reliability | undefined;
  },
): Promise<PageVerdict["without"]> {
  if (shown.length < 2) return {};
  const without: { [M in Modality]?: JudgedSample } = {};
  for (const m of shown) {
    const rest = shown.filter((other) => other !== m);
    const name = `${target.kind === "score" ? "score" : "probability"}/unified`;
    const verdict = await model.run(features, { shown: rest, outputs: [name] });
    const said = judgedSample(verdictOf(verdict, "unified", target), target);
    const { temperature } = reliability?.temperatures?.[nameOfShown(rest)] ?? {};
    without[m] = temperature === undefined ? said : withCalibration(said, temperature);
  }
  return without;
}

/** The gate's mean over features, of each segment that the clip has. */
function gateOf(gate: Float32Array, { mask }: Features): number[] {
  const width = gate.length / mask!.length;
  return Array.from(mask!).flatMap((there, s) => {
    if (there === 0) return [];
    const own = gate.subarray(s * width, (s + 1) * width);
    return [own.reduce((a, b) => a + b, 0) / width];
  });
}

function attentionOf(
  across: Float32Array | undefined,
  features: SampleFeatures,
  { config }: PageModel,
): PageAttention | null {
  if (across === undefined) return null;
  const places = segmentPlaces(config.inputs, modalities);
  const size = places.length, heads = across.length / size ** 2;
  const there = places.flatMap(({ modality, segment }, i) =>
    features[modality] && features[modality].mask![segment]! > 0 ? [i] : []
  );
  const weight = (query: number, key: number) => {
    let sum = 0;
    for (let h = 0; h < heads; h++) sum += across[(h * size + query) * size + key]!;
    return sum / heads;
  };
  return {
    places: there.map((i) => places[i]!),
    weights: there.map((query) => there.map((key) => weight(query, key))),
  };
}

interface Asked {
  readonly shown: readonly Modality[];
  readonly page: PageModel;
  readonly target: Target;
  readonly text?: string | undefined;
  readonly tokensOf: SampleEncoders["tokensOf"];
}

async function partsOf(
  model: ExportedModel,
  features: SampleFeatures,
  { shown, page, target, text, tokensOf }: Asked,
): Promise<PageParts> {
  const sizes = page.config.inputs;
  const places = segmentPlaces(sizes, shown);
  const there = segmentsThere(features, places);
  const scores = await occlusion(there, {
    places: places.length,
    run: (kept) => evidenceOfKept(model, features, { kept, places, shown, target }),
  });
  const of = (m: Modality) => there.flatMap((i, k) => places[i]!.modality === m ? scores[k]! : []);
  const cells = of("image");
  const { text: encoder } = page.encoders;
  const cut = encoder && isTrained(encoder)
    ? wholeMessage(sizes.text.segments)
    : wordCutter(tokensOf);
  return {
    words: features.text && text ? spreadOverWords(cut(text), of("text")) : [],
    cells,
    columns: cells.length > 0 ? gridOf(sizes.image.segments).columns : 0,
    stretches: of("audio"),
  };
}

/** What speaks for the verdict for each choice of segments; of others the mask is 0. */
async function evidenceOfKept(
  model: ExportedModel,
  features: SampleFeatures,
  { kept, places, shown, target }: {
    readonly kept: readonly ArrayLike<number>[];
    readonly places: readonly SegmentPlace[];
    readonly shown: readonly Modality[];
    readonly target: Target;
  },
): Promise<number[]> {
  const samples = kept.length;
  const many = Object.fromEntries(shown.map((m) => {
    const tables = Object.entries(features[m]!).map(([name, table]) =>
      [name, repeated(table, samples)] as const
    );
    const own = Object.fromEntries(tables);
    const segments = own.mask!.length / samples;
    const first = places.findIndex(({ modality }) => modality === m);
    kept.forEach((choice, row) => {
      for (let s = 0; s < segments; s++) own.mask![row * segments + s]! *= choice[first + s]!;
    });
    return [m, own];
  }));
  const name = "logits/unified";
  const logits = (await model.run(many, { shown, outputs: [name], samples }))[name]!;
  const width = logits.length / samples;
  const rows = kept.map((_, row) => logits.subarray(row * width, (row + 1) * width));
  const favoured = mostLikely(rows[0]!);
  const [first, second] = rows[0]!;
  const sign = target.kind === "classes" && width === 2 && second! < first! ? -1 : 1;
  return rows.map((z) => sign * evidenceIn(z, target, favoured));
}

function repeated(table: Float32Array, times: number): Float32Array {
  const result = new Float32Array(times * table.length);
  for (let i = 0; i < times; i++) result.set(table, i * table.length);
  return result;
}
