/**
 * Explanations: what the model listens to, and whether what it tells of that
 * is to be believed.
 *
 *     deno task reproduce explanations
 *
 * One model, the first seed's on triples. Gate, attention and the exact Shapley
 * values of the modalities over all its test triples; on some of them
 * attributions to segments and to tiles of the spectrogram, and the deletion
 * and insertion tests of these; and a page for one triple. One model; its time
 * alone was not measured. The paper names explainability among its limits and has
 * no experiment on it. On the embedded corpus, which is synthetic, segments by
 * integrated gradients were faithful over 64 triples (deletion area 0.29, random
 * 0.84), tiles of the spectrogram no better than chance.
 *
 * @module
 */

import { loadInput } from "../../lib/encoders/load_input.ts";
import type { Clip, ImageFile } from "../../lib/encoders/mod.ts";
import {
  explainedPage,
  type Explainer,
  loadWordCutter,
  openExplainer,
  type RawSample,
  trainedParts,
  wholeMessage,
} from "../../lib/explanation/mod.ts";
import { contributionBoxes } from "../../lib/figures/contribution_boxes.ts";
import {
  attentionHeat,
  type AttentionRow,
  curvesWithBands,
  gateDistributionFigure,
  type GateRow,
} from "../../lib/figures/mod.ts";
import { explain, exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { isPositive } from "../../lib/metrics/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { fold, key, permutation } from "../../lib/tensor/random.ts";
import {
  type Contributions,
  contributionsOf,
  type Deletions,
  type ExplainedTriple,
  explainTriples,
  type Judged,
  judgeTriples,
  testExplanations,
  tripleOf,
} from "./explained_triples.ts";
import {
  attentionRows,
  checksOf,
  classes,
  contributionRows,
  deletionRows,
  type FaithfulnessRow,
  faithfulnessRows,
  gateRows,
  panels,
  triplesToCsv,
} from "./rows.ts";
import { explanationLines } from "./markdown.ts";
import type { Verdicts } from "../../lib/study/job.ts";
import { areTrained } from "../../lib/study/encoder_source.ts";
import { dataCaption, type Experiment, shortCaption, type Study } from "../../lib/study/study.ts";
import { beginResult, type OpenResult } from "../result.ts";
import { printNumber, printP } from "../../lib/numbers.ts";

// Triples whose explanations are tested: each costs some thousand verdicts.
const testedTriples = 32, fewTriples = 12;

/** Trains, explains, tests the explanations, and makes the page. */
export const explanations: Experiment = async (study) => {
  const { samples, options: { config, seeds, onProgress } } = study;
  const title =
    "Explanations. What the model listens to, and whether its explanations are faithful";
  const result = beginResult(study, { name: "explanations", title });
  const seed = seeds[0]!;
  const { judged, outcome } = await judgeTriples(study, seed);
  const { verdicts } = judged;
  result.keep(outcome);

  const explainer = await openExplainer(judged.trained);
  const contributions = await contributionsOf(judged, explainer, onProgress);
  const tested = permutation(fold(key(seed), "explained triples"), verdicts.labels.length)
    .slice(0, config.thorough ? testedTriples : fewTriples);
  const explained = await explainTriples(judged, { explainer, tested, onProgress });
  const deletions = await testExplanations(explained, { explainer, seed, onProgress });
  const rows = faithfulnessRows(deletions);

  const attention = attentionRows(verdicts);
  const gate = gateRows(verdicts, samples);
  const subtitle = shortCaption(study, 1);
  await saveFigures(result, { subtitle, attention, gate, contributions, deletions });
  const checks = checksOf(contributions, verdicts, explained);
  result.files.set("triples.csv", triplesToCsv(contributions, verdicts, samples));
  const triple = pageTriple(verdicts, tested);
  const page = await pageOf(study, {
    judged,
    explainer,
    explained: explained.find((one) => one.triple === triple)!,
    faithful: rows.filter(({ method }) => method === "integrated gradients"),
  });
  result.files.set("sample.html", page);
  await explainer.dispose();

  return result.finish({
    caption: `${dataCaption(study)} One model, seed ${seed}; ${verdicts.labels.length} ` +
      `test triples, ${tested.length} of them explained in parts.`,
    body: explanationLines({ rows, checks, attention, gate, contributions }),
    numbers: {
      seed,
      triples: tested,
      checks,
      attention,
      gate,
      faithfulness: rows,
      contributions: contributionRows(contributions),
      page: triple,
    },
    rows,
  });
};

async function saveFigures(
  result: OpenResult,
  { subtitle, attention, gate, contributions, deletions }: {
    readonly subtitle: string;
    readonly attention: readonly AttentionRow[];
    readonly gate: readonly GateRow[];
    readonly contributions: readonly Contributions[];
    readonly deletions: Deletions;
  },
): Promise<void> {
  const heat = attentionHeat(attention, {
    title: "Attention among modalities, by true class",
    subtitle: `${subtitle}; mean over test triples, heads and segments`,
  });
  await result.figure(heat, "explanations_attention");
  const distribution = gateDistributionFigure(gate, {
    title: "The audio gate on triples, by true class and by emotion",
    subtitle: `${subtitle}; test triples`,
  });
  await result.figure(distribution, "explanations_gate");
  await result.figure(contributionBoxes(contributionRows(contributions), {
    title: "What each modality adds to the verdict, by true class",
    subtitle: `${subtitle}; exact Shapley values of ${contributions.length} test triples`,
  }));
  const curves = curvesWithBands(deletionRows(deletions), {
    title: "Deletion and insertion tests of explanations",
    subtitle:
      `${subtitle}; ${deletions.segments.length} test triples. Probability of the predicted class ` +
      "as parts are removed or inserted, the most important first.",
    measure: "probability",
    levels: Object.fromEntries(panels.flatMap(({ removed, inserted }) => [
      [removed, "% removed"],
      [inserted, "% inserted"],
    ])),
    band: "Band: mean ± 1.96 standard errors over triples.",
  });
  await result.figure(curves, "explanations_deletion");
}

// The first that was judged rightly, or the first.
function pageTriple({ labels, scores }: Verdicts, tested: readonly number[]): number {
  return tested.find((i) => Number(isPositive(scores[i]!)) === labels[i]) ?? tested[0]!;
}

async function pageOf(
  study: Study,
  { judged, explainer, explained, faithful }: {
    readonly judged: Judged;
    readonly explainer: Explainer;
    readonly explained: ExplainedTriple;
    readonly faithful: readonly FaithfulnessRow[];
  },
): Promise<string> {
  const { samples, encoders, options: { cache, encoders: source } } = study;
  const { trained, verdicts, raw } = judged;
  const { triple } = explained;
  const own = byModality((m) => samples[m][verdicts.rows[m]![triple]!]!);
  const features = tripleOf(raw, verdicts, triple);
  const exported = await loadExportedModel(exportOnnx(trained));
  const explanation = await explain(exported, features);
  await exported.dispose();
  const sample: RawSample = {
    text: await loadInput(own.text) as string,
    image: await loadInput(own.image) as ImageFile,
    audio: await loadInput(own.audio) as Clip,
  };
  const emotions = modalities.map((m) => `${m} ${own[m].emotion}`).join(", ");
  return await explainedPage(sample, {
    features,
    explanation,
    explained: explained.explanation,
    explainer,
    sizes: trained.config.inputs,
    cutWords: areTrained(source)
      ? wholeMessage(trained.config.inputs.text.segments)
      : await loadWordCutter({ model: encoders.text.id, root: `${cache}/models` }),
    words: {
      title: "Why this verdict?",
      caption: `A test triple of one label; ${shortCaption(study, 1)}.${
        areTrained(source) ? ` ${trainedParts}` : ""
      }`,
      truth: `True label: ${classes[verdicts.labels[triple]!]} (${emotions}).`,
      faithfulness: faithful.map(({ parts, deletion, random, pHolm, verdict }) => {
        const p = pHolm === null ? "not tested" : `p ${pHolm < 0.001 ? "" : "= "}${printP(pHolm)}`;
        return `Over all tested triples, the area under the predicted class's probability is ` +
          `${printNumber(deletion)} as ${parts} are removed in this order and ` +
          `${printNumber(random)} in random order (${p}): ${verdict}.`;
      }).join(" "),
    },
  });
}
