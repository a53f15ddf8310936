/** One sample on one page: what it says, shows and sounds like, the verdict, and why. @module */

import { escapeHtml } from "../escape_html.ts";
import { printNumber, signed } from "../numbers.ts";
import { inks, modalityColours } from "../figures/palette.ts";
import type { Explanation } from "../inference/explain.ts";
import { modalities, type Modality } from "../modality.ts";
import {
  type AudioPart,
  audioSection,
  type ImagePart,
  imageSection,
  plotWidth,
  px,
  textSection,
} from "./input_sections.ts";
import { tint, towards } from "./score_colours.ts";
import type { WordScore } from "./words.ts";

/** What the page shows. */
export interface SamplePage {
  /** Its heading; plain text. */
  readonly title: string;
  /** Which model and data; plain text. */
  readonly caption: string;
  /** What has to be known beside the verdict, such as what was cut; plain text, a paragraph each. */
  readonly notes?: readonly string[];
  /** The true label, where it is known, and what the corpora call the parts. */
  readonly truth?: string;
  /** The verdict, and what each modality did to it. */
  readonly explanation: Explanation;
  /** What colours words, cells and tiles: the name of the method, and what its sum says. */
  readonly method: { readonly name: string; readonly check: string };
  /** Whether such explanations were found faithful, and on what; plain text. */
  readonly faithfulness?: string;
  /** The message word by word. */
  readonly text?: readonly WordScore[];
  /** The image, cell by cell. */
  readonly image?: ImagePart;
  /** The clip, stretch by stretch and tile by tile. */
  readonly audio?: AudioPart;
  /**
   * Level 2, a row per modality that attends, text, image, audio: `[3, 3]`; rows add up to 1, or to
   * 0 where absent.
   */
  readonly attention?: ArrayLike<number>;
}

/**
 * A page that needs nothing but itself: pictures and sound are inside, there is
 * no script, and its policy lets a browser fetch nothing. Text of the sample is
 * shown as text, whatever it holds. Colours are scaled to the largest number of
 * each part, which stands beside it.
 *
 * @throws {RangeError} A source that is no data URI.
 */
export function samplePage(page: SamplePage): string {
  const { title, caption, notes = [], truth, explanation, method, faithfulness } = page;
  const sections = [
    section("Contributions", contributions(explanation)),
    section("Inside the model", inside(page)),
    page.text ? section("Text", textSection(page.text), "text") : "",
    page.image ? section("Image", imageSection(page.image), "image") : "",
    page.audio ? section("Audio", audioSection(page.audio), "audio") : "",
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="verdict">${verdictLine(explanation)}</p>
${truth === undefined ? "" : `<p>${escapeHtml(truth)}</p>`}
${notes.map((note) => `<p class="caution">${escapeHtml(note)}</p>\n`).join("")}<p class="note">${
    escapeHtml(caption)
  }</p>
</header>
${sections.filter((html) => html !== "").join("\n")}
<section>
<h2>How to read the colours</h2>
<p>${legend(explanation)}</p>
<p>Words, image cells, stretches and tiles are coloured by ${escapeHtml(method.name)}, in ${
    unitOf(explanation)
  }. ${escapeHtml(method.check)}</p>
${faithfulness === undefined ? "" : `<p>${escapeHtml(faithfulness)}</p>`}
</section>
</body>
</html>
`;
}

const style = `
body{font:14px/1.5 "DejaVu Sans",Helvetica,Arial,sans-serif;color:${inks.text};background:white;max-width:${plotWidth}px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.35rem;margin:0 0 .25rem}
h2{font-size:1rem;margin:0 0 .5rem;padding-top:.75rem;border-top:1px solid ${inks.grid}}
section{margin:1.5rem 0}
p{margin:.35rem 0}
.verdict{font-size:1.15rem}
.caution{border-left:3px solid ${inks.axis};padding-left:.6em}
.note{color:${inks.muted};font-size:.8rem}
.words{font-size:1.1rem;line-height:2.1}
.words span{padding:.18em .3em;border-radius:.25em}
svg{display:block;max-width:100%;height:auto;font:12px "DejaVu Sans",Helvetica,Arial,sans-serif}
audio{width:100%;margin-top:.5rem}
table{border-collapse:collapse;font-size:.85rem}
td,th{padding:.3rem .7rem;text-align:right;font-weight:normal}
th{color:${inks.muted}}
.columns{display:flex;flex-wrap:wrap;gap:1rem 3rem}
`;

function section(heading: string, body: string, modality?: Modality): string {
  const colour = modality ? ` style="color:${modalityColours[modality]}"` : "";
  return `<section>\n<h2${colour}>${heading}</h2>\n${body}\n</section>`;
}

interface Bar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

// From the log-odds of no modality, one step a modality, to the verdict's.
function contributions(explanation: Explanation): string {
  const { contributions, baseline, logOdds, score } = explanation;
  const present = modalities.filter((m) => contributions[m] !== undefined);
  const bars: Bar[] = [{ name: "no modality", from: 0, to: baseline, colour: inks.axis }];
  for (const m of present) {
    const { to: from } = bars.at(-1)!;
    bars.push({ name: m, from, to: from + contributions[m]!, colour: modalityColours[m] });
  }
  bars.push({ name: "verdict", from: 0, to: logOdds, colour: modalityColours.unified });
  const ends = bars.map(({ to }) => to);
  const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
  const left = 110, right = 80, row = 30;
  const x = (value: number) =>
    left + (value - low) / Math.max(1e-9, high - low) * (plotWidth - left - right);
  const height = row * bars.length + 22;
  const drawn = bars.map(({ name, from, to, colour }, i) => {
    const start = Math.min(x(from), x(to)), width = Math.max(1.5, Math.abs(x(to) - x(from)));
    const y = i * row;
    return `<text x="${left - 12}" y="${
      y + 17
    }" text-anchor="end" fill="${inks.text}">${name}</text>
<rect x="${px(start)}" y="${y + 3}" width="${px(width)}" height="${row - 10}" fill="${colour}"/>
<text x="${px(start + width + 6)}" y="${y + 17}" fill="${inks.muted}">${signed(to - from)}</text>`;
  });
  const sum = present.reduce((total, m) => total + contributions[m]!, 0);
  return `<svg viewBox="0 0 ${plotWidth} ${height}" width="${plotWidth}" height="${height}" role="img" aria-label="Contributions of the modalities to the ${
    score === undefined ? "log-odds" : "score"
  }">
<line x1="${px(x(0))}" x2="${px(x(0))}" y1="0" y2="${height - 18}" stroke="${inks.axis}"/>
<text x="${px(x(0))}" y="${height - 4}" text-anchor="middle" fill="${inks.muted}">${
    score === undefined ? "0: undecided" : "0"
  }</text>
${drawn.join("\n")}
</svg>
<p class="note">${
    score === undefined ? `Log-odds of ${escapeHtml(followed(explanation))} (nats)` : "Score"
  }. The modalities' exact Shapley values add up to ${
    signed(sum)
  }; the verdict less no modality is ${signed(logOdds - baseline)}.</p>`;
}

function inside({ explanation, attention }: SamplePage): string {
  const { heads, gate } = explanation;
  const rows = modalities.filter((m) => heads[m] !== undefined).map((m) =>
    `<tr><th style="color:${modalityColours[m]}">${m} head</th><td>${
      printNumber(heads[m])
    }</td></tr>`
  );
  const headTable = `<div><p>${
    explanation.score === undefined
      ? `Probability of ${escapeHtml(followed(explanation))}`
      : "Score"
  }</p><table>${rows.join("")}</table>${gate === null ? "" : gateBar(gate)}</div>`;
  return `<div class="columns">${headTable}${attention ? attentionTable(attention) : ""}</div>`;
}

function gateBar(gate: number): string {
  const width = 260;
  return `<p>Audio gate: ${printNumber(gate)} spectral, ${printNumber(1 - gate)} contextual</p>
<svg viewBox="0 0 ${width} 14" width="${width}" height="14" role="img" aria-label="The audio gate">
<rect width="${width}" height="14" fill="${inks.grid}"/>
<rect width="${px(gate * width)}" height="14" fill="${modalityColours.audio}"/>
<line x1="${width / 2}" x2="${width / 2}" y2="14" stroke="white" stroke-dasharray="3 2"/>
</svg>`;
}

function attentionTable(attention: ArrayLike<number>): string {
  const rows = modalities.flatMap((from, i) => {
    const weights = modalities.map((_, j) => attention[3 * i + j]!);
    if (weights.every((weight) => weight === 0)) return [];
    const cells = weights.map((weight) =>
      `<td style="background:${tint(modalityColours.unified, weight)};color:${
        weight > 0.6 ? "white" : inks.text
      }">${printNumber(weight, 2)}</td>`
    );
    return [`<tr><th style="color:${modalityColours[from]}">${from}</th>${cells.join("")}</tr>`];
  });
  const heads = modalities.map((m) => `<th style="color:${modalityColours[m]}">${m}</th>`).join("");
  return `<div><p>Attention: who attends (row) to whom</p>
<table><tr><th></th>${heads}</tr>${rows.join("")}</table></div>`;
}

function legend(explanation: Explanation): string {
  const chip = (side: "positive" | "negative", says: string) =>
    `<span style="background:${tint(towards[side], 0.6)};padding:.1em .5em">${
      escapeHtml(says)
    }</span>`;
  if (explanation.score !== undefined) {
    return `${chip("positive", "raises the score")} ${chip("negative", "lowers the score")}`;
  }
  const name = followed(explanation);
  const against = name === "positive" && explanation.probabilities === undefined
    ? "speaks for negative"
    : `speaks against ${name}`;
  return `${chip("positive", `speaks for ${name}`)} ${chip("negative", against)}`;
}

/** The class whose log-odds are divided. */
function followed({ label, probability, probabilities }: Explanation): string {
  if (probabilities !== undefined || probability! >= 0.5) return label;
  return label === "negative" ? "positive" : `the other class than ${label}`;
}

function unitOf({ score }: Explanation): string {
  return score === undefined ? "log-odds" : "units of the score";
}

function verdictColour({ label, probability = 1, probabilities, score }: Explanation): string {
  if (score !== undefined) return inks.text;
  const isSecond = probabilities !== undefined || probability >= 0.5;
  return label === "negative" || !isSecond ? towards.negative : towards.positive;
}

function verdictLine(explanation: Explanation): string {
  const { label, probability, probabilities, score } = explanation;
  const bold = (text: string) =>
    `<b style="color:${verdictColour(explanation)}">${escapeHtml(text)}</b>`;
  if (score !== undefined) return `Score ${bold(label)}`;
  if (probabilities !== undefined) {
    const others = Object.entries(probabilities).filter(([name]) => name !== label)
      .map(([name, p]) => `${escapeHtml(name)} ${printNumber(p)}`);
    return `${bold(capitalised(label))}, probability ${printNumber(probability)}; ${
      others.join(", ")
    }`;
  }
  const isSentiment = ["positive", "negative"].includes(label);
  const p = isSentiment || probability! >= 0.5 ? probability! : 1 - probability!;
  const of = isSentiment ? " of positive" : "";
  return `${bold(capitalised(label))}, probability${of} ${printNumber(p)}`;
}

function capitalised(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
