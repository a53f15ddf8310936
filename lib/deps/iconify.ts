/** Emoji sets as Iconify packs them: drawings as SVG, one JSON file a set. @module */

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

/** Where each set comes from, and on which terms its drawings may be used. */
export const iconSets = {
  "noto": {
    specifier: "npm:@iconify-json/noto@1.2.9/icons.json",
    credit: "Noto Emoji, Google Inc",
    licence: "Apache-2.0",
  },
  "noto-v1": {
    specifier: "npm:@iconify-json/noto-v1@1.2.5/icons.json",
    credit: "Noto Emoji (v1), Google Inc",
    licence: "Apache-2.0",
  },
  "fluent-emoji-flat": {
    specifier: "npm:@iconify-json/fluent-emoji-flat@1.2.6/icons.json",
    credit: "Fluent Emoji Flat, Microsoft Corporation",
    licence: "MIT",
  },
  "fxemoji": {
    specifier: "npm:@iconify-json/fxemoji@1.2.2/icons.json",
    credit: "Firefox OS Emoji, Mozilla",
    licence: "Apache-2.0",
  },
  "twemoji": {
    specifier: "npm:@iconify-json/twemoji@1.2.5/icons.json",
    credit: "Twitter Emoji, Twitter",
    licence: "CC-BY-4.0",
  },
  "emojione": {
    specifier: "npm:@iconify-json/emojione@1.2.3/icons.json",
    credit: "Emoji One (Colored), Emoji One",
    licence: "CC-BY-4.0",
  },
  "streamline-emojis": {
    specifier: "npm:@iconify-json/streamline-emojis@1.2.4/icons.json",
    credit: "Streamline Emojis, Streamline",
    licence: "CC-BY-4.0",
  },
} as const satisfies Record<string, { specifier: string; credit: string; licence: string }>;

/** The name of one of {@linkcode iconSets}. */
export type IconSetName = keyof typeof iconSets;

/** Loads a set on first use: 1 to 25 MB of JSON. */
export async function iconSet(name: IconSetName): Promise<IconSet> {
  const specifier: string = iconSets[name].specifier;
  return (await import(specifier, { with: { type: "json" } })).default;
}
