/** Shows why a verdict is what it is: each modality's share, and what each part of the sample did. @module */

/// <reference lib="dom" />

import type { PageReasons, PageVerdict } from "../lib/browser/mod.ts";
import { colourOf, largest, opacity, scaleNote } from "../lib/explanation/score_colours.ts";
import type { JudgedSample } from "../lib/inference/explain.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import { printNumber, signed } from "../lib/numbers.ts";
import type { Target } from "../lib/target.ts";
import { byId, element } from "./elements.ts";
import { namedProbability } from "./named_probability.ts";

/** Each modality's share in the verdict, and the verdict without it. */
export function showShares({ reasons, without, judgement }: PageVerdict, target: Target): void {
  byId("why").hidden = reasons === null;
  if (reasons === null) return;
  const { shares, baseline, total, favoured } = reasons;
  const scale = largest([...Object.values(shares), baseline, total]);
  byId("share-unit").textContent = target.kind === "score" ? "share" : "log-odds";
  byId("shares-caption").textContent = captionOf(reasons);
  const rows = modalities.flatMap((m) => {
    const share = shares[m];
    if (share === undefined) return [];
    return [shareRow(m, share, { scale, rest: restCell(without[m], judgement.verdict) })];
  });
  byId("shares").replaceChildren(
    ...rows,
    shareRow("none", baseline, { scale }),
    shareRow("total", total, { scale, name: favoured ?? "score" }),
  );
}

function captionOf({ favoured }: PageReasons): string {
  const what = favoured === null ? "for a higher score" : `for ${favoured}`;
  return `What speaks ${what}: exact Shapley shares, which add up to the verdict.`;
}

function shareRow(
  kind: Modality | "none" | "total",
  share: number,
  { scale, rest, name = kind === "none" ? "no modality" : kind }: {
    readonly scale: number;
    readonly rest?: HTMLElement;
    readonly name?: string;
  },
): HTMLElement {
  const width = scale === 0 ? 0 : 50 * Math.abs(share) / scale;
  const bar = element("div", {
    style: {
      height: "0.9rem",
      width: `${width}%`,
      "margin-left": `${share >= 0 ? 50 : 50 - width}%`,
      background: colourOf(share),
      "border-radius": "0.15rem",
    },
  });
  return element(
    "tr",
    kind === "total" ? { class: "total" } : {},
    element("th", { scope: "row", class: kind }, name),
    element("td", { class: "bar" }, bar),
    element("td", { class: "number" }, signed(share, 2)),
    rest ?? element("td"),
  );
}

/** The verdict without a modality; whether it is another one is said, not told by a colour alone. */
function restCell(rest: JudgedSample | undefined, whole: JudgedSample): HTMLElement {
  if (rest === undefined) return element("td", { class: "none" }, "nothing left");
  if (rest.score !== undefined) return element("td", {}, signed(rest.score, 2));
  const words = `${rest.label} ${printNumber(namedProbability(rest, rest.calibrated), 2)}`;
  if (rest.label === whole.label) return element("td", {}, words);
  return element("td", { class: "turns" }, words, element("small", {}, "another verdict"));
}

/** Tints words, cells and stretches by what they did. */
export function showParts({ parts, reasons }: PageVerdict): void {
  const { words = [], cells = [], stretches = [], columns = 1 } = parts ?? {};
  const scale = largest([...words.map(({ score }) => score), ...cells, ...stretches]);
  const place = byId("words");
  place.hidden = words.length === 0;
  place.replaceChildren(
    ...words.flatMap(({ text, score }) => [
      element("span", {
        title: signed(score),
        style: { background: overPaper(score, scale) },
      }, text),
      " ",
    ]),
  );
  showCells(cells, { columns, scale });
  byId("parts-note").textContent = reasons && parts
    ? "Words, regions of the picture and stretches of sound are tinted by what the verdict loses " +
      `without each: teal spoke for it, brown against. ${scaleNote(scale)}`
    : "";
}

function showCells(
  cells: readonly number[],
  { columns, scale }: { readonly columns: number; readonly scale: number },
): void {
  const place = byId("cells");
  place.style.setProperty("grid-template-columns", `repeat(${columns}, 1fr)`);
  const each = cells.map((score) => signed(score, 2));
  place.setAttribute("aria-label", `What each region did, row by row: ${each.join(", ")}`);
  place.replaceChildren(
    ...cells.map((score, i) =>
      element("span", { style: { background: overPaper(score, scale) } }, each[i]!)
    ),
  );
}

function overPaper(score: number, scale: number): string {
  const share = Number(opacity(score, scale, 0.55));
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colourOf(score).slice(i, i + 2), 16));
  return `rgb(${r} ${g} ${b} / ${share})`;
}
