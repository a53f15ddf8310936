/** A page with every figure, of the results in a folder. @module */

import { join } from "node:path";
import { experimentNames } from "../experiments/mod.ts";
import { standingsOf } from "../experiments/report/answers/standings.ts";
import { readResults, type SavedResult } from "../experiments/report/read_results.ts";
import type { Row } from "../experiments/table_1/rows.ts";
import { ifThere } from "../lib/files.ts";
import * as figures from "../lib/figures/mod.ts";
import { predictionsFromCsv } from "../lib/study/predictions.ts";

/** What draws the figures of an experiment, in the order of their names. */
const makers: Readonly<Record<string, readonly string[]>> = {
  table_1: ["tableBars"],
  fig_1: ["timelineFigure"],
  fig_2: ["dataStructureFigure"],
  fig_3: ["architectureFigure"],
  fig_4: ["trainingProcessFigure"],
  ...ofAll(["fig_5", "fig_6", "fig_7", "fig_8"], "progressionFigure"),
  ...ofAll(["fig_9", "fig_10", "fig_11", "fig_12"], "judgementFigure"),
  ...ofAll(["ablation_attention", "ablation_heads", "ablation_training"], "forestFigure"),
  ...ofAll(["ablation_segments", "natural"], "forestFigure"),
  ablation_gate: ["forestFigure", "gateDistributionFigure"],
  robustness_missing: ["groupedDots", "curvesWithBands"],
  robustness_noise: ["curvesWithBands"],
  explanations: [
    ...["contributionBoxes", "attentionHeat", "curvesWithBands", "gateDistributionFigure"],
  ],
  ...ofAll(["statistics", "scratch"], "coverageFigure"),
  calibration: ["reliabilityFigure"],
  protocol_audit: ["auditBars"],
};

function ofAll(names: readonly string[], maker: string): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, [maker]]));
}

// The same figure of another branch, modality or system.
const variants = /^(calibration|robustness_noise|protocol_audit)_/;

/** A picture of the page, in both its forms. */
interface Shown {
  readonly name: string;
  readonly title: string;
  readonly wide: string;
  readonly narrow: string;
}

/**
 * Writes `gallery.md` and the pictures in `gallery` into the folder `to`, of the results in `from`.
 *
 * @throws {RangeError} There are no results, or some have a figure in one form only.
 */
export async function writeGallery(from: string, to: string): Promise<number> {
  const results = (await readResults(from, experimentNames)).filter(({ name }) => makers[name]);
  if (results.length === 0) {
    throw new RangeError(`Cannot make the gallery of "${from}": expected results, got none`);
  }
  const sections = await Promise.all(results.map(async (result) => ({
    result,
    shown: await picturesOf(result, join(from, result.name)),
  })));
  const others = await otherFigures(results, from);
  const all = [...sections.flatMap(({ shown }) => shown), ...others.map(({ shown }) => shown)];
  await Deno.remove(join(to, "gallery"), { recursive: true }).catch(() => {});
  await Deno.mkdir(join(to, "gallery"), { recursive: true });
  for (const { name, wide, narrow } of all) {
    await Deno.writeTextFile(join(to, "gallery", `${name}.svg`), withoutRoles(wide));
    await Deno.writeTextFile(join(to, "gallery", `${name}.narrow.svg`), withoutRoles(narrow));
  }
  const page = [
    introduction,
    ...sections.map(({ result, shown }) => sectionOf(result, shown)),
    "## Figures for other data\n\nNo result above has these as a figure of its own.",
    ...others.map(({ maker, words, shown }) => `\`${maker}\`: ${words}\n\n${pictureOf(shown)}`),
    remainder(results.map(({ name }) => name), others.map(({ maker }) => maker)),
  ];
  await Deno.writeTextFile(join(to, "gallery.md"), page.join("\n\n") + "\n");
  return all.length;
}

const introduction = `# Gallery

Every figure that the library draws. All are of the embedded corpus, which is synthetic: they show what
a figure looks like and say nothing of the paper's data. Each is drawn twice, for a page and for a
phone, and dark where dark is preferred; \`deno task reproduce\` writes both beside each result, as
\`NAME.svg\` and \`NAME.narrow.svg\`, with \`NAME.png\`, the specification \`NAME.vl.json\` and the data
\`NAME.csv\`. This page is made of the results in \`out\` by \`deno task docs --gallery out\`.`;

function sectionOf({ name, data }: SavedResult, shown: readonly Shown[]): string {
  const quick = / --quick/.test(String(data["command"]));
  const settings = quick ? "quick settings: its scores mean nothing" : "default settings";
  const drawnBy = makers[name]!.map((maker) => `\`${maker}\``).join(", ");
  return [
    `## ${String(data["title"] ?? name)}`,
    `\`deno task reproduce ${name}${quick ? " --quick" : ""}\`, ${settings}; drawn by ${drawnBy}.`,
    ...shown.map(pictureOf),
  ].join("\n\n");
}

function pictureOf({ name, title }: Pick<Shown, "name" | "title">): string {
  const alt = title.replaceAll('"', "&quot;");
  return [
    "<picture>",
    `<source media="(max-width: 640px)" srcset="gallery/${name}.narrow.svg">`,
    `<img src="gallery/${name}.svg" alt="${alt}">`,
    "</picture>",
  ].join("\n");
}

async function picturesOf({ pictures }: SavedResult, folder: string): Promise<Shown[]> {
  return await Promise.all(
    pictures.filter(({ name }) => !variants.test(name)).map(async (
      { name, svg, specification },
    ) => ({
      name,
      title: titleOf(specification),
      wide: svg,
      narrow: await narrowOf(join(folder, `${name}.narrow.svg`)),
    })),
  );
}

async function narrowOf(path: string): Promise<string> {
  const svg = await ifThere(Deno.readTextFile(path));
  if (svg !== undefined) return svg;
  throw new RangeError(`Cannot make the gallery: expected ${path}, got no such file`);
}

function titleOf(specification: unknown): string {
  const { title } = specification as { readonly title: { readonly text: string | string[] } };
  return [title.text].flat().join(" ");
}

// In a page, an image is read by its alternative text alone.
function withoutRoles(svg: string): string {
  return svg.replace(/ (?:aria-[a-z]+|role)="[^"]*"/g, "");
}

interface Other {
  readonly maker: string;
  readonly words: string;
  readonly shown: Shown;
}

const words = { subtitle: "embedded corpus, Proposed" };

/** What no experiment draws alone, of the same results. */
async function otherFigures(results: readonly SavedResult[], from: string): Promise<Other[]> {
  const branches = results.filter(({ data }) => isJudged(data["row"]));
  const others: Other[] = [
    await other(
      "scoreScatter",
      "made-up scores.",
      (form) =>
        figures.scoreScatter([madeUpScores()], {
          ...{
            title: "Scores",
            subtitle: "Made-up scores from −3 to 3",
            low: -3,
            high: 3,
            ...form,
          },
        }),
    ),
  ];
  const epochs = results.filter(({ name }) => name === "fig_5" || name === "fig_6")
    .flatMap(({ name, data }) =>
      ((data["rows"] ?? []) as Epoch[]).map((row) => runEpoch(name, row))
    );
  if (epochs.length > 0) {
    others.push(
      await other(
        "runCurvesFigure",
        "`deno task runs`, here the runs of figures 5 and 6.",
        (form) =>
          figures.runCurvesFigure(epochs, { title: "Curves of two runs", ...words, ...form }),
      ),
    );
  }
  const table = results.find(({ name }) => name === "table_1");
  const rows = table?.data["rows"] as readonly Row[] | undefined;
  if (rows && standingsOf(rows)) {
    const opening = "the report of `deno task reproduce` opens with it, of Table 1.";
    others.push(await other("standingsFigure", opening, (form) => standingsOf(rows, form)!));
  }
  if (rows) {
    const own = rows.filter(({ system }) => system === "Proposed")
      .map(({ modality, accuracy: { mean } }) => ({ modality, accuracy: mean }));
    others.push(
      await other("chart", "any rows, here those of Table 1.", (form) =>
        figures.chart(own, {
          ...{ title: "Accuracy by modality", ...words, ...form },
          ...{ mark: "bar", x: "accuracy", y: "modality", color: "modality" },
        })),
    );
  }
  if (branches.length === 0) return others;
  const panels = branches.map(({ data }) => sumOf(data["row"] as JudgedRow));
  const curves = (await Promise.all(branches.map((result) => curvesOf(result, from)))).flat();
  return [
    ...others,
    await other(
      "confusionFigure",
      "the branches of figures 9 to 12.",
      (form) =>
        figures.confusionFigure(panels, { title: "Confusion by branch", ...words, ...form }),
    ),
    await other(
      "rocFigure",
      "the same branches.",
      (form) => figures.rocFigure(curves, { title: "ROC curves by branch", ...words, ...form }),
    ),
  ];
}

async function other(maker: string, words: string, draw: figures.Draw): Promise<Other> {
  const wide = draw({});
  const name = maker.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const drawn = { wide: await figures.renderSvg(wide) };
  const narrow = await figures.renderSvg(draw({ narrow: true }));
  return { maker, words, shown: { name, title: titleOf(wide), ...drawn, narrow } };
}

interface Epoch {
  readonly seed: number;
  readonly epoch: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly best: boolean;
}

function runEpoch(series: string, row: Epoch): figures.RunEpoch {
  const { seed, epoch, validationLoss: loss, validationAccuracy: accuracy, best: kept } = row;
  return { what: "Proposed", series, seed, epoch, loss, accuracy, kept };
}

interface JudgedRow {
  readonly branch: string;
  readonly confusion: readonly (readonly (readonly number[])[])[];
}

function isJudged(row: unknown): boolean {
  return typeof row === "object" && row !== null && "branch" in row && "confusion" in row;
}

function sumOf({ branch, confusion }: JudgedRow): figures.ConfusionPanel {
  const sum = (i: number, j: number) => confusion.reduce((n, matrix) => n + matrix[i]![j]!, 0);
  return { name: branch, counts: [[sum(0, 0), sum(0, 1)], [sum(1, 0), sum(1, 1)]] };
}

async function curvesOf({ name, data, files }: SavedResult, from: string) {
  const { branch } = data["row"] as JudgedRow;
  const paths = files.filter((path) => path.startsWith("predictions/")).sort();
  return await Promise.all(paths.map(async (path, i) => {
    const [exam] = predictionsFromCsv(await Deno.readTextFile(join(from, name, path)));
    const { labels: actual, scores } = exam!;
    return figures.rocRow({ system: branch, seed: i + 1, actual, scores });
  }));
}

// A grid that is off by more the farther it lies from 0.
function madeUpScores(): figures.ScorePanel {
  const actual = Array.from({ length: 121 }, (_, i) => (i - 60) / 20);
  const predicted = actual.map((score, i) =>
    0.8 * score + Math.sin(7 * i) * (0.3 + score * score / 9)
  );
  return { name: "unified", actual, predicted };
}

function remainder(made: readonly string[], drawn: readonly string[]): string {
  const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  const unmade = experimentNames.filter((name) => makers[name] && !made.includes(name));
  const without = experimentNames.filter((name) => !makers[name]);
  return [
    "## Not shown",
    `- The same figures of other branches, modalities and systems, beside those of calibration, noise ` +
    `and the audit of protocols.`,
    ...unmade.map((name) =>
      `- \`deno task reproduce ${name}\`, by ${named(makers[name]!)}: not among the results above.`
    ),
    ...drawn.includes("standingsFigure")
      ? []
      : ["- The report of `deno task reproduce` opens with `standingsFigure`, of Table 1."],
    "- `deno task compare`, by `forestFigure`; `deno task evaluate`, by `confusionFigure`, " +
    "`reliabilityFigure` and `scoreScatter`: of data of one's own.",
    `- Without a figure: ${named(without)}.`,
  ].join("\n").replace("Not shown\n", "Not shown\n\n");
}
