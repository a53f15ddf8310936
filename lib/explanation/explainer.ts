/** All explanations of one sample's verdict, and the test of them, for one trained model. @module */

import { shapleyValues } from "../inference/shapley.ts";
import type { SampleFeatures } from "../inference/exported_model.ts";
import type { TrainedModel } from "../systems/system.ts";
import { modalities, type Modality } from "../modality.ts";
import { fold, type Key } from "../tensor/random.ts";
import {
  type Attribution,
  compileAttributor,
  completenessError,
  type GradientMethod,
} from "./attributor.ts";
import { type Deletion, deletionInsertion, type RandomDeletion } from "./deletion.ts";
import { compileMaskedModel, type MaskedModel } from "./masked_model.ts";
import { keeping, occlusion } from "./occlusion.ts";
import * as units from "./units.ts";

/** Ways to divide a verdict among parts of its sample. */
export type ExplanationMethod = GradientMethod | "occlusion";

/** The parts that are explained: segments of all modalities, or tiles of the spectrogram. */
export type ExplainedParts = "segments" | "tiles";

/** The parts of one kind that a sample has, and what they did. */
export interface PartScores {
  /** Their places: in `Explainer.places`, or in the grid of tiles, the lowest pitch first. */
  readonly there: readonly number[];
  /** As {@linkcode Attribution.values}, one for each of `there`. */
  readonly scores: Readonly<Record<ExplanationMethod, readonly number[]>>;
}

/** What can be said of one verdict. */
export interface SampleExplanation {
  /** By number of the features. */
  readonly attribution: Attribution;
  /** {@linkcode completenessError} of the integrated gradients. */
  readonly completeness: number;
  /** By segment of each modality that is shown. */
  readonly segments: PartScores;
  /** Of samples with audio. */
  readonly tiles?: PartScores;
}

/** What became of one sample's verdict as its parts were removed. */
export interface DeletionTest<Name extends string> {
  /** By the name of the scores. */
  readonly of: Readonly<Record<Name, Deletion>>;
  /** Orders that know nothing of the sample, for comparison. */
  readonly random: RandomDeletion;
}

/** A model that can be asked why, for samples that show the same modalities; features are standardised. */
export interface Explainer {
  /** The modalities that it was compiled for. */
  readonly present: readonly Modality[];
  /** The segments, padding included, in the order of the model. */
  readonly places: readonly units.SegmentPlace[];
  /** Into how many tiles a spectrogram is cut. */
  readonly tileGrid: units.TileGrid;
  /** Attributions by every method. */
  explain(features: SampleFeatures): Promise<SampleExplanation>;
  /** Exact Shapley values of the modalities; see `explain` of lib/inference. */
  contributions(features: SampleFeatures): ReturnType<typeof shapleyValues<Modality>>;
  /**
   * Removes the parts `there` in the order of `scores`, and at random, and
   * follows the probability of the class that the model gives the whole sample; of a score, how far
   * it is from 0 on the side of the whole sample's.
   */
  test<Name extends string>(
    features: SampleFeatures,
    tested: {
      readonly parts: ExplainedParts;
      readonly there: readonly number[];
      readonly scores: Readonly<Record<Name, readonly number[]>>;
    },
    options: { readonly key: Key; readonly randomOrders?: number },
  ): Promise<DeletionTest<Name>>;
  /** Frees the compiled graphs. */
  dispose(): Promise<void>;
}

/**
 * Compiles what explains a model; `steps` are those of the integrated gradients, 256 by default, and
 * `favoured` the place of the class that is followed where there are more than two.
 */
export async function openExplainer(
  trained: Pick<TrainedModel, "parameters" | "config">,
  { present = modalities, steps = 256, tiles: tileGrid = units.defaultTiles, favoured }: {
    readonly present?: readonly Modality[];
    readonly steps?: number;
    readonly tiles?: units.TileGrid;
    readonly favoured?: number | undefined;
  } = {},
): Promise<Explainer> {
  const sizes = trained.config.inputs;
  const places = units.segmentPlaces(sizes, present);
  const attributor = await compileAttributor(trained, { present, steps, favoured });
  const bySegments = await compileMaskedModel(trained, { present, favoured, hide: "segments" });
  const byTiles = present.includes("audio")
    ? await compileMaskedModel(trained, { present, favoured, hide: tileGrid })
    : undefined;
  const masked = (parts: ExplainedParts): MaskedModel =>
    parts === "segments" ? bySegments : byTiles!;
  return {
    present,
    places,
    tileGrid,
    async explain(features) {
      const attribution = await attributor.run(features);
      const { values } = attribution;
      const score = async (
        parts: ExplainedParts,
        there: readonly number[],
        sum: (values: SampleFeatures) => readonly number[],
      ): Promise<PartScores> => {
        const of = (method: GradientMethod) => {
          const all = sum(values[method]);
          return there.map((i) => all[i]!);
        };
        const model = masked(parts);
        const run = (kept: readonly ArrayLike<number>[]) => model.run(features, kept);
        return {
          there,
          scores: {
            "integrated gradients": of("integrated gradients"),
            "gradient × input": of("gradient × input"),
            "occlusion": await occlusion(there, { places: model.places, run }),
          },
        };
      };
      return {
        attribution,
        completeness: completenessError(values["integrated gradients"], attribution),
        segments: await score(
          "segments",
          units.segmentsThere(features, places),
          (own) => units.bySegment(own, { places, sizes, features }),
        ),
        ...byTiles && {
          tiles: await score(
            "tiles",
            units.tilesThere(features, tileGrid, sizes.audio),
            (own) => units.byTile(own.audio!.logMel!, tileGrid, sizes.audio),
          ),
        },
      };
    },
    async contributions(features) {
      const subsets = Array.from(
        { length: 2 ** present.length },
        (_, s) => present.filter((_, i) => s >> i & 1),
      );
      const showing = (shown: readonly Modality[]) =>
        places.map(({ modality }) => Number(shown.includes(modality)));
      const worth = await bySegments.run(features, subsets.map(showing));
      const byName = new Map(subsets.map((shown, s) => [shown.join(), worth[s]!]));
      return shapleyValues(present, (shown) => Promise.resolve(byName.get(shown.join())!));
    },
    async test(features, { parts, there, scores }, { key, ...options }) {
      const model = masked(parts);
      const [whole] = await model.run(features, [keeping(there, model.places)]);
      const sign = whole! >= 0 ? 1 : -1;
      const forClass = Object.fromEntries(
        Object.entries<readonly number[]>(scores).map(([name, own]) => [
          name,
          own.map((score) => sign * score),
        ]),
      ) as unknown as typeof scores;
      return deletionInsertion(forClass, async (kept) => {
        const choices = kept.map((own) => keeping(there.filter((_, i) => own[i]), model.places));
        const values = await model.run(features, choices);
        const isScore = trained.config.target?.kind === "score";
        return values.map((value) => isScore ? sign * value : 1 / (1 + Math.exp(-sign * value)));
      }, { key: fold(key, parts), ...options });
    },
    async dispose() {
      await Promise.all([attributor, bySegments, byTiles].map((held) => held?.dispose()));
    },
  };
}
