import { textWidth } from "../../lib/figures/text_width.ts";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { inks, modalityColours, modalityInks } from "../../lib/figures/palette.ts";
import { type Figure, renderSvg } from "../../lib/figures/render.ts";
import { tableBars } from "../../lib/figures/table_bars.ts";

const rows = [
  { system: "Majority", modality: "image", accuracy: { mean: 0.5, sd: 0 } },
  { system: "Proposed", modality: "image", accuracy: { mean: 0.7, sd: 0.1 } },
  { system: "Proposed", modality: "audio", accuracy: { mean: 0.95, sd: 0.08 } },
];
const options = { title: "Accuracies", subtitle: "Embedded corpus, three seeds" };

interface Panel {
  readonly title: { text: string; color: string };
  readonly data: { values: Record<string, unknown>[] };
  readonly layer: { encoding: { x: { scale: { domain: number[] } } } }[];
}
const panelsOf = (figure: Figure) => (figure as unknown as { vconcat: Panel[] }).vconcat;

Deno.test("tableBars() has a panel for each modality, in the order given", () => {
  const titles = panelsOf(tableBars(rows, options)).map(({ title }) => title);
  deepEqual(titles.map(({ text }) => text), ["image", "audio"]);
  deepEqual(titles.map(({ color }) => color), [modalityInks.image, modalityInks.audio]);
});

Deno.test("tableBars() spans one deviation to each side, and never passes 1", () => {
  const [image, audio] = panelsOf(tableBars(rows, options)).map(({ data }) => data.values);
  equal(image!.length, 2);
  const { mean, low, high, label } = image![0]!;
  deepEqual({ mean, low, high, label }, {
    mean: 0.7,
    low: 0.7 - 0.1,
    high: 0.7 + 0.1,
    label: "0.700 ± 0.100",
  });
  equal(audio![0]!["high"], 1);
});

Deno.test("tableBars() begins its axis at 0.4, or lower for a system that needs it", () => {
  const domain = (figure: Figure) => panelsOf(figure)[0]!.layer[1]!.encoding.x.scale.domain;
  deepEqual(domain(tableBars(rows, options)), [0.4, 1]);
  const worse = { system: "MISA", modality: "image", accuracy: { mean: 0.35, sd: 0.1 } };
  deepEqual(domain(tableBars([...rows, worse], options)), [0.2, 1]);
});

Deno.test("tableBars() is drawn with its labels, and dots where their values are", async () => {
  const svg = await renderSvg(tableBars(rows, options));
  const labels = ["Accuracies", "Embedded corpus, three seeds", "image", "audio", "accuracy"];
  for (const label of [...labels, "Majority", "Proposed", "0.950 ± 0.080"]) {
    ok(svg.includes(`>${label}</t`), label);
  }
  // The axis is 420 pixels for 0.4 to 1, and the first row is centred at 11: 0.7 is half way.
  const colour = modalityColours.unified;
  const dot = marks(svg, "path").find((mark) => mark.includes(`fill="${colour}"`))!;
  deepEqual(place(dot), [210, 11]);
  // Its line runs from 0.6, for a third of the axis.
  const line = marks(svg, "line").find((mark) => mark.includes(`stroke="${colour}"`))!;
  deepEqual([...place(line), Math.round(+/x2="([^"]+)"/.exec(line)![1]!)], [140, 11, 140]);
  // Chance is a sixth of the way, and is drawn once a panel.
  const chance = marks(svg, "line").filter((mark) => mark.includes("stroke-dasharray"));
  deepEqual(chance.map(place), [[70, 0], [70, 0]]);
});

function marks(svg: string, tag: string): string[] {
  return svg.match(new RegExp(`<${tag} [^>]*>`, "g"))!;
}

function place(mark: string): number[] {
  const [, x, y] = /translate\(([^,]+),([^)]+)\)/.exec(mark)!;
  return [Math.round(+x!), Math.round(+y!)];
}

Deno.test("tableBars() has no deviation of one seed: a dot, its number, and no line", async () => {
  const one = [{ system: "CLIP", modality: "text", accuracy: { mean: 0.756, sd: null } }];
  const svg = await renderSvg(tableBars(one, options));
  ok(svg.includes(">0.756<") && !svg.includes("±") && !svg.includes('aria-label="low'));
});

Deno.test("tableBars() goes from the best to the worst, one in colour and the others grey", async () => {
  const [image] = panelsOf(tableBars([...rows].reverse(), options));
  const reversed = panelsOf(tableBars([...rows].reverse(), options))[1]!;
  deepEqual(reversed.data.values.map(({ system }) => system), ["Proposed", "Majority"]);
  equal(image!.data.values.length, 1);
  const svg = await renderSvg(tableBars(rows, { ...options, emphasised: "Majority" }));
  const dots = marks(svg, "path").filter((mark) => /aria-label="mean: /.test(mark));
  deepEqual(
    dots.map((mark) => /fill="([^"]+)"/.exec(mark)![1]),
    [inks.muted, modalityColours.unified, inks.muted],
  );
});

Deno.test("tableBars() has the paper's scores as diamonds, and arrowheads for what is significant", async () => {
  const [majority, proposed] = rows as unknown as [typeof rows[0], typeof rows[0]];
  const told = [
    { ...proposed, paper: 0.94 },
    { ...majority, paper: [0.5, 0.6] as const, significantly: "worse" as const },
    { ...majority, system: "CLIP", significantly: "better" as const },
  ];
  const svg = await renderSvg(tableBars(told, options));
  // One, and the two ends of a range; a single score has its two ends in one place.
  const places = [...svg.matchAll(/aria-label="paper(Low|High): ([\d.]+)/g)].map(([, , at]) => at);
  deepEqual([...new Set(places)].sort(), ["0.5", "0.6", "0.94"]);
  for (const text of ["0.500 ± 0.000 ▽", "0.500 ± 0.000 ▲", "0.700 ± 0.100"]) {
    ok(svg.includes(`>${text}<`), text);
  }
  ok(
    svg.includes("the paper&#39;s, on its own data") ||
      svg.includes("the paper's, on its own data"),
  );
  ok(!(await renderSvg(tableBars(rows, options))).includes("Diamond"));
  throws(() => tableBars([{ ...proposed, paper: 94 }], options), /from 0 to 1, got 94/);
});

Deno.test("tableBars() is plain JSON", () => {
  const figure = tableBars(rows, options);
  deepEqual(JSON.parse(JSON.stringify(figure)), figure);
});

Deno.test("tableBars() breaks a long subtitle into lines", () => {
  const subtitle = "one two three four ".repeat(12).trim();
  const { title } = tableBars(rows, { ...options, subtitle }) as unknown as {
    title: { subtitle: string[] };
  };
  const lines = title.subtitle.slice(0, -1);
  equal(lines.join(" "), subtitle);
  ok(lines.length > 1 && lines.every((line) => textWidth(line, 11) <= 640));
});

Deno.test("tableBars() refuses no rows, and a row that is no accuracy", () => {
  throws(
    () => tableBars([], options),
    /RangeError: Cannot draw a table: expected at least one row, got none/,
  );
  const percent = { system: "CLIP", modality: "text", accuracy: { mean: 94, sd: 0.1 } };
  throws(
    () => tableBars([percent], options),
    /RangeError: Cannot draw CLIP on text: expected a mean from 0 to 1 and .*, got 94 and 0.1/,
  );
});
