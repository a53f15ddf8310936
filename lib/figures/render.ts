/** Draws a Vega-Lite specification as SVG, with no browser and no file. @module */

import { vega } from "../deps/vega.ts";
import { type TopLevelSpec, vegaLite } from "../deps/vega_lite.ts";
import { darkStyle } from "./dark.ts";
import { inks } from "./palette.ts";
import { markWidth } from "./text_width.ts";

/** A figure: a Vega-Lite specification, which is plain JSON. */
export type Figure = TopLevelSpec;

// What all figures share; the `config` of a figure wins over it.
const house = {
  background: inks.ground,
  font: "DejaVu Sans, Helvetica, Arial, sans-serif",
  padding: 16,
  view: { stroke: null },
  text: { color: inks.text },
  title: { anchor: "start", color: inks.text, subtitleColor: inks.muted },
  axis: {
    labelColor: inks.muted,
    labelFontSize: 11,
    titleFontSize: 11,
    titleColor: inks.muted,
    titleFontWeight: "normal",
    gridColor: inks.grid,
    domainColor: inks.axis,
    tickColor: inks.axis,
  },
} as const;

/** How a figure is drawn. */
export interface RenderOptions {
  /**
   * `both` draws light on a light page and on paper, dark where the reader prefers a dark screen.
   *
   * @default "both"
   */
  readonly theme?: "both" | "light";
}

/**
 * The SVG of a figure, on white, and dark where dark is preferred: by a `<style>` in it, so that it is
 * right as an image in a page and alone. Equal figures give equal text.
 *
 * A figure is as wide as its specification says: for a phone, let its maker draw it `narrow`. Text is measured by rule and not with a font, so the layout is the same on
 * every machine. A figure holds its own data: one that names a file or an
 * address is refused, and so is whatever Vega only warns of, since a chart
 * that lost its data still looks like a chart.
 *
 * @throws {Error} A specification that cannot be drawn as it is written.
 */
export async function renderSvg(
  figure: Figure,
  { theme = "both" }: RenderOptions = {},
): Promise<string> {
  const [{ compile }, vg] = await Promise.all([vegaLite(), vega()]);
  vg.textMetrics.width = markWidth;
  const problems: string[] = [];
  const logger = vg.logger(vg.Warn, "warn", (_method, _level, parts) => {
    problems.push(parts.join(" "));
  });
  const { spec } = compile(figure, { config: house, logger });
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  const view = new vg.View(vg.parse(described(spec)), { renderer: "none", loader, logger });
  const svg = await view.toSVG();
  view.finalize();
  if (problems.length > 0) throw new Error(`Cannot draw the figure: ${problems.join("; ")}`);
  const drawn = slim(renumbered(withPlainMinus(svg)));
  return theme === "light"
    ? drawn
    : drawn.replace(/<svg [^>]*>/, (root) => root + darkStyle(drawn));
}

function refuse(address: string): Promise<never> {
  return Promise.reject(new Error(`expected its data in the figure, got the address ${address}`));
}

// Vega-Lite describes a mark by its numbers as the axis prints them: 0.909 would be read as 0.9. Here
// they are read as they are drawn.
function described<Spec>(spec: Spec): Spec {
  return JSON.parse(
    JSON.stringify(
      spec,
      (name, value) =>
        name === "description" && typeof value?.signal === "string"
          ? { signal: value.signal.replace(/\bformat\((datum\["[^"]*"\]), "[^"]*"\)/g, "$1") }
          : value,
    ),
  );
}

// Half of Vega's text says of every mark what all inherit or what nobody sees: no picture is drawn to a
// hundredth of a pixel.
function slim(svg: string): string {
  const fonts = ` font-family="${house.font}"`;
  return svg
    .replaceAll(fonts, "")
    .replace(/^<svg [^>]*(?=>)/, (root) => root + fonts)
    .replace(/<path class="foreground"[^>]* d="" [^>]*\/>/g, "")
    .replace(
      / (?:d|transform|[xy]2|width|height)="[^"]*"/g,
      (places) => places.replace(/-?\d+\.\d{3,}/g, (number) => String(+Number(number).toFixed(2))),
    )
    .replaceAll(' opacity="1"', "")
    .replaceAll(' pointer-events="none"', "");
}

// U+2212, the minus that is as long as a plus, is no number for a machine.
function withPlainMinus(svg: string): string {
  return svg.replace(/aria-label="[^"]*"/g, (label) => label.replaceAll("−", "-"));
}

// Vega numbers clip paths and gradients over the life of the process; here each picture begins at 1.
function renumbered(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/(id="|url\(#)(clip|gradient_)(\d+)/g, (_, before, kind, number) => {
    const name = names.get(kind + number) ?? `${kind}${names.size + 1}`;
    names.set(kind + number, name);
    return before + name;
  });
}
