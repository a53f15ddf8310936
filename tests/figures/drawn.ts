/** What tests read off a figure and its picture. @module */

import { type Figure, renderSvg } from "../../lib/figures/render.ts";

/** A part of a specification, as far as tests look into it. */
export interface Part {
  readonly title: { readonly text: string; readonly color: string };
  readonly data: { readonly values: Record<string, unknown>[] };
  // deno-lint-ignore no-explicit-any -- marks, too.
  readonly mark: any;
  // deno-lint-ignore no-explicit-any -- encodings are read by their own names.
  readonly encoding: any;
  readonly height: { readonly step: number };
  readonly layer: Part[];
  readonly hconcat: Part[];
  readonly vconcat: Part[];
  readonly concat: Part[];
}

/** The specification, to look into. */
export function partOf(figure: Figure): Part {
  return figure as unknown as Part;
}

/** The texts of the picture, in the order in which they are drawn. */
export async function drawnTexts(figure: Figure): Promise<string[]> {
  const svg = await renderSvg(figure);
  return [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) =>
    text!.replaceAll("&lt;", "<").replaceAll("&amp;", "&")
  );
}

/** `values` rounded to 6 digits, which float64 sums can be trusted for. */
export function rounded(values: readonly unknown[]): number[] {
  return values.map((value) => +(value as number).toFixed(6));
}
