/** Shows a verdict and its reasons. @module */

/// <reference lib="dom" />

import type { AboutModel, PageVerdict } from "../lib/browser/mod.ts";
import { colourOf, largest, opacity, scaleNote } from "../lib/explanation/score_colours.ts";
import type { JudgedSample } from "../lib/inference/explain.ts";
import { modalities } from "../lib/modality.ts";
import { printNumber, printPercent, signed } from "../lib/numbers.ts";
import type { Target } from "../lib/target.ts";
import { byId, element, say } from "./elements.ts";
import { drawAttention } from "./draw_attention.ts";

/** Shows the verdict, its probabilities, and each modality's part in it. */
export function showVerdict(verdict: PageVerdict, target: Target): void {
  const { judgement: { verdict: judged, explanation, notes }, certainty } = verdict;
  const label = byId("label");
  label.classList.toggle("none", explanation === null);
  setText(label, explanation === null ? "Nothing to judge" : judged.label);
  byId("probabilities").replaceChildren(...probabilities(judged, target).map(probabilityRow));
  byId("notes").replaceChildren(...notes.map((note) => element("li", {}, note)));
  byId("certainty").textContent = certainty === null
    ? ""
    : `More certain than ${
      printPercent(certainty)
    } of this model's verdicts on its validation data.`;
  showShares(verdict, target);
  byId("attention").hidden = verdict.attention === null;
  if (verdict.attention) drawAttention(verdict.attention);
}

/** Says that there is nothing. */
export function showNothing(): void {
  byId("label").classList.add("none");
  setText(byId("label"), "Nothing to judge yet");
  for (const id of ["probabilities", "notes"]) byId(id).replaceChildren();
  byId("certainty").textContent = "";
  for (const id of ["why", "attention"]) byId(id).hidden = true;
}

/** Says on what the model was trained; one of synthetic data carries a banner. */
export function showAbout({ data, synthetic, trained, accuracy, tested, notes }: AboutModel): void {
  if (synthetic) {
    say(
      "banner",
      "This model was trained on the embedded corpus, which is synthetic: it knows nothing of real " +
        "people, and what it says of you is a demonstration, not a finding.",
    );
  }
  const counts = modalities.filter((m) => trained[m] > 0).map((m) =>
    `${trained[m].toLocaleString("en")} of ${m}`
  );
  const measured = accuracy === undefined
    ? ""
    : ` On ${tested!.toLocaleString("en")} held-out samples its accuracy was ${
      printNumber(accuracy)
    }.`;
  byId("model").textContent =
    `The model was trained on ${data}: ${counts.join(", ")}.${measured} ` +
    `Its probabilities are not calibrated.${notes.map((note) => ` ${note}.`).join("")}`;
}

// A live region reads out what is written into it, even where it says the same.
function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

/** Names and shares of 1 to show: of a score its place in the range. */
function probabilities(judged: JudgedSample, target: Target): [string, number, string][] {
  const { probability, probabilities, score } = judged;
  if (score !== undefined && target.kind === "score") {
    const { low, high } = target;
    return [[`${low} to ${high}`, (score - low) / (high - low), signed(score, 2)]];
  }
  if (target.kind !== "classes" || probability === undefined) return [];
  const [first, second] = target.classes;
  const all = probabilities ?? { [second!]: probability, [first!]: 1 - probability };
  return Object.entries(all).map(([name, p]) => [name, p, printNumber(p)]);
}

function probabilityRow([name, share, printed]: [string, number, string]): HTMLElement {
  return element(
    "div",
    { class: "probability" },
    element("span", {}, name),
    element("meter", { min: 0, max: 1, value: share, "aria-label": `probability of ${name}` }),
    element("span", {}, printed),
  );
}

function showShares({ judgement: { explanation }, without }: PageVerdict, target: Target): void {
  byId("why").hidden = explanation === null;
  if (explanation === null) return;
  const { contributions, baseline } = explanation;
  const scale = largest([...Object.values(contributions), baseline]);
  const favoured = target.kind === "score"
    ? "a higher score"
    : target.classes.length === 2
    ? target.classes[1]!
    : explanation.label;
  byId("share-unit").textContent = target.kind === "score" ? "share" : "share, log-odds";
  byId("shares-caption").textContent =
    `Exact Shapley shares of each modality in what speaks for ${favoured}.`;
  const rows = modalities.flatMap((m) => {
    const share = contributions[m];
    if (share === undefined) return [];
    const rest = without[m];
    return [
      shareRow(m, share, { scale, rest: rest ? verdictWords(rest, target) : "nothing left" }),
    ];
  });
  byId("shares").replaceChildren(...rows, shareRow("none", baseline, { scale, rest: "" }));
}

function shareRow(
  m: string,
  share: number,
  { scale, rest }: { readonly scale: number; readonly rest: string },
): HTMLElement {
  const width = scale === 0 ? 0 : 50 * Math.abs(share) / scale;
  const bar = element("div", {
    style: {
      height: "0.9rem",
      width: `${width}%`,
      "margin-left": `${share >= 0 ? 50 : 50 - width}%`,
      background: colourOf(share),
      "border-radius": "0.2rem",
    },
  });
  return element(
    "tr",
    {},
    element("th", { scope: "row", class: m }, m === "none" ? "no modality" : m),
    element("td", { class: "number" }, signed(share)),
    element("td", { class: "bar" }, bar),
    element("td", {}, rest),
  );
}

function verdictWords({ label, probability, score }: JudgedSample, target: Target): string {
  if (score !== undefined) return signed(score, 2);
  const named =
    target.kind === "classes" && target.classes.length === 2 && label === target.classes[0]
      ? 1 - probability!
      : probability!;
  return `${label} ${printNumber(named)}`;
}

/** Tints words, cells and stretches by what they did. */
export function showParts({ parts, judgement: { explanation } }: PageVerdict): void {
  const words = byId("words");
  words.hidden = !parts || parts.words.length === 0;
  const scale = largest([
    ...(parts?.words ?? []).map(({ score }) => score),
    ...parts?.cells ?? [],
    ...parts?.stretches ?? [],
  ]);
  words.replaceChildren(
    ...(parts?.words ?? []).flatMap(({ text, score }) => [
      element("span", {
        title: signed(score),
        style: { background: overPaper(score, scale) },
      }, text),
      " ",
    ]),
  );
  showCells(parts?.cells ?? [], { columns: parts?.columns ?? 1, scale });
  byId("parts-note").textContent = explanation && parts
    ? "Words, picture cells and stretches of sound are tinted by what the verdict loses without each: " +
      `teal spoke for it, brown against. ${scaleNote(scale)}`
    : "";
}

function showCells(
  cells: readonly number[],
  { columns, scale }: { readonly columns: number; readonly scale: number },
): void {
  const place = byId("cells");
  place.style.setProperty("grid-template-columns", `repeat(${columns}, 1fr)`);
  place.replaceChildren(
    ...cells.map((score) =>
      element("span", { style: { background: overPaper(score, scale) } }, signed(score, 2))
    ),
  );
}

function overPaper(score: number, scale: number): string {
  const share = Number(opacity(score, scale, 0.55));
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colourOf(score).slice(i, i + 2), 16));
  return `rgb(${r} ${g} ${b} / ${share})`;
}
