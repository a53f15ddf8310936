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
import * as explaining from "../../lib/explanation/mod.ts";
import { contributionBoxes } from "../../lib/figures/contribution_boxes.ts";
import * as figures from "../../lib/figures/mod.ts";
import { explain, exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { isPositive } from "../../lib/metrics/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { fold, key, permutation } from "../../lib/tensor/random.ts";
import * as triples from "./explained_triples.ts";
import * as explanationRows from "./rows.ts";
import type { Verdicts } from "../../lib/study/job.ts";
import { areTrained, trainedBySplit } from "../../lib/study/encoder_source.ts";
import { dataCaption, type Experiment, shortCaption, type Study } from "../../lib/study/study.ts";
import { beginResult, type OpenResult } from "../result.ts";
import { printNumber, printP, printPercent, signed } from "../../lib/numbers.ts";
import { average, blocks, columnsTable, markdownTable } from "../tables.ts";

// Triples whose explanations are tested: each costs some thousand verdicts.
const testedTriples = 32, fewTriples = 12;

/** Trains, explains, tests the explanations, and makes the page. */
export const explanations: Experiment = async (study) => {
  const { samples, options: { config, seeds, onProgress } } = study;
  const title =
    "Explanations. What the model listens to, and whether its explanations are faithful";
  const result = beginResult(study, { name: "explanations", title });
  const seed = seeds[0]!;
  const { judged, outcome } = await triples.judgeTriples(study, seed);
  const { verdicts } = judged;
  result.keep(outcome);

  const explainer = await explaining.openExplainer(judged.trained);
  const contributions = await triples.contributionsOf(judged, explainer, onProgress);
  const tested = permutation(fold(key(seed), "explained triples"), verdicts.labels.length)
    .slice(0, config.thorough ? testedTriples : fewTriples);
  const explained = await triples.explainTriples(judged, { explainer, tested, onProgress });
  const deletions = await triples.testExplanations(explained, { explainer, seed, onProgress });
  const rows = explanationRows.faithfulnessRows(deletions);

  const attention = explanationRows.attentionRows(verdicts);
  const gate = explanationRows.gateRows(verdicts, samples);
  const checks = explanationRows.checksOf(contributions, verdicts, explained);
  const findings = { rows, checks, attention, gate, contributions, deletions };
  await saveFigures(result, shortCaption(study, 1), findings);
  result.files.set("triples.csv", explanationRows.triplesToCsv(contributions, verdicts, samples));
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
    body: explanationLines(findings),
    numbers: {
      seed,
      triples: tested,
      checks,
      attention,
      gate,
      faithfulness: rows,
      contributions: explanationRows.contributionRows(contributions),
      page: triple,
    },
    rows,
  });
};

/** What tables and figures show. */
interface Findings {
  readonly rows: readonly explanationRows.FaithfulnessRow[];
  readonly checks: explanationRows.Checks;
  readonly attention: readonly figures.AttentionRow[];
  readonly gate: readonly figures.GateRow[];
  readonly contributions: readonly triples.Contributions[];
  readonly deletions: triples.Deletions;
}

async function saveFigures(
  result: OpenResult,
  subtitle: string,
  { attention, gate, contributions, deletions }: Findings,
): Promise<void> {
  await result.figure((form) =>
    figures.attentionHeat(attention, {
      title: "Attention among modalities, by true class",
      subtitle: `${subtitle}; mean over test triples, heads and segments`,
      ...form,
    }), "explanations_attention");
  await result.figure((form) =>
    figures.gateDistributionFigure(gate, {
      title: "The audio gate on triples, by true class and by emotion",
      subtitle: `${subtitle}; test triples`,
      ...form,
    }), "explanations_gate");
  await result.figure((form) =>
    contributionBoxes(explanationRows.contributionRows(contributions), {
      title: "What each modality adds to the verdict, by true class",
      subtitle: `${subtitle}; exact Shapley values of ${contributions.length} test triples`,
      ...form,
    })
  );
  await result.figure((form) =>
    figures.curvesWithBands(explanationRows.deletionRows(deletions), {
      title: "Deletion and insertion tests of explanations",
      subtitle:
        `${subtitle}; ${deletions.segments.length} test triples. Probability of the predicted class ` +
        "as parts are removed or inserted, the most important first.",
      measure: "probability",
      levels: Object.fromEntries(explanationRows.panels.flatMap(({ removed, inserted }) => [
        [removed, "% removed"],
        [inserted, "% inserted"],
      ])),
      band: "Band: mean ± 1.96 standard errors over triples.",
      ...form,
    }), "explanations_deletion");
}

// The first that was judged rightly, or the first.
function pageTriple({ labels, scores }: Verdicts, tested: readonly number[]): number {
  return tested.find((i) => Number(isPositive(scores[i]!)) === labels[i]) ?? tested[0]!;
}

async function pageOf(
  study: Study,
  { judged, explainer, explained, faithful }: {
    readonly judged: triples.Judged;
    readonly explainer: explaining.Explainer;
    readonly explained: triples.ExplainedTriple;
    readonly faithful: readonly explanationRows.FaithfulnessRow[];
  },
): Promise<string> {
  const { samples, encoders, options: { cache, encoders: source } } = study;
  const { trained, verdicts, raw } = judged;
  const { triple } = explained;
  const own = byModality((m) => samples[m][verdicts.rows[m]![triple]!]!);
  const features = triples.tripleOf(raw, verdicts, triple);
  const exported = await loadExportedModel(exportOnnx(trained));
  const explanation = await explain(exported, features);
  await exported.dispose();
  const sample: explaining.RawSample = {
    text: await loadInput(own.text) as string,
    image: await loadInput(own.image) as ImageFile,
    audio: await loadInput(own.audio) as Clip,
  };
  const emotions = modalities.map((m) => `${m} ${own[m].emotion}`).join(", ");
  return await explaining.explainedPage(sample, {
    features,
    explanation,
    explained: explained.explanation,
    explainer,
    sizes: trained.config.inputs,
    heardSeconds: (await encoders.audio[0].inspect?.(sample.audio!))?.taken,
    cutWords: areTrained(source)
      ? explaining.wholeMessage(trained.config.inputs.text.segments)
      : await explaining.loadWordCutter({ model: encoders.text.id, root: `${cache}/models` }),
    words: {
      title: "Why this verdict?",
      caption: `A test triple of one label; ${shortCaption(study, 1)}.${
        areTrained(source) ? ` ${explaining.trainedParts({ ofSpeech: hearsTrained(study) })}` : ""
      }`,
      truth: `True label: ${explanationRows.classes[verdicts.labels[triple]!]} (${emotions}).`,
      faithfulness: faithful.map(({ parts, deletion, random, pHolm, verdict }) => {
        const p = pHolm === null ? "not tested" : `p ${pHolm < 0.001 ? "" : "= "}${printP(pHolm)}`;
        return `Over all tested triples, the area under the predicted class's probability is ` +
          `${printNumber(deletion)} as ${parts} are removed in this order and ` +
          `${printNumber(random)} in random order (${p}): ${verdict}.`;
      }).join(" "),
    },
  });
}

function hearsTrained({ encoders, options: { encoders: source } }: Study): boolean {
  return trainedBySplit(source).includes("audio") || encoders.audio[0].id === "trained audio";
}

/** All tables of the explanations, as lines of Markdown. */
function explanationLines({ rows, checks, attention, gate, contributions }: Findings): string[] {
  const { largest, median, within, tolerance } = checks.completeness;
  return blocks(
    "### Faithfulness",
    "Areas under the probability of the predicted class, from all parts to none. Segments are hidden " +
      "by mask 0, as in training; tiles of the spectrogram are set to their mean over training. Low " +
      "deletion and high insertion are good. Student's paired test over triples of the deletion area " +
      "against the mean of 20 random orders; p after Holm's correction. It speaks of this model and " +
      "these triples. Without a p there are fewer than six triples.",
    columnsTable(rows, [
      ["parts", "parts"],
      ["explained by", "method"],
      ["deletion", ({ deletion }) => printNumber(deletion)],
      ["insertion", ({ insertion }) => printNumber(insertion)],
      ["between", ({ between }) => signed(between)],
      ["random", ({ random }) => printNumber(random)],
      ["difference", ({ test }) => signed(test?.difference)],
      ["p (Holm)", ({ pHolm }) => printP(pHolm)],
      ["verdict", "verdict"],
    ], { text: 2, lastIsText: true }),
    "### What has to add up",
    `Shapley values of ${contributions.length} triples: their sum differs from the log-odds less ` +
      `those of no modality by ${
        checks.shapleySum.toExponential(1)
      } at most; the log-odds that are ` +
      `divided differ from the verdict's by ${checks.shapleyVerdict.toExponential(1)} at most. ` +
      `Integrated gradients: relative error of the sum ${printNumber(median, 4)} in the median, ` +
      `${printNumber(largest, 4)} at most; ${printPercent(within)} within the tolerance of ` +
      `${tolerance}.`,
    "### Mean Shapley values by true class, in log-odds",
    markdownTable(
      ["true class", ...modalities],
      [...Map.groupBy(contributions, ({ label }) => label)].toSorted(([a], [b]) => a - b)
        .map(([label, ofClass]) => [
          explanationRows.classes[label]!,
          ...modalities.map((m) => signed(average(ofClass.map(({ values }) => values[m])))),
        ]),
    ),
    "### Attention among modalities",
    markdownTable(
      ["level, true class", "from", ...modalities.map((m) => `to ${m}`)],
      [...Map.groupBy(attention, ({ panel }) => panel)].flatMap(([panel, map]) =>
        modalities.map((from) => [
          panel,
          from,
          ...map.filter((row) => row.from.modality === from)
            .map(({ weight }) => printNumber(weight)),
        ])
      ),
      { text: 2 },
    ),
    "### The gate: share of the spectral path",
    columnsTable(gate, [
      ["clips of", "emotion"],
      ["count", "count"],
      ["mean", ({ mean }) => printNumber(mean)],
      ["median", ({ quantiles: [, , median] }) => printNumber(median)],
      ["5 to 95 %", ({ quantiles: q }) => `${printNumber(q[0])} to ${printNumber(q[4])}`],
    ]),
  );
}
