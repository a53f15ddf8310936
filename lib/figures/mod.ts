/** Figures: rows in, a Vega-Lite specification out, and the specification drawn as SVG. @module */

export { coloursOf, inks, modalityColours, systemColours } from "./palette.ts";
export { type Figure, renderSvg } from "./render.ts";
export { type AccuracyRow, tableBars, type TableBarsOptions } from "./table_bars.ts";
