/** Emoji sets as Iconify packs them: drawings as SVG, one JSON file a set. @module */

import sets from "./icon_sets.json" with { type: "json" };

/** One drawing: what stands inside the `<svg>` element, and its size where it is not the set's. */
export interface Icon {
  readonly body: string;
  readonly width?: number;
  readonly height?: number;
}

/** The drawings of one set by name. */
export interface IconSet {
  readonly icons: Readonly<Record<string, Icon>>;
  readonly width?: number;
  readonly height?: number;
}

/** The icon sets from which the embedded faces are drawn, with the terms of each. */
export const iconSets = sets.corpus;

/** The name of one of {@linkcode iconSets}. */
export type IconSetName = keyof typeof sets.corpus;

/** The icon sets whose drawings the small CLIP learns; no set is in both. */
export const captionedIconSets = sets.captioned;

/** The name of one of {@linkcode captionedIconSets}. */
export type CaptionedIconSetName = keyof typeof sets.captioned;

/** Loads a set on first use: 1 to 100 MB of JSON. */
export async function iconSet(name: IconSetName | CaptionedIconSetName): Promise<IconSet> {
  return await load({ ...iconSets, ...captionedIconSets }[name].specifier);
}

/** Names of drawings by code points (`1f468-200d-1f52c`), of every set of the corpus that lists them. */
export function iconCodePoints(): Promise<Readonly<Record<string, string>>[]> {
  const specifiers = Object.values(iconSets).flatMap((set) =>
    "codePoints" in set ? [set.codePoints] : []
  );
  return Promise.all(specifiers.map(load));
}

async function load(specifier: string) {
  return (await import(specifier, { with: { type: "json" } })).default;
}
