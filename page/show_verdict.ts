/** Shows a verdict, how sure it is, and how far to trust that. @module */

/// <reference lib="dom" />

import type { PageModel, PageVerdict } from "../lib/browser/mod.ts";
import type { JudgedSample } from "../lib/inference/explain.ts";
import {
  describeCalibration,
  type VerdictCalibration,
} from "../lib/inference/verdict_temperature.ts";
import { printNumber, printPercent, signed } from "../lib/numbers.ts";
import type { Target } from "../lib/target.ts";
import { drawAttention } from "./draw_attention.ts";
import { byId, element, say, setText } from "./elements.ts";
import { namedProbability } from "./named_probability.ts";
import { showShares } from "./show_reasons.ts";

/** Shows the verdict, its probabilities, and each modality's part in it. */
export function showVerdict(verdict: PageVerdict, target: Target): void {
  const { judgement: { verdict: judged, explanation, calibration, notes }, certainty } = verdict;
  const label = byId("label");
  const isNothing = explanation === null;
  label.classList.toggle("none", isNothing);
  byId("hint").hidden = true;
  const said = judged.score === undefined ? judged.label : signed(judged.score, 2);
  setText(label, isNothing ? "Nothing to judge" : said);
  showShare(judged, target);
  byId("probabilities").replaceChildren(
    ...probabilities(judged, target).map((row) => probabilityRow(row, judged.label)),
  );
  byId("notes").replaceChildren(...notes.map((note) => element("li", {}, note)));
  byId("calibration").textContent = calibration ? aboutProbability(judged, calibration) : "";
  byId("certainty").textContent = certainty === null
    ? ""
    : `More certain than ${printPercent(certainty)} of this model's verdicts on validation data.`;
  byId("trust").hidden = calibration === null && certainty === null && notes.length === 0;
  showShares(verdict, target);
  byId("attention").hidden = verdict.attention === null;
  if (verdict.attention) drawAttention(verdict.attention);
}

/** Says that there is nothing. */
export function showNothing(): void {
  byId("label").classList.add("none");
  setText(byId("label"), "Nothing to judge yet");
  for (const id of ["probabilities", "share"]) byId(id).replaceChildren();
  byId("hint").hidden = false;
  for (const id of ["trust", "why", "attention"]) byId(id).hidden = true;
}

/** Says on what the model was trained; one of synthetic data carries a banner. */
export function showAbout({ about, reliability, config: { target } }: PageModel): void {
  const { data, synthetic, trained, accuracy, tested, notes } = about;
  if (synthetic) {
    say(
      "banner",
      "This model was trained on the embedded corpus, which is synthetic: it knows nothing of real " +
        "people, and what it says of you is a demonstration, not a finding.",
    );
  }
  const count = (m: keyof typeof trained, one: string) =>
    trained[m] > 0
      ? [`${trained[m].toLocaleString("en")} ${one}${trained[m] === 1 ? "" : "s"}`]
      : [];
  const counts = [
    ...count("text", "text"),
    ...count("image", "picture"),
    ...count("audio", "clip"),
  ];
  const measured = accuracy === undefined
    ? ""
    : ` Right on ${printPercent(accuracy, 1)} of ${tested!.toLocaleString("en")} held-out samples.`;
  const isCalibrated = Object.values(reliability?.temperatures ?? {})
    .some(({ temperature }) => temperature !== undefined);
  const warning = isCalibrated || target?.kind === "score"
    ? ""
    : " Its probabilities are not calibrated.";
  byId("model").textContent = `The model was trained on ${data}: ${counts.join(", ")}.${measured}` +
    `${warning}${notes.length > 0 ? ` Of its encoders: ${notes.join(". ")}.` : ""}`;
}

/** The calibrated probability of what is named, the model's own where there is none, or the score. */
function showShare(judged: JudgedSample, target: Target): void {
  const own = probabilities(judged, target).find(([name]) => name === judged.label);
  const { dataset } = byId("verdict");
  dataset.probability = String(judged.probability ?? judged.score ?? "");
  dataset.calibrated = String(judged.calibrated ?? "");
  const share = byId("share");
  if (own === undefined) return share.replaceChildren();
  const kind = judged.calibrated === undefined ? "not calibrated" : "calibrated";
  share.replaceChildren(printNumber(own[1], 2), " ", element("small", {}, kind));
}

function aboutProbability(judged: JudgedSample, calibration: VerdictCalibration): string {
  const own = printNumber(namedProbability(judged));
  if ("reason" in calibration) {
    return `The probability is the model's own, ${own}, and ${describeCalibration(calibration)}.`;
  }
  return `The model itself says ${own} of ${judged.label}; calibrated by ` +
    `${describeCalibration(calibration)}, it is ${
      printNumber(namedProbability(judged, judged.calibrated))
    }.`;
}

/** Names and shares of 1 to show: of a score its place in the range. */
function probabilities(judged: JudgedSample, target: Target): [string, number, string][] {
  const { probability, probabilities, calibrated, calibratedProbabilities, score } = judged;
  if (score !== undefined && target.kind === "score") {
    const { low, high } = target;
    const range = `${printNumber(low, 0)} to ${printNumber(high, 0)}`;
    return [[range, (score - low) / (high - low), signed(score, 2)]];
  }
  if (target.kind !== "classes" || probability === undefined) return [];
  const [first, second] = target.classes;
  const p = calibrated ?? probability;
  const all = calibratedProbabilities ?? probabilities ?? { [second!]: p, [first!]: 1 - p };
  return Object.entries(all).map(([name, p]) => [name, p, printNumber(p)]);
}

function probabilityRow(
  [name, share, printed]: [string, number, string],
  label: string,
): HTMLElement {
  return element(
    "div",
    { class: name === label ? "probability named" : "probability" },
    element("span", {}, name),
    element("meter", { min: 0, max: 1, value: share, "aria-label": `${name}: ${printed}` }),
    element("span", { "aria-hidden": "true" }, printed),
  );
}
